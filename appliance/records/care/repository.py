"""Reading visits: who waits, what was measured and found, in which version. Only what stands is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.records.care.diagnoses import diagnosis
from appliance.records.care.facts import Subject
from appliance.records.care.model import (
    SAME_EPISODE_DAYS,
    CaseType,
    Consultation,
    Microscopy,
    Outcome,
    Rdt,
    Station,
    Vitals,
)
from appliance.storage import Database

STANDS = "NOT EXISTS (SELECT 1 FROM consultation later WHERE later.replaces = c.id)"
"""A consultation `c` that no correction replaced."""

POSTS: dict[Role, tuple[Station, ...]] = {
    Role.HEAD: (Station.CONSULTATION, Station.TRIAGE),
    Role.PHYSICIAN: (Station.CONSULTATION,),
    Role.MIDWIFE: (Station.CONSULTATION, Station.TRIAGE),
    Role.BIRTH_ATTENDANT: (Station.TRIAGE,),
    Role.NURSE: (Station.TRIAGE, Station.CONSULTATION),
    Role.VACCINATOR: (Station.TRIAGE,),
    Role.LAB_TECHNICIAN: (Station.LABORATORY,),
    Role.DEPOT_KEEPER: (Station.PHARMACY,),
    Role.CASHIER: (Station.CASHIER,),
}
"""The posts whose queue is "patients à moi maintenant", by function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as pages show it."""

    id: int
    patient: int
    occurred_on: date
    opened_at: int
    station: Station
    station_since: int
    motive: str
    priority: int


def current_consultation(db: Database, visit: int) -> tuple[int, Consultation] | None:
    """The version of a visit's consultation that stands, with its id."""
    found = versions(db, visit)
    return (found[0][0], found[0][1]) if found else None


def versions(db: Database, visit: int) -> list[tuple[int, Consultation, int | None, int, str | None]]:
    """Every version, newest first: id, content, who (staff id), when (ms), and why it replaced the one before."""
    return [
        (row[0], _consultation(row), row[13], row[14], row[12])
        for row in db.all(
            "SELECT c.id, c.case_type, c.motive, c.signs, c.diagnosis, c.other_diagnoses, c.malaria_suspected, c.rdt,"
            " c.microscopy, c.pregnant, c.outcome, c.died_on, c.reason, a.staff, a.at, c.notes FROM consultation c"
            " JOIN act a ON a.seq = c.act WHERE c.visit = ? ORDER BY c.id DESC",
            (visit,),
        )
    ]


def current_vitals(db: Database, visit: int) -> Vitals | None:
    """The measures of a visit as last written."""
    names = [n for n in Vitals.__dataclass_fields__ if n != "danger_signs"]
    row = db.one(
        f"SELECT {', '.join(names)}, danger_signs FROM vitals WHERE visit = ? ORDER BY id DESC LIMIT 1", (visit,)
    )
    if row is None:
        return None
    return Vitals(**dict(zip(names, row[:-1], strict=True)), danger_signs=msgspec.json.decode(row[-1]))


def proposed_case_type(db: Database, patient: int, diagnosis_code: str, on: date) -> CaseType:
    """Follow-up when the same affection was seen within fourteen days before, else a new case.

    A replaced version is no visit seen; files merged into this one are this person.
    """
    wanted = diagnosis(diagnosis_code).affection
    since = (on - timedelta(days=SAME_EPISODE_DAYS)).isoformat()
    for (code,) in db.all(
        "SELECT c.diagnosis FROM visit v JOIN consultation c ON c.visit = v.id"
        " WHERE (v.patient = ? OR v.patient IN (SELECT id FROM patient WHERE merged_into = ?))"
        f" AND v.occurred_on >= ? AND v.occurred_on < ? AND {STANDS}",
        (patient, patient, since, on.isoformat()),
    ):
        if diagnosis(code).affection == wanted:
            return CaseType.FOLLOW_UP
    return CaseType.NEW


def get(db: Database, visit: int) -> Visit | None:
    """One visit."""
    row = db.one(f"SELECT {_VISIT} FROM visit WHERE id = ?", (visit,))
    return _visit(row) if row else None


def queue(db: Database, station: Station | None = None) -> list[Visit]:
    """Who waits, the danger signs first, then in order of arrival."""
    where = "station NOT IN ('done', 'left')" + (" AND station = ?" if station else "")
    rows = db.all(
        f"SELECT {_VISIT} FROM visit WHERE {where} ORDER BY priority DESC, opened_at, id LIMIT 100",
        (station.value,) if station else (),
    )
    return [_visit(row) for row in rows]


def waiting_for(db: Database, roles: Iterable[Role]) -> list[Visit]:
    """ "Patients à moi maintenant": who waits at the posts of these functions, danger signs first."""
    posts = posts_of(roles)
    if not posts:
        return []
    marks = ",".join("?" * len(posts))
    rows = db.all(
        f"SELECT {_VISIT} FROM visit WHERE station NOT IN ('done', 'left') AND station IN ({marks})"
        " ORDER BY priority DESC, opened_at, id LIMIT 100",
        [post.value for post in posts],
    )
    return [_visit(row) for row in rows]


def posts_of(roles: Iterable[Role]) -> tuple[Station, ...]:
    """The posts of these functions, each once."""
    return tuple(dict.fromkeys(post for role in roles for post in POSTS.get(role, ())))


def of_patient(db: Database, patient: int, limit: int = 25) -> list[Visit]:
    """A person's visits, newest first, those of files merged into this one included."""
    rows = db.all(
        f"SELECT {_VISIT} FROM visit WHERE patient = ? OR patient IN (SELECT id FROM patient WHERE merged_into = ?)"
        " ORDER BY occurred_on DESC, id DESC LIMIT ?",
        (patient, patient, limit),
    )
    return [_visit(row) for row in rows]


_VISIT = "id, patient, occurred_on, opened_at, station, station_since, motive, priority"


def _visit(row: tuple[Any, ...]) -> Visit:
    return Visit(
        id=row[0], patient=row[1], occurred_on=date.fromisoformat(row[2]), opened_at=row[3], station=Station(row[4]),
        station_since=row[5], motive=row[6], priority=row[7],
    )  # fmt: skip


def _consultation(row: tuple[Any, ...]) -> Consultation:
    return Consultation(
        case_type=CaseType(row[1]), motive=row[2], signs=tuple(msgspec.json.decode(row[3])), diagnosis=row[4],
        other_diagnoses=tuple(msgspec.json.decode(row[5])), malaria_suspected=bool(row[6]), rdt=Rdt(row[7]),
        microscopy=Microscopy(row[8]), pregnant=row[9], outcome=Outcome(row[10]),
        died_on=date.fromisoformat(row[11]) if row[11] else None, notes=row[15],
    )  # fmt: skip


def subject_of(db: Database, visit: int) -> Subject:
    """What of a visit's patient a fact may be split by; an unknown village leaves the zone unknown.

    Of a file that stands merged into another the other one speaks: it is the same person.
    """
    row = db.one(
        "SELECT p.born_on, p.sex, w.in_area, v.strategy FROM visit v JOIN patient f ON f.id = v.patient"
        " JOIN patient p ON p.id = coalesce(f.merged_into, f.id)"
        " LEFT JOIN village w ON w.id = p.village WHERE v.id = ?",
        (visit,),
    )
    if row is None:
        raise Refused("no-such-visit", visit=visit)
    zone = None if row[2] is None else "AIRE" if row[2] else "HAIRE"
    return Subject(born_on=date.fromisoformat(row[0]), sex=row[1], zone=zone, strategy=row[3])
