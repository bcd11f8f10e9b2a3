"""Making a new centre from its description, in one act: for the command line and for the first-run page alike."""

from __future__ import annotations

from typing import Any

from appliance.access import pins, staff
from appliance.billing.tariffs.services import load_prices
from appliance.records.facility.services import add_village, set_facility
from appliance.stock.catalogue.services import load_list
from appliance.stock.ledger.services import ReceivedLot, open_stock
from appliance.stock.places.services import add_place
from appliance.storage import Unit
from appliance.upkeep.centre_file import CentreFile


def first_pins(centre: CentreFile) -> tuple[dict[str, str], dict[str, str]]:
    """A first PIN for each person, and the hashes; hashing is slow and must not hold the writer."""
    given = {name: pins.fresh_pin() for name, _ in centre.staff}
    return given, {name: pins.hash_pin(pin) for name, pin in given.items()}


def make_centre(unit: Unit, centre: CentreFile, hashes: dict[str, str]) -> dict[str, Any]:
    """Write everything that a description holds: centre, villages, products, prices, staff, first stock, paper months."""
    set_facility(unit, centre.facility)
    for name, in_area, population, relais in centre.villages:
        add_village(unit, name, in_area=in_area, population=population, relais=relais)
    place = add_place(unit, "depot", "Dépôt")
    load_list(unit, centre.products)
    known: dict[str, int] = dict(unit.all("SELECT code, id FROM product"))
    load_prices(unit, centre.prices, "mise en service")
    for name, roles in centre.staff:
        staff.add_member(unit, name, roles, hashes[name])
    lots = [
        ReceivedLot(
            product=known[lot.code], lot_number=lot.number, expires_year=lot.year, expires_month=lot.month,
            expires_day=lot.day, quantity=lot.quantity,
        )
        for lot in centre.opening
    ]  # fmt: skip
    open_stock(unit, place, lots, unit.today)
    for code, month, quantity in centre.paper:
        unit.append("paper_consumption", product=known[code], month=str(month), quantity=quantity)
    return {"staff": len(centre.staff), "opening": len(lots), "paper": len(centre.paper)}
