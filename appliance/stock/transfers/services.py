"""Carrying stock from one place of the centre to another. The centre holds what it held: nothing is received or used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.events import EventLine, Paper, checked, is_usable, named, open_paper, write_line
from appliance.stock.ledger.fefo import Take, allocate
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.repository import main_place, on_shelf
from appliance.stock.places.repository import LevelHere, levels_at
from appliance.storage import Database, Unit


def transfer(unit: Unit, paper: Paper, lines: Sequence[EventLine]) -> int:
    """Carry lots from `paper.place` to `paper.to_place`: two rows a lot, in one act; returns the event's id.

    A lot that may not be given goes to the depot only, to be set apart there. Raises `Refused`: "transfer-places",
    "reason-kind", "lot-not-usable", "event-empty", "lot-twice", "quantity-sign", those of `open_paper` and of the ledger.
    """
    if paper.to_place is None or paper.to_place == paper.place:
        raise Refused("transfer-places")
    if named(paper.reason).kind is not MovementKind.TRANSFER_OUT:
        raise Refused("reason-kind", reason=paper.reason, kind=MovementKind.TRANSFER_OUT.value)
    checked(lines, len(lines))
    event = open_paper(unit, paper)
    to_depot = paper.to_place == main_place(unit)
    for line in lines:
        if not to_depot and not is_usable(unit, line.lot, paper.occurred_on or unit.today):
            raise Refused("lot-not-usable", lot=line.lot)
        write_line(unit, paper, event, MovementKind.TRANSFER_OUT, line.lot, -line.quantity)
        write_line(unit, paper, event, MovementKind.TRANSFER_IN, line.lot, line.quantity)
    return event


def to_fill(db: Database, source: int, target: int, on: date) -> list[tuple[LevelHere, tuple[Take, ...]]]:
    """What would bring a place back to its levels from another, by product, the lots that expire first before the rest.

    What the source lacks is left out of the takes; a product of which nothing is missing is not listed.
    """
    return [
        (level, allocate(on_shelf(db, level.product, source), level.missing, on).takes)
        for level in levels_at(db, target, on)
        if level.missing
    ]
