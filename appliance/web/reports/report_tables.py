"""A report's cells as the tables of its paper: heads, rows, what is flagged, what is still to be typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.reports.closing.model import ReportCell, Source
from appliance.reports.form import Form as ReportForm
from appliance.reports.preview import Report
from appliance.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: label, cells in the order of the columns, total (None where a sum means nothing)."""

    code: str
    label: str
    cells: tuple[ReportCell, ...]
    total: int | None
    is_to_confirm: bool
    is_flagged: bool
    names: tuple[str, ...] = ()
    """What each cell counts, as a phone says it beside the figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that share their columns. `heads` are lines of (label, how many columns it spans)."""

    heads: tuple[tuple[tuple[str, int], ...], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A cross-check that does not hold: its rows as (code, name, section), and the records behind."""

    finding: Any
    rows: tuple[tuple[str, str, str], ...]
    behind: list[Any]


def tables_of(form: ReportForm, cells: tuple[ReportCell, ...], section: str, flagged_codes: set[str]) -> list[Table]:
    """The cells of a section as the paper lays them out; `flagged_codes` are those that a cross-check named."""
    by_code: dict[str, list[ReportCell]] = {}
    for one in cells:
        by_code.setdefault(one.code, []).append(one)
    if form.columns:
        rows = [
            Row(
                code=code,
                label=code,
                cells=tuple(found),
                total=None,
                is_to_confirm=False,
                is_flagged=code in flagged_codes,
                names=tuple(name for _, name, _ in form.columns),
            )
            for code, found in by_code.items()
            if any(c.value not in (None, 0) for c in found)
        ]
        return [Table(heads=(tuple((name, 1) for _, name, _ in form.columns),), rows=tuple(rows))]
    tables: dict[tuple[str, ...], list[Row]] = {}
    for element in form.elements:
        found = by_code.get(element.code, [])
        is_typed = element.is_typed or (element.money and all(c.source != Source.COMPUTED for c in found))
        if element.section != section or is_typed:
            continue
        numbers = [c.value for c in found if isinstance(c.value, int)]
        tables.setdefault(element.combo, []).append(
            Row(
                code=element.code, label=element.name, cells=tuple(found),
                total=sum(numbers) if len(found) > 1 else None, is_to_confirm=element.is_to_confirm,
                is_flagged=element.code in flagged_codes, names=tuple(" ".join(form.option_names(c.disaggregation)) for c in found),
            )
        )  # fmt: skip
    return [Table(heads=heads(form, combo), rows=tuple(rows)) for combo, rows in tables.items()]


def heads(form: ReportForm, combo: tuple[str, ...]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """The lines of column heads of a combination: the outer category spans the inner one."""
    if not combo:
        return (((_("Valeur"), 1),),)
    sizes = [len(form.categories[c]) for c in combo]
    lines = []
    for depth, category in enumerate(combo):
        span, repeat = 1, 1
        for size in sizes[depth + 1 :]:
            span *= size
        for size in sizes[:depth]:
            repeat *= size
        lines.append(
            tuple((o.name if len(combo) == 1 or depth == 0 else o.code, span) for o in form.categories[category])
            * repeat
        )
    return tuple(lines)


def flagged(now: Report) -> set[str]:
    """The rows and products that a broken cross-check looks at."""
    return {code for f in now.findings for code in (*f.check.left, *f.check.right, *((f.where,) if f.where else ()))}


def counts_of(cells: tuple[ReportCell, ...]) -> dict[str, int]:
    """How many cells are computed, typed and empty."""
    return {s: sum(1 for c in cells if c.source == s) for s in ("computed", "typed", "empty")}


def rows_of(form: ReportForm, codes: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """The rows that a check compares, as (code, name, section)."""
    found = (form.element(code) for code in codes)
    return tuple((e.code, e.name, e.section) for e in found if e)


def label_of(form: ReportForm, found: ReportCell, names: dict[str, str]) -> str:
    """A cell in words: row, then what it counts."""
    element = form.element(found.code)
    name = element.name if element else names.get(found.code, found.code)
    return " · ".join((name, *form.option_names(found.disaggregation)))
