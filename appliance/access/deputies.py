"""Intérims: while one is away another holds the functions, so that a leave stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.access.tables import DeputyRow, StaffRow
from appliance.core.errors import Refused
from appliance.storage import ConstraintFailed, Database, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Interim:
    """`deputy` (a name) holds the functions of `absent` (a name) from `first` to `last`, both days included."""

    id: int
    absent: str
    deputy: str
    first: date
    last: date


def add_deputy(unit: Unit, absent: int, deputy: int, first: date, last: date) -> int:
    """While one is away another holds the roles, both days included. Raises `Refused("deputy")`."""
    try:
        return unit.insert(
            "deputy", absent=absent, deputy=deputy, first_day=first.isoformat(), last_day=last.isoformat(), act=unit.act
        )
    except ConstraintFailed as fault:
        raise Refused("deputy", fault=fault.code) from fault


def end_deputy(unit: Unit, deputy: int) -> int:
    """End an intérim before its last day; returns who held it. Raises `Refused("deputy")` when there is none."""
    who = unit.value("SELECT deputy FROM deputy WHERE id = ? AND ended_act IS NULL", (deputy,))
    if who is None:
        raise Refused("deputy", fault="none")
    unit.change(DeputyRow.update(ended_act=unit.act).where(DeputyRow.id == deputy))
    return int(who)


def absent_for(db: Database, deputy: int, today: date) -> list[int]:
    """Those whom a person stands in for today."""
    query = DeputyRow.select(DeputyRow.absent).distinct().where((DeputyRow.deputy == deputy) & stands(today))
    return [row["absent"] for row in db.rows(query)]


def interims(db: Database, today: date) -> list[Interim]:
    """The intérims that run or are to come, the earliest first."""
    absent, deputy = StaffRow.alias(), StaffRow.alias()
    query = (
        DeputyRow.select(
            DeputyRow.id,
            DeputyRow.first_day,
            DeputyRow.last_day,
            absent.name.alias("absent"),
            deputy.name.alias("deputy"),
        )
        .join(absent, on=(absent.id == DeputyRow.absent))
        .join(deputy, on=(deputy.id == DeputyRow.deputy))
        .where((DeputyRow.last_day >= today.isoformat()) & DeputyRow.ended_act.is_null())
        .order_by(DeputyRow.first_day)
    )
    return [
        Interim(
            id=row["id"], absent=row["absent"], deputy=row["deputy"], first=date.fromisoformat(row["first_day"]),
            last=date.fromisoformat(row["last_day"]),
        )
        for row in db.rows(query)
    ]  # fmt: skip


def stands(today: date) -> Any:
    """The condition of an intérim that runs on a day."""
    day = today.isoformat()
    return DeputyRow.ended_act.is_null() & (DeputyRow.first_day <= day) & (DeputyRow.last_day >= day)
