"""Doses opened and not given (rule V). Pure; exact fractions, rounded by whoever shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfDoses:
    """Doses of one vaccine in one month (1 to 12): opened, and administered."""

    month: int
    opened: int
    administered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wastage:
    """A month's own rate and the one from January on; None while nothing was opened."""

    month: int
    opened: int
    administered: int
    rate: Fraction | None
    opened_since_january: int
    administered_since_january: int
    cumulative: Fraction | None


def wastage(months: Iterable[MonthOfDoses]) -> list[Wastage]:
    """Rule V: 1 - administered / opened, cumulative from January.

    A month alone may be negative: it gave doses of vials that an earlier one opened. Only the cumulative rate is one.
    """
    found: list[Wastage] = []
    opened = administered = 0
    for one in sorted(months, key=lambda m: m.month):
        opened, administered = opened + one.opened, administered + one.administered
        found.append(
            Wastage(
                month=one.month, opened=one.opened, administered=one.administered,
                rate=rate_of(one.opened, one.administered), opened_since_january=opened,
                administered_since_january=administered, cumulative=rate_of(opened, administered),
            )
        )  # fmt: skip
    return found


def rate_of(opened: int, administered: int) -> Fraction | None:
    """1 - administered / opened; None when nothing was opened."""
    return 1 - Fraction(administered, opened) if opened else None
