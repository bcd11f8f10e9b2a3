"""What the depot owes its orders today, from the rows themselves: to confirm, to sign, to hand over, to count, to ask after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from appliance.stock.ordering.awaited import PATIENCE
from appliance.stock.orders import repository
from appliance.stock.orders.model import AWAITED, Model, Order, State
from appliance.stock.reception import drafts
from appliance.stock.reception import repository as receptions
from appliance.storage import Database

LEAD_TIME_DAYS = 30
"""Until five of our own orders taught better; to be confirmed by the DRC."""
LEARNED_FROM = 5


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
        _of(order, "decide" if _corrects(db, order) else "confirm") for order in held if order.state is State.PROPOSED
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
        if order.state not in (State.PROPOSED, State.CONFIRMED) and days > patience_days(db, order.supplier):
            found.append(_of(order, "overdue", days))
    return found


def patience_days(db: Database, supplier: str) -> Fraction:
    """After how many days an order is overdue: twice the lead time, learned from our own orders once five are known."""
    known = repository.lead_times_days(db, supplier)
    mean = Fraction(sum(known), len(known)) if len(known) >= LEARNED_FROM else Fraction(LEAD_TIME_DAYS)
    return PATIENCE * mean


def _corrects(db: Database, order: Order) -> bool:
    return order.supersedes is not None and repository.order(db, order.supersedes).state is not State.SUPERSEDED


def _of(order: Order, code: str, days: int | None = None) -> Task:
    return Task(
        code=code,
        name=order.reference or order.number,
        supplier=order.supplier,
        order=order.id,
        due=order.answer_by,
        days=days,
    )
