"""`appliance init`: make the store of a new centre from a description that a technician filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from appliance.cli.centre_file import CentreFile, read_centre
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, key_of, system_clock


@click.command()
@DATA
@AS_JSON
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    required=True,
    help="The description; see provisioning/centre.example.json.",
)
def init(data: Path, file: Path, as_json: bool) -> None:
    """Make the store, the centre, its staff with first PINs (printed once), its products, first stock and paper months.

    Everything is checked before anything is made: a fault names file and line, and no store is left behind.
    """
    from appliance.access import pins
    from appliance.core.actors import MACHINE
    from appliance.storage import Store

    centre = read_centre(file)
    clock = system_clock()
    first_pins = {name: pins.fresh_pin() for name, _ in centre.staff}
    hashes = {name: pins.hash_pin(pin) for name, pin in first_pins.items()}
    key = key_of(data)
    data.mkdir(parents=True, exist_ok=True)
    store_key = key.key() if key.path.exists() else key.create()
    Store.create(data, store_key)
    store = Store.open(data, store_key, clock)
    try:
        store.act_now("init", MACHINE, lambda unit: _make(unit, centre, hashes))
    except BaseException:
        store.close()
        for name in ("store.db", "store.db-wal", "store.db-shm", "store.check"):
            (data / name).unlink(missing_ok=True)
        raise
    store.close()
    if as_json:
        show({"facility": centre.facility.name, "first_pins": first_pins, "products": len(centre.products)})
        return
    click.echo(f"{centre.facility.name}: {len(centre.products)} products, {len(centre.opening)} opening lots")
    for name, pin in first_pins.items():
        click.echo(f"  {name:<30} first PIN {pin} (to be changed at the first sign-in)")


def _make(unit: Any, centre: CentreFile, hashes: dict[str, str]) -> dict[str, Any]:
    from appliance.access import staff
    from appliance.billing.tariffs.services import load_prices
    from appliance.records.facility.services import add_village, set_facility
    from appliance.stock.catalogue.services import load_list
    from appliance.stock.ledger.services import ReceivedLot, add_place, open_stock

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
