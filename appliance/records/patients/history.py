"""What a file says of its own past: names borne, corrections, cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.records.patients.tables import CardRow, PatientChangeRow, PatientContactBeforeRow, PatientNameRow
from appliance.storage import Database
from appliance.storage.tables import ActRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name with its kind; a retired one still finds the person."""

    id: int
    kind: str
    text: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A correction: the columns as they were before it, who made it (staff id), when (ms), why."""

    before: dict[str, Any]
    reason: str
    by_staff: int | None
    at: int


def names(db: Database, patient: int) -> list[Name]:
    """Every name of a person, those borne now first."""
    rows = db.rows(
        PatientNameRow.select(PatientNameRow.id, PatientNameRow.kind, PatientNameRow.text, PatientNameRow.is_current)
        .where(PatientNameRow.patient == patient)
        .order_by(PatientNameRow.is_current.desc(), PatientNameRow.id)
    )
    return [Name(id=r["id"], kind=r["kind"], text=r["text"], is_current=bool(r["is_current"])) for r in rows]


def changes(db: Database, patient: int) -> list[Change]:
    """The corrections of a file, newest first."""
    rows = db.rows(
        PatientChangeRow.select(PatientChangeRow.before, PatientChangeRow.reason, ActRow.staff, ActRow.at)
        .join(ActRow, on=(ActRow.seq == PatientChangeRow.act))
        .where(PatientChangeRow.patient == patient)
        .order_by(PatientChangeRow.id.desc())
    )
    return [
        Change(before=msgspec.json.decode(r["before"]), reason=r["reason"], by_staff=r["staff"], at=r["at"])
        for r in rows
    ]


def contacts(db: Database, patient: int) -> list[tuple[str | None, str | None, int | None, int]]:
    """Mother's name and phone as they were before each correction, who changed them (staff id), when (ms)."""
    before = PatientContactBeforeRow
    rows = db.rows(
        before.select(before.mother_name, before.phone, ActRow.staff, ActRow.at)
        .join(ActRow, on=(ActRow.seq == before.act))
        .where(before.patient == patient)
        .order_by(before.id.desc())
    )
    return [(r["mother_name"], r["phone"], r["staff"], r["at"]) for r in rows]


def cards(db: Database, patient: int) -> list[tuple[str, bool]]:
    """The cards of a person as (code, whether it is in use), the newest first."""
    rows = db.rows(CardRow.select().where(CardRow.patient == patient).order_by(CardRow.bound_act.desc()))
    return [(r["code"], r["ended_act"] is None) for r in rows]
