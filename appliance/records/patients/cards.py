"""Cards as PDF: a QR of the code, the code to type when the camera fails, the centre's name. Nothing of the person.

Credit-card size; a sheet holds ten on A4 with cut marks. The QR is drawn as vectors from its matrix.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import qrcode
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 85.6 * mm, 54 * mm
COLUMNS, ROWS = 2, 5


def single(code: str, centre: str) -> bytes:
    """One card on a page of its own size."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT))
    canvas.setTitle("Carte")
    _card(canvas, 0, 0, code, centre)
    canvas.save()
    return out.getvalue()


def sheet(codes: Sequence[str], centre: str) -> bytes:
    """Cards by ten on A4."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setTitle("Cartes")
    left, bottom = (A4[0] - COLUMNS * WIDTH) / 2, (A4[1] - ROWS * HEIGHT) / 2
    for index, code in enumerate(codes):
        place = index % (COLUMNS * ROWS)
        if index and place == 0:
            canvas.showPage()
        column, row = place % COLUMNS, place // COLUMNS
        _card(canvas, left + column * WIDTH, bottom + (ROWS - 1 - row) * HEIGHT, code, centre)
    canvas.save()
    return out.getvalue()


def _card(canvas: Canvas, x: float, y: float, code: str, centre: str) -> None:
    canvas.setStrokeGray(0.7)
    canvas.setLineWidth(0.3)
    canvas.rect(x, y, WIDTH, HEIGHT)
    _qr(canvas, x + 6 * mm, y + 8 * mm, 38 * mm, code)
    canvas.setFillGray(0)
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(x + 48 * mm, y + 38 * mm, _printable(centre)[:18])
    canvas.setFont("Helvetica", 8)
    canvas.drawString(x + 48 * mm, y + 32 * mm, "Carte de santé")
    canvas.setFont("Courier-Bold", 15)
    canvas.drawString(x + 48 * mm, y + 20 * mm, f"{code[:3]} {code[3:6]}")
    canvas.drawString(x + 48 * mm, y + 14 * mm, code[6:])


def _qr(canvas: Canvas, x: float, y: float, size: float, code: str) -> None:
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=2)
    made.add_data(code)
    made.make(fit=True)
    matrix = made.get_matrix()
    cell = size / len(matrix)
    canvas.setFillGray(0)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                canvas.rect(x + column * cell, y + size - (row + 1) * cell, cell, cell, stroke=0, fill=1)


def _printable(text: str) -> str:
    """The built-in fonts know Latin-1 only."""
    return text.replace("œ", "oe").encode("latin-1", "replace").decode("latin-1")
