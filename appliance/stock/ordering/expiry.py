"""Rule X: what of the stock can be used before it expires. Pure, exact.

Lots are used in the order of expiry at CMM / 30 a day; a lot gives at most what can be used up to its last day
after the lots before it. The rest is at risk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

DAYS_A_MONTH = 30
"""For the daily rate of this rule; lead times use 30.5 and consumption real days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAhead:
    """A lot with the days left until and including its last usable day."""

    quantity: int
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """Base units that will be used in time, and those that will not."""

    usable: Fraction
    at_risk: Fraction


def usable_before_expiry(lots: Iterable[LotAhead], cmm: Fraction) -> Usable:
    """Split a stock into what consumption will reach and what it won't. A lot past its day gives nothing."""
    rate = cmm / DAYS_A_MONTH
    used = risk = Fraction(0)
    for lot in sorted(lots, key=lambda item: item.days_left):
        given = min(Fraction(lot.quantity), max(rate * max(lot.days_left, 0) - used, Fraction(0)))
        used += given
        risk += lot.quantity - given
    return Usable(usable=used, at_risk=risk)
