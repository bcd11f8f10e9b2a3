"""Keeping the facts of a visit equal to what its record says now.

A correction withdraws every fact that stands and writes those of the version that stands, in the month of care.
What was handed over is no finding: those facts stand, and the treatment of a confirmed case is derived from both.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from appliance.records.care import repository
from appliance.records.care.facts import MEDICINE, TREATMENT, Subject, fact, facts_of, treatment_facts
from appliance.records.care.model import Consultation
from appliance.storage import Database, Unit, facts

RESTATED_DAYS = 400
"""Visits older than a late entry may be are left as reported: their forms were closed and sent a year ago."""

_STANDING = (
    "FROM fact f WHERE visit = ? AND reverses IS NULL AND NOT EXISTS (SELECT 1 FROM fact r WHERE r.reverses = f.id)"
)


def state(unit: Unit, visit: int, found: Consultation, on: date, subject: Subject | None = None) -> None:
    """Withdraw what stands of a visit and write what its consultation says."""
    whose = subject or repository.subject_of(unit, visit)
    groups = given_groups(unit, visit)
    facts.withdraw(unit, visit)
    for one in facts_of(found, whose, on):
        facts.write(unit, one, visit=visit)
    for kind, codes in ((MEDICINE, sorted(groups)), (TREATMENT, treatment_facts(found, groups))):
        for code in codes:
            facts.write(unit, fact(whose, on, kind, code), visit=visit)


def state_medicines(unit: Unit, visit: int, groups: frozenset[str]) -> None:
    """Keep what was handed over at a visit for malaria (`act`, `injectable`), and the treatment that follows from it.

    Done again it changes nothing; given less, the facts are withdrawn. A visit without confirmed malaria keeps what
    was handed over, and counts no treatment until a correction confirms it.
    """
    on = date.fromisoformat(unit.value("SELECT occurred_on FROM visit WHERE id = ?", (visit,)))
    current = repository.current_consultation(unit, visit)
    wanted = {
        MEDICINE: set(groups),
        TREATMENT: set(treatment_facts(current[1], groups)) if current else set(),
    }
    for kind, codes in wanted.items():
        if codes != {code for (code,) in unit.all(f"SELECT code {_STANDING} AND kind = ?", (visit, kind))}:
            facts.withdraw(unit, visit, kinds=(kind,))
            whose = repository.subject_of(unit, visit)
            for code in sorted(codes):
                facts.write(unit, fact(whose, on, kind, code), visit=visit)


def restate_patient(unit: Unit, patient: int) -> int:
    """Write the facts of a person's visits of the last 400 days anew, after sex or birth were corrected or files joined.

    The zone of each visit stays as it was counted: who moves house did not live elsewhere before. Returns how
    many visits were restated.
    """
    since = (unit.today - timedelta(days=RESTATED_DAYS)).isoformat()
    count = 0
    for visit, day in unit.all(
        "SELECT id, occurred_on FROM visit WHERE (patient = ?1 OR patient IN (SELECT id FROM patient WHERE merged_into = ?1))"
        " AND occurred_on >= ?2 ORDER BY id",
        (patient, since),
    ):
        current = repository.current_consultation(unit, visit)
        if current is None:
            continue
        zones = unit.all(f"SELECT zone {_STANDING} LIMIT 1", (visit,))
        whose = repository.subject_of(unit, visit)
        state(unit, visit, current[1], date.fromisoformat(day), replace(whose, zone=zones[0][0]) if zones else whose)
        count += 1
    return count


def given_groups(db: Database, visit: int) -> frozenset[str]:
    """The medicine groups (`act`, `injectable`) that were handed over at a visit and not taken back."""
    return frozenset(code for (code,) in db.all(f"SELECT code {_STANDING} AND kind = ?", (visit, MEDICINE)))
