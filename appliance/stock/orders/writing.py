"""What every verb of an order writes with: one state after another, as the life cycle allows, and a step's figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from appliance.core.errors import Refused
from appliance.stock.orders import repository
from appliance.stock.orders.model import NEXT, Answer, Order, State
from appliance.stock.orders.ours import Ours
from appliance.storage import Unit

REASON_MIN = 3


def enter(
    unit: Unit,
    order: Order,
    state: State,
    *,
    staff: int | None = None,
    occurred_on: date | None = None,
    way: str | None = None,
    recipient: str | None = None,
    reason: str | None = None,
) -> None:
    """Bring an order into a state; raises `Refused("order-state")` with where it stands when that may not follow.

    `staff` is who signs, by default who acts.
    """
    if state not in NEXT[order.state]:
        raise Refused("order-state", order=order.number, state=order.state.value, wanted=state.value)
    write_state(
        unit, order.id, state, staff=staff, occurred_on=occurred_on, way=way, recipient=recipient, reason=reason
    )


def write_state(
    unit: Unit,
    order: int,
    state: State,
    *,
    staff: int | None = None,
    occurred_on: date | None = None,
    way: str | None = None,
    recipient: str | None = None,
    reason: str | None = None,
) -> None:
    """The row of a state. Raises `Refused("date-ahead")`."""
    on = occurred_on or unit.today
    if on > unit.today:
        raise Refused("date-ahead", on=on.isoformat())
    unit.append(
        "supply_order_status", supply_order=order, state=state.value, staff=staff or unit.actor.staff_id,
        occurred_on=on.isoformat(), way=way, recipient=(recipient or "").strip()[:80] or None,
        reason=(reason or "").strip()[:500] or None,
    )  # fmt: skip
    unit.note(order=order, state=state.value)


def need_reason(text: str) -> str:
    """A reason in words; raises `Refused("reason-needed")`."""
    if len(text.strip()) < REASON_MIN:
        raise Refused("reason-needed", kind="order")
    return text.strip()


def write_ours(unit: Unit, line: int, ours: Ours) -> None:
    """Keep our proposal of a line with its working."""
    unit.append(
        "supply_order_figure", line=line, step="ours", quantity=ours.quantity,
        working=msgspec.json.encode(ours.working).decode(), reason=None, note=None,
    )  # fmt: skip


def write_answers(unit: Unit, order: Order, step: str, answers: Iterable[Answer]) -> None:
    """Keep what was answered of each line in a step. Raises `Refused`: "no-such-order-line", "quantity"."""
    known = {line.id: line for line in repository.lines(unit, order.id)}
    for answer in answers:
        line = known.get(answer.line)
        if line is None:
            raise Refused("no-such-order-line", line=answer.line)
        if not 0 <= answer.quantity <= 100_000_000:
            raise Refused("quantity", product=line.product, asked=answer.quantity, given=0)
        unit.append(
            "supply_order_figure", line=answer.line, step=step, quantity=answer.quantity, working=None,
            reason=answer.reason, note=(answer.note or "").strip()[:200] or None,
        )  # fmt: skip
