"""Setting the invented centre up, through the services that the first-run page uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from appliance.access import pins, staff
from appliance.billing.tariffs.services import PriceLine, load_prices
from appliance.core.actors import MACHINE, Role
from appliance.core.clock import Clock
from appliance.core.periods import Month
from appliance.generator.payers import set_payers
from appliance.generator.places import set_up_places
from appliance.generator.supplying import cost_of
from appliance.generator.world import world
from appliance.records.facility.services import Facility, add_village, set_facility
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.ledger.services import ReceivedLot, open_stock
from appliance.stock.places.services import add_place
from appliance.storage import Store, Unit

OPENING_MONTHS = 2
PAPER_MONTHS = 3


def set_up(
    store: Store, clock: Clock, first: Month, monthly: dict[str, int], scale: float,
    note: Callable[[Unit], None] = lambda _: None,
) -> dict[str, int]:  # fmt: skip
    """Make the centre; returns the catalogue's product ids by code. `monthly` is the use expected of each product.

    `note` writes more in the same act.
    """
    held = world()
    hashes = {name: pins.hash_pin(pin) for name, _, pin in held["staff"]}
    products = read_whole(STARTER)

    def make(unit: Unit) -> dict[str, Any]:
        set_facility(unit, Facility(**held["facility"]))
        for name, share, in_area, _ in held["villages"]:
            people = {first.year: int(12_000 * scale * share)} if in_area else None
            add_village(unit, name, in_area=in_area, population=people)
        place = add_place(unit, "depot", "Dépôt")
        load_list(unit, products)
        codes: dict[str, int] = dict(unit.all("SELECT code, id FROM product"))
        prices = [
            PriceLine(code=c, unit_price_fcfa=held["prices"].get(c, 100), valid_from=date(first.year - 1, 1, 1))
            for c in codes
        ]
        load_prices(unit, prices, "tarif inventé")
        set_payers(unit, date(first.year - 1, 1, 1))
        for name, roles, _ in held["staff"]:
            member = staff.add_member(unit, name, [Role(r) for r in roles], hashes[name])
            staff.set_pin(unit, member, hashes[name], by_other=True)
        lots = [
            ReceivedLot(
                product=codes[code], lot_number=f"O{codes[code]:03d}", expires_year=first.plus(14).year,
                expires_month=first.plus(14).month, quantity=max(int(use * OPENING_MONTHS), 1), unit_cost_fcfa=cost_of(code),
            )
            for code, use in monthly.items()
        ]  # fmt: skip
        open_stock(unit, place, lots, first.first)
        set_up_places(unit, codes, monthly)
        for code, use in monthly.items():
            for back in range(1, PAPER_MONTHS + 1):
                unit.append("paper_consumption", product=codes[code], month=str(first.plus(-back)), quantity=use)
        note(unit)
        return {"products": len(codes)}

    store.in_writer(lambda runner: runner.act("set-up", MACHINE, make), clock)
    with store.reading() as db:
        found: dict[str, int] = dict(db.all("SELECT code, id FROM product"))
    return found
