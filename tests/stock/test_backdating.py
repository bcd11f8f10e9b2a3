"""What may be dated in the past: never before a count of the same lot (rule T29); other lots go on."""

from __future__ import annotations

from datetime import date

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.stock.counting import services as counting
from appliance.stock.counting.model import Told
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot, receive, write
from appliance.storage import Unit
from tests.conftest import Act
from tests.stock.counted import HEAD, KEEPER, NURSE, depot, opened


def received(unit: Unit) -> None:
    """Two lots of 60 received on the 1st."""
    depot(unit, 60)
    lot = ReceivedLot(product=1, lot_number="B", expires_year=2028, expires_month=7, quantity=60)
    receive(unit, 1, "BL", "DRC", [lot], date(2026, 10, 1))


def counted(act: Act, clock: FixedClock) -> None:
    """The first lot was counted on the 10th and two were missing."""
    act(received)
    clock.set(date(2026, 10, 10))
    count = act(opened)
    for who in (KEEPER, NURSE):
        act(counting.type_line, count, 1, 58, actor=who)
        act(counting.close_round, count, "le lot B demain", actor=who)
    act(counting.finalise, count, {1: Told(reason="missing")}, "deux manquent", actor=HEAD)
    clock.set(date(2026, 10, 15))


def moved(kind: MovementKind, quantity: int, day: int, lot: int = 1) -> Movement:
    return Movement(
        kind=kind, product=1, lot=lot, place=1, quantity=quantity, occurred_on=date(2026, 10, day), reason="comptage"
    )


def test_nothing_is_dated_before_a_count_of_the_same_lot(act: Act, clock: FixedClock) -> None:
    counted(act, clock)
    for kind, quantity in ((MovementKind.DISPENSE, -5), (MovementKind.RECEIPT, 5)):
        with pytest.raises(Refused, match="before-count") as told:
            act(write, moved(kind, quantity, 9))
        assert told.value.params["on"] == "2026-10-10"
    act(write, moved(MovementKind.DISPENSE, -5, 10))
    act(write, moved(MovementKind.DISPENSE, -5, 9, lot=2))
