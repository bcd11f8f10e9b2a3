"""Lending to a neighbour and borrowing from one, settled in kind: never consumption, never a receipt (rule A6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.events import EventLine, Paper, record
from appliance.stock.ledger.services import ReceivedLot
from appliance.stock.loans.repository import Loan, loan
from appliance.storage import ConstraintFailed, Unit

DUE_DAYS_MAX = 366


def lend(unit: Unit, paper: Paper, lines: Sequence[EventLine], due_on: date | None) -> int:
    """Lend lots of the shelf to the neighbour named on the paper; returns the loan's id.

    Raises `Refused`: "due-date" (before the loan, or more than a year after), and those of `record`.
    """
    event = record(unit, replace(paper, reason="lent"), lines)
    return _loan(unit, paper, event, "lent", due_on)


def borrow(unit: Unit, paper: Paper, lots: Sequence[ReceivedLot], due_on: date | None) -> int:
    """Take in lots that a neighbour lends; returns the loan's id. Raises as `lend`."""
    event = record(unit, replace(paper, reason="borrowed"), incoming=lots)
    return _loan(unit, paper, event, "borrowed", due_on)


def take_back(unit: Unit, identity: int, paper: Paper, lots: Sequence[ReceivedLot]) -> int:
    """Take in what a neighbour gives back of a loan, the same product of any lot; returns the event's id.

    Raises `Refused`: "no-such-loan", "loan-direction", "loan-over", "loan-return-too-much" (product, what is due),
    and those of `record`.
    """
    held = _open(unit, identity, "lent")
    brought: dict[int, int] = defaultdict(int)
    for item in lots:
        brought[item.product] += item.quantity
    _within(held, brought)
    event = record(unit, replace(paper, reason="lent_returned", counterpart=held.counterpart), incoming=lots)
    unit.append("loan_return", loan=identity, event=event)
    return event


def give_back(unit: Unit, identity: int, paper: Paper, lines: Sequence[EventLine]) -> int:
    """Give back what was borrowed, the same product of any lot that may be given; returns the event's id.

    Raises as `take_back`.
    """
    held = _open(unit, identity, "borrowed")
    given: dict[int, int] = defaultdict(int)
    for line in lines:
        given[unit.value("SELECT product FROM lot WHERE id = ?", (line.lot,)) or 0] += line.quantity
    _within(held, given)
    event = record(unit, replace(paper, reason="borrowed_returned", counterpart=held.counterpart), lines)
    unit.append("loan_return", loan=identity, event=event)
    return event


def give_up(unit: Unit, identity: int, reason: str) -> None:
    """Wait no longer for the rest of a loan; nothing moves. Raises `Refused`: "no-such-loan", "reason-needed", "loan-over"."""
    held = loan(unit, identity)
    if not 3 <= len(reason.strip()) <= 300:
        raise Refused("reason-needed", kind="loan")
    if not held.is_open:
        raise Refused("loan-over", loan=identity)
    try:
        unit.append("loan_closure", loan=identity, reason=reason.strip())
    except ConstraintFailed as fault:
        raise Refused("loan-over", loan=identity) from fault


def _loan(unit: Unit, paper: Paper, event: int, direction: str, due_on: date | None) -> int:
    began = paper.occurred_on or unit.today
    if due_on is not None and not 0 <= (due_on - began).days <= DUE_DAYS_MAX:
        raise Refused("due-date", on=due_on.isoformat())
    return unit.append("loan", event=event, direction=direction, due_on=due_on.isoformat() if due_on else None)


def _open(unit: Unit, identity: int, direction: str) -> Loan:
    held = loan(unit, identity)
    if held.direction != direction:
        raise Refused("loan-direction", loan=identity)
    if not held.is_open:
        raise Refused("loan-over", loan=identity)
    return held


def _within(held: Loan, moved: dict[int, int]) -> None:
    due = {line.product: line.due for line in held.lines}
    for product, quantity in moved.items():
        if quantity > due.get(product, 0):
            raise Refused("loan-return-too-much", product=product, due=due.get(product, 0))
