"""Drawing a small paper: A4 upright or across, A5, or a roll of 58 or 80 mm that ends where the text does.

`python -m appliance.core.printing.slip` reads a description as JSON on its standard input and writes the PDF.
"""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from appliance.core.printing.child import answer
from appliance.core.printing.fonts import BOLD, PLAIN, markup, use_fonts

SHEETS = {"a4": A4, "a4-landscape": landscape(A4), "a5": A5}
ROLLS = {"80": 80 * mm, "58": 58 * mm}
ROLL_MAX = 3_000 * mm
MARGINS = {"80": 3 * mm, "58": 2 * mm}
SIZES = {"80": 8, "58": 7}
"""Letters of a roll, in points; a sheet has 8."""


def draw(description: dict[str, Any]) -> bytes:
    """The paper: title, whose and when, its tables with their heads on every page, notes and signatures."""
    use_fonts()
    kind = description["paper"]
    margin, size = MARGINS.get(kind, 12 * mm), SIZES.get(kind, 8)
    width = (ROLLS.get(kind) or SHEETS[kind][0]) - 2 * margin
    story = _story(description, width, size)
    page = SHEETS.get(kind) or (ROLLS[kind], _height(story, width) + 2 * margin + 4 * mm)
    out = io.BytesIO()
    bottom = margin if kind in ROLLS else 14 * mm
    document = SimpleDocTemplate(
        out, pagesize=page, leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=bottom,
        title=description["title"], author=description["foot"],
    )  # fmt: skip
    if kind in ROLLS:
        document.build(story)
    else:
        document.build(story, canvasmaker=_numbered(description["foot"], margin, page[0]))
    return out.getvalue()


def _story(description: dict[str, Any], width: int, size: int) -> list[Flowable]:
    text = ParagraphStyle("text", fontName=PLAIN, fontSize=size, leading=size + 2)
    head = ParagraphStyle("head", fontName=BOLD, fontSize=size + 4, leading=size + 7)
    story: list[Flowable] = [Paragraph(markup(description["title"]), head)]
    story += [Paragraph(markup(line), text) for line in description["lines"]]
    story.append(Spacer(1, 2 * mm))
    for table in description["tables"]:
        story += [_table(table, width, size), Spacer(1, 2 * mm)]
    story += [Paragraph(markup(note), text) for note in description["notes"]]
    if description["signatures"]:
        story += [Spacer(1, 4 * mm), KeepTogether([_signatures(description["signatures"], width, text)])]
    return story


def _table(table: dict[str, Any], width: int, size: int) -> Table:
    """A table whose `widths` are shares of the page; the columns of `numbers` stand to the right, `bold` rows in bold."""
    plain = ParagraphStyle("cell", fontName=PLAIN, fontSize=size, leading=size + 2)
    right = ParagraphStyle("number", parent=plain, alignment=2)
    heads = 1 if table["heads"] else 0
    rows = [
        [
            Paragraph(f"<b>{markup(cell)}</b>" if at < heads or at - heads in table["bold"] else markup(cell), right if column in table["numbers"] else plain)
            for column, cell in enumerate(row)
        ]
        for at, row in enumerate([*([table["heads"]] if heads else []), *table["rows"]])
    ]  # fmt: skip
    total = sum(table["widths"])
    made = Table(rows, colWidths=[width * share // total for share in table["widths"]], repeatRows=heads)
    made.setStyle(
        TableStyle([
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 1.5), ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
        ])
    )  # fmt: skip
    return made


def _signatures(people: list[str], width: int, text: ParagraphStyle) -> Table:
    cells = [[Paragraph(f"<b>{markup(who)}</b><br/>Nom, date, signature et cachet", text) for who in people]]
    made = Table(cells, colWidths=[width // len(people)] * len(people), rowHeights=[22 * mm])
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return made


def _height(story: list[Flowable], width: int) -> int:
    """How long a roll must be."""
    return int(sum(part.wrap(width, ROLL_MAX)[1] + part.getSpaceBefore() + part.getSpaceAfter() for part in story)) + 1


def _numbered(foot: str, margin: int, right: int) -> type[Canvas]:
    """A canvas whose pages say "page x / y"."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(PLAIN, 7)
                self.drawString(margin, 8 * mm, foot)
                self.drawRightString(right - margin, 8 * mm, f"page {number} / {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


if __name__ == "__main__":
    answer(draw)
