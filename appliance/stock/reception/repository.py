"""Reading receptions: the signed proofs with their lines, and the shipments that wait to be counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.core.errors import Refused
from appliance.stock.reception.model import Proof, ProofLine
from appliance.storage import Database

_PROOFS = (
    "SELECT p.id, p.uuid, p.number, p.supply_order, p.shipment, p.supplier, p.slip, p.carrier, p.received_on,"
    " p.head_name, p.keeper_name, p.asaco_name, p.reserves, 1 + (SELECT count(DISTINCT r.act) FROM"
    " proof_of_delivery_reversal r JOIN proof_of_delivery_line l ON l.id = r.line WHERE l.proof = p.id), coalesce(a.at, 0),"
    " coalesce(f.name, '') FROM proof_of_delivery p LEFT JOIN act a ON a.seq = p.act LEFT JOIN staff f ON f.id = a.staff"
)
_PROOF_LINES = (
    "SELECT l.id, l.order_line, l.shipment_line, l.product, p.code, p.name, p.strength, p.base_unit, p.pack_units,"
    " l.lot_number, l.expires_on, l.expiry_precision, l.ordered, l.announced, l.counted, l.accepted, l.refused, l.surplus,"
    " l.refusal, l.state, l.vvm, l.temperature_tenths, l.unit_cost_fcfa, l.remark, r.id IS NOT NULL, r.reason"
    " FROM proof_of_delivery_line l JOIN product p ON p.id = l.product"
    " LEFT JOIN proof_of_delivery_reversal r ON r.line = l.id WHERE l.proof = ? ORDER BY l.id"
)
_OPEN = (
    " WHERE NOT EXISTS (SELECT 1 FROM proof_of_delivery p WHERE p.shipment = s.id)"
    " AND NOT EXISTS (SELECT 1 FROM shipment n WHERE n.supersedes = s.id)"
)
_SHIPMENTS = (
    "SELECT s.id, s.uuid, s.supply_order, s.number, s.supplier, s.carrier, s.shipped_on, s.expected_on, s.origin,"
    " s.document, coalesce(a.at, 0), (SELECT count(*) FROM shipment_line l WHERE l.shipment = s.id), (SELECT max(p.id) FROM"
    " proof_of_delivery p WHERE p.shipment = s.id), EXISTS (SELECT 1 FROM shipment n WHERE n.supersedes = s.id)"
    " FROM shipment s LEFT JOIN act a ON a.seq = s.act"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A delivery note as kept. `proof`: the reception it led to, None while it waits."""

    id: int
    uuid: bytes
    order: int | None
    number: str
    supplier: str
    carrier: str | None
    shipped_on: date | None
    expected_on: date | None
    origin: str
    document: int | None
    announced_at: int
    lines: int
    proof: int | None
    is_superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    """A lot of a delivery note; `announced` in base units."""

    id: int
    order_line: int | None
    product: int | None
    label: str
    code_written: str
    lot_number: str
    expires_on: date | None
    expiry_precision: str | None
    announced: int
    unit_cost_fcfa: int | None


def proof(db: Database, key: int) -> Proof:
    """A signed reception; raises `Refused("no-such-proof")`."""
    row = db.one(f"{_PROOFS} WHERE p.id = ?", (key,))
    if row is None:
        raise Refused("no-such-proof", proof=key)
    return _proof(row)


def proof_by_uuid(db: Database, uuid: bytes) -> Proof:
    """A reception by the UUID that its outbox rows name; raises `Refused("no-such-proof")`."""
    row = db.one(f"{_PROOFS} WHERE p.uuid = ?", (uuid,))
    if row is None:
        raise Refused("no-such-proof", proof=uuid.hex())
    return _proof(row)


def proofs_of(db: Database, order: int) -> list[Proof]:
    """The receptions of an order, oldest first."""
    return [_proof(row) for row in db.all(f"{_PROOFS} WHERE p.supply_order = ? ORDER BY p.id", (order,))]


def latest_proofs(db: Database, limit: int = 50) -> list[Proof]:
    """The newest receptions, with or without an order."""
    return [_proof(row) for row in db.all(f"{_PROOFS} ORDER BY p.id DESC LIMIT ?", (limit,))]


def proof_lines(db: Database, proof_: int) -> list[ProofLine]:
    """Every line of a reception, those taken back included and marked."""
    return [
        ProofLine(
            id=r[0], order_line=r[1], shipment_line=r[2], product=r[3], product_code=r[4], label=f"{r[5]} {r[6]}".strip(),
            base_unit=r[7], pack_units=r[8], lot_number=r[9], expires_on=_day(r[10]), expiry_precision=r[11], ordered=r[12],
            announced=r[13], counted=r[14], accepted=r[15], refused=r[16], surplus=r[17], refusal=r[18], state=r[19],
            vvm=r[20], temperature_tenths=r[21], unit_cost_fcfa=r[22], remark=r[23], is_reversed=bool(r[24]),
            reversal_reason=r[25],
        )
        for r in db.all(_PROOF_LINES, (proof_,))
    ]  # fmt: skip


def shipment(db: Database, key: int) -> Shipment:
    """A delivery note; raises `Refused("no-such-shipment")`."""
    row = db.one(f"{_SHIPMENTS} WHERE s.id = ?", (key,))
    if row is None:
        raise Refused("no-such-shipment", shipment=key)
    return _shipment(row)


def shipments_of(db: Database, order: int) -> list[Shipment]:
    """The delivery notes of an order, oldest first, superseded ones included."""
    return [_shipment(row) for row in db.all(f"{_SHIPMENTS} WHERE s.supply_order = ? ORDER BY s.id", (order,))]


def to_count(db: Database) -> list[Shipment]:
    """The delivery notes that nobody has received yet, oldest first."""
    return [_shipment(row) for row in db.all(f"{_SHIPMENTS}{_OPEN} ORDER BY s.id")]


def shipment_lines(db: Database, shipment_: int) -> list[ShipmentLine]:
    """The lots of a delivery note, in its order."""
    rows = db.all(
        "SELECT l.id, l.order_line, l.product, coalesce(trim(p.name || ' ' || p.strength), l.label_written, ''),"
        " coalesce(l.code_written, ''), coalesce(l.lot_number, ''), l.expires_on, l.expiry_precision, l.announced,"
        " l.unit_cost_fcfa FROM shipment_line l LEFT JOIN product p ON p.id = l.product WHERE l.shipment = ? ORDER BY l.rank",
        (shipment_,),
    )
    return [
        ShipmentLine(
            id=r[0], order_line=r[1], product=r[2], label=r[3], code_written=r[4], lot_number=r[5], expires_on=_day(r[6]),
            expiry_precision=r[7], announced=r[8], unit_cost_fcfa=r[9],
        )
        for r in rows
    ]  # fmt: skip


def _proof(row: tuple[Any, ...]) -> Proof:
    return Proof(
        id=row[0], uuid=row[1], number=row[2], order=row[3], shipment=row[4], supplier=row[5], slip=row[6],
        carrier=row[7], received_on=date.fromisoformat(row[8]), head_name=row[9], keeper_name=row[10], asaco_name=row[11],
        reserves=row[12], revision=row[13], signed_at=row[14], signed_by=row[15],
    )  # fmt: skip


def _shipment(row: tuple[Any, ...]) -> Shipment:
    return Shipment(
        id=row[0], uuid=row[1], order=row[2], number=row[3], supplier=row[4], carrier=row[5], shipped_on=_day(row[6]),
        expected_on=_day(row[7]), origin=row[8], document=row[9], announced_at=row[10], lines=row[11], proof=row[12],
        is_superseded=bool(row[13]),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
