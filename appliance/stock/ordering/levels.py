"""Minimum, maximum, emergency point and safety stock (rules Q, E). Pure; months of 30.5 days for lead times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAD_TIME_MONTH_DAYS = Fraction(61, 2)
OBSERVATIONS_NEEDED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Levels in months of consumption."""

    minimum: Fraction
    maximum: Fraction
    emergency: Fraction

    def in_units(self, cmm: Fraction) -> tuple[Fraction, Fraction, Fraction]:
        """Minimum, maximum and emergency point in base units."""
        return self.minimum * cmm, self.maximum * cmm, self.emergency * cmm


def levels(
    *, lead_time_days: Fraction, emergency_lead_time_days: Fraction, safety_months: Fraction, review_months: Fraction
) -> Levels:
    """min = lead time + safety; max = min + review period; emergency point = longest emergency lead time."""
    minimum = lead_time_days / LEAD_TIME_MONTH_DAYS + safety_months
    return Levels(
        minimum=minimum, maximum=minimum + review_months, emergency=emergency_lead_time_days / LEAD_TIME_MONTH_DAYS
    )


def safety_months(lead_times_days: Sequence[int], default: Fraction) -> Fraction:
    """Longest minus mean lead time of our own orders, in months, once five are known; else the default."""
    if len(lead_times_days) < OBSERVATIONS_NEEDED:
        return default
    mean = Fraction(sum(lead_times_days), len(lead_times_days))
    return (max(lead_times_days) - mean) / LEAD_TIME_MONTH_DAYS
