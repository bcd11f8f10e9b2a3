"""A broken cold chain: the lots it touched are set aside, or lost, in one act with its paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger import services as ledger
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement
from appliance.stock.recalls.services import set_lot_status
from appliance.storage import Database, Unit

EXPOSURES = {"heat": "cold_chain_failed", "freeze": "frozen", "vvm": "vvm_turned"}
"""What happened, and the reason of the ledger's loss that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What is decided of a lot at a place: `lost` base units are written off; with none of it lost it may be set aside."""

    lot: int
    place: int
    lost: int
    is_set_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """A loss on the paper; `value_fcfa` None where the cost is not known."""

    label: str
    lot_number: str
    expires_on: date
    quantity: int
    unit: str
    value_fcfa: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident with the lines of its paper."""

    id: int
    number: int
    equipment: str
    exposure: str
    note: str
    committee: str
    occurred_on: date
    by: str
    lines: tuple[IncidentLine, ...]


def declare(
    unit: Unit, exposure: str, note: str, touched: Sequence[Touched], *, equipment: int | None = None, committee: str = ""
) -> int:  # fmt: skip
    """Write an incident with all that it touched, whole or not at all; returns its id.

    Raises `Refused`: "incident-exposure", "reason-needed", "incident-empty", "no-such-equipment", and the ledger's.
    """
    if exposure not in EXPOSURES:
        raise Refused("incident-exposure", exposure=exposure[:40])
    if len(note.strip()) < 3:
        raise Refused("reason-needed", kind="incident")
    if not any(one.lost or one.is_set_aside for one in touched):
        raise Refused("incident-empty")
    if equipment is not None and unit.value("SELECT 1 FROM cold_equipment WHERE id = ?", (equipment,)) is None:
        raise Refused("no-such-equipment", equipment=equipment)
    number = int(unit.value("SELECT coalesce(max(number), 0) + 1 FROM cold_incident"))
    made = unit.append(
        "cold_incident", number=number, equipment=equipment, exposure=exposure, note=note.strip()[:300],
        committee=committee.strip()[:300] or None, occurred_on=unit.today.isoformat(),
    )  # fmt: skip
    for one in touched:
        if one.lost:
            product = unit.value("SELECT product FROM lot WHERE id = ?", (one.lot,))
            if product is None:
                raise Refused("no-such-lot", lot=one.lot)
            movement = ledger.write(
                unit,
                Movement(
                    kind=MovementKind.LOSS_COLD_CHAIN, product=product, lot=one.lot, place=one.place, quantity=-one.lost,
                    occurred_on=unit.today, reason_code=EXPOSURES[exposure], reason=note.strip()[:300],
                ),
            )  # fmt: skip
            unit.append("cold_incident_line", incident=made, movement=movement)
    for lot in dict.fromkeys(one.lot for one in touched if one.is_set_aside):
        if unit.value("SELECT status FROM lot WHERE id = ?", (lot,)) == "usable":
            set_lot_status(unit, lot, "quarantined", note.strip()[:200])
    unit.note(incident=made)
    return made


def incidents(db: Database, limit: int = 50) -> list[Incident]:
    """The incidents, the latest first."""
    rows = db.all(
        "SELECT i.id, i.number, coalesce(e.name, ''), i.exposure, i.note, coalesce(i.committee, ''), i.occurred_on,"
        " coalesce(s.name, '') FROM cold_incident i JOIN act a ON a.seq = i.act LEFT JOIN staff s ON s.id = a.staff"
        " LEFT JOIN cold_equipment e ON e.id = i.equipment ORDER BY i.id DESC LIMIT ?",
        (limit,),
    )
    return [
        Incident(
            id=row[0], number=row[1], equipment=row[2], exposure=row[3], note=row[4], committee=row[5],
            occurred_on=date.fromisoformat(row[6]), by=row[7], lines=_lines(db, row[0]),
        )
        for row in rows
    ]  # fmt: skip


def incident(db: Database, key: int) -> Incident:
    """One incident; raises `Refused("no-such-incident")`."""
    found = next((one for one in incidents(db, limit=10_000) if one.id == key), None)
    if found is None:
        raise Refused("no-such-incident", incident=key)
    return found


def _lines(db: Database, key: int) -> tuple[IncidentLine, ...]:
    return tuple(
        IncidentLine(
            label=row[0], lot_number=row[1], expires_on=date.fromisoformat(row[2]), quantity=-row[3], unit=row[4],
            value_fcfa=None if row[5] is None else -row[3] * row[5],
        )
        for row in db.all(
            "SELECT trim(p.name || ' ' || p.strength), l.number, l.expires_on, m.quantity, p.base_unit,"
            " (SELECT r.unit_cost_fcfa FROM movement r WHERE r.lot = l.id AND r.unit_cost_fcfa IS NOT NULL ORDER BY r.id LIMIT 1)"
            " FROM cold_incident_line c JOIN movement m ON m.id = c.movement JOIN lot l ON l.id = m.lot"
            " JOIN product p ON p.id = m.product WHERE c.incident = ? ORDER BY p.folded, l.expires_on",
            (key,),
        )
    )  # fmt: skip
