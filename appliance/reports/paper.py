"""A report on paper: a neutral description, which a short-lived child without the key draws (`drawing.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from appliance.core.french import date_fr, date_short, month_fr, time_fr
from appliance.core.periods import Month
from appliance.reports.closing import repository
from appliance.reports.closing.model import Closing, ReportCell
from appliance.reports.form import Element, Form
from appliance.reports.preview import report
from appliance.storage import Database, settings

MODULE = "appliance.reports.drawing"
SIGNATURES = {
    "RMA": ["Le DTC", "Le président de l'ASACO", "Reçu au district"],
    "CRGS": ["Le gérant du dépôt", "Le DTC", "Reçu au DRC"],
}


def paper_of(db: Database, code: str, month: Month, today: date) -> dict[str, Any]:
    """The description of a report: as closed when it is, else as a draft that says so."""
    closing = repository.latest(db, code, str(month))
    now = report(db, code, month, today)
    facility = settings.get(db, "facility") or {}
    names: dict[str, str] = dict(db.all("SELECT code, trim(name || ' ' || strength) FROM product"))
    version, status, seal = _status(closing, today)
    tables = list(_tables(now.form, closing.cells if closing else now.cells, names))
    shown = sum(len(table["rows"]) for table in tables)
    silent = len({c.code for c in now.cells}) - shown if now.form.columns else 0
    return {
        "title": now.form.name,
        "masthead": [
            [
                ("Centre", str(facility.get("name", ""))),
                ("Code", str(facility.get("code", ""))),
                ("District", str(facility.get("district", ""))),
            ],
            [("Période", month_fr(month)), ("Formulaire", now.form.edition), ("Version", version)],
            [("État", status), ("Empreinte", seal), ("Imprimé le", date_short(today))],
        ],
        "tables": tables,
        "notes": [f"{silent} produits de la liste sans stock ni mouvement ce mois ne sont pas imprimés."]
        if silent
        else [],
        "signatures": SIGNATURES[code],
        "foot": f"{facility.get('name', '')} · {code} · {month_fr(month)} · version {version} · {status} · empreinte {seal[:16]}",
    }


def _status(closing: Closing | None, today: date) -> tuple[str, str, str]:
    """Version, state and hash as printed; a draft has none of a closing."""
    if closing is None:
        return "—", f"BROUILLON du {date_short(today)}", "—"
    word = "Clôturé" if closing.version == 1 else f"RECTIFICATIF n° {closing.version - 1}"
    when = f"{word} le {date_fr(closing.closed_at_date)} à {time_fr(closing.closed_at)}"
    return str(closing.version), when, closing.hash.hex()


def _tables(form: Form, cells: tuple[ReportCell, ...], names: dict[str, str]) -> Iterable[dict[str, Any]]:
    by_code: dict[str, list[ReportCell]] = {}
    for cell in cells:
        by_code.setdefault(cell.code, []).append(cell)
    if form.columns:
        names_of = [(name, form.based.get(code)) for code, name, _ in form.columns]
        top = ["Produit", *[head for pair in names_of for head in pair if head]]
        rows = [
            [names.get(code, code), *[text for c in found for text in _with_basis(form, c)]]
            for code, found in by_code.items()
            if any(c.value not in (None, 0) for c in found)
        ]
        yield _described("Produits", [top], rows, [], len(top) - 1)
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
                total = [str(sum(numbers)) if numbers else ""] if combo else []
                rows.append([element.name, *[_shown(c.value) for c in found], *total])
            yield _described(title, heads, rows, spans, columns)


def _with_basis(form: Form, cell: ReportCell) -> list[str]:
    """A figure as printed, and what it rests on in the column beside it where the form has one."""
    if cell.disaggregation["column"] not in form.based:
        return [_shown(cell.value)]
    said = f"inventaire {date_short(cell.counted_on)}" if cell.counted_on else "théorique"
    return [_shown(cell.value), said if cell.basis else ""]


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
    has_total = heads[0][-1] == "Total"
    return {
        "title": title, "heads": heads, "rows": rows, "spans": spans, "columns": columns, "has_total": has_total,
        "greyed": [],
    }  # fmt: skip


def _shown(value: int | str | None) -> str:
    return {"true": "oui", "false": "non"}.get(str(value), str(value)) if value is not None else ""
