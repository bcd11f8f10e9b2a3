"""A depot with people, to count in."""

from __future__ import annotations

from datetime import date

from appliance.access.staff import add_member
from appliance.core.actors import Actor, Role
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.counting import services
from appliance.stock.counting.model import Scope
from appliance.stock.dispensing.services import DispenseForm, DispenseLine, dispense
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.storage import Unit

HEAD = Actor(staff_id=1, roles=frozenset({Role.HEAD}), device="T-1")
KEEPER = Actor(staff_id=2, roles=frozenset({Role.DEPOT_KEEPER}), device="T-2")
NURSE = Actor(staff_id=3, roles=frozenset({Role.NURSE}), device="T-3")
PRODUCTS = read_whole(STARTER)[:4]


def depot(unit: Unit, *quantities: int, cost: int | None = 25) -> None:
    """Products 1, 2, … with one lot each (lots 1, 2, …), received on the 1st of October."""
    for name, role in (("Mariam Sanogo", Role.HEAD), ("Moussa Keita", Role.DEPOT_KEEPER), ("Awa Traoré", Role.NURSE)):
        add_member(unit, name, [role])
    unit.insert("place", code="depot", name="Dépôt", is_active=1, act=unit.act)
    load_list(unit, PRODUCTS)
    lots = [
        ReceivedLot(
            product=n, lot_number=f"L{n}", expires_year=2028, expires_month=6, quantity=quantity, unit_cost_fcfa=cost
        )
        for n, quantity in enumerate(quantities, start=1)
    ]
    receive(unit, 1, "BL", "DRC", lots, date(2026, 10, 1))


def given(unit: Unit, product: int, quantity: int, on: date | None = None) -> int:
    line = DispenseLine(product=product, asked=quantity, given=quantity)
    return dispense(unit, DispenseForm(place=1, lines=(line,), occurred_on=on))


def opened(unit: Unit) -> int:
    return services.open_count(unit, 1, Scope.FULL)
