"""Signing a reception: the proof, the ledger's receipts, the order's state and the acknowledgement, in one act.

So a power cut leaves all of it or nothing. A line that was wrong is taken back by the ledger's reversal, with or without
the right one in its place, and the acknowledgement goes again as a new revision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger import services
from appliance.stock.ledger.fefo import last_usable_day
from appliance.stock.ledger.model import LOT_UNKNOWN, MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import DELIVERABLE, NEXT, Model, OrderLine, State
from appliance.stock.orders.numbers import next_number
from appliance.stock.orders.writing import write_state
from appliance.stock.reception import repository
from appliance.stock.reception.model import (
    LINES_MAX,
    TEMPERATURE_HIGH,
    TEMPERATURE_LOW,
    CountedLine,
    Proof,
    ProofLine,
    ReceptionForm,
    surpluses,
)
from appliance.stock.reception.reasons import refusals, states
from appliance.storage import Unit, outbox

ACKNOWLEDGEMENT = "shipment-acknowledgement"
PRIORITY_ACKNOWLEDGEMENT = 10
QUANTITY_MAX = 10_000_000


def sign(unit: Unit, form: ReceptionForm) -> int:
    """Sign a reception; returns the proof's key.

    Raises `Refused`: "reception-empty", "reception-names" (each of the three signs by name), "order-state" (its order was
    given up), "shipment-received", and by line "counted-differs" (counted is not accepted + refused), "refusal-reason",
    "box-state", "vvm", "temperature", "bad-expiry", "lot-expired" (what is past its day is only refused),
    "no-such-product", and those of the ledger ("period-closed", "date-ahead", "date-too-old", "before-count").
    """
    if not form.lines or len(form.lines) > LINES_MAX or not any(line.counted for line in form.lines):
        raise Refused("reception-empty")
    names = [form.head_name.strip(), form.keeper_name.strip(), form.asaco_name.strip()]
    if any(len(name) < 2 for name in names):
        raise Refused("reception-names")
    on = form.received_on or unit.today
    if on > unit.today:
        raise Refused("date-ahead", on=on.isoformat())
    if ledger.is_closed(unit, on):
        raise Refused("period-closed", month=on.isoformat()[:7])
    if form.order is not None and orders.order(unit, form.order).state not in DELIVERABLE:
        held = orders.order(unit, form.order)
        raise Refused("order-state", order=held.number, state=held.state.value, wanted=State.RECEIVED.value)
    if form.shipment is not None and repository.shipment(unit, form.shipment).proof is not None:
        raise Refused("shipment-received", number=form.slip)
    for line in form.lines:
        _check(unit, line, on)
    slip = form.slip.strip()[:60] or "sans numéro"
    receipt = None
    if any(line.accepted for line in form.lines):
        receipt = unit.append("receipt", number=slip, supplier=form.supplier.strip(), occurred_on=on.isoformat())
    proof = unit.append(
        "proof_of_delivery", uuid=new_uuid(), number=next_number(unit, "PVR", unit.today.year), supply_order=form.order,
        shipment=form.shipment, supplier=form.supplier.strip(), slip=slip, carrier=(form.carrier or "").strip() or None,
        received_on=on.isoformat(), receipt=receipt, head_name=names[0], keeper_name=names[1], asaco_name=names[2],
        reserves=(form.reserves or "").strip()[:2_000] or None,
    )  # fmt: skip
    _write_lines(unit, proof, receipt, form, on)
    if form.order is not None:
        _enter_order(unit, form.order, on, slip)
    _acknowledge(unit, proof)
    unit.note(proof=proof, order=form.order, shipment=form.shipment)
    return proof


def take_back(unit: Unit, line: int, reason: str, instead: CountedLine | None = None) -> None:
    """Take a line of a signed reception back, once; `instead` is what should have stood there.

    The acknowledgement goes again as the next revision. Raises `Refused`: "no-such-proof-line", "already-reversed",
    "reason-needed", "stock-too-low" (it was handed out meanwhile), and those of `sign` for `instead`.
    """
    row = unit.one("SELECT proof, movement FROM proof_of_delivery_line WHERE id = ?", (line,))
    if row is None:
        raise Refused("no-such-proof-line", line=line)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="reversal")
    if unit.value("SELECT 1 FROM proof_of_delivery_reversal WHERE line = ?", (line,)):
        raise Refused("already-reversed", movement=row[1])
    proof = repository.proof(unit, row[0])
    undone = services.reverse(unit, row[1], reason) if row[1] is not None else None
    unit.append("proof_of_delivery_reversal", line=line, movement=undone, reason=reason.strip()[:500])
    if instead is not None:
        # A month that has closed since takes no row: what should have stood there is dated today, as its reversal was.
        on = unit.today if ledger.is_closed(unit, proof.received_on) else proof.received_on
        old = next(held for held in repository.proof_lines(unit, proof.id) if held.id == line)
        _check(unit, instead, on)
        receipt = unit.value("SELECT receipt FROM proof_of_delivery WHERE id = ?", (proof.id,))
        right = replace(instead, order_line=old.order_line, shipment_line=old.shipment_line)
        place = ledger.main_place(unit)
        beyond = _beyond(unit, proof, old, right)
        _write_line(unit, proof.id, receipt, right, on, place, (old.ordered, old.announced), None, beyond)
    if proof.order is not None:
        _enter_order(unit, proof.order, unit.today, proof.slip)
    _acknowledge(unit, proof.id)


def _beyond(unit: Unit, proof: Proof, old: ProofLine, right: CountedLine) -> int:
    """What of the line put in its place is surplus, besides what its neighbours of the same product bear already.

    Expected is, as when it was signed, what the note announced, else what of the order no earlier reception had brought.
    """
    same = (old.product, old.order_line, old.shipment_line)
    others = [
        held
        for held in repository.proof_lines(unit, proof.id)
        if not held.is_reversed and (held.product, held.order_line, held.shipment_line) == same
    ]
    expected = old.announced
    if expected is None and old.order_line is not None and proof.order is not None:
        came = sum(
            held.accepted
            for earlier in repository.proofs_of(unit, proof.order)
            if earlier.id < proof.id
            for held in repository.proof_lines(unit, earlier.id)
            if held.order_line == old.order_line and not held.is_reversed
        )
        expected = max((old.ordered or 0) - came, 0)
    (beyond,) = surpluses([right.counted + sum(held.counted for held in others)], expected)
    return max(beyond - sum(held.surplus for held in others), 0)


def _check(unit: Unit, line: CountedLine, on: date) -> None:
    product = catalogue.by_id(unit, line.product)
    if product is None:
        raise Refused("no-such-product", product=line.product)
    if line.counted != line.accepted + line.refused or min(line.accepted, line.refused) < 0:
        raise Refused("counted-differs", product=product.label, counted=line.counted, sum=line.accepted + line.refused)
    if line.counted > QUANTITY_MAX:
        raise Refused("quantity", product=line.product, asked=line.counted, given=0)
    if line.refused and line.refusal not in refusals():
        raise Refused("refusal-reason", product=product.label)
    if line.state not in states():
        raise Refused("box-state", product=product.label)
    if line.vvm is not None and not 1 <= line.vvm <= 4:
        raise Refused("vvm", product=product.label)
    if line.temperature_tenths is not None and not TEMPERATURE_LOW <= line.temperature_tenths <= TEMPERATURE_HIGH:
        raise Refused("temperature", product=product.label)
    last = _last_day(line)
    if line.accepted and last is None:
        raise Refused("bad-expiry", lot=line.lot_number or LOT_UNKNOWN)
    if line.accepted and last is not None and last < on:
        raise Refused("lot-expired", lot=line.lot_number, on=last.isoformat())


def _write_lines(unit: Unit, proof: int, receipt: int | None, form: ReceptionForm, on: date) -> None:
    """Each line with what was ordered and announced of it; what is beyond stands as surplus, lot after lot."""
    ordered = {line.id: line for line in orders.lines(unit, form.order)} if form.order is not None else {}
    announced = {line.id: line for line in repository.shipment_lines(unit, form.shipment)} if form.shipment else {}
    place = ledger.main_place(unit)
    groups: dict[tuple[int, int | None, int | None], list[CountedLine]] = {}
    for line in form.lines:
        own = line.order_line if line.order_line in ordered else _order_line(ordered, line.product)
        told = line.shipment_line if line.shipment_line in announced else None
        groups.setdefault((line.product, own, told), []).append(line)
    left = {line.id: line.missing for line in ordered.values()}
    for (_, own, told), lots in groups.items():
        expected = announced[told].announced if told is not None else left.get(own or 0)
        beyond = surpluses([lot.counted for lot in lots], expected)
        asked = ordered[own].asked if own is not None else None
        for lot, surplus in zip(lots, beyond, strict=True):
            linked = replace(lot, order_line=own, shipment_line=told)
            says = (asked, announced[told].announced if told is not None else None)
            _write_line(unit, proof, receipt, linked, on, place, says, form.funder, surplus)


def _order_line(ordered: dict[int, OrderLine], product: int) -> int | None:
    return next((line.id for line in ordered.values() if line.product == product), None)


def _write_line(
    unit: Unit,
    proof: int,
    receipt: int | None,
    line: CountedLine,
    on: date,
    place: int,
    says: tuple[int | None, int | None],
    funder: str | None,
    surplus: int = 0,
) -> None:
    number = line.lot_number.strip().upper()[:40] or LOT_UNKNOWN
    last = _last_day(line)
    movement = None
    if line.accepted and line.expires_year is not None and line.expires_month is not None:
        if receipt is None:
            receipt = _receipt_of(unit, proof, on)
        lot = ReceivedLot(
            product=line.product, lot_number=number, expires_year=line.expires_year, expires_month=line.expires_month,
            expires_day=line.expires_day, quantity=line.accepted, unit_cost_fcfa=line.unit_cost_fcfa, funder=funder,
        )  # fmt: skip
        movement = services.write(
            unit,
            Movement(
                kind=MovementKind.RECEIPT, product=line.product, lot=services.lot_of(unit, lot), place=place,
                quantity=line.accepted, occurred_on=on, receipt=receipt, unit_cost_fcfa=line.unit_cost_fcfa,
            ),
        )  # fmt: skip
    unit.append(
        "proof_of_delivery_line", proof=proof, order_line=line.order_line, shipment_line=line.shipment_line,
        product=line.product, lot_number=number, expires_on=last.isoformat() if last else None,
        expiry_precision=None if last is None else "day" if line.expires_day else "month", ordered=says[0],
        announced=says[1], counted=line.counted, accepted=line.accepted, refused=line.refused, surplus=surplus,
        refusal=line.refusal if line.refused else None, state=line.state, vvm=line.vvm,
        temperature_tenths=line.temperature_tenths, unit_cost_fcfa=line.unit_cost_fcfa,
        remark=(line.remark or "").strip()[:200] or None, movement=movement,
    )  # fmt: skip


def _receipt_of(unit: Unit, proof: int, on: date) -> int:
    """The ledger's document of a correction to a reception of which nothing had been accepted."""
    held = repository.proof(unit, proof)
    return unit.append("receipt", number=held.slip, supplier=held.supplier, occurred_on=on.isoformat())


def _enter_order(unit: Unit, order: int, on: date, slip: str) -> None:
    """Where the order stands after what came: wholly or partly received."""
    held = orders.order(unit, order)
    short = any(line.missing for line in orders.lines(unit, order))
    state = State.RECEIVED_PARTLY if short else State.RECEIVED
    if state in NEXT[held.state]:
        write_state(unit, order, state, occurred_on=on, reason=slip)


def _acknowledge(unit: Unit, proof: int) -> None:
    """Queue the acknowledgement of what a pushing supplier sent: by its order, or by a note that came as a message."""
    held = repository.proof(unit, proof)
    pushed = held.order is not None and orders.order(unit, held.order).model is Model.PUSH
    told = held.shipment is not None and repository.shipment(unit, held.shipment).origin == "message"
    if pushed or told:
        outbox.enqueue(
            unit, ACKNOWLEDGEMENT, held.uuid.hex(), held.revision, priority=PRIORITY_ACKNOWLEDGEMENT,
            identity=held.uuid if held.revision == 1 else None,
            parts=["", *(str(line.id) for line in repository.proof_lines(unit, proof))],
        )  # fmt: skip


def _last_day(line: CountedLine) -> date | None:
    if line.expires_year is None or line.expires_month is None:
        return None
    try:
        return last_usable_day(line.expires_year, line.expires_month, line.expires_day)
    except ValueError:
        raise Refused("bad-expiry", lot=line.lot_number or LOT_UNKNOWN) from None
