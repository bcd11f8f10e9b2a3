"""Setting an unusual month aside (rule A7): by a named person, with a reason, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.consumption.average import last_closed
from appliance.stock.consumption.model import History
from appliance.storage import Database, Unit

REASON_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What was last said of a month: set aside or not, by whom (staff id, None: the machine), at which instant (ms UTC), and why."""

    month: Month
    is_excluded: bool
    reason: str
    staff: int | None
    at_ms: int


def set_aside(unit: Unit, product: int, month: Month, reason: str) -> int:
    """Leave a closed month out of a product's consumption; returns the row's id.

    Raises `Refused`: "reason-needed", "month-not-over", "month-already-aside".
    """
    if month > last_closed(History(as_of=unit.today, months=())):
        raise Refused("month-not-over", month=str(month))
    return _say(unit, product, month, reason, aside=True)


def take_back(unit: Unit, product: int, month: Month, reason: str) -> int:
    """Count a month again that was set aside; raises `Refused`: "reason-needed", "month-not-aside"."""
    return _say(unit, product, month, reason, aside=False)


def excluded(db: Database, product: int) -> dict[Month, Exclusion]:
    """What was last said of each month of a product of which something was said."""
    return {
        Month.parse(month): Exclusion(
            month=Month.parse(month), is_excluded=bool(aside), reason=reason, staff=staff, at_ms=at
        )
        for month, aside, reason, staff, at in db.all(
            "SELECT e.month, e.is_excluded, e.reason, a.staff, a.at FROM month_exclusion e JOIN act a ON a.seq = e.act"
            " WHERE e.product = ? ORDER BY e.id",
            (product,),
        )
    }


def _say(unit: Unit, product: int, month: Month, reason: str, *, aside: bool) -> int:
    text = reason.strip()[:REASON_MAX]
    if len(text) < 3:
        raise Refused("reason-needed", kind="exclusion")
    held = excluded(unit, product).get(month)
    if aside == (held is not None and held.is_excluded):
        raise Refused("month-already-aside" if aside else "month-not-aside", month=str(month))
    made = unit.append("month_exclusion", product=product, month=str(month), is_excluded=int(aside), reason=text)
    unit.note(product=product, month=str(month))
    return made


def excluded_months(db: Database, product: int, since: date) -> frozenset[Month]:
    """The months of a product from a day on that stand set aside."""
    return frozenset(m for m, said in excluded(db, product).items() if said.is_excluded and m.last >= since)
