"""Which dose of which antigen is given, invalid, due, overdue, to come or too late. Pure.

A series is never begun again: a missing dose is given when the child comes. A dose given before its least age, or too soon
after the one before, or within four weeks of another injected live vaccine (not on the same day), protects too little: it
is `invalid`, stays readable, and the same dose is owed again, four weeks after the invalid one at the soonest. A dose whose
last day has passed is `too_late`, which is not `overdue`: nobody should be called for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.core.errors import Refused
from appliance.core.periods import parse_date
from appliance.records.rules.immunization.calendar import Calendar, Dose, Series, default_calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A dose that was given, here or elsewhere."""

    antigen: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseStatus:
    """One dose. `status`: given, invalid, due, overdue, upcoming, too_late. `because` names what makes a dose invalid
    (`too-young`, `too-soon`, `live-too-close`, `too-old`) or a given one notable (`extra`: beyond the series)."""

    antigen: str
    dose: int
    status: str
    earliest: date | None = None
    due: date | None = None
    latest: date | None = None
    given: date | None = None
    because: str | None = None


def vaccines(
    born: date, sex: str, on: date, given: Iterable[Given] = (), district_packs: Iterable[str] = (),
    calendar: Calendar | None = None,
) -> tuple[DoseStatus, ...]:  # fmt: skip
    """Every dose for a person born on a day, as it stands on a day; `sex` F or M, `district_packs` as `r21`.

    Raises `Refused`: "vaccine-sex", "vaccine-born-later", "vaccine-unknown" (an antigen without series),
    "vaccine-day" (a dose before birth or after `on`).
    """
    rules = calendar or default_calendar()
    doses = sorted(given, key=lambda g: g.on)
    packs = frozenset(district_packs)
    known = {s.antigen for s in rules.series}
    if sex not in ("F", "M"):
        raise Refused("vaccine-sex", sex=sex)
    if born > on:
        raise Refused("vaccine-born-later", born=born.isoformat(), on=on.isoformat())
    for dose in doses:
        if dose.antigen not in known:
            raise Refused("vaccine-unknown", antigen=dose.antigen, known=", ".join(sorted(known)))
        if not born <= dose.on <= on:
            raise Refused("vaccine-day", antigen=dose.antigen, on=dose.on.isoformat())
    found: list[DoseStatus] = []
    for series in rules.series:
        mine = [d.on for d in doses if d.antigen == series.antigen]
        if not mine and (series.sex not in (None, sex) or (series.district_pack and series.district_pack not in packs)):
            continue
        others = [d.on for d in doses if series.antigen in rules.live and d.antigen in rules.live - {series.antigen}]
        found += _series(rules, series, born, on, mine, others)
    return tuple(found)


def answer(case: Mapping[str, Any], calendar: Calendar | None = None) -> dict[str, Any]:
    """A case of the pack's vectors: the last status of each dose, under antigen and number (without it for a single dose)."""
    rules = calendar or default_calendar()
    given = [Given(antigen=antigen, on=parse_date(day)) for antigen, day in case.get("given", ())]
    found = vaccines(
        parse_date(case["born"]), case["sex"], parse_date(case["on"]), given, case.get("packs", ()), rules
    )  # fmt: skip
    single = {s.antigen for s in rules.series if len(s.doses) == 1}
    return {d.antigen if d.antigen in single else f"{d.antigen}{d.dose}": d.status for d in found}


def _series(
    rules: Calendar, series: Series, born: date, on: date, given: Sequence[date], others: Sequence[date]
) -> list[DoseStatus]:
    """The doses of one antigen: those given in order, then those owed, each counted from the one before."""
    found: list[DoseStatus] = []
    left = list(series.doses)
    taken: list[date] = []
    again: date | None = None  # the soonest day on which an invalid dose may be given again
    for day in given:
        while left and _has_passed(left[0], born, day) and len(left) > 1:
            found.append(_owed(rules, series, left.pop(0), born, on, taken, again, others))
        if not left:
            extra = series.doses[-1].number + 1 + sum(d.because == "extra" for d in found)
            found.append(DoseStatus(antigen=series.antigen, dose=extra, status="given", given=day, because="extra"))
            continue
        earliest, due, latest = _days(left[0], born, taken, again, ())
        why = _why_invalid(rules, left[0], born, day, earliest, latest, others)
        found.append(
            DoseStatus(
                antigen=series.antigen, dose=left[0].number, status="invalid" if why else "given", earliest=earliest,
                due=due, latest=latest, given=day, because=why,
            )
        )  # fmt: skip
        if why:
            again = day + rules.repeat_after_invalid
        else:
            taken, again = [*taken, day], None
            left.pop(0)
    expected = list(taken)
    for dose in left:
        owed = _owed(rules, series, dose, born, on, expected, again, others)
        found.append(owed)
        again = None
        if owed.status != "too_late" and owed.due is not None:
            expected.append(max(owed.due, on) if owed.status in ("due", "overdue") else owed.due)
    return found


def _owed(
    rules: Calendar, series: Series, dose: Dose, born: date, on: date, taken: Sequence[date], again: date | None,
    others: Sequence[date],
) -> DoseStatus:  # fmt: skip
    earliest, due, latest = _days(dose, born, taken, again, [o + rules.live_apart for o in others])
    if latest is not None and (on > latest or earliest > latest):
        status = "too_late"
    elif on < due:
        status = "upcoming"
    else:
        status = "due" if on < due + rules.overdue_after else "overdue"
    return DoseStatus(
        antigen=series.antigen, dose=dose.number, status=status, earliest=earliest, due=due, latest=latest
    )


def _days(
    dose: Dose, born: date, taken: Sequence[date], again: date | None, not_before: Iterable[date]
) -> tuple[date, date, date | None]:
    """The first valid day of a dose, the day on which it is due, and its last day."""
    earliest = dose.least_age.after(born)
    due = dose.due.after(born)
    if taken:
        earliest = max(earliest, dose.apart.after(taken[-1]))
        if dose.late_start and taken[0] >= dose.late_start.age.after(born):
            due = max(due, dose.late_start.after_first.after(taken[0]))
        if dose.season:
            due = max(due, date(taken[-1].year + 1, dose.season, 1))
    for day in (again, *not_before):
        if day is not None:
            earliest = max(earliest, day)
    latest = dose.latest.after(born) if dose.latest else None
    return earliest, max(due, earliest), latest


def _why_invalid(
    rules: Calendar, dose: Dose, born: date, day: date, earliest: date, latest: date | None, others: Sequence[date]
) -> str | None:
    if day < dose.least_age.after(born):
        return "too-young"
    if day < earliest:
        return "too-soon"
    if latest is not None and day > latest:
        return "too-old"
    # Of two live vaccines it is the later one that takes badly.
    if any(other < day < other + rules.live_apart for other in others):
        return "live-too-close"
    return None


def _has_passed(dose: Dose, born: date, day: date) -> bool:
    """Whether a dose could no longer be meant on a day, so that what was given was the next one (the dose of birth)."""
    return dose.number == 0 and dose.latest is not None and day > dose.latest.after(born)
