"""A person's care at a glance, and the day's register as on paper.

What a sensitive diagnosis says is left out unless the reader may see it: the row stays, for it happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from appliance.records.care.diagnoses import default_diagnoses
from appliance.records.care.model import CaseType, Microscopy, Outcome, Rdt, Vitals
from appliance.records.care.prescriptions import is_pregnant
from appliance.records.care.repository import STANDS
from appliance.storage import Database

LAST_VISITS = 3
PAGE = 25
WEIGHT_DAYS = 90
WEIGHT_CHANGE_PERCENT = 20
_OF_PERSON = "(v.patient = :p OR v.patient IN (SELECT id FROM patient WHERE merged_into = :p))"
_LATEST_VITALS = "SELECT max(id) FROM vitals m WHERE m.visit = v.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry:
    """One visit of a timeline. `diagnosis` is None before the consultation, and where it is hidden."""

    visit: int
    on: date
    motive: str
    diagnosis: str | None
    case_type: CaseType | None
    outcome: Outcome | None
    is_hidden: bool
    by_staff: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the band over every page shows. `allergies_asked` False: not asked, which is not "none"."""

    allergies: tuple[str, ...]
    allergies_asked: bool
    is_pregnant: bool
    is_deceased: bool
    weight_grams: int | None
    weighed_on: date | None
    danger_signs: tuple[str, ...]
    last: tuple[VisitEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One line of the consultation register: codes and figures; names are joined by who may show them."""

    rank: int
    visit: int
    patient: int
    on: date
    sex: str
    born_on: date
    village: str | None
    in_area: bool | None
    motive: str
    case_type: CaseType
    diagnosis: str | None
    icd10: str | None
    rdt: Rdt
    microscopy: Microscopy
    outcome: Outcome
    vitals: Vitals
    treatment: tuple[tuple[str, int], ...]
    by_staff: int | None
    is_hidden: bool


def timeline(
    db: Database, patient: int, *, before: tuple[date, int] | None = None, limit: int = PAGE, sensitive: bool = False
) -> list[VisitEntry]:
    """A person's visits, newest first, merged files included; `before` (day, visit) is the last line of a page."""
    day, visit = (before[0].isoformat(), before[1]) if before else ("9999-12-31", 0)
    rows = db.all(
        "SELECT v.id, v.occurred_on, v.motive, c.diagnosis, c.case_type, c.outcome, a.staff FROM visit v"
        f" LEFT JOIN consultation c ON c.visit = v.id AND {STANDS} LEFT JOIN act a ON a.seq = c.act"
        f" WHERE {_OF_PERSON} AND (v.occurred_on, v.id) < (:day, :visit) ORDER BY v.occurred_on DESC, v.id DESC LIMIT :n",
        {"p": patient, "day": day, "visit": visit, "n": limit},
    )
    return [_entry(row, sensitive) for row in rows]


def summary(db: Database, patient: int, today: date, *, sensitive: bool = False) -> Summary | None:
    """The band of a patient: alerts, allergies, weight, last three visits; None for an unknown patient."""
    row = db.one("SELECT allergies, allergies_asked, deceased_on FROM patient WHERE id = ?", (patient,))
    if row is None:
        return None
    weight = last_weight(db, patient, today)
    return Summary(
        allergies=tuple(msgspec.json.decode(row[0])), allergies_asked=bool(row[1]), is_deceased=row[2] is not None,
        is_pregnant=is_pregnant(db, patient, today), weight_grams=weight[0] if weight else None,
        weighed_on=weight[1] if weight else None, danger_signs=_signs_now(db, patient),
        last=tuple(timeline(db, patient, limit=LAST_VISITS, sensitive=sensitive)),
    )  # fmt: skip


def last_weight(db: Database, patient: int, on: date) -> tuple[int, date] | None:
    """The last weight in grams measured up to a day, with its day."""
    row = db.one(
        f"SELECT m.weight_grams, v.occurred_on FROM visit v JOIN vitals m ON m.visit = v.id WHERE {_OF_PERSON}"
        " AND m.weight_grams IS NOT NULL AND v.occurred_on <= :day"
        " AND NOT EXISTS (SELECT 1 FROM vitals later WHERE later.replaces = m.id)"
        " ORDER BY v.occurred_on DESC, m.id DESC LIMIT 1",
        {"p": patient, "day": on.isoformat()},
    )
    return (row[0], date.fromisoformat(row[1])) if row else None


def weight_jumped(db: Database, patient: int, grams: int | None, on: date) -> bool:
    """Whether a weight is a fifth off the one of the last three months: the page asks to weigh again."""
    before = last_weight(db, patient, on) if grams is not None else None
    if before is None or grams is None or on - before[1] > timedelta(days=WEIGHT_DAYS):
        return False
    return abs(grams - before[0]) * 100 > before[0] * WEIGHT_CHANGE_PERCENT


def register_of(db: Database, day: date, *, sensitive: bool = False) -> list[RegisterRow]:
    """The consultation register of a day, in the order of arrival, ranked as on paper."""
    rows = db.all(
        "SELECT v.id, v.patient, p.sex, p.born_on, w.name, w.in_area, c.motive, v.motive, c.case_type, c.diagnosis,"
        f" c.rdt, c.microscopy, c.outcome, a.staff, ({_LATEST_VITALS}), (SELECT json_group_array(json_array(l.product,"
        " l.quantity)) FROM prescription r JOIN prescription_line l ON l.prescription = r.id WHERE r.visit = v.id"
        " AND r.state <> 'cancelled') FROM visit v JOIN consultation c ON c.visit = v.id JOIN act a ON a.seq = c.act"
        f" JOIN patient p ON p.id = v.patient LEFT JOIN village w ON w.id = p.village WHERE v.occurred_on = ? AND {STANDS}"
        " ORDER BY v.opened_at, v.id",
        (day.isoformat(),),
    )
    measures = _vitals(db, [row[14] for row in rows if row[14] is not None])
    return [_register_row(rank, day, row, measures, sensitive) for rank, row in enumerate(rows, start=1)]


def _entry(row: tuple[Any, ...], sensitive: bool) -> VisitEntry:
    hidden = row[3] is not None and default_diagnoses()[row[3]].is_sensitive and not sensitive
    return VisitEntry(
        visit=row[0], on=date.fromisoformat(row[1]), motive="" if hidden else row[2], diagnosis=None if hidden else row[3],
        case_type=CaseType(row[4]) if row[4] else None, outcome=Outcome(row[5]) if row[5] else None, is_hidden=hidden,
        by_staff=row[6],
    )  # fmt: skip


def _register_row(
    rank: int, day: date, row: tuple[Any, ...], measures: dict[int, Vitals], sensitive: bool
) -> RegisterRow:
    listed = default_diagnoses()[row[9]]
    hidden = listed.is_sensitive and not sensitive
    return RegisterRow(
        rank=rank, visit=row[0], patient=row[1], on=day, sex=row[2], born_on=date.fromisoformat(row[3]), village=row[4],
        in_area=None if row[5] is None else bool(row[5]), motive="" if hidden else row[6] or row[7],
        case_type=CaseType(row[8]), diagnosis=None if hidden else listed.code, icd10=None if hidden else listed.icd10,
        rdt=Rdt(row[10]), microscopy=Microscopy(row[11]), outcome=Outcome(row[12]),
        vitals=measures.get(row[14], Vitals()), by_staff=row[13], is_hidden=hidden,
        treatment=() if hidden else tuple((code, quantity) for code, quantity in msgspec.json.decode(row[15])),
    )  # fmt: skip


def _vitals(db: Database, ids: list[int]) -> dict[int, Vitals]:
    names = [n for n in Vitals.__dataclass_fields__ if n != "danger_signs"]
    rows = db.all(
        f"SELECT id, {', '.join(names)}, danger_signs FROM vitals WHERE id IN ({','.join('?' * len(ids))})", ids
    )
    return {
        row[0]: Vitals(**dict(zip(names, row[1:-1], strict=True)), danger_signs=msgspec.json.decode(row[-1] or "{}"))
        for row in rows
    }


def _signs_now(db: Database, patient: int) -> tuple[str, ...]:
    """The danger signs of a visit that is still under way."""
    row = db.one(
        f"SELECT m.danger_signs FROM visit v JOIN vitals m ON m.id = ({_LATEST_VITALS}) WHERE {_OF_PERSON}"
        " AND v.station NOT IN ('done', 'left') ORDER BY v.id DESC LIMIT 1",
        {"p": patient},
    )
    return tuple(c for c, answer in msgspec.json.decode(row[0] or "{}").items() if answer == "yes") if row else ()
