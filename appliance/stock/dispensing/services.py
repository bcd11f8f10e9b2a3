"""Dispensing: the shelf is read again inside the act, the quantity split over lots, the rest said or noted.

Two tablets and the last box: the writer runs one after the other, so the second reads what the first left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.dispensing import unmet
from appliance.stock.dispensing.model import CAUSES, DispenseLine
from appliance.stock.ledger import repository, services
from appliance.stock.ledger.fefo import Allocation, Take, allocate, usable
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement
from appliance.storage import ConstraintFailed, Database, Unit

__all__ = [
    "CAUSES",
    "DispenseForm",
    "DispenseLine",
    "dispense",
    "equivalents",
    "given_by_line",
    "propose",
    "reverse_dispense",
]

LINES_MAX = 30
QUANTITY_MAX = 100_000


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
        unmet.note(unit, line, document, on)
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
    unmet.reverse_of(unit, dispense_id)
    return made


def equivalents(db: Database, product: Product, place: int, on: date) -> list[tuple[Product, int]]:
    """Other products of the same DCI that lie on the shelf, with how much: the same strength first.

    The same strength may be given in its place; another strength or form is for the prescriber to say.
    """
    found = []
    for other in catalogue.of_name(db, product.name):
        held = sum(lot.quantity for lot in usable(repository.on_shelf(db, other.id, place), on))
        if other.id != product.id and held:
            found.append((other, held))
    return sorted(found, key=lambda pair: (fold(pair[0].strength) != fold(product.strength), pair[0].label))


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
