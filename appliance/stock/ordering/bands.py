"""Rule M: months of stock and its band. Pure; bands are half-open, so that each figure lies in one only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Band(StrEnum):
    """How well a product is stocked."""

    STOCKED_OUT = "rupture"
    EMERGENCY = "urgence"
    UNDERSTOCKED = "sous-stock"
    ADEQUATE = "adéquat"
    OVERSTOCKED = "surstock"
    DORMANT = "dormant"  # stock, and a consumption known to be zero
    UNKNOWN = "inconnu"  # the consumption is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """In months: emergency point, minimum, maximum; to be confirmed by the DRC, defaults after common practice."""

    emergency: Fraction = Fraction(1, 2)
    minimum: Fraction = Fraction(1)
    maximum: Fraction = Fraction(3)


def months_of_stock(usable: int | Fraction, cmm: Fraction | None) -> Fraction | None:
    """Usable stock over CMM; None when the CMM is unknown or zero."""
    return Fraction(usable) / cmm if cmm else None


def band(usable: int | Fraction, cmm: Fraction | None, limits: Thresholds | None = None) -> Band:
    """The band of a stock. No usable stock is a stock-out whatever is known of consumption."""
    limits = limits or Thresholds()
    if usable <= 0:
        return Band.STOCKED_OUT
    if cmm is None:
        return Band.UNKNOWN
    months = months_of_stock(usable, cmm)
    if months is None:
        return Band.DORMANT
    if months < limits.emergency:
        return Band.EMERGENCY
    if months < limits.minimum:
        return Band.UNDERSTOCKED
    return Band.ADEQUATE if months <= limits.maximum else Band.OVERSTOCKED


def is_stockout_near(usable: int | Fraction, cmm: Fraction | None, lead_time_months: Fraction) -> bool:
    """Whether the stock ends before a delivery ordered today can arrive."""
    months = months_of_stock(usable, cmm)
    return months is not None and months < lead_time_months
