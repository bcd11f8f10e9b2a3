"""Fridges and their readings: written by whoever stands in front of them, corrected by a new row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appliance.core.errors import Refused
from appliance.stock.cold_chain import repository
from appliance.stock.cold_chain.excursions import Excursion, Temperature, excursions, missed
from appliance.stock.cold_chain.policy import Moment, policy
from appliance.stock.cold_chain.repository import Equipment
from appliance.storage import ConstraintFailed, Database, Unit

KINDS = ("refrigerator", "freezer", "cooler")
BACKDATE_DAYS_MAX = 31
LOOKED_BACK_DAYS = 35
MISSED_DAYS = 3
"""How far back a missed reading is still asked for on the first page; the month's sheet shows all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FridgeState:
    """A fridge today: its readings of the day by moment, the last one, what lasts out of the band, what was missed."""

    equipment: Equipment
    today: dict[str, Temperature]
    last: Temperature | None
    alarm: Excursion | None
    excursions: tuple[Excursion, ...]
    missed: tuple[tuple[date, Moment], ...]


def add_equipment(
    unit: Unit, name: str, kind: str, low_tenths: int | None = None, high_tenths: int | None = None
) -> int:
    """Add a fridge with its band in tenths of a degree, that of the policy unless given; returns its id.

    Raises `Refused`: "equipment-name", "equipment-kind", "equipment-known", "equipment-band".
    """
    values = _checked(name, kind, low_tenths, high_tenths)
    try:
        return unit.insert("cold_equipment", **values, place=None, is_active=1, act=unit.act)
    except ConstraintFailed as fault:
        raise Refused("equipment-known", name=name) from fault


def change_equipment(
    unit: Unit, key: int, name: str, kind: str, low_tenths: int, high_tenths: int, *, is_active: bool
) -> None:
    """Change a fridge; its readings keep the band under which they were taken. Raises as `add_equipment`."""
    values = _checked(name, kind, low_tenths, high_tenths)
    try:
        changed = unit.run(
            "UPDATE cold_equipment SET name = ?, kind = ?, low_tenths = ?, high_tenths = ?, is_active = ?, act = ? WHERE id = ?",
            (*values.values(), int(is_active), unit.act, key),
        )
    except ConstraintFailed as fault:
        raise Refused("equipment-known", name=name) from fault
    if not changed:
        raise Refused("no-such-equipment", equipment=key)


def note_temperature(
    unit: Unit, key: int, moment: str, tenths: int, *, on: date | None = None, hour: str | None = None,
    is_alarm: bool = False, measure: str | None = None,
) -> int:  # fmt: skip
    """Write a reading in tenths of a degree; the same day and moment again corrects the first. Returns its id.

    `moment`: "morning", "evening" or "extra". Raises `Refused`: "no-such-equipment", "temperature-moment",
    "temperature-value", "hour-ahead", "date-ahead", "date-too-old".
    """
    held = repository.one_equipment(unit, key)
    if held is None or not held.is_active:
        raise Refused("no-such-equipment", equipment=key)
    by_code = {one.code: one for one in policy().moments}
    if moment not in (*by_code, "extra"):
        raise Refused("temperature-moment", moment=moment)
    if not -900 <= tenths <= 700:
        raise Refused("temperature-value", tenths=tenths)
    day = on or unit.today
    if day > unit.today:
        raise Refused("date-ahead", on=day.isoformat())
    if (unit.today - day).days > BACKDATE_DAYS_MAX:
        raise Refused("date-too-old", on=day.isoformat(), days=BACKDATE_DAYS_MAX)
    now = f"{unit.now.datetime:%H:%M}"
    hour = hour or (now if day == unit.today or moment == "extra" else by_code[moment].since)
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", hour) or (day == unit.today and hour > now):
        raise Refused("hour-ahead", hour=hour)
    return unit.append(
        "temperature_reading", equipment=key, occurred_on=day.isoformat(), moment=moment, hour=hour, tenths=tenths,
        low_tenths=held.low_tenths, high_tenths=held.high_tenths, is_alarm=int(is_alarm),
        measure=(measure or "").strip() or None,
    )  # fmt: skip


def note_measure(unit: Unit, reading: int, measure: str) -> int:
    """Say what was done about a reading: the same reading again with it. Raises "measure-missing", "no-such-reading"."""
    if len(measure.strip()) < 3:
        raise Refused("measure-missing")
    row = unit.one(
        "SELECT equipment, occurred_on, moment, hour, tenths, low_tenths, high_tenths, is_alarm FROM temperature_reading WHERE id = ?",
        (reading,),
    )
    if row is None:
        raise Refused("no-such-reading", reading=reading)
    return unit.append(
        "temperature_reading", equipment=row[0], occurred_on=row[1], moment=row[2], hour=row[3], tenths=row[4],
        low_tenths=row[5], high_tenths=row[6], is_alarm=row[7], measure=measure.strip()[:300],
    )  # fmt: skip


def state_of_fridges(db: Database, now: datetime) -> list[FridgeState]:
    """Every fridge in use as it stands; `now` is naive, in Mali's time."""
    found = []
    for held in repository.equipment(db):
        day = now.date()
        seen = repository.readings(db, held.id, day - timedelta(days=LOOKED_BACK_DAYS), day)
        runs = excursions(seen)
        first = repository.first_reading(db, held.id)
        since = max(first, day - timedelta(days=MISSED_DAYS)) if first else day
        found.append(
            FridgeState(
                equipment=held, today={r.moment: r for r in seen if r.occurred_on == day}, last=seen[-1] if seen else None,
                alarm=runs[-1] if runs and runs[-1].until is None else None, excursions=tuple(runs),
                missed=tuple(missed(seen, since, now, policy().moments)),
            )
        )  # fmt: skip
    return found


def _checked(name: str, kind: str, low: int | None, high: int | None) -> dict[str, str | int]:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60:
        raise Refused("equipment-name")
    if kind not in KINDS:
        raise Refused("equipment-kind", kind=kind)
    low = policy().low_tenths if low is None else low
    high = policy().high_tenths if high is None else high
    if not -900 <= low < high <= 700:
        raise Refused("equipment-band")
    return {"name": name, "kind": kind, "low_tenths": low, "high_tenths": high}
