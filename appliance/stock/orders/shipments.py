"""Delivery notes: what the supplier says is on its way, told by message or copied from the paper."""

from __future__ import annotations

from datetime import date

from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.stock.orders import repository
from appliance.stock.orders.model import DELIVERABLE, NEXT, AnnouncedLine, Announcement, Order, State
from appliance.stock.orders.writing import write_state
from appliance.storage import Database, Unit


def shipment_announced(unit: Unit, note: Announcement) -> int:
    """Keep a delivery note; returns the shipment's key.

    The same note twice (same document, or same number of the same supplier with the same lines) is one shipment; other
    lines under a known number supersede it, unless it was received: then "shipment-received" is refused. A second note
    for the same order is a shipment of its own. An order that is not known, or not open to deliveries, leaves the
    shipment without one: it can be received all the same. Raises `Refused("shipment-empty")`.
    """
    if not note.lines:
        raise Refused("shipment-empty")
    if note.document is not None:
        known = unit.value("SELECT id FROM shipment WHERE document = ?", (note.document,))
        if known is not None:
            return int(known)
    before = _newest(unit, note.supplier, note.number)
    if before is not None:
        if _written(unit, before) == [_row(line) for line in note.lines]:
            return before
        if unit.value("SELECT 1 FROM proof_of_delivery WHERE shipment = ?", (before,)):
            raise Refused("shipment-received", number=note.number)
    order = _order_of(unit, note)
    shipment = unit.append(
        "shipment", uuid=new_uuid(), supply_order=order.id if order else None, number=note.number.strip(),
        supplier=note.supplier.strip(), carrier=note.carrier, shipped_on=_iso(note.shipped_on),
        expected_on=_iso(note.expected_on), origin=note.origin, document=note.document, supersedes=before,
    )  # fmt: skip
    by_product = {line.product: line.id for line in repository.lines(unit, order.id)} if order else {}
    for rank, line in enumerate(note.lines, start=1):
        unit.append(
            "shipment_line", shipment=shipment, rank=rank, product=line.product, label_written=line.label,
            order_line=by_product.get(line.product) if line.product is not None else None, code_written=line.code,
            lot_number=line.lot_number, expires_on=_iso(line.expires_on),
            expiry_precision=line.expiry_precision if line.expires_on else None, announced=line.announced,
            unit_cost_fcfa=line.unit_cost_fcfa,
        )  # fmt: skip
    if order is not None and State.SHIPPED in NEXT[order.state]:
        write_state(unit, order.id, State.SHIPPED, reason=note.number)
    return shipment


def _order_of(unit: Unit, note: Announcement) -> Order | None:
    """The order that a note belongs to, when deliveries may still be entered against it.

    Of several forms of its reference the newest one that was confirmed: a correction still to be decided ordered nothing.
    """
    if note.order is not None:
        held = [repository.order(unit, note.order)]
    else:
        held = repository.of_reference(unit, note.supplier, note.order_reference) if note.order_reference else []
    held = [order for order in held if order.state in DELIVERABLE]
    return next((order for order in held if order.state is not State.PROPOSED), held[0] if held else None)


def _newest(db: Database, supplier: str, number: str) -> int | None:
    found: int | None = db.value(
        "SELECT max(id) FROM shipment WHERE supplier = ? AND number = ?", (supplier.strip(), number.strip())
    )
    return found


def _written(db: Database, shipment: int) -> list[tuple[object, ...]]:
    return db.all(
        "SELECT label_written, code_written, lot_number, expires_on, announced FROM shipment_line WHERE shipment = ?"
        " ORDER BY rank",
        (shipment,),
    )


def _row(line: AnnouncedLine) -> tuple[object, ...]:
    return (line.label, line.code, line.lot_number, _iso(line.expires_on), line.announced)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
