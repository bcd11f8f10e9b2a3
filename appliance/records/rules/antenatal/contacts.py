"""The weeks of the antenatal contacts that follow the first one, by the pack beside. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.records.rules import pack

FILE = Path(__file__).parent / "data" / "contacts.json"
WEEK_MAX = 44


def contacts(first_week: int, schedule: str = "8", held: Located | None = None) -> tuple[int, ...]:
    """The completed weeks of amenorrhoea at which a woman first seen in `first_week` should come again.

    `schedule` "8" (WHO, eight contacts) or "4" (the four visits of the old register). In the last week of the schedule a
    woman who has not given birth is referred. Raises `Refused("antenatal-week")`, `Refused("antenatal-schedule")`.
    """
    schedules = (held or default_rules()).content["schedules"]
    if not 0 <= first_week <= WEEK_MAX:
        raise Refused("antenatal-week", week=first_week, low=0, high=WEEK_MAX)
    if schedule not in schedules:
        raise Refused("antenatal-schedule", schedule=schedule, known=", ".join(schedules))
    rule = schedules[schedule]
    return _by_weeks(rule, first_week) if "weeks" in rule else _by_steps(rule, first_week)


def next_week(first_week: int, week: int, schedule: str = "8", held: Located | None = None) -> int | None:
    """The week of the contact after one made in `week`, whether it was awaited then or not; None when none is left.

    Raises as `contacts`.
    """
    awaited = contacts(first_week, schedule, held)
    rule = (held or default_rules()).content["schedules"][schedule]
    if "weeks" in rule:
        return next((planned for planned in awaited if planned >= week + rule["late_gap_weeks"]), None)
    return _step(rule, first_week, week) if week < rule["last"] else None


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors; one with `week` asks for the contact after a contact made then."""
    schedule = case.get("schedule", "8")
    if "week" in case:
        return {"next": next_week(case["first"], case["week"], schedule, held)}
    return {"contacts": list(contacts(case["first"], schedule, held))}


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`."""
    header, held = pack.load(file)
    for key in ("overdue_days", "undated_gap_weeks"):
        held.need((key,), int)
    for name in held.need(("schedules",), dict):
        at = ("schedules", name)
        held.need((*at, "last"), int)
        if "weeks" in held.content["schedules"][name]:
            for key in ("least_gap_weeks", "at_least_after_late", "late_gap_weeks"):
                held.need((*at, key), int)
            continue
        for key in ("steps", "late_starts"):
            for index in range(len(held.need((*at, key), list))):
                if held.need((*at, key, index, "add_weeks"), int) < 1:
                    held.fault((*at, key, index, "add_weeks"), "must be at least 1")
                held.need((*at, key, index, "from_week"), int)
        held.need((*at, "never_skip"), list)
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _by_steps(rule: Mapping[str, Any], first: int) -> tuple[int, ...]:
    """The next contact is so many weeks on, by the week of the one before; a late first contact makes them closer."""
    found, week = [], first
    while week < rule["last"]:
        week = _step(rule, first, week)
        found.append(week)
    return tuple(found)


def _step(rule: Mapping[str, Any], first: int, week: int) -> int:
    """The week of the contact after one made in `week`, before the last of the schedule."""
    late = next((row for row in rule["late_starts"] if row["first_from"] <= first <= row["first_to"]), None)
    step: int = next(row["add_weeks"] for row in reversed(rule["steps"]) if week >= row["from_week"])
    if late and week >= late["from_week"]:
        step = min(step, late["add_weeks"])
    stops = [stop for stop in rule["never_skip"] if week < stop < week + step]
    following: int = min([week + step, rule["last"], *stops])
    return following


def _by_weeks(rule: Mapping[str, Any], first: int) -> tuple[int, ...]:
    """The visits of a fixed list that are still ahead; a woman seen late comes at least so often before the birth."""
    found: list[int] = []
    for week in rule["weeks"]:
        if week >= (found[-1] if found else first) + rule["least_gap_weeks"]:
            found.append(week)
    if len(found) >= rule["at_least_after_late"]:
        return tuple(found)
    gap = rule["least_gap_weeks"]
    if first + gap * rule["at_least_after_late"] > rule["last"]:
        gap = rule["late_gap_weeks"]
    ahead = [first + gap * (n + 1) for n in range(rule["at_least_after_late"])]
    return tuple(week for week in ahead if week <= rule["last"])
