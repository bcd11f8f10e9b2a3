"""The papers of MEDEXIS as real PDFs, in the layout of the day, in another one, or as a picture from a scanner."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from appliance.core.printing.fonts import BOLD, PLAIN, markup, use_fonts

Line = dict[str, Any]
FORM_COLUMNS = (
    ("code", "Code", 22), ("name", "Désignation", 62), ("unit", "Unité", 26), ("cmm", "CMM", 16), ("max", "Stock max", 18),
    ("stock", "Stock", 16), ("proposed", "Quantité proposée", 22),
)  # fmt: skip
CHANGED_FORM_COLUMNS = (
    ("name", "Article", 70), ("code", "Réf.", 24), ("unit", "Cdt", 28), ("stock", "Dispo", 20), ("proposed", "Dotation", 30),
)  # fmt: skip
NOTE_COLUMNS = (
    ("code", "Code", 22), ("name", "Désignation", 62), ("lot", "N° de lot", 28), ("expires", "Péremption", 24),
    ("quantity", "Quantité livrée", 26), ("unit", "Unité", 24),
)  # fmt: skip
CHANGED_NOTE_COLUMNS = (
    ("name", "Article", 70), ("code", "Réf.", 24), ("lot", "Lot", 30), ("quantity", "Qté", 24),
)  # fmt: skip


def order_form(head: Sequence[tuple[str, str]], lines: Sequence[Line], *, changed: bool, scanned: bool) -> bytes:
    """A proposed order: who and when, then a line a product."""
    columns = CHANGED_FORM_COLUMNS if changed else FORM_COLUMNS
    return _paper("MEDEXIS - Proposition de commande", head, columns, lines, "Gérant du dépôt", scanned)


def delivery_note(head: Sequence[tuple[str, str]], lines: Sequence[Line], *, changed: bool, scanned: bool) -> bytes:
    """A delivery note: a line a lot."""
    columns = CHANGED_NOTE_COLUMNS if changed else NOTE_COLUMNS
    return _paper("MEDEXIS - Bordereau de livraison", head, columns, lines, "Reçu par", scanned)


def _paper(
    title: str, head: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str, int]], lines: Sequence[Line],
    signature: str, scanned: bool,
) -> bytes:  # fmt: skip
    if scanned:
        return _picture([title, *(f"{n} : {v}" for n, v in head), *("  ".join(str(x[f]) for f, _, _ in columns) for x in lines)])  # fmt: skip
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    use_fonts()
    plain = ParagraphStyle("plain", fontName=PLAIN, fontSize=8, leading=9.5)
    bold = ParagraphStyle("bold", fontName=BOLD, fontSize=8, leading=9.5, alignment=1)
    large = ParagraphStyle("large", fontName=BOLD, fontSize=13, leading=17)
    rows: list[list[Any]] = [[Paragraph(markup(heading), bold) for _, heading, _ in columns]]
    rows += [
        [Paragraph(markup(str(line[f])), plain) if f in ("name", "unit") else str(line[f]) for f, _, _ in columns]
        for line in lines
    ]
    table = Table(rows, colWidths=[width * mm for _, _, width in columns], repeatRows=1)
    numbers = [i for i, (f, _, _) in enumerate(columns) if f in ("cmm", "max", "stock", "proposed", "quantity")]
    table.setStyle(
        TableStyle(
            [("GRID", (0, 0), (-1, -1), 0.3, colors.grey), ("FONT", (0, 1), (-1, -1), PLAIN, 8), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
             *(("ALIGN", (i, 1), (i, -1), "RIGHT") for i in numbers)]
        )
    )  # fmt: skip
    story: list[Any] = [Paragraph(title, large), Spacer(1, 3 * mm)]
    story += [Paragraph(f"{markup(name)} : {markup(value)}", plain) for name, value in head]
    story += [Spacer(1, 3 * mm), table, Spacer(1, 8 * mm), Paragraph(f"{signature} : ........................", plain)]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, leftMargin=14 * mm, rightMargin=14 * mm, title=title, invariant=1).build(story)
    return out.getvalue()


def _picture(lines: Sequence[str]) -> bytes:
    """The same words as a grey picture: what a scanner makes of a printed sheet."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    from appliance.core.printing.fonts import FOLDER

    sheet = Image.new("L", (1240, 1754), 250)
    pen, letters = ImageDraw.Draw(sheet), ImageFont.truetype(str(FOLDER / f"{PLAIN}.ttf"), 20)
    for number, line in enumerate(lines[:50]):
        pen.text((90, 90 + number * 32), line[:95], fill=40, font=letters)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.drawImage(ImageReader(sheet), 0, 0, A4[0], A4[1])
    canvas.save()
    return out.getvalue()
