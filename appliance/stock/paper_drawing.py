"""Drawing the depot's papers (bon de commande, procès-verbal) on landscape A4, in a child without key or store.

`python -m appliance.stock.paper_drawing` reads a description as JSON on its standard input and writes the PDF.
"""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from appliance.core.printing.child import answer
from appliance.core.printing.fonts import BOLD, PLAIN, markup, use_fonts

PAGE = landscape(A4)
MARGIN, FOOT = 12 * mm, 14 * mm
WIDTH = PAGE[0] - 2 * MARGIN
TINT = colors.Color(0.92, 0.95, 0.93)
SMALL = ParagraphStyle("small", fontName=PLAIN, fontSize=7.5, leading=9.4)
COUNT = ParagraphStyle("count", parent=SMALL, alignment=2)
HEADING = ParagraphStyle("heading", fontName=BOLD, fontSize=6.2, leading=7.6)
HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=14, leading=18)


def draw(description: dict[str, Any]) -> bytes:
    """The paper: who and what, the table with its heads on every page, the notes, a box for each who signs."""
    use_fonts()
    story: list[Any] = [
        Paragraph(markup(f"{description['title']} n° {description['number']}"), HEAD), Spacer(1, 2 * mm), _masthead(description["masthead"]),
        Spacer(1, 4 * mm), _table(description), Spacer(1, 3 * mm),
    ]  # fmt: skip
    story += [Paragraph(markup(note), SMALL) for note in description["notes"] if note]
    story += [Spacer(1, 4 * mm), KeepTogether([_signatures(description["signatures"])])]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=PAGE, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=FOOT,
        title=f"{description['title']} {description['number']}", author=description["foot"],
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(PLAIN, 6.5)
        canvas.drawString(MARGIN, 8 * mm, description["foot"])
        canvas.drawRightString(PAGE[0] - MARGIN, 8 * mm, f"page {page.page}")

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _masthead(rows: list[list[list[str]]]) -> Table:
    cells = [[Paragraph(f"<b>{markup(name)}</b> : {markup(value)}", SMALL) for name, value in row] for row in rows]
    made = Table(cells, colWidths=[WIDTH / len(cells[0])] * len(cells[0]))
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return made


def _table(description: dict[str, Any]) -> Table:
    """The column named "Produit" is wide; what follows "Unité" or holds figures stands to the right."""
    heads, rows = description["heads"], description["rows"]
    wide = heads.index("Produit")
    figures = [all(_is_figure(row[i]) for row in rows) and bool(rows) for i in range(len(heads))]
    made = [[Paragraph(markup(head), HEADING) for head in heads]]
    made += [[Paragraph(markup(cell), COUNT if figures[i] else SMALL) for i, cell in enumerate(row)] for row in rows]
    if description.get("total"):
        made.append(
            ["" for _ in heads[:-2]] + [Paragraph("Total", HEADING), Paragraph(markup(description["total"]), COUNT)]
        )
    first = 58 * mm
    rest = (WIDTH - first) / (len(heads) - 1)
    table = Table(made, colWidths=[first if i == wide else rest for i in range(len(heads))], repeatRows=1)
    table.setStyle(
        TableStyle([
            ("GRID", (0, 0), (-1, -1), 0.3, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), TINT),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ])
    )  # fmt: skip
    return table


def _is_figure(cell: str) -> bool:
    return not cell.strip("0123456789 \u202f\u00a0,.%—-")


def _signatures(people: list[str]) -> Table:
    cells = [[Paragraph(f"<b>{markup(who)}</b><br/>Signature et cachet", SMALL) for who in people]]
    made = Table(cells, colWidths=[WIDTH / len(people)] * len(people), rowHeights=[24 * mm])
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return made


if __name__ == "__main__":
    answer(draw)
