"""Visits: a person arrives, waits at a post, is measured, is seen, leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.records.care.diagnoses import danger_signs, diagnosis
from appliance.records.care.facts import Subject, facts_of, is_tested_negative
from appliance.records.care.model import (
    SAME_EPISODE_DAYS,
    CaseType,
    Consultation,
    Microscopy,
    Outcome,
    Rdt,
    Station,
    Vitals,
    impossible,
)
from appliance.storage import ConstraintFailed, Database, Unit, facts

TEXT_MAX = 2_000
LATE_DAYS_MAX = 400


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


def open_visit(
    unit: Unit, patient: int, motive: str, *, strategy: str = "fixe", occurred_on: date | None = None,
    random_bytes: RandomBytes | None = None,
) -> int:  # fmt: skip
    """A person arrives; returns the visit's id. A visit may be entered late, with the day of care.

    Raises `Refused`: "no-such-patient", "deceased", "date-ahead", "date-too-old", "motive-too-long".
    """
    row = unit.one("SELECT deceased_on FROM patient WHERE id = ?", (patient,))
    if row is None:
        raise Refused("no-such-patient", patient=patient)
    on = occurred_on or unit.today
    if row[0] and row[0] < on.isoformat():
        raise Refused("deceased", patient=patient)
    if on > unit.today:
        raise Refused("date-ahead", on=on.isoformat())
    if (unit.today - on).days > LATE_DAYS_MAX:
        raise Refused("date-too-old", on=on.isoformat(), days=LATE_DAYS_MAX)
    if len(motive) > TEXT_MAX:
        raise Refused("motive-too-long", limit=TEXT_MAX)
    visit = unit.insert(
        "visit", uuid=new_uuid(random_bytes) if random_bytes else new_uuid(), patient=patient, occurred_on=on.isoformat(),
        opened_at=unit.now.ms, station=Station.TRIAGE.value, station_since=unit.now.ms, motive=motive.strip(),
        strategy=strategy, priority=0, act=unit.act,
    )  # fmt: skip
    unit.run(
        "UPDATE patient SET last_visit_on = max(coalesce(last_visit_on, ?), ?) WHERE id = ?",
        (on.isoformat(), on.isoformat(), patient),
    )
    unit.note(visit=visit, patient=patient)
    return visit


def move_visit(unit: Unit, visit: int, station: Station) -> None:
    """Send a visit to another post; raises `Refused("no-such-visit")`."""
    if not unit.run(
        "UPDATE visit SET station = ?, station_since = ?, act = ? WHERE id = ?",
        (station.value, unit.now.ms, unit.act, visit),
    ):
        raise Refused("no-such-visit", visit=visit)
    unit.note(visit=visit, station=station.value)


def record_vitals(
    unit: Unit, visit: int, found: Vitals, *, replaces: int | None = None, reason: str | None = None
) -> int:
    """Write measures; a danger sign puts the visit in front. Returns the row's id.

    Raises `Refused`: "no-such-visit", "vitals-impossible" with the fields, "danger-sign-unknown", "already-replaced".
    """
    _require(unit, visit)
    if wrong := impossible(found):
        raise Refused("vitals-impossible", fields=list(wrong))
    for sign, answer in found.danger_signs.items():
        if sign not in danger_signs() or answer not in ("yes", "no"):
            raise Refused("danger-sign-unknown", sign=sign[:40])
    measures = {name: getattr(found, name) for name in Vitals.__dataclass_fields__ if name != "danger_signs"}
    try:
        row = unit.append(
            "vitals", visit=visit, replaces=replaces, reason=reason,
            danger_signs=msgspec.json.encode(dict(sorted(found.danger_signs.items()))).decode(), **measures,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-replaced", visit=visit) from fault
    if "yes" in found.danger_signs.values():
        unit.run("UPDATE visit SET priority = 2 WHERE id = ?", (visit,))
    unit.note(visit=visit)
    return row


def record_consultation(
    unit: Unit, visit: int, found: Consultation, *, replaces: int | None = None, reason: str | None = None
) -> int:
    """Write a consultation, or a correction that replaces one; returns its id. The facts of the report follow.

    A correction keeps the version before it readable, withdraws its facts and writes the new ones in the month
    of care. Raises `Refused`: "no-such-visit", "diagnosis-unknown", "malaria-with-negative-test", "died-on",
    "consultation-exists" (correct it instead), "reason-needed", "already-replaced", "text-too-long".
    """
    row = _require(unit, visit)
    _check(unit, found, date.fromisoformat(row[1]))
    current = current_consultation(unit, visit)
    if replaces is None and current is not None:
        raise Refused("consultation-exists", visit=visit)
    if replaces is not None and len((reason or "").strip()) < 3:
        raise Refused("reason-needed", kind="correction")
    try:
        made = unit.append(
            "consultation", visit=visit, replaces=replaces, reason=reason, case_type=found.case_type.value,
            motive=found.motive, signs=_json(found.signs), diagnosis=found.diagnosis,
            other_diagnoses=_json(found.other_diagnoses), malaria_suspected=int(found.malaria_suspected),
            rdt=found.rdt.value, microscopy=found.microscopy.value, pregnant=found.pregnant,
            outcome=found.outcome.value, died_on=found.died_on.isoformat() if found.died_on else None, notes=found.notes,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-replaced", visit=visit) from fault
    if replaces is not None:
        facts.withdraw(unit, visit)
    for one in facts_of(found, _subject(unit, visit), date.fromisoformat(row[1])):
        facts.write(unit, one, visit=visit)
    if found.outcome is Outcome.DIED:
        unit.run("UPDATE patient SET deceased_on = ? WHERE id = ?", ((found.died_on or unit.today).isoformat(), row[0]))
    unit.note(visit=visit, consultation=made)
    return made


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
    """Follow-up when the same affection was seen within fourteen days, else a new case."""
    for code, day in db.all(
        "SELECT c.diagnosis, v.occurred_on FROM visit v JOIN consultation c ON c.visit = v.id WHERE v.patient = ?"
        " AND v.occurred_on < ? ORDER BY v.occurred_on DESC LIMIT 5",
        (patient, on.isoformat()),
    ):
        near = (on - date.fromisoformat(day)).days <= SAME_EPISODE_DAYS
        if near and diagnosis(code).affection == diagnosis(diagnosis_code).affection:
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
        f"SELECT {_VISIT} FROM visit WHERE {where} ORDER BY priority DESC, opened_at LIMIT 100",
        (station.value,) if station else (),
    )
    return [_visit(row) for row in rows]


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


def _require(db: Database, visit: int) -> tuple[Any, ...]:
    row = db.one("SELECT patient, occurred_on FROM visit WHERE id = ?", (visit,))
    if row is None:
        raise Refused("no-such-visit", visit=visit)
    return row


def _check(unit: Unit, found: Consultation, on: date) -> None:
    listed = diagnosis(found.diagnosis)
    for code in found.other_diagnoses:
        diagnosis(code)
    if listed.malaria and is_tested_negative(found):
        raise Refused("malaria-with-negative-test")
    if max(len(found.motive), len(found.notes or "")) > TEXT_MAX:
        raise Refused("text-too-long", limit=TEXT_MAX)
    if found.pregnant not in ("yes", "no", "unknown"):
        raise Refused("pregnant", given=found.pregnant[:20])
    if found.died_on and not on <= found.died_on <= unit.today:
        raise Refused("died-on", on=found.died_on.isoformat())


def _subject(db: Database, visit: int) -> Subject:
    row = db.one(
        "SELECT p.born_on, p.sex, w.in_area, v.strategy FROM visit v JOIN patient p ON p.id = v.patient"
        " LEFT JOIN village w ON w.id = p.village WHERE v.id = ?",
        (visit,),
    )
    if row is None:
        raise Refused("no-such-visit", visit=visit)
    zone = None if row[2] is None else "AIRE" if row[2] else "HAIRE"
    return Subject(born_on=date.fromisoformat(row[0]), sex=row[1], zone=zone, strategy=row[3])


def subject_of(db: Database, visit: int) -> Subject:
    """What of a visit's patient a fact may be split by."""
    return _subject(db, visit)


def _json(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()
