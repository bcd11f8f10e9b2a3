"""A patient's birth as it was said, and what lists and bands show of a patient. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from appliance.core.errors import Refused
from appliance.core.french import date_short
from appliance.core.periods import Month, completed_months

OLDEST_YEARS = 125
_SPAN_DAYS = {"day": 0, "month": 15, "year": 182, "decade": 1_826}


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A date with its precision (day, month, year), and the age as said, in its unit, with the day it was said."""

    born_on: date
    precision: str
    age_value: int | None = None
    age_unit: str | None = None
    age_said_on: date | None = None


def birth_from_date(born_on: date, today: date) -> Birth:
    """A birth date as known; raises `Refused` ("born-ahead", "born-too-long-ago")."""
    if born_on > today:
        raise Refused("born-ahead")
    if born_on.year < today.year - OLDEST_YEARS:
        raise Refused("born-too-long-ago", years=OLDEST_YEARS)
    return Birth(born_on=born_on, precision="day")


def birth_from_age(value: int, unit: str, said_on: date) -> Birth:
    """A birth from an age as said: the middle of the span it leaves open, so that the error is the same both ways.

    `unit`: day, week, month, year. Raises `Refused` ("age-unit", "age-out-of-range").
    """
    if unit not in ("day", "week", "month", "year"):
        raise Refused("age-unit", unit=unit)
    if value < 0 or (unit == "year" and value > OLDEST_YEARS) or (unit != "year" and value > 1500):
        raise Refused("age-out-of-range", value=value)
    if unit in ("day", "week"):
        born, precision = (
            said_on - timedelta(days=value * (7 if unit == "week" else 1)),
            "day" if unit == "day" else "month",
        )
    elif unit == "month":
        born, precision = _middle(said_on, value, 15), "month"
    else:
        born, precision = _middle(said_on, value * 12, 182), "year"
    return Birth(born_on=min(born, said_on), precision=precision, age_value=value, age_unit=unit, age_said_on=said_on)


def span_days(precision: str) -> int:
    """How many days either way the birth may lie from the date that is written, by its precision."""
    return _SPAN_DAYS[precision]


def age_text(born_on: date, precision: str, on: date) -> str:
    """`8 mois`, `33 ans`, `10 sem.`, `3 j`; an estimated age begins with ≈."""
    days, months = (on - born_on).days, completed_months(born_on, on)
    if days < 28:
        text = f"{max(days, 0)} j"
    elif months < 3:
        text = f"{days // 7} sem."
    elif months < 60:
        text = f"{months} mois" if months < 24 else f"{months // 12} ans"
    else:
        text = f"{months // 12} ans"
    return text if precision in ("day", "month") and not (precision == "month" and months < 2) else f"≈ {text}"


def said_text(birth: Birth) -> str:
    """How the birth is known: `né(e) le 03/02/2026`, or `4 ans (dit le 03/02/2026)`."""
    if birth.age_value is None or birth.age_said_on is None:
        return f"né(e) le {date_short(birth.born_on)}"
    units = {"day": "j", "week": "sem.", "month": "mois", "year": "an" if birth.age_value == 1 else "ans"}
    return f"{birth.age_value} {units[birth.age_unit or 'year']} (dit le {date_short(birth.age_said_on)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLine:
    """A patient as lists show one."""

    id: int
    number: str
    name: str
    other_names: tuple[str, ...]
    sex: str
    born_on: date
    born_precision: str
    village: str | None
    mother_name: str | None
    last_visit_on: date | None
    phone: str | None = None
    is_deceased: bool = False
    allergies: tuple[str, ...] = ()
    allergies_asked: bool = False
    village_id: int | None = None
    in_area: bool | None = None
    birth: Birth | None = None
    merged_into: int | None = None

    def is_child(self, on: date) -> bool:
        """Whether pages say boy or girl: under thirteen years."""
        return completed_months(self.born_on, on) < 13 * 12

    def age(self, on: date) -> str:
        """The age on a day, as text."""
        return age_text(self.born_on, self.born_precision, on)


def _middle(said_on: date, months: int, half_days: int) -> date:
    index = said_on.year * 12 + said_on.month - 1 - months
    month = Month(max(index // 12, 1900), index % 12 + 1)
    day = min(said_on.day, calendar.monthrange(month.year, month.month)[1])
    return date(month.year, month.month, day) - timedelta(days=half_days)
