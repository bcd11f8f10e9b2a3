"""Drawing a report on landscape A4. Runs in a child that knows neither key nor store: a description in, a PDF out.

`python -m appliance.reports.drawing` reads the description as JSON on its standard input and writes the PDF.
"""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from appliance.core.printing.child import answer
from appliance.core.printing.fonts import BOLD, PLAIN, markup, use_fonts

PAGE = landscape(A4)
MARGIN, FOOT = 12 * mm, 14 * mm
WIDTH = PAGE[0] - 2 * MARGIN
TINT = colors.Color(0.92, 0.95, 0.93)
GREY = colors.Color(0.82, 0.82, 0.82)
SMALL = ParagraphStyle("small", fontName=PLAIN, fontSize=7, leading=8.6)
TIGHT = ParagraphStyle("tight", fontName=BOLD, fontSize=5.6, leading=6.8, alignment=1, splitLongWords=0)
WORDS = ParagraphStyle("words", fontName=PLAIN, fontSize=5.6, leading=6.8, alignment=1)
HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=13, leading=16)
SECTION = ParagraphStyle("section", fontName=BOLD, fontSize=10, leading=14, spaceBefore=6)


def draw(description: dict[str, Any]) -> bytes:
    """The paper form: who and when, each section with its heads repeated on every page, and the signatures."""
    use_fonts()
    story: list[Any] = [Paragraph(markup(description["title"]), HEAD), Spacer(1, 2 * mm), _masthead(description)]
    for table in description["tables"]:
        title = Paragraph(markup(table["title"]), SECTION)
        made = _table(table)
        # A title is never left alone at the foot of a page: it goes with the first rows of its table.
        story += [
            KeepTogether([title, made]) if len(table["rows"]) < 8 else title,
            *([] if len(table["rows"]) < 8 else [made]),
        ]
        story.append(Spacer(1, 4 * mm))
    story += [Paragraph(markup(note), SMALL) for note in description["notes"]]
    story += [Spacer(1, 4 * mm), KeepTogether(_signatures(description["signatures"]))]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=PAGE, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=FOOT,
        title=description["title"], author=description["foot"],
    )  # fmt: skip
    document.build(story, canvasmaker=_numbered(description["foot"]))
    return out.getvalue()


def _masthead(description: dict[str, Any]) -> Table:
    """The box that says whose report it is, of which month, on which form, and whether it is closed."""
    cells = [
        [Paragraph(f"<b>{markup(name)}</b> : {markup(value)}", SMALL) for name, value in row]
        for row in description["masthead"]
    ]
    made = Table(cells, colWidths=[WIDTH / len(cells[0])] * len(cells[0]))
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return made


def _table(table: dict[str, Any]) -> Table:
    columns, heads = table["columns"], len(table["heads"])
    first = 78 * mm if columns < 15 else 62 * mm
    rows: list[list[Any]] = [[Paragraph(markup(c), TIGHT) for c in line] for line in table["heads"]]
    rows += [[Paragraph(markup(line[0]), SMALL), *map(_cell, line[1:])] for line in table["rows"]]
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.3, colors.grey), ("FONT", (0, 0), (-1, -1), PLAIN, 7),
        ("BACKGROUND", (0, 0), (-1, heads - 1), TINT), ("ALIGN", (1, 0), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ("LEFTPADDING", (1, 0), (-1, -1), 1), ("RIGHTPADDING", (1, 0), (-1, -1), 1),
    ]  # fmt: skip
    style += [("SPAN", tuple(a), tuple(b)) for a, b in table["spans"]]
    if table["has_total"]:
        style.append(("FONT", (-1, heads), (-1, -1), BOLD, 7))
    style += [("BACKGROUND", (c, heads + r), (c, heads + r), GREY) for r, c in table["greyed"]]
    made = Table(rows, colWidths=[first, *[(WIDTH - first) / columns] * columns], repeatRows=heads)
    made.setStyle(TableStyle(style))
    return made


def _cell(text: str) -> Any:
    """A figure as it is; words, in a column as narrow as a figure's, over several lines."""
    return Paragraph(markup(text), WORDS) if " " in text else text


def _signatures(people: list[str]) -> list[Flowable]:
    """A box each for name, date, signature and stamp."""
    cells = [[Paragraph(f"<b>{markup(who)}</b><br/>Nom, date, signature et cachet", SMALL) for who in people]]
    made = Table(cells, colWidths=[WIDTH / len(people)] * len(people), rowHeights=[24 * mm])
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return [made]


def _numbered(foot: str) -> type[Canvas]:
    """A canvas whose pages say "page x / y": how many there are is known when the last one is drawn."""

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
                self.setFont(PLAIN, 6.5)
                self.drawString(MARGIN, 8 * mm, foot)
                self.drawRightString(PAGE[0] - MARGIN, 8 * mm, f"page {number} / {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


if __name__ == "__main__":
    answer(draw)
