"""What may be dated in the past: never before a count of the same lot (rule T29); other lots go on."""

from __future__ import annotations

from datetime import date

import pytest

from appliance.core.errors import Refused
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot, receive, write
from appliance.stock.places.services import add_place
from appliance.storage import Unit
from tests.conftest import Act


def counted(unit: Unit) -> None:
    """Two lots of 60 received on the 1st; the first was counted on the 10th and two were missing."""
    place = add_place(unit, "depot", "Dépôt")
    load_list(unit, read_whole(STARTER)[:1])
    lots = [ReceivedLot(product=1, lot_number=n, expires_year=2028, expires_month=6, quantity=60) for n in ("A", "B")]
    receive(unit, place, "BL", "DRC", lots, date(2026, 10, 1))
    write(unit, moved(MovementKind.COUNT_VARIANCE, -2, 10))


def moved(kind: MovementKind, quantity: int, day: int, lot: int = 1) -> Movement:
    return Movement(
        kind=kind, product=1, lot=lot, place=1, quantity=quantity, occurred_on=date(2026, 10, day), reason="comptage"
    )


def test_nothing_is_dated_before_a_count_of_the_same_lot(act: Act) -> None:
    act(counted)
    for kind, quantity in ((MovementKind.DISPENSE, -5), (MovementKind.RECEIPT, 5)):
        with pytest.raises(Refused, match="before-count") as told:
            act(write, moved(kind, quantity, 9))
        assert told.value.params["on"] == "2026-10-10"
    act(write, moved(MovementKind.DISPENSE, -5, 10))
    act(write, moved(MovementKind.DISPENSE, -5, 9, lot=2))
