"""Whether the count of the month is owed: from what was counted, never from a timer's memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.periods import Month
from appliance.stock.counting.rules import counting_rules
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOwed:
    """The count of a month at the depot: `left` products of which something lies there are not counted yet."""

    month: Month
    due_on: date
    left: int
    is_late: bool


def owed(db: Database, today: date) -> CountOwed | None:
    """From the reminder's day on, the month's count until every product is counted; before it, last month's if none was made.

    Counted is what a finalised count found at the first place; a full count or the shelves one after the other.
    """
    month = Month.of(today)
    place = db.value("SELECT id FROM place WHERE is_active = 1 ORDER BY id LIMIT 1")
    if place is None or not db.value("SELECT 1 FROM stock_day WHERE day < ? LIMIT 1", (month.first.isoformat(),)):
        return None
    if today.day < counting_rules().reminder_day:
        before = month.plus(-1)
        began = db.value("SELECT 1 FROM stock_day WHERE day < ? LIMIT 1", (before.last.isoformat(),))
        made = db.value(
            "SELECT 1 FROM count_result WHERE place = ? AND counted_on >= ? LIMIT 1", (place, before.first.isoformat())
        )
        return (
            None
            if made or not began
            else CountOwed(month=before, due_on=before.last, left=_left(db, place, before), is_late=True)
        )
    left = _left(db, place, month)
    return CountOwed(month=month, due_on=month.last, left=left, is_late=False) if left else None


def _left(db: Database, place: int, month: Month) -> int:
    return int(
        db.value(
            "SELECT count(DISTINCT b.product) FROM balance b WHERE b.place = ?1 AND b.quantity > 0 AND NOT EXISTS"
            " (SELECT 1 FROM count_result r WHERE r.lot = b.lot AND r.place = b.place AND r.counted_on >= ?2)",
            (place, month.first.isoformat()),
        )
    )
