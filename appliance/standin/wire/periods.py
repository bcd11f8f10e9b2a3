"""Period names as DHIS2 writes them, with the days they cover.

Not spoken: the variants that begin in November, whose year the contract leaves open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    "Monthly": (1, 1), "BiMonthly": (2, 1), "Quarterly": (3, 1), "SixMonthly": (6, 1), "SixMonthlyApril": (6, 4),
    "Yearly": (12, 1), "FinancialApril": (12, 4), "FinancialJuly": (12, 7), "FinancialOct": (12, 10),
}  # fmt: skip
"""Type -> length in months, first month of its year."""
_WEEKS = {"Weekly": ("", 0), "WeeklyWednesday": ("Wed", 2), "WeeklyThursday": ("Thu", 3), "WeeklySaturday": ("Sat", 5), "WeeklySunday": ("Sun", 6)}  # fmt: skip
"""Type -> its letters, weekday on which it begins (Monday is 0)."""
_FORMS = [
    ("Daily", r"(\d{4})(\d{2})(\d{2})"), ("Monthly", r"(\d{4})(\d{2})"), ("BiMonthly", r"(\d{4})(0[1-6])B"),
    ("Quarterly", r"(\d{4})Q([1-4])"), ("SixMonthly", r"(\d{4})S([12])"), ("SixMonthlyApril", r"(\d{4})AprilS([12])"),
    ("Yearly", r"(\d{4})"), ("FinancialApril", r"(\d{4})April"), ("FinancialJuly", r"(\d{4})July"),
    ("FinancialOct", r"(\d{4})Oct"), ("BiWeekly", r"(\d{4})BiW(\d{1,2})"),
    *((kind, rf"(\d{{4}}){letters}W(\d{{1,2}})") for kind, (letters, _) in _WEEKS.items()),
]  # fmt: skip
_DASHED = [("Daily", r"(\d{4})-(\d{2})-(\d{2})"), ("Monthly", r"(\d{4})-(\d{2})")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period: its type, its canonical name, first and last day."""

    kind: str
    name: str
    first: date
    last: date


def period(text: str, *, dashed: bool = False) -> Period | None:
    """Read a period; `dashed` also reads 2026-11 and 2026-11-02, as newer versions do. None when unreadable."""
    for kind, form in [*_FORMS, *(_DASHED if dashed else [])]:
        found = re.fullmatch(form, text)
        if found:
            try:
                return _made(kind, [int(part) for part in found.groups()])
            except (ValueError, OverflowError):
                return None
    return None


def _made(kind: str, parts: list[int]) -> Period | None:
    if kind == "Daily":
        return containing(kind, date(*parts))
    year, number = parts[0], [*parts, 1][1]
    if kind in _MONTHS:
        length, start = _MONTHS[kind]
        day = _month(year, start - 1 + (number - 1) * length)
    else:
        step = 2 if kind == "BiWeekly" else 1
        day = _week_one(year, _WEEKS.get(kind, ("", 0))[1]) + timedelta(weeks=(number - 1) * step)
        if number < 1 or number > 53 // step:
            return None
    made = containing(kind, day)
    return made if made.first == day and made.name.startswith(str(year)) else None


def containing(kind: str, day: date) -> Period:
    """The period of a type in which a day lies."""
    if kind == "Daily":
        return Period(kind=kind, name=f"{day:%Y%m%d}", first=day, last=day)
    if kind in _MONTHS:
        length, start = _MONTHS[kind]
        since = day.year * 12 + day.month - start
        year, number = since // 12, since % 12 // length
        first = _month(year, start - 1 + number * length)
        last = _month(year, start - 1 + (number + 1) * length) - timedelta(days=1)
        return Period(kind=kind, name=_named(kind, year, number + 1), first=first, last=last)
    letters, weekday = _WEEKS.get(kind, ("", 0))
    year = max(y for y in (day.year - 1, day.year, day.year + 1) if _week_one(y, weekday) <= day)
    week = (day - _week_one(year, weekday)).days // 7
    step = 2 if kind == "BiWeekly" else 1
    first = _week_one(year, weekday) + timedelta(weeks=week // step * step)
    name = f"{year}{'Bi' if step == 2 else letters}W{week // step + 1}"
    return Period(kind=kind, name=name, first=first, last=first + timedelta(days=7 * step - 1))


def _named(kind: str, year: int, number: int) -> str:
    names = {"Monthly": f"{number:02d}", "BiMonthly": f"{number:02d}B", "Quarterly": f"Q{number}", "Yearly": ""}
    if kind.startswith("Financial"):
        return f"{year:04d}{kind.removeprefix('Financial')}"
    if kind.startswith("SixMonthly"):
        return f"{year:04d}{kind.removeprefix('SixMonthly')}S{number}"
    return f"{year:04d}{names[kind]}"


def shifted(of: Period, steps: int) -> Period:
    """The period so many steps later (earlier when negative)."""
    while steps > 0:
        of, steps = containing(of.kind, of.last + timedelta(days=1)), steps - 1
    while steps < 0:
        of, steps = containing(of.kind, of.first - timedelta(days=1)), steps + 1
    return of


def _month(year: int, index: int) -> date:
    return date(year + index // 12, index % 12 + 1, 1)


def _week_one(year: int, weekday: int) -> date:
    """First day of the week that has at least four days in the year."""
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - weekday) % 7)
