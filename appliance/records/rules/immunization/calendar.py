"""The vaccination calendar as a pack: ages, least intervals, last days; read and checked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.periods import add_months
from appliance.records.rules import pack

FILE = Path(__file__).parent / "data" / "pev-mali.json"
_SPAN = re.compile(r"(\d{1,3})([dwmy])")
_DOSE = {"number", "due", "min", "apart", "apart_days", "latest", "late_start", "season"}


@dataclass(frozen=True, slots=True)
class Span:
    """An age or an interval: days, or calendar months (a child born on the 31st is a month older on the last of a shorter one)."""

    days: int = 0
    months: int = 0

    def after(self, day: date) -> date:
        """The day so long after a day."""
        return add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateStart:
    """A series begun at this age or later keeps another interval from its first dose."""

    age: Span
    after_first: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One dose of a series. `season`: it is due from the first of that month, in a year after that of the dose before."""

    number: int
    due: Span
    least_age: Span
    apart: Span
    latest: Span | None
    late_start: LateStart | None
    season: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The doses of one antigen; `sex` and `district_pack` None when they are for everyone."""

    antigen: str
    doses: tuple[Dose, ...]
    sex: str | None
    district_pack: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All series in the order in which they are shown, and what holds between them."""

    header: pack.Header
    series: tuple[Series, ...]
    overdue_after: timedelta
    repeat_after_invalid: timedelta
    live: frozenset[str]
    live_apart: timedelta


def load_calendar(file: Path = FILE) -> tuple[Calendar, Located]:
    """Read and check a pack; raises `DataFileError` with file, line and fault."""
    header, held = pack.load(file)
    series: list[Series] = []
    for index in range(len(held.need(("series",), list))):
        antigen = held.need(("series", index, "antigen"), str)
        if antigen in {s.antigen for s in series}:
            held.fault(("series", index, "antigen"), f"{antigen} stands twice")
        row = held.content["series"][index]
        if row.get("sex") not in (None, "F", "M"):
            held.fault(("series", index, "sex"), "must be F or M")
        count = len(held.need(("series", index, "doses"), list))
        series.append(
            Series(
                antigen=antigen, doses=tuple(_dose(held, index, place) for place in range(count)), sex=row.get("sex"),
                district_pack=row.get("pack"),
            )
        )  # fmt: skip
    days = {
        name: timedelta(days=held.need((name,), int))
        for name in ("overdue_after_days", "repeat_after_invalid_days", "live_apart_days")
    }
    live = held.need(("live_injected",), list)
    if unknown := set(live) - {s.antigen for s in series}:
        held.fault(("live_injected",), f"names {', '.join(sorted(unknown))}, which has no series")
    return (
        Calendar(
            header=header, series=tuple(series), overdue_after=days["overdue_after_days"],
            repeat_after_invalid=days["repeat_after_invalid_days"], live=frozenset(live), live_apart=days["live_apart_days"],
        ),
        held,
    )  # fmt: skip


@cache
def default_calendar() -> Calendar:
    """The calendar that ships with this release."""
    return load_calendar()[0]


def _dose(held: Located, series: int, place: int) -> Dose:
    at = ("series", series, "doses", place)
    row: dict[str, Any] = held.need(at, dict)
    if unknown := set(row) - _DOSE:
        held.fault(at, f"knows no {', '.join(sorted(unknown))}")
    late = row.get("late_start")
    if late is not None:
        late = LateStart(
            age=_span(held, (*at, "late_start", "from")), after_first=_span(held, (*at, "late_start", "after_first"))
        )
    if row.get("season") is not None and not 1 <= held.need((*at, "season"), int) <= 12:
        held.fault((*at, "season"), "must be a month from 1 to 12")
    apart = _span(held, (*at, "apart")) if "apart" in row else Span(days=int(row.get("apart_days", 0)))
    return Dose(
        number=int(row.get("number", place + 1)), due=_span(held, (*at, "due")), least_age=_span(held, (*at, "min")), apart=apart,
        latest=_span(held, (*at, "latest")) if row.get("latest") else None, late_start=late, season=row.get("season"),
    )  # fmt: skip


def _span(held: Located, at: tuple[str | int, ...]) -> Span:
    found = _SPAN.fullmatch(held.need(at, str))
    if found is None:
        held.fault(at, "must be a span as 42d, 6w, 9m or 7y")
    count = int(found[1])
    return {
        "d": Span(days=count), "w": Span(days=7 * count), "m": Span(months=count), "y": Span(months=12 * count),
    }[found[2]]  # fmt: skip
