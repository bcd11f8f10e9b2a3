"""Visits: a person arrives, waits at a post, is measured, is seen, leaves."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.core.periods import completed_months
from appliance.records.care import restating
from appliance.records.care.bands import priority
from appliance.records.care.diagnoses import danger_signs, diagnosis
from appliance.records.care.facts import is_tested_negative
from appliance.records.care.model import Consultation, Outcome, Station, Strategy, Vitals, impossible
from appliance.records.care.repository import (
    Visit,
    current_consultation,
    current_vitals,
    get,
    of_patient,
    posts_of,
    proposed_case_type,
    queue,
    subject_of,
    versions,
    waiting_for,
)
from appliance.records.patients.lines import survivor
from appliance.storage import ConstraintFailed, Database, Unit

__all__ = [
    "Visit", "close_forgotten", "current_consultation", "current_vitals", "get", "has_forgotten", "move_visit", "note_result", "of_patient",
    "open_visit", "posts_of", "proposed_case_type", "queue", "record_consultation", "record_vitals", "subject_of", "versions", "waiting_for",
]  # fmt: skip

TEXT_MAX = 2_000
SIGNS_MAX = 40
LATE_DAYS_MAX = 400
FORGOTTEN_HOURS = 30


def open_visit(
    unit: Unit, patient: int, motive: str, *, strategy: str = "fixe", occurred_on: date | None = None,
    random_bytes: RandomBytes | None = None,
) -> int:  # fmt: skip
    """A person arrives; returns the visit's id. A visit may be entered late, with the day of care.

    A person who waits already to be seen that day keeps their place: that visit is returned, not a second one.
    A merged file opens the visit of the file that stands. Raises `Refused`: "no-such-patient", "deceased",
    "date-ahead", "date-too-old", "before-birth", "motive-too-long", "strategy".
    """
    patient = survivor(unit, patient)
    row = unit.one("SELECT deceased_on, born_on, born_precision FROM patient WHERE id = ?", (patient,))
    if row is None:
        raise Refused("no-such-patient", patient=patient)
    on = occurred_on or unit.today
    _check_day(unit, patient, on, *row)
    if len(motive) > TEXT_MAX:
        raise Refused("motive-too-long", limit=TEXT_MAX)
    if strategy not in {s.value for s in Strategy}:
        raise Refused("strategy", strategy=strategy[:20])
    if (waiting := _waits(unit, patient, on)) is not None:
        return waiting
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
    """Send a visit to another post; any may be skipped. Raises `Refused("no-such-visit")`."""
    if not unit.run(
        "UPDATE visit SET station = ?, station_since = ?, act = ? WHERE id = ?",
        (station.value, unit.now.ms, unit.act, visit),
    ):
        raise Refused("no-such-visit", visit=visit)
    unit.note(visit=visit, station=station.value)


def has_forgotten(db: Database, now_ms: int, hours: int = FORGOTTEN_HOURS) -> bool:
    """Whether somebody stands in the queue who came more than `hours` ago: only then is there an act to write."""
    since = now_ms - hours * 3_600_000
    return bool(
        db.value("SELECT 1 FROM visit WHERE station NOT IN ('done', 'left') AND opened_at < ? LIMIT 1", (since,))
    )


def close_forgotten(unit: Unit, hours: int = FORGOTTEN_HOURS) -> int:
    """Take off the queue who came more than `hours` ago: done when they were seen, else left. Returns how many."""
    count = unit.run(
        "UPDATE visit SET station = CASE WHEN EXISTS (SELECT 1 FROM consultation c WHERE c.visit = visit.id)"
        " THEN 'done' ELSE 'left' END, station_since = ?, act = ?"
        " WHERE station NOT IN ('done', 'left') AND opened_at < ?",
        (unit.now.ms, unit.act, unit.now.ms - hours * 3_600_000),
    )
    unit.note(closed=count)
    return count


def record_vitals(
    unit: Unit, visit: int, found: Vitals, *, replaces: int | None = None, reason: str | None = None
) -> int:
    """Write measures; a danger sign puts the visit in front, a measure in a red band next. Returns the row's id.

    `replaces` names the row that these correct; without it they are a later measure. Raises `Refused`:
    "no-such-visit", "vitals-impossible" with the fields, "danger-sign-unknown", "already-replaced", "reason-needed".
    """
    patient, on = _require(unit, visit)
    if wrong := impossible(found):
        raise Refused("vitals-impossible", fields=list(wrong))
    for sign, answer in found.danger_signs.items():
        if sign not in danger_signs() or answer not in ("yes", "no"):
            raise Refused("danger-sign-unknown", sign=sign[:40])
    if replaces is not None:
        _need_reason(reason)
        if unit.value("SELECT visit FROM vitals WHERE id = ?", (replaces,)) != visit:
            raise Refused("already-replaced", visit=visit)
    measures = {name: getattr(found, name) for name in Vitals.__dataclass_fields__ if name != "danger_signs"}
    try:
        row = unit.append(
            "vitals", visit=visit, replaces=replaces, reason=reason,
            danger_signs=msgspec.json.encode(dict(sorted(found.danger_signs.items()))).decode(), **measures,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-replaced", visit=visit) from fault
    unit.run("UPDATE visit SET priority = ? WHERE id = ?", (priority(found, _age(unit, patient, on)), visit))
    unit.note(visit=visit)
    return row


def record_consultation(
    unit: Unit, visit: int, found: Consultation, *, replaces: int | None = None, reason: str | None = None
) -> int:
    """Write a consultation, or a correction that replaces the one that stands; returns its id.

    The facts of the report follow: a correction keeps the version before it readable, withdraws its facts and
    writes the new ones in the month of care. Raises `Refused`: "no-such-visit", "diagnosis-unknown",
    "malaria-with-negative-test", "died-on", "pregnant", "consultation-exists" (correct it instead),
    "reason-needed", "already-replaced", "text-too-long".
    """
    patient, on = _require(unit, visit)
    _check(unit, patient, found, on)
    current = current_consultation(unit, visit)
    if replaces is None and current is not None:
        raise Refused("consultation-exists", visit=visit)
    if replaces is not None:
        _need_reason(reason)
        if current is None or current[0] != replaces:
            raise Refused("already-replaced", visit=visit)
    return _version(unit, visit, found, current, reason)


def note_result(unit: Unit, visit: int, found: Consultation, *, replaces: int, reason: str) -> int:
    """Write a new version of a consultation with a test that the laboratory did; returns its id.

    A test that contradicts the diagnosis is written all the same: it was done and counts, and the prescriber is told.
    Raises `Refused("already-replaced")`.
    """
    current = current_consultation(unit, visit)
    if current is None or current[0] != replaces:
        raise Refused("already-replaced", visit=visit)
    return _version(unit, visit, found, current, reason)


def _version(
    unit: Unit, visit: int, found: Consultation, current: tuple[int, Consultation] | None, reason: str | None
) -> int:
    """Append a consultation, or the version that replaces the current one, and bring the facts in line."""
    patient, on = _require(unit, visit)
    made = unit.append(
        "consultation", visit=visit, replaces=current[0] if current else None, reason=reason, case_type=found.case_type.value,
        motive=found.motive, signs=_json(found.signs), diagnosis=found.diagnosis,
        other_diagnoses=_json(found.other_diagnoses), malaria_suspected=int(found.malaria_suspected),
        rdt=found.rdt.value, microscopy=found.microscopy.value, pregnant=found.pregnant,
        outcome=found.outcome.value, died_on=found.died_on.isoformat() if found.died_on else None, notes=found.notes,
    )  # fmt: skip
    restating.state(unit, visit, found, on)
    if found.outcome is Outcome.DIED:
        unit.run("UPDATE patient SET deceased_on = ? WHERE id = ?", ((found.died_on or on).isoformat(), patient))
    elif current is not None and current[1].outcome is Outcome.DIED:
        unit.run("UPDATE patient SET deceased_on = NULL WHERE id = ?", (patient,))
    unit.note(visit=visit, consultation=made)
    return made


def _waits(db: Database, patient: int, on: date) -> int | None:
    """The visit of that day in which a person still waits to be seen."""
    found: int | None = db.value(
        "SELECT id FROM visit v WHERE patient = ? AND occurred_on = ? AND station NOT IN ('done', 'left')"
        " AND NOT EXISTS (SELECT 1 FROM consultation c WHERE c.visit = v.id)",
        (patient, on.isoformat()),
    )
    return found


def _check_day(unit: Unit, patient: int, on: date, deceased_on: str | None, born_on: str, precision: str) -> None:
    if on > unit.today:
        raise Refused("date-ahead", on=on.isoformat())
    if on < unit.today - timedelta(days=LATE_DAYS_MAX):
        raise Refused("date-too-old", on=on.isoformat(), days=LATE_DAYS_MAX)
    if deceased_on and deceased_on < on.isoformat():
        raise Refused("deceased", patient=patient)
    if precision == "day" and on.isoformat() < born_on:
        raise Refused("before-birth", born_on=born_on)


def _require(db: Database, visit: int) -> tuple[int, date]:
    """Patient and day of a visit that exists."""
    row = db.one("SELECT patient, occurred_on FROM visit WHERE id = ?", (visit,))
    if row is None:
        raise Refused("no-such-visit", visit=visit)
    return row[0], date.fromisoformat(row[1])


def _age(db: Database, patient: int, on: date) -> int:
    """Completed months of a person on a day."""
    born = date.fromisoformat(db.value("SELECT born_on FROM patient WHERE id = ?", (patient,)))
    return completed_months(born, on)


def _need_reason(reason: str | None) -> None:
    if len((reason or "").strip()) < 3:
        raise Refused("reason-needed", kind="correction")


def _check(unit: Unit, patient: int, found: Consultation, on: date) -> None:
    listed = diagnosis(found.diagnosis)
    for code in found.other_diagnoses:
        diagnosis(code)
    if listed.malaria and is_tested_negative(found):
        raise Refused("malaria-with-negative-test")
    longest = max(len(text) for text in (found.motive, found.notes or "", *found.signs))
    if longest > TEXT_MAX or max(len(found.signs), len(found.other_diagnoses)) > SIGNS_MAX:
        raise Refused("text-too-long", limit=TEXT_MAX)
    if found.pregnant not in ("yes", "no", "unknown"):
        raise Refused("pregnant", given=found.pregnant[:20])
    if found.pregnant == "yes" and unit.value("SELECT sex FROM patient WHERE id = ?", (patient,)) == "M":
        raise Refused("pregnant", given="yes")
    if found.died_on and (found.outcome is not Outcome.DIED or not on <= found.died_on <= unit.today):
        raise Refused("died-on", on=found.died_on.isoformat())


def _json(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()
