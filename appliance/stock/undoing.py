"""Undoing by hand what stands in the ledger: one row, or the whole paper it belongs to, by opposite rows, once."""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.stock.ledger.events import undo_paper
from appliance.stock.ledger.services import reverse
from appliance.stock.loans.repository import require_unsettled
from appliance.storage import Unit


def undo(unit: Unit, movement: int, reason: str) -> None:
    """Undo a movement of the depot. What was handed over belongs to its sale and is taken back with it.

    Raises `Refused`: "movement-of-a-sale", "movement-of-a-reception" (its signed line is put right instead), "loan-settled" (undo what settled the loan first), and those of `reverse`
    and `undo_paper`.
    """
    row = unit.one("SELECT dispense, event, reverses FROM movement WHERE id = ?", (movement,))
    if row is None:
        raise Refused("no-such-movement", movement=movement)
    if row[2] is not None:
        raise Refused("is-a-reversal", movement=movement)
    if row[0] is not None:
        raise Refused("movement-of-a-sale", movement=movement)
    if unit.value("SELECT 1 FROM proof_of_delivery_line WHERE movement = ?", (movement,)):
        raise Refused("movement-of-a-reception", movement=movement)
    if row[1] is None:
        reverse(unit, movement, reason)
    else:
        undo_event(unit, row[1], reason)


def undo_event(unit: Unit, event: int, reason: str) -> None:
    """Undo a whole paper; raises `Refused`: "loan-settled", and those of `undo_paper`."""
    require_unsettled(unit, event)
    undo_paper(unit, event, reason)
