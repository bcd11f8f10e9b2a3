"""A report on paper: a neutral description, drawn by a short-lived child process that has no key.

`python -m appliance.reports.paper` reads the description as JSON on its standard input and writes the PDF.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any

from appliance.core.errors import InvariantBroken
from appliance.core.french import date_fr, date_short, month_fr, time_fr
from appliance.core.periods import Month
from appliance.reports.closing import repository
from appliance.reports.closing.model import ReportCell
from appliance.reports.form import Element, Form
from appliance.reports.preview import report
from appliance.storage import Database, settings

SECONDS_MAX = 60


def paper_of(db: Database, code: str, month: Month, today: date) -> dict[str, Any]:
    """The description of a report: as closed when it is, else as a draft that says so."""
    closing = repository.latest(db, code, str(month))
    now = report(db, code, month, today)
    facility = settings.get(db, "facility") or {}
    if closing is None:
        status = f"BROUILLON du {date_short(today)}"
    else:
        word = "Clôturé" if closing.version == 1 else f"RECTIFICATIF n° {closing.version - 1}"
        status = f"{word} le {date_fr(closing.closed_at_date)} à {time_fr(closing.closed_at)} · empreinte {closing.hash.hex()[:16]}"
    names: dict[str, str] = dict(db.all("SELECT code, trim(name || ' ' || strength) FROM product"))
    return {
        "title": f"{now.form.name}", "period": month_fr(month), "facility": facility.get("name", ""),
        "code": facility.get("code", ""), "district": facility.get("district", ""), "edition": now.form.edition,
        "status": status, "tables": list(_tables(now.form, closing.cells if closing else now.cells, names)),
    }  # fmt: skip


async def drawn_by_child(description: dict[str, Any]) -> bytes:
    """The PDF of a description; raises `InvariantBroken("paper-failed")` when the child does not give one in time."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "appliance.reports.paper", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        content, _ = await asyncio.wait_for(child.communicate(json.dumps(description).encode()), SECONDS_MAX)
    except TimeoutError:
        child.kill()
        raise InvariantBroken("paper-failed") from None
    if child.returncode or not content.startswith(b"%PDF"):
        raise InvariantBroken("paper-failed")
    return content


def draw(description: dict[str, Any]) -> bytes:
    """Draw a description with reportlab, landscape A4, heads repeated on each page."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    small = ParagraphStyle("small", fontName="Helvetica", fontSize=7.5, leading=9)
    tight = ParagraphStyle("tight", fontName="Helvetica-Bold", fontSize=5.8, leading=7, alignment=1, splitLongWords=0)
    head = ParagraphStyle("head", fontName="Helvetica-Bold", fontSize=13, leading=16)
    section = ParagraphStyle("section", fontName="Helvetica-Bold", fontSize=10, leading=14, spaceBefore=6)
    width = landscape(A4)[0] - 24 * mm
    top = f"{description['facility']} ({description['code']}) · district de {description['district']} · {description['period']}"
    story: list[Any] = [
        Paragraph(_latin(description["title"]), head), Paragraph(_latin(top), small),
        Paragraph(_latin(f"Formulaire : {description['edition']} · {description['status']}"), small), Spacer(1, 3 * mm),
    ]  # fmt: skip
    for table in description["tables"]:
        story.append(Paragraph(_latin(table["title"]), section))
        columns = table["columns"]
        first = 78 * mm if columns < 15 else 62 * mm
        rows = [[Paragraph(_latin(c), tight) for c in line] for line in table["heads"]]
        rows += [[_cell(c, small) for c in line] for line in table["rows"]]
        style = [
            ("GRID", (0, 0), (-1, -1), 0.3, colors.grey), ("FONTSIZE", (0, 0), (-1, -1), 7),
            ("FONTNAME", (0, 0), (-1, len(table["heads"]) - 1), "Helvetica-Bold"),
            ("BACKGROUND", (0, 0), (-1, len(table["heads"]) - 1), colors.Color(0.92, 0.95, 0.93)),
            ("ALIGN", (1, 0), (-1, -1), "CENTER"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]  # fmt: skip
        style += [("SPAN", tuple(a), tuple(b)) for a, b in table["spans"]]
        widths = [first, *[(width - first) / columns] * columns]
        made = Table(rows, colWidths=widths, repeatRows=len(table["heads"]))
        made.setStyle(TableStyle(style))
        story += [made, Spacer(1, 4 * mm)]
    story.append(
        Paragraph(
            "Le DTC : ______________________     Le gérant : ______________________     Date : ____________", small
        )
    )
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=landscape(A4), leftMargin=12 * mm, rightMargin=12 * mm, topMargin=12 * mm, bottomMargin=14 * mm,
        title=description["title"],
    )  # fmt: skip

    def foot(canvas: Any, doc: Any) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(12 * mm, 8 * mm, _latin(f"{top} · {description['status']}")[:170])
        canvas.drawRightString(landscape(A4)[0] - 12 * mm, 8 * mm, f"page {doc.page}")

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _tables(form: Form, cells: tuple[ReportCell, ...], names: dict[str, str]) -> Iterable[dict[str, Any]]:
    by_code: dict[str, list[ReportCell]] = {}
    for cell in cells:
        by_code.setdefault(cell.code, []).append(cell)
    if form.columns:
        rows = [
            [names.get(code, code), *[_shown(c.value) for c in found]]
            for code, found in by_code.items()
            if any(c.value not in (None, 0) for c in found)
        ]
        yield _described("Produits", [["Produit", *[n for _, n, _ in form.columns]]], rows, [], len(form.columns))
        return
    for section, title in form.sections:
        groups: dict[tuple[str, ...], list[Element]] = {}
        for element in form.elements:
            if element.section == section:
                groups.setdefault(element.combo, []).append(element)
        for combo, elements in groups.items():
            heads, spans, columns = _heads(form, combo)
            rows = []
            for element in elements:
                found = by_code.get(element.code, [])
                numbers = [c.value for c in found if isinstance(c.value, int)]
                total = [str(sum(numbers))] if combo else []
                rows.append([element.name, *[_shown(c.value) for c in found], *total])
            yield _described(title, heads, rows, spans, columns)


def _heads(form: Form, combo: tuple[str, ...]) -> tuple[list[list[str]], list[Any], int]:
    if not combo:
        return [["", "Valeur"]], [], 1
    outer = form.categories[combo[0]]
    if len(combo) == 1:
        return [["", *[o.name for o in outer], "Total"]], [], len(outer) + 1
    inner = form.categories[combo[1]]
    first, spans = [""], []
    for index, option in enumerate(outer):
        start = 1 + index * len(inner)
        first += [option.name, *[""] * (len(inner) - 1)]
        spans.append(((start, 0), (start + len(inner) - 1, 0)))
    second = ["", *[o.code for o in inner] * len(outer)]
    return [[*first, "Total"], [*second, ""]], spans, len(outer) * len(inner) + 1


def _described(
    title: str, heads: list[list[str]], rows: list[list[str]], spans: list[Any], columns: int
) -> dict[str, Any]:
    return {"title": title, "heads": heads, "rows": rows, "spans": spans, "columns": columns}


def _shown(value: int | str | None) -> str:
    return {"true": "oui", "false": "non"}.get(str(value), str(value)) if value is not None else ""


def _cell(text: str, style: Any) -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph(_latin(text), style) if len(text) > 12 else _latin(text)


def _latin(text: str) -> str:
    """The built-in fonts know Latin-1: what they lack is written with letters they have."""
    plain = (
        text.replace("œ", "oe")
        .replace("Œ", "OE")
        .replace("\u2019", "'")
        .replace("\u2212", "-")
        .replace("\u2013", "-")
        .replace("\u202f", " ")
    )
    return plain.encode("latin-1", "replace").decode("latin-1").replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(json.loads(sys.stdin.buffer.read())))
