"""Kits: what one holds, and its opening: the kit goes out, its parts come in, in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.events import EventLine, Paper, checked, is_usable, open_paper, take_in, write_line
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import ReceivedLot
from appliance.storage import Database, Unit

PART_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPart:
    """So many base units of a product in one base unit of the kit."""

    product: int
    code: str
    label: str
    unit: str
    quantity: int


def parts(db: Database, kit: int) -> list[KitPart]:
    """What a kit holds; empty when the product is no kit."""
    return [
        KitPart(product=row[0], code=row[1], label=f"{row[2]} {row[3]}".strip(), unit=row[4], quantity=row[5])
        for row in db.all(
            "SELECT p.id, p.code, p.name, p.strength, p.base_unit, k.quantity FROM kit_part k JOIN product p ON p.id = k.part"
            " WHERE k.kit = ?1 AND k.quantity > 0"
            " AND k.id = (SELECT max(w.id) FROM kit_part w WHERE w.kit = ?1 AND w.part = k.part) ORDER BY p.folded",
            (kit,),
        )
    ]


def kits(db: Database) -> dict[int, str]:
    """The products that are kits, with how they are called."""
    found = db.all(
        "SELECT p.id, p.name || ' ' || p.strength FROM product p WHERE p.is_active = 1"
        " AND p.id IN (SELECT kit FROM kit_part) ORDER BY p.folded"
    )
    return {kit: label.strip() for kit, label in found if parts(db, kit)}


def set_parts(unit: Unit, kit: int, wanted: Mapping[int, int]) -> None:
    """Say what a kit holds, by product; what is not named is taken out of it.

    Raises `Refused`: "kit-part" (a product on its own list, a quantity below 1 or above 100,000), "kit-in-kit" (a part
    that is a kit itself).
    """
    held = {part.product: part.quantity for part in parts(unit, kit)}
    for product, quantity in wanted.items():
        if product == kit or not 0 < quantity <= PART_MAX:
            raise Refused("kit-part", product=product)
        if parts(unit, product):
            raise Refused("kit-in-kit", product=product)
    if wanted and any(kit in {part.product for part in parts(unit, other)} for other in kits(unit)):
        raise Refused("kit-in-kit", product=kit)
    for product in sorted({*held, *wanted}):
        if held.get(product, 0) != wanted.get(product, 0):
            unit.append("kit_part", kit=kit, part=product, quantity=wanted.get(product, 0))


def unpack(unit: Unit, paper: Paper, lot: int, count: int, lots: Sequence[ReceivedLot] = ()) -> int:
    """Open so many kits of a lot: they go out, their parts come in; returns the event's id.

    `lots` says the number and expiry printed on each part; a part that is not named comes in under the kit's own number
    and expiry, which is how kits are marked. Raises `Refused`: "kit-empty" (the product holds nothing), "kit-part" (a
    lot of no part, or another quantity than the kit holds), "lot-not-usable", those of `open_paper` and of the ledger.
    """
    row = unit.one("SELECT product, number, expires_on FROM lot WHERE id = ?", (lot,))
    if row is None:
        raise Refused("no-such-lot", lot=lot)
    if not (inside := parts(unit, row[0])):
        raise Refused("kit-empty", product=row[0])
    if not is_usable(unit, lot, paper.occurred_on or unit.today):
        raise Refused("lot-not-usable", lot=lot)
    checked([EventLine(lot=lot, quantity=count)], 1)
    paper = replace(paper, reason="kit_unpacked")
    event = open_paper(unit, paper)
    write_line(unit, paper, event, MovementKind.KIT_OUT, lot, -count)
    named = {item.product: [other for other in lots if other.product == item.product] for item in lots}
    if set(named) - {part.product for part in inside}:
        raise Refused("kit-part", product=row[0])
    last = date.fromisoformat(row[2])
    for part in inside:
        whole = part.quantity * count
        as_marked = ReceivedLot(
            product=part.product, lot_number=row[1], expires_year=last.year, expires_month=last.month,
            expires_day=last.day, quantity=whole,
        )  # fmt: skip
        coming = named.get(part.product, [as_marked])
        if sum(item.quantity for item in coming) != whole:
            raise Refused("kit-part", product=part.product)
        for item in coming:
            take_in(unit, paper, event, MovementKind.KIT_IN, item)
    return event
