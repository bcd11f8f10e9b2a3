"""First expired, first out: which lots serve a quantity. Pure.

A lot is usable through its last day, and not the day after. The quantity is split over lots; what the shelf
can't serve is said, never rounded away.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOnShelf:
    """A lot at one place with what is left of it."""

    lot: int
    number: str
    expires_on: date
    quantity: int
    is_usable: bool = True  # neither quarantined nor recalled
    vvm: int = 0  # how far its vial monitor went, where that ranks before the expiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """So much from this lot."""

    lot: int
    number: str
    expires_on: date
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The takes in the order of expiry, and what is missing."""

    takes: tuple[Take, ...]
    missing: int


def allocate(lots: Iterable[LotOnShelf], quantity: int, on: date) -> Allocation:
    """Serve `quantity` base units on a day from the lots that expire first (then the older lot).

    A vial monitor that went further goes before any expiry, where the centre ranks it so.
    """
    left = quantity
    takes: list[Take] = []
    for lot in sorted(usable(lots, on), key=lambda item: (-item.vvm, item.expires_on, item.lot)):
        if left <= 0:
            break
        taken = min(left, lot.quantity)
        takes.append(Take(lot=lot.lot, number=lot.number, expires_on=lot.expires_on, quantity=taken))
        left -= taken
    return Allocation(takes=tuple(takes), missing=max(left, 0))


def usable(lots: Iterable[LotOnShelf], on: date) -> list[LotOnShelf]:
    """The lots that may be given on a day."""
    return [lot for lot in lots if lot.is_usable and lot.quantity > 0 and lot.expires_on >= on]


def last_usable_day(year: int, month: int, day: int | None) -> date:
    """The last day a lot may be given: the printed day, or the month's end when only a month is printed (DD = 00)."""
    return date(year, month, day or calendar.monthrange(year, month)[1])
