"""Which orders still count as on their way (rule Q). Pure.

Confirmed and not received; one older than twice the lead time stops counting, and somebody must ask after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

PATIENCE = 2
"""Lead times after which an order is no longer expected; from the rule, to be confirmed by the DRC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A confirmed order not yet received: base units, and whole days since it was confirmed.

    `reference` and `expected_on` are how people find it again; they do not change what counts.
    """

    quantity: Fraction
    age_days: int
    reference: str = ""
    order: int | None = None
    expected_on: date | None = None


def is_overdue(age_days: int, lead_time_days: Fraction) -> bool:
    """Whether an order of that age is no longer expected: older than twice the lead time."""
    return age_days > PATIENCE * lead_time_days


def still_awaited(orders: Iterable[Awaited], lead_time_days: Fraction) -> tuple[Fraction, tuple[Awaited, ...]]:
    """The quantity that still counts, and the orders that are overdue."""
    held = list(orders)
    overdue = tuple(order for order in held if is_overdue(order.age_days, lead_time_days))
    return sum((order.quantity for order in held if order not in overdue), Fraction(0)), overdue
