"""Minimum, maximum, emergency point and safety stock (rules Q, E). Pure; months of 30.5 days for lead times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAD_TIME_MONTH_DAYS = Fraction(61, 2)
OBSERVATIONS_NEEDED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Levels in months of consumption. `origin` says how they were found: typed, computed, or learned from our orders."""

    minimum: Fraction
    maximum: Fraction
    emergency: Fraction
    origin: str = "typed"

    def in_units(self, cmm: Fraction) -> tuple[Fraction, Fraction, Fraction]:
        """Minimum, maximum and emergency point in base units."""
        return self.minimum * cmm, self.maximum * cmm, self.emergency * cmm


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """Days from an order's confirmation to its receipt, of one supplier: the defaults, and what our own orders took."""

    default_days: Fraction
    emergency_default_days: Fraction
    observed: tuple[int, ...] = ()
    emergency_observed: tuple[int, ...] = ()

    @property
    def is_learned(self) -> bool:
        """Whether enough of our own orders arrived to go by them."""
        return len(self.observed) >= OBSERVATIONS_NEEDED

    @property
    def days(self) -> Fraction:
        """The mean of our own orders once five are known, else the default."""
        return Fraction(sum(self.observed), len(self.observed)) if self.is_learned else self.default_days

    @property
    def emergency_days(self) -> Fraction:
        """The longest emergency lead time seen once five are known, else the default."""
        if len(self.emergency_observed) < OBSERVATIONS_NEEDED:
            return self.emergency_default_days
        return Fraction(max(self.emergency_observed))


def levels(
    *, lead_time_days: Fraction, emergency_lead_time_days: Fraction, safety_months: Fraction, review_months: Fraction
) -> Levels:
    """min = lead time + safety; max = min + review period; emergency point = longest emergency lead time."""
    minimum = lead_time_days / LEAD_TIME_MONTH_DAYS + safety_months
    return Levels(
        minimum=minimum, maximum=minimum + review_months, emergency=emergency_lead_time_days / LEAD_TIME_MONTH_DAYS,
        origin="computed",
    )  # fmt: skip


def computed_levels(times: LeadTimes, safety_default: Fraction, review_months: Fraction) -> Levels:
    """The levels by rule E: from our own lead times where five are known, else from the defaults."""
    found = levels(
        lead_time_days=times.days, emergency_lead_time_days=times.emergency_days,
        safety_months=safety_months(times.observed, safety_default), review_months=review_months,
    )  # fmt: skip
    if not times.is_learned:
        return found
    return Levels(minimum=found.minimum, maximum=found.maximum, emergency=found.emergency, origin="learned")


def safety_months(lead_times_days: Sequence[int], default: Fraction) -> Fraction:
    """Longest minus mean lead time of our own orders, in months, once five are known; else the default."""
    if len(lead_times_days) < OBSERVATIONS_NEEDED:
        return default
    mean = Fraction(sum(lead_times_days), len(lead_times_days))
    return (max(lead_times_days) - mean) / LEAD_TIME_MONTH_DAYS
