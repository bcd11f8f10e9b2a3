"""Months, ISO weeks and quarters, with the names DHIS2 gives them.

DHIS2 writes 202610, 2026W3 (no zero) and 2026Q4; people and the command line write 2026-10.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from appliance.core.errors import Refused


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; ordered in time."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1900 <= self.year <= 9999):
            raise Refused("bad-month", text=f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-10` or `202610`; raises `Refused("bad-month")`."""
        found = re.fullmatch(r"(\d{4})-?(\d{2})", text.strip())
        if not found:
            raise Refused("bad-month", text=text[:40])
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """First day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Last day of the month."""
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """Number of calendar days, 28 to 31."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def dhis2(self) -> str:
        """Period identifier of DHIS2, e.g. `202610`."""
        return f"{self.year:04d}{self.month:02d}"

    def plus(self, months: int) -> Month:
        """This month moved by a number of months, which may be negative."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def until(self, last: Month) -> Iterator[Month]:
        """Every month from this one to `last`, both included; nothing when `last` is earlier."""
        month = self
        while month <= last:
            yield month
            month = month.plus(1)

    def __contains__(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, Monday to Sunday; the year is the ISO year."""

    year: int
    week: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.week, 1)
        except ValueError:
            raise Refused("bad-week", text=f"{self.year}W{self.week}") from None

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read `2026W3` or `2026-W03`; raises `Refused("bad-week")`."""
        found = re.fullmatch(r"(\d{4})-?W(\d{1,2})", text.strip())
        if not found:
            raise Refused("bad-week", text=text[:40])
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Week:
        """The ISO week in which a day lies (1 January 2027 lies in 2026W53)."""
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    @property
    def first(self) -> date:
        """Monday of the week."""
        return date.fromisocalendar(self.year, self.week, 1)

    @property
    def last(self) -> date:
        """Sunday of the week."""
        return self.first + timedelta(days=6)

    @property
    def dhis2(self) -> str:
        """Period identifier of DHIS2: no leading zero, e.g. `2026W3`."""
        return f"{self.year:04d}W{self.week}"

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.week:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        if not (1 <= self.quarter <= 4 and 1900 <= self.year <= 9999):
            raise Refused("bad-quarter", text=f"{self.year}Q{self.quarter}")

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter in which a day lies."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def months(self) -> tuple[Month, Month, Month]:
        """The three months of the quarter in order."""
        first = Month(self.year, 3 * self.quarter - 2)
        return first, first.plus(1), first.plus(2)

    @property
    def dhis2(self) -> str:
        """Period identifier of DHIS2, e.g. `2026Q4`."""
        return f"{self.year:04d}Q{self.quarter}"


def parse_date(text: str) -> date:
    """Read an ISO date `2026-10-31`; raises `Refused("bad-date")`."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise Refused("bad-date", text=text[:40])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-date", text=text) from None


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month: the other way round of `completed_months`."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def completed_months(born: date, on: date) -> int:
    """Age in completed months on a date; 0 when `on` is before `born`.

    A child born on the 31st completes a month on the last day of a shorter month.
    """
    months = (on.year - born.year) * 12 + on.month - born.month
    last_day = calendar.monthrange(on.year, on.month)[1]
    if on.day < min(born.day, last_day):
        months -= 1
    return max(months, 0)
