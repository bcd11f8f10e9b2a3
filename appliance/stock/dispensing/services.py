"""Dispensing: the shelf is read again inside the act, the quantity split over lots, the rest said or noted.

Two tablets and the last box: the writer runs one after the other, so the second reads what the first left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.stock.ledger import repository, services
from appliance.stock.ledger.fefo import Allocation, Take, allocate
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement
from appliance.storage import ConstraintFailed, Database, Unit

CAUSES = ("stockout", "too_expensive", "refused", "substituted", "other")
LINES_MAX = 30
QUANTITY_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseLine:
    """One product asked for. `given` base units leave the shelf; what is asked and not given is unmet demand.

    `unmet_cause` must be given when `given` is less than `asked`. `lots` overrides the proposal and needs a reason.
    """

    product: int
    asked: int
    given: int
    prescription_line: int | None = None
    unmet_cause: str | None = None
    substituted_by: int | None = None
    lots: tuple[tuple[int, int], ...] = ()
    lots_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseForm:
    """A handing-over: to whom, from where, which lines. `occurred_on` None means today."""

    place: int
    lines: tuple[DispenseLine, ...]
    prescription: int | None = None
    patient: int | None = None
    occurred_on: date | None = None
    is_campaign: bool = False


def propose(db: Database, product: int, quantity: int, place: int, on: date) -> Allocation:
    """Which lots would serve a quantity, those that expire first before the others."""
    return allocate(repository.on_shelf(db, product, place), quantity, on)


def dispense(unit: Unit, form: DispenseForm, random_bytes: RandomBytes | None = None) -> int:
    """Write a handing-over; returns its id.

    Raises `Refused`: "dispense-empty", "quantity", "unmet-cause", "stock-too-low" (product, what is left),
    "lots-reason", and those of the ledger. Nothing is written then.
    """
    on = form.occurred_on or unit.today
    if not form.lines or len(form.lines) > LINES_MAX or not any(line.given or line.asked for line in form.lines):
        raise Refused("dispense-empty")
    document = unit.append(
        "dispense", uuid=new_uuid(random_bytes) if random_bytes else new_uuid(), prescription=form.prescription,
        patient=form.patient, place=form.place, occurred_on=on.isoformat(), reverses=None, reason=None,
    )  # fmt: skip
    for line in form.lines:
        if not 0 <= line.given <= QUANTITY_MAX or not 0 < line.asked <= QUANTITY_MAX or line.given > line.asked:
            raise Refused("quantity", product=line.product, asked=line.asked, given=line.given)
        for take in _takes(unit, line, form.place, on):
            services.write(
                unit,
                Movement(
                    kind=MovementKind.DISPENSE, product=line.product, lot=take.lot, place=form.place,
                    quantity=-take.quantity, occurred_on=on, dispense=document, prescription_line=line.prescription_line,
                    reason=line.lots_reason, is_campaign=form.is_campaign,
                ),
            )  # fmt: skip
        if line.given < line.asked:
            _note_unmet(unit, line, document, on)
    return document


def reverse_dispense(unit: Unit, dispense_id: int, reason: str) -> int:
    """Take a whole handing-over back, once: every movement and every unmet demand gets its opposite.

    Raises `Refused`: "no-such-dispense", "is-a-reversal", "already-reversed", "reason-needed".
    """
    row = unit.one("SELECT prescription, patient, place, reverses FROM dispense WHERE id = ?", (dispense_id,))
    if row is None:
        raise Refused("no-such-dispense", dispense=dispense_id)
    if row[3] is not None:
        raise Refused("is-a-reversal", dispense=dispense_id)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="reversal")
    try:
        made = unit.append(
            "dispense", uuid=new_uuid(), prescription=row[0], patient=row[1], place=row[2],
            occurred_on=unit.today.isoformat(), reverses=dispense_id, reason=reason.strip(),
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-reversed", dispense=dispense_id) from fault
    for (movement,) in unit.all("SELECT id FROM movement WHERE dispense = ? AND reverses IS NULL", (dispense_id,)):
        if not unit.value("SELECT 1 FROM movement WHERE reverses = ?", (movement,)):
            services.reverse(unit, movement, reason)
    for unmet in unit.all(
        "SELECT id, product, prescription_line, quantity, cause, substituted_by, occurred_on FROM unmet_demand"
        " WHERE dispense = ? AND reverses IS NULL",
        (dispense_id,),
    ):
        unit.append(
            "unmet_demand", product=unmet[1], prescription_line=unmet[2], dispense=dispense_id, quantity=-unmet[3],
            cause=unmet[4], substituted_by=unmet[5], occurred_on=unmet[6], reverses=unmet[0],
        )  # fmt: skip
    return made


def given_by_line(db: Database, prescription: int) -> dict[int, int]:
    """By prescription line, the base units given so far, net of what was taken back."""
    return dict(
        db.all(
            "SELECT m.prescription_line, -sum(m.quantity) FROM movement m JOIN prescription_line p"
            " ON p.id = m.prescription_line WHERE p.prescription = ? GROUP BY m.prescription_line",
            (prescription,),
        )
    )


def _takes(unit: Unit, line: DispenseLine, place: int, on: date) -> tuple[Take, ...]:
    if not line.given:
        return ()
    shelf = repository.on_shelf(unit, line.product, place)
    proposed = allocate(shelf, line.given, on)
    if proposed.missing:
        raise Refused("stock-too-low", product=line.product, left=line.given - proposed.missing)
    if not line.lots:
        return proposed.takes
    chosen = tuple(
        Take(lot=lot.lot, number=lot.number, expires_on=lot.expires_on, quantity=quantity)
        for wanted, quantity in line.lots
        for lot in shelf
        if lot.lot == wanted and lot.is_usable and lot.expires_on >= on and 0 < quantity <= lot.quantity
    )
    if sum(t.quantity for t in chosen) != line.given:
        raise Refused("lots-do-not-add-up", product=line.product)
    if {(t.lot, t.quantity) for t in chosen} != {(t.lot, t.quantity) for t in proposed.takes} and (
        len((line.lots_reason or "").strip()) < 3
    ):
        raise Refused("lots-reason", product=line.product)
    return chosen


def _note_unmet(unit: Unit, line: DispenseLine, document: int, on: date) -> None:
    if line.unmet_cause not in CAUSES:
        raise Refused("unmet-cause", product=line.product)
    unit.append(
        "unmet_demand", product=line.product, prescription_line=line.prescription_line, dispense=document,
        quantity=line.asked - line.given, cause=line.unmet_cause, substituted_by=line.substituted_by,
        occurred_on=on.isoformat(), reverses=None,
    )  # fmt: skip
