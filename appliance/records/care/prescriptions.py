"""Prescriptions: issued at a visit, served at the depot, and the treatment facts that follow from serving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.records.care import restating, visits
from appliance.records.care.model import PrescribedLine, PrescriptionState
from appliance.records.care.repository import STANDS
from appliance.storage import Database, Unit

LINES_MAX = 20
OPEN_DAYS = 7
QUANTITY_MAX = 100_000
TEXT_MAX = 200
DAYS_MAX = 366
READ_MAX = 100


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

    Whether the catalogue holds a product is for the room above to say. Raises `Refused`: "no-such-visit",
    "prescription-empty", "prescription-too-long", "quantity", "product-twice", "days", "text-too-long".
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
    for line in lines:
        _check(line)
    made = unit.insert(
        "prescription", uuid=new_uuid(random_bytes) if random_bytes else new_uuid(), visit=visit, patient=found.patient,
        occurred_on=found.occurred_on.isoformat(), state=PrescriptionState.ISSUED.value, act=unit.act,
    )  # fmt: skip
    for rank, line in enumerate(lines, start=1):
        unit.append(
            "prescription_line", prescription=made, rank=rank, product=line.product, quantity=line.quantity,
            dosage=line.dosage.strip(), days=line.days,
        )  # fmt: skip
    unit.note(prescription=made, visit=visit)
    return made


def get(db: Database, prescription: int) -> Prescription | None:
    """One prescription with its lines."""
    found = _read(db, "p.id = ?", (prescription,))
    return found[0] if found else None


def of_visit(db: Database, visit: int) -> list[Prescription]:
    """The prescriptions of a visit."""
    return _read(db, "p.visit = ?", (visit,))


def of_patient(db: Database, patient: int) -> list[Prescription]:
    """The prescriptions of a person, oldest first, those of files merged into this one included."""
    return _read(
        db, "(p.patient = ? OR p.patient IN (SELECT id FROM patient WHERE merged_into = ?))", (patient, patient)
    )


def open_of_visits(db: Database, visits_: Sequence[int]) -> dict[int, Prescription]:
    """The newest prescription that still waits to be served, by visit."""
    marks = ",".join("?" * len(visits_))
    found = _read(db, f"p.visit IN ({marks}) AND p.state IN ('issued', 'part_served')", tuple(visits_))
    return {held.visit: held for held in found}


def waiting(db: Database, today: date) -> list[Prescription]:
    """Prescriptions not yet wholly served, of the last seven days, oldest first."""
    since = (today - timedelta(days=OPEN_DAYS)).isoformat()
    return _read(db, "p.state IN ('issued', 'part_served') AND p.occurred_on >= ?", (since,))


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
    """Bring the treatment facts of a visit in line with what was handed over over all its prescriptions.

    `groups` are the product groups given (`act`, `injectable`).
    """
    held = get(unit, prescription)
    if held is not None:
        restating.state_medicines(unit, held.visit, groups)


def cancel(unit: Unit, prescription: int, reason: str) -> None:
    """Withdraw a prescription of which nothing was handed over; write another in its place if need be.

    Raises `Refused`: "prescription-not-open" (part of it was served, or it is done with), "reason-needed".
    """
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="cancellation")
    if not unit.run(
        "UPDATE prescription SET state = 'cancelled', act = ? WHERE id = ? AND state = 'issued'",
        (unit.act, prescription),
    ):
        state = unit.value("SELECT state FROM prescription WHERE id = ?", (prescription,))
        raise Refused("prescription-not-open", state=state or "none")
    unit.note(prescription=prescription)


def is_pregnant(db: Database, patient: int, on: date) -> bool:
    """Whether a consultation of the last nine months said that she is pregnant, and none since that she is not."""
    row = db.one(
        "SELECT c.pregnant FROM visit v JOIN consultation c ON c.visit = v.id WHERE v.patient = ? AND c.pregnant <> 'unknown'"
        f" AND {STANDS} AND v.occurred_on BETWEEN ? AND ? ORDER BY v.occurred_on DESC, c.id DESC LIMIT 1",
        (patient, (on - timedelta(days=270)).isoformat(), on.isoformat()),
    )
    return bool(row and row[0] == "yes")


def _read(db: Database, where: str, parameters: tuple[object, ...]) -> list[Prescription]:
    """Up to a hundred prescriptions with their lines, in one reading."""
    rows = db.all(
        "SELECT p.id, p.visit, p.patient, p.occurred_on, p.state, l.id, l.product, l.quantity, l.dosage, l.days"
        f" FROM (SELECT * FROM prescription p WHERE {where} ORDER BY id LIMIT {READ_MAX}) p"
        " LEFT JOIN prescription_line l ON l.prescription = p.id ORDER BY p.id, l.rank",
        parameters,
    )
    return [
        Prescription(
            id=key, visit=lines[0][1], patient=lines[0][2], occurred_on=date.fromisoformat(lines[0][3]),
            state=lines[0][4], lines=tuple(line[5:] for line in lines if line[5] is not None),
        )
        for key, lines in ((k, list(g)) for k, g in groupby(rows, key=itemgetter(0)))
    ]  # fmt: skip


def _check(line: PrescribedLine) -> None:
    if not 0 < line.quantity <= QUANTITY_MAX:
        raise Refused("quantity", product=line.product[:40], asked=line.quantity, given=0)
    if line.days is not None and not 0 < line.days <= DAYS_MAX:
        raise Refused("days", product=line.product[:40], days=line.days)
    if max(len(line.product), len(line.dosage)) > TEXT_MAX:
        raise Refused("text-too-long", limit=TEXT_MAX)
