"""Demand from people: rules as data, due dates, attendance, and the units that follow. Pure and exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

OBSERVED_NEEDED = 20
"""Appointments that must have passed before attendance is taken from them; ours, to be tuned on real data."""
EARLY_DAYS, LATE_DAYS = 7, 14
"""Who comes from a week early to two weeks late came for the appointment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Where nobody is registered: a target of the year and how many times each of its people comes."""

    target: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRule:
    """One rule of `data/demand.json`. `source`: pregnancy, refill or sessions; `units` base units at each appointment.

    A refill is next due `every_days` after the last handing-over, or `days_per_unit` for each unit handed over, or as
    long as its prescription said. `most`: appointments at most; `least_times`: handings-over before it counts as lasting.
    """

    code: str
    label: str
    source: str
    products: tuple[str, ...]
    units: int = 0
    from_week: int = 0
    until_week: int = 0
    every_days: int = 0
    days_per_unit: int = 0
    most: int = 99
    least_times: int = 1
    fallback: Fallback | None = None
    sachets_by_weight: tuple[tuple[int, int], ...] = ()

    def sachets(self, weight_grams: int | None) -> int | None:
        """Sachets a week for a weight; None where the rule has no table, or the weight is unknown or below it."""
        fitting = [n for grams, n in self.sachets_by_weight if weight_grams is not None and weight_grams >= grams]
        return fitting[-1] if fitting else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An appointment: of a person (None where nobody is named), on a day, for units of a product."""

    rule: str
    product: str
    due_on: date
    units: int
    patient: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How many of the appointments of the last months were kept; the usual share where too few have passed."""

    share: Fraction
    due: int
    came: int

    @property
    def is_observed(self) -> bool:
        """Whether the share was observed here."""
        return self.due >= OBSERVED_NEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one rule brings to a product's demand. `origin`: people, sessions or target (nobody is registered)."""

    rule: DemandRule
    origin: str
    dues: tuple[Due, ...]
    full_units: int
    attendance: Attendance
    people: int

    @property
    def units(self) -> Fraction:
        """Units expected: all that is due times attendance; sessions open their vials whoever comes."""
        return Fraction(self.full_units) if self.origin == "sessions" else self.full_units * self.attendance.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A product's demand from people over some days."""

    product: str
    since: date
    until: date
    parts: tuple[Part, ...]

    @property
    def units(self) -> Fraction:
        """Base units expected."""
        return sum((part.units for part in self.parts), Fraction(0))

    @property
    def is_target(self) -> bool:
        """Whether all of it stands on targets, because nobody is registered."""
        return all(part.origin == "target" for part in self.parts)

    @property
    def days(self) -> int:
        """The days it covers."""
        return (self.until - self.since).days + 1

    def monthly(self, days_a_month: int = 30) -> Fraction:
        """Scaled to a month, to stand beside the CMM."""
        return self.units * days_a_month / self.days


def attendance(kept: Iterable[bool], usual: Fraction) -> Attendance:
    """The share of past appointments that were kept."""
    seen = list(kept)
    came = sum(seen)
    share = Fraction(came, len(seen)) if len(seen) >= OBSERVED_NEEDED else usual
    return Attendance(share=share, due=len(seen), came=came)


def was_kept(due_on: date, given: Sequence[date]) -> bool:
    """Whether somebody came for an appointment: within a week before to two weeks after."""
    return any(due_on - timedelta(days=EARLY_DAYS) <= day <= due_on + timedelta(days=LATE_DAYS) for day in given)


def appointments(first: date, every_days: int, last: date, most: int) -> list[date]:
    """The days from a first one on, up to and with a last day; one alone when it comes once (`every_days` 0)."""
    found = [first] if first <= last and most > 0 else []
    while every_days and found and len(found) < most and (after := found[-1] + timedelta(days=every_days)) <= last:
        found.append(after)
    return found


def by_product(parts: Iterable[tuple[str, Part]], since: date, until: date) -> Mapping[str, Demand]:
    """The parts gathered by product."""
    found: dict[str, list[Part]] = {}
    for product, part in parts:
        found.setdefault(product, []).append(part)
    return {
        product: Demand(product=product, since=since, until=until, parts=tuple(held)) for product, held in found.items()
    }
