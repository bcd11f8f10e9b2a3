"""Which reports are owed: from what is closed and the calendar, never from a timer's memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.periods import Month
from appliance.reports.closing.tables import ClosingRow, ReportPreviewRow
from appliance.reports.form import CODES
from appliance.storage import Database, Unit

DUE_DAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A report that is not closed yet: due by the 5th of the next month."""

    form: str
    month: Month
    due_on: date
    is_late: bool
    is_prepared: bool


def owed(db: Database, today: date) -> list[Owed]:
    """Every month that is over and not closed, since the first row of the store, oldest first (24 at most)."""
    first = db.value(
        "SELECT min(m) FROM (SELECT min(month) m FROM fact UNION ALL"
        " SELECT substr(min((SELECT min(day) FROM stock_day WHERE product = p.id)), 1, 7) FROM product p)"
    )
    if not first:
        return []
    closed = {(row["form"], row["period"]) for row in db.rows(ClosingRow.select(ClosingRow.form, ClosingRow.period))}
    prepared = {(row["form"], row["period"]) for row in db.rows(ReportPreviewRow.select())}
    found = []
    for month in Month.parse(first).until(Month.of(today).plus(-1)):
        due = month.plus(1).first.replace(day=DUE_DAY)
        found += [
            Owed(form=f, month=month, due_on=due, is_late=today > due, is_prepared=(f, str(month)) in prepared)
            for f in CODES
            if (f, str(month)) not in closed
        ]
    return found[:24]


def prepare_owed(unit: Unit) -> int:
    """Note that the owed reports have written themselves; returns how many are new. Done again it changes nothing."""
    new = [o for o in owed(unit, unit.today) if not o.is_prepared]
    for one in new:
        unit.insert("report_preview", form=one.form, period=str(one.month), made_at=unit.now.ms, act=unit.act)
    return len(new)
