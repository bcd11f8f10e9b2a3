"""What the depot owes its orders today, from the rows themselves: to confirm, to sign, to hand over, to count, to ask after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.stock.ordering.awaited import is_overdue
from appliance.stock.ordering.standing import lead_time_of
from appliance.stock.orders import repository
from appliance.stock.orders.model import AWAITED, Model, Order, State
from appliance.stock.reception import drafts
from appliance.stock.reception import repository as receptions
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do. Codes: confirm, decide (a corrected form), countersign, hand-over, count (a delivery note that
    waits), go-on (a reception being counted), overdue (ask after it). `name`: the paper's number; `due`: last day, if any.
    """

    code: str
    name: str
    supplier: str
    order: int | None = None
    shipment: int | None = None
    draft: str | None = None
    due: date | None = None
    days: int | None = None


def tasks(db: Database, today: date) -> list[Task]:
    """What is to be done, the most pressing kind first."""
    found: list[Task] = []
    held = repository.orders(db, states=AWAITED | {State.PROPOSED}, limit=500)
    found += [
        _of(order, "decide" if repository.corrected(db, order) else "confirm")
        for order in held
        if order.state is State.PROPOSED
    ]
    found += [_of(order, "countersign") for order in held if order.state is State.CONFIRMED]
    found += [
        _of(order, "hand-over") for order in held if order.state is State.COUNTERSIGNED and order.model is Model.PULL
    ]
    found += [
        Task(code="count", name=s.number, supplier=s.supplier, order=s.order, shipment=s.id, due=s.expected_on)
        for s in receptions.to_count(db)
    ]
    found += [Task(code="go-on", name=d.by, supplier="", draft=d.subject) for d in drafts.drafts(db)]
    for order in held:
        days = (today - (order.confirmed_on or order.ordered_on)).days
        sent = order.state not in (State.PROPOSED, State.CONFIRMED)
        if sent and is_overdue(days, lead_time_of(db, order.supplier, order.programme)):
            found.append(_of(order, "overdue", days))
    return found


def _of(order: Order, code: str, days: int | None = None) -> Task:
    return Task(
        code=code,
        name=order.reference or order.number,
        supplier=order.supplier,
        order=order.id,
        due=order.answer_by,
        days=days,
    )
