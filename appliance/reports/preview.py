"""A report as it stands now: every cell computed from its rows, or typed, or empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.billing.accounts import monthly
from appliance.core.periods import Month
from appliance.reports.aggregate import FactRow, count
from appliance.reports.closing import repository
from appliance.reports.closing.model import ReportCell, Source
from appliance.reports.cross_checks import Finding, findings
from appliance.reports.form import Element, Form, form
from appliance.reports.stock_lines import stock_lines
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.consumption.history import stockout_count
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of one month. `unplaced` are facts without a band: they are shown, never dropped."""

    form: Form
    month: Month
    cells: tuple[ReportCell, ...]
    findings: tuple[Finding, ...]
    unplaced: tuple[int, ...]

    @property
    def totals(self) -> dict[str, int]:
        """The sum of each element's whole-number cells."""
        return totals_of(self.cells)


def report(db: Database, code: str, month: Month, until: date) -> Report:
    """The report of a month as it stands; `until` is today, for a month that is not over."""
    held = form(code)
    if held.columns:
        lines = stock_lines(db, held, month, until)
        broken = tuple(findings(held, lines, month.days))
        return Report(form=held, month=month, cells=lines, findings=broken, unplaced=())
    rows = standing_facts(db, month)
    counted = count(held, rows)
    typed = repository.typed(db, code, str(month))
    is_money_kept = monthly.is_kept(db, month)
    cells: list[ReportCell] = []
    for element in held.elements:
        for disaggregation in held.cells(element):
            key = (element.code, tuple(disaggregation.values()))
            if element.kind:
                cells.append(
                    ReportCell(
                        code=element.code, disaggregation=disaggregation, value=counted.sums.get(key, 0),
                        source=Source.COMPUTED, records=counted.facts.get(key, ()),
                    )
                )  # fmt: skip
            elif element.measure:
                cells.append(_from_stock(db, element, month, until))
            elif element.money and is_money_kept:
                cells.append(_from_books(db, element, month))
            else:
                cells.append(_typed(element, disaggregation, typed))
    return Report(
        form=held, month=month, cells=tuple(cells), findings=tuple(findings(held, cells, month.days, _visits(db, month))),
        unplaced=counted.unplaced,
    )  # fmt: skip


def standing_facts(db: Database, month: Month) -> list[FactRow]:
    """The facts of a month that are neither reversals nor reversed."""
    return db.all(
        "SELECT id, kind, code, age_months, sex, quantity FROM fact f WHERE month = ? AND reverses IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM fact r WHERE r.reverses = f.id) ORDER BY id",
        (str(month),),
    )


def _visits(db: Database, month: Month) -> dict[int, int]:
    return dict(db.all("SELECT id, visit FROM fact WHERE month = ? AND visit IS NOT NULL", (str(month),)))


def totals_of(cells: list[ReportCell] | tuple[ReportCell, ...]) -> dict[str, int]:
    """By element code, the sum of its whole-number cells."""
    totals: dict[str, int] = {}
    for cell in cells:
        if isinstance(cell.value, int):
            totals[cell.code] = totals.get(cell.code, 0) + cell.value
    return totals


def facts_behind(db: Database, ids: tuple[int, ...]) -> list[tuple[int, str, str, str, str | None, int | None]]:
    """The rows behind a cell: fact id, day, kind, code, patient number, visit id."""
    if not ids:
        return []
    marks = ",".join("?" * len(ids))
    return db.all(
        "SELECT f.id, f.occurred_on, f.kind, f.code, p.number, f.visit FROM fact f LEFT JOIN visit v ON v.id = f.visit"
        f" LEFT JOIN patient p ON p.id = v.patient WHERE f.id IN ({marks}) ORDER BY f.occurred_on, f.id",
        ids,
    )


def _from_stock(db: Database, element: Element, month: Month, until: date) -> ReportCell:
    """Stock-outs of the element's products: days of the worst of them, or whether any was out."""
    days = []
    for code in element.products:
        product = catalogue.by_code(db, code)
        # A product that never lay on these shelves is not followed here: its absence is no stock-out of the month.
        if product is not None and _was_held(db, product.id, month):
            days.append(stockout_count(db, product.id, month, min(until, month.last)))
    worst = max(days, default=None)
    value: int | str | None = worst if element.measure == "days" else None if worst is None else str(worst > 0).lower()
    return ReportCell(
        code=element.code, disaggregation={}, value=value, source=Source.COMPUTED if days else Source.EMPTY
    )


def _from_books(db: Database, element: Element, month: Month) -> ReportCell:
    """A sum of money of the month; more given back than taken is no receipt: 0, with its rows."""
    rows = monthly.money_rows(db, element.money or "", month)
    return ReportCell(
        code=element.code, disaggregation={}, value=max(sum(row.amount_fcfa for row in rows), 0), source=Source.COMPUTED,
        records=tuple(row.key for row in rows),
    )  # fmt: skip


def _was_held(db: Database, product: int, month: Month) -> bool:
    return bool(
        db.value("SELECT 1 FROM stock_day WHERE product = ? AND day <= ? LIMIT 1", (product, month.last.isoformat()))
    )


def _typed(
    element: Element, disaggregation: dict[str, str], typed: dict[tuple[str, str], tuple[str | None, int | None]]
) -> ReportCell:
    text, who = typed.get((element.code, repository.disaggregation_key(disaggregation)), (None, None))
    value: int | str | None = int(text) if text is not None and text.lstrip("-").isdecimal() else text
    return ReportCell(
        code=element.code, disaggregation=disaggregation, value=value,
        source=Source.EMPTY if text is None else Source.TYPED, typed_by=who if text is not None else None,
    )  # fmt: skip
