"""Prescriptions: issued at a visit, served at the depot, and the treatment facts that follow from serving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.records.care import visits
from appliance.records.care.diagnoses import diagnosis
from appliance.records.care.facts import TREATMENT, fact, is_confirmed, treatment_codes
from appliance.records.care.model import PrescribedLine
from appliance.storage import Database, Unit, facts

LINES_MAX = 20
OPEN_DAYS = 7
QUANTITY_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """A prescription with its lines as (line id, product code, quantity in base units, dosage, days)."""

    id: int
    visit: int
    patient: int
    occurred_on: date
    state: str
    lines: tuple[tuple[int, str, int, str, int | None], ...]


def prescribe(unit: Unit, visit: int, lines: Sequence[PrescribedLine], random_bytes: RandomBytes | None = None) -> int:
    """Issue a prescription; returns its id.

    Raises `Refused`: "no-such-visit", "prescription-empty", "prescription-too-long", "quantity", "product-twice".
    """
    found = visits.get(unit, visit)
    if found is None:
        raise Refused("no-such-visit", visit=visit)
    if not lines:
        raise Refused("prescription-empty")
    if len(lines) > LINES_MAX:
        raise Refused("prescription-too-long", limit=LINES_MAX)
    if len({line.product for line in lines}) < len(lines):
        raise Refused("product-twice")
    made = unit.insert(
        "prescription", uuid=new_uuid(random_bytes) if random_bytes else new_uuid(), visit=visit, patient=found.patient,
        occurred_on=found.occurred_on.isoformat(), state="issued", act=unit.act,
    )  # fmt: skip
    for rank, line in enumerate(lines, start=1):
        if not 0 < line.quantity <= QUANTITY_MAX:
            raise Refused("quantity", product=line.product, asked=line.quantity, given=0)
        unit.append(
            "prescription_line", prescription=made, rank=rank, product=line.product, quantity=line.quantity,
            dosage=line.dosage.strip()[:200], days=line.days,
        )  # fmt: skip
    unit.note(prescription=made, visit=visit)
    return made


def get(db: Database, prescription: int) -> Prescription | None:
    """One prescription with its lines."""
    row = db.one("SELECT id, visit, patient, occurred_on, state FROM prescription WHERE id = ?", (prescription,))
    if row is None:
        return None
    lines = db.all(
        "SELECT id, product, quantity, dosage, days FROM prescription_line WHERE prescription = ? ORDER BY rank",
        (prescription,),
    )
    return Prescription(
        id=row[0],
        visit=row[1],
        patient=row[2],
        occurred_on=date.fromisoformat(row[3]),
        state=row[4],
        lines=tuple(lines),
    )


def of_visit(db: Database, visit: int) -> list[Prescription]:
    """The prescriptions of a visit."""
    ids = db.all("SELECT id FROM prescription WHERE visit = ? ORDER BY id", (visit,))
    return [found for (i,) in ids if (found := get(db, i))]


def waiting(db: Database, today: date) -> list[Prescription]:
    """Prescriptions not yet wholly served, of the last seven days, oldest first."""
    since = (today - timedelta(days=OPEN_DAYS)).isoformat()
    ids = db.all(
        "SELECT id FROM prescription WHERE state IN ('issued', 'part_served') AND occurred_on >= ? ORDER BY id LIMIT 100",
        (since,),
    )
    return [found for (i,) in ids if (found := get(db, i))]


def require_open(db: Database, prescription: int) -> None:
    """Raise `Refused("prescription-not-open")` when nothing more may be served on a prescription."""
    state = db.value("SELECT state FROM prescription WHERE id = ?", (prescription,))
    if state not in ("issued", "part_served"):
        raise Refused("prescription-not-open", state=state or "none")


def set_served(unit: Unit, prescription: int, given: Mapping[int, int]) -> str:
    """Bring a prescription's state in line with what was handed over, by line id in base units; returns the state.

    What was not given was noted as unmet when it was served, so a prescription handed over in part is closed to
    the day's queue only when every line was given or refused; it stays open for the rest.
    """
    lines = unit.all("SELECT id, quantity FROM prescription_line WHERE prescription = ?", (prescription,))
    if all(given.get(line, 0) >= quantity for line, quantity in lines):
        state = "served"
    else:
        state = "part_served" if any(given.values()) else "issued"
    unit.run("UPDATE prescription SET state = ?, act = ? WHERE id = ?", (state, unit.act, prescription))
    return state


def close(unit: Unit, prescription: int) -> None:
    """Take a prescription off the queue: the rest will not be served here. Raises `Refused("prescription-not-open")`."""
    require_open(unit, prescription)
    unit.run("UPDATE prescription SET state = 'closed', act = ? WHERE id = ?", (unit.act, prescription))
    unit.note(prescription=prescription)


def record_malaria_treatment(unit: Unit, prescription: int, groups: frozenset[str]) -> None:
    """Bring the treatment facts of a visit in line with what was handed over for its confirmed malaria.

    `groups` are the product groups given (`act`, `injectable`). Done again it changes nothing; given less, the
    facts are withdrawn. A visit without confirmed malaria, or a follow-up, has none.
    """
    held = get(unit, prescription)
    current = visits.current_consultation(unit, held.visit) if held else None
    if held is None or current is None:
        return
    found = current[1]
    listed = diagnosis(found.diagnosis)
    counted = listed.malaria is not None and is_confirmed(found) and found.case_type == "NC"
    wanted = {f"{listed.malaria}-{code}" for code in treatment_codes(groups)} if counted else set()
    standing = {
        code
        for (code,) in unit.all(
            "SELECT code FROM fact f WHERE visit = ? AND kind = ? AND reverses IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM fact r WHERE r.reverses = f.id)",
            (held.visit, TREATMENT),
        )
    }
    if wanted == standing:
        return
    if standing:
        facts.withdraw(unit, held.visit, kinds=(TREATMENT,))
    subject = visits.subject_of(unit, held.visit)
    for code in sorted(wanted):
        facts.write(unit, fact(subject, held.occurred_on, TREATMENT, code), visit=held.visit)


def is_pregnant(db: Database, patient: int, on: date) -> bool:
    """Whether a consultation of the last nine months said that she is pregnant, and none since that she is not."""
    row = db.one(
        "SELECT c.pregnant FROM visit v JOIN consultation c ON c.visit = v.id WHERE v.patient = ? AND c.pregnant <> 'unknown'"
        " AND v.occurred_on BETWEEN ? AND ? ORDER BY v.occurred_on DESC, c.id DESC LIMIT 1",
        (patient, (on - timedelta(days=270)).isoformat(), on.isoformat()),
    )
    return bool(row and row[0] == "yes")
