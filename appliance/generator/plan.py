"""What to generate, and how far it has come: kept in the store with every step, so that a cut loses and doubles nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from appliance.core.periods import Month, parse_date
from appliance.storage import Database, Unit, settings

SETTING = "generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to generate: months end with the last full one before `until`; the newest is left open to be closed by hand.

    With `is_lived_on` the days of the month that has begun are lived as well, up to the day before `until`.
    """

    seed: int
    population: int
    months: int
    until: date
    is_lived_on: bool = False

    @property
    def last(self) -> Month:
        """The last generated month: the last full month up to `until` (that month itself when `until` ends it)."""
        month = Month.of(self.until)
        return month if month.last == self.until else month.plus(-1)

    @property
    def first(self) -> Month:
        """The first generated month."""
        return self.last.plus(1 - self.months)

    @property
    def last_day(self) -> date:
        """The last day that is lived."""
        return max(self.last.last, self.until - timedelta(days=1)) if self.is_lived_on else self.last.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The next thing to live: a day and the number of its step."""

    day: date
    step: int

    def next_day(self) -> Position:
        """The first step of the day after."""
        return Position(day=self.day + timedelta(days=1), step=0)


def keep(unit: Unit, plan: Plan, position: Position) -> None:
    """Note, in the act that lives a step, that the steps before `position` are done."""
    settings.put(
        unit,
        SETTING,
        {
            "seed": plan.seed, "population": plan.population, "months": plan.months, "until": plan.until.isoformat(),
            "is_lived_on": plan.is_lived_on, "day": position.day.isoformat(), "step": position.step,
        },
    )  # fmt: skip


def kept(db: Database) -> tuple[Plan, Position] | None:
    """The plan by which a store is generated and how far it is; None for a real centre or one not begun."""
    held = settings.get(db, SETTING)
    if held is None:
        return None
    plan = Plan(
        seed=held["seed"], population=held["population"], months=held["months"], until=parse_date(held["until"]),
        is_lived_on=held["is_lived_on"],
    )  # fmt: skip
    return plan, Position(day=parse_date(held["day"]), step=held["step"])
