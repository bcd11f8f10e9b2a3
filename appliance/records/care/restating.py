"""Keeping the facts of a visit equal to what its record says now.

A correction withdraws every fact that stands and writes those of the version that stands, in the month of care.
What was handed over is no finding: its treatment facts follow the new version as far as they still apply.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from appliance.records.care import repository
from appliance.records.care.facts import TREATMENT, Subject, fact, facts_of, treatment_facts
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
    for code in treatment_facts(found, groups):
        facts.write(unit, fact(whose, on, TREATMENT, code), visit=visit)


def restate_patient(unit: Unit, patient: int) -> int:
    """Write the facts of a person's visits of the last 400 days anew, after sex or birth were corrected.

    The zone of each visit stays as it was counted: who moves house did not live elsewhere before. Returns how
    many visits were restated.
    """
    since = (unit.today - timedelta(days=RESTATED_DAYS)).isoformat()
    count = 0
    for visit, day in unit.all(
        "SELECT id, occurred_on FROM visit WHERE patient = ? AND occurred_on >= ? ORDER BY id", (patient, since)
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
    """The treatment groups (`act`, `injectable`) whose facts stand for a visit."""
    codes = [row[0] for row in db.all(f"SELECT code {_STANDING} AND kind = ?", (visit, TREATMENT))]
    return frozenset(group for code in codes if (group := code.partition("-")[2]) in ("act", "injectable"))
