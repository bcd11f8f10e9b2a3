"""What a finalised count holds fast: nothing is written before it (rule T29), and what it has put right is not put right twice.

A movement older than a count can't simply be undone. If it was written wrongly, the shelf never followed it: the count
found the difference and wrote it, and to undo the movement as well would write it a second time. So undoing by hand is
refused, and says so. What people had been given and bring back is another thing: it comes to the shelf today, after the
count, so its reversal is dated today. The same holds while a count is still under way: what was counted before it came
back does not hold it.
"""

from __future__ import annotations

from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.repository import is_closed
from appliance.storage import Unit


def never_before_a_count(unit: Unit, lot: int, place: int, day: date) -> None:
    """Refuse a row dated before the day on which a finalised count counted this lot here: `Refused("before-count")`."""
    counted = unit.value("SELECT max(counted_on) FROM count_result WHERE lot = ? AND place = ?", (lot, place))
    if counted and counted > day.isoformat():
        raise Refused("before-count", on=counted)


def day_of_reversal(unit: Unit, movement: int, lot: int, place: int, day: date, *, comes_back: bool) -> date:
    """On which day a movement of `day` is undone: its own, or today when its month is closed or a count stands after it.

    `comes_back` when it had been handed to a person. Raises `Refused("counted-since")` when a finalised count has put
    right what is to be undone.
    """
    counted = unit.value(
        "SELECT max(counted_on) FROM count_result WHERE lot = ? AND place = ? AND (at_movement >= ? OR counted_on > ?)",
        (lot, place, movement, day.isoformat()),
    )
    if counted and not comes_back:
        raise Refused("counted-since", on=counted)
    under_way = comes_back and unit.value(
        "SELECT 1 FROM count_line y JOIN stock_count c ON c.id = y.stock_count WHERE y.lot = ? AND c.place = ?"
        " AND y.at_movement >= ? AND NOT EXISTS (SELECT 1 FROM stock_count_status s WHERE s.stock_count = c.id"
        " AND s.status = 'abandoned')",
        (lot, place, movement),
    )
    return unit.today if counted or under_way or is_closed(unit, day) else day
