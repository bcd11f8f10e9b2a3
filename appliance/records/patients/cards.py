"""Cards as PDF: a QR of the code, the code to type when the camera fails, the centre's name. Nothing of the person.

Bank-card size (85.6 × 54 mm), so that it fits a purse; a sheet holds ten on A4 with cut marks. The QR is drawn as
vectors from its matrix, with a quarter of its symbols to spare (level Q) for dirt and folds. Pages have them drawn by
`python -m appliance.records.patients.cards`, a short-lived child without the key.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import qrcode
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from appliance.core.datafile import load_json
from appliance.core.identifiers import grouped
from appliance.core.printing.child import answer
from appliance.core.printing.fonts import BOLD, PLAIN, use_fonts

WIDTH, HEIGHT = 85.6 * mm, 54 * mm
COLUMNS, ROWS = 2, 5
QR_SIZE, QUIET = 36 * mm, 4
TEXT_LEFT, TEXT_WIDTH = 46 * mm, 36 * mm
MARK = 3 * mm
FILE = Path(__file__).parent / "data" / "card.json"


@cache
def _words() -> tuple[str, str]:
    """What stands on every card beside the code: what it is, and what to do with it."""
    held = load_json(FILE)
    return held.need(("kind",), str), held.need(("advice",), str)


def single(code: str, centre: str) -> bytes:
    """One card on a page of its own size. `code` as printed, nine symbols."""
    out = io.BytesIO()
    use_fonts()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT))
    canvas.setTitle("Carte")
    _card(canvas, 0, 0, code, centre)
    canvas.save()
    return out.getvalue()


def sheet(codes: Sequence[str], centre: str) -> bytes:
    """Cards by ten on A4; the marks stand outside the cards, where the knife is laid."""
    out = io.BytesIO()
    use_fonts()
    canvas = Canvas(out, pagesize=A4)
    canvas.setTitle("Cartes")
    left, bottom = (A4[0] - COLUMNS * WIDTH) / 2, (A4[1] - ROWS * HEIGHT) / 2
    for index, code in enumerate(codes):
        place = index % (COLUMNS * ROWS)
        if place == 0:
            if index:
                canvas.showPage()
            _cut_marks(canvas, left, bottom)
        column, row = place % COLUMNS, place // COLUMNS
        _card(canvas, left + column * WIDTH, bottom + (ROWS - 1 - row) * HEIGHT, code, centre)
    canvas.save()
    return out.getvalue()


def _card(canvas: Canvas, x: float, y: float, code: str, centre: str) -> None:
    kind, advice = _words()
    _qr(canvas, x + 4 * mm, y + (HEIGHT - QR_SIZE) / 2, QR_SIZE, code)
    canvas.setFillGray(0)
    left, line = x + TEXT_LEFT, y + 42 * mm
    for text in simpleSplit(centre, BOLD, 10, TEXT_WIDTH)[:3]:
        canvas.setFont(BOLD, 10)
        canvas.drawString(left, line, text)
        line -= 4.2 * mm
    canvas.setFont(PLAIN, 8)
    canvas.drawString(left, line, kind)
    canvas.setFont("Courier-Bold", 14)
    canvas.drawString(left, y + 20 * mm, grouped(code))
    canvas.setFont(PLAIN, 6)
    for index, text in enumerate(simpleSplit(advice, PLAIN, 6, TEXT_WIDTH)):
        canvas.drawString(left, y + 13 * mm - index * 2.6 * mm, text)


def _qr(canvas: Canvas, x: float, y: float, size: float, code: str) -> None:
    """The matrix as black bars: neighbours in a row are one rectangle, so that no printer leaves hairlines."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=QUIET)
    made.add_data(code)
    made.make(fit=True)
    matrix = made.get_matrix()
    cell = size / len(matrix)
    canvas.setFillGray(0)
    for row, cells in enumerate(matrix):
        for start, length in _dark_runs(cells):
            canvas.rect(x + start * cell, y + size - (row + 1) * cell, length * cell, cell, stroke=0, fill=1)


def _dark_runs(cells: Sequence[bool]) -> Iterator[tuple[int, int]]:
    at = 0
    for dark, run in groupby(cells):
        length = sum(1 for _ in run)
        if dark:
            yield at, length
        at += length


def _cut_marks(canvas: Canvas, left: float, bottom: float) -> None:
    canvas.setStrokeGray(0.4)
    canvas.setLineWidth(0.3)
    right, top = left + COLUMNS * WIDTH, bottom + ROWS * HEIGHT
    for column in range(COLUMNS + 1):
        x = left + column * WIDTH
        canvas.line(x, bottom - 1 * mm - MARK, x, bottom - 1 * mm)
        canvas.line(x, top + 1 * mm, x, top + 1 * mm + MARK)
    for row in range(ROWS + 1):
        y = bottom + row * HEIGHT
        canvas.line(left - 1 * mm - MARK, y, left - 1 * mm, y)
        canvas.line(right + 1 * mm, y, right + 1 * mm + MARK, y)
        for column in range(1, COLUMNS):
            x = left + column * WIDTH
            canvas.line(x - 1 * mm, y, x + 1 * mm, y)
            canvas.line(x, y - 1 * mm, x, y + 1 * mm)


def draw(description: dict[str, Any]) -> bytes:
    """What the child draws: `codes`, `centre`, and whether it `is_sheet`."""
    if description["is_sheet"]:
        return sheet(description["codes"], description["centre"])
    return single(description["codes"][0], description["centre"])


if __name__ == "__main__":
    answer(draw)
