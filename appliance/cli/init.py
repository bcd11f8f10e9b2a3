"""`appliance init`: make the store of a new centre from a description that a technician filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, key_of, system_clock
from appliance.upkeep.centre_file import read_centre
from appliance.upkeep.new_centre import first_pins, make_centre

if TYPE_CHECKING:
    from appliance.storage import Store


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
    from appliance.core.actors import MACHINE
    from appliance.core.errors import Refused
    from appliance.storage import Store

    centre = read_centre(file)
    clock = system_clock()
    given, hashes = first_pins(centre)
    key = key_of(data)
    data.mkdir(parents=True, exist_ok=True)
    store_key = key.key() if key.path.exists() else key.create()
    is_taken_up = (data / "store.db").exists()
    if not is_taken_up:
        Store.create(data, store_key)
    store = Store.open(data, store_key, clock)
    try:
        if is_taken_up and not _is_empty(store):
            raise Refused("store-exists", directory=str(data))
        store.act_now("init", MACHINE, lambda unit: make_centre(unit, centre, hashes))
    except BaseException:
        store.close()
        for name in () if is_taken_up else ("store.db", "store.db-wal", "store.db-shm", "store.check"):
            (data / name).unlink(missing_ok=True)
        raise
    store.close()
    if as_json:
        show({"facility": centre.facility.name, "first_pins": given, "products": len(centre.products)})
        return
    click.echo(f"{centre.facility.name}: {len(centre.products)} products, {len(centre.opening)} opening lots")
    for name, pin in given.items():
        click.echo(f"  {name:<30} first PIN {pin} (to be changed at the first sign-in)")


def _is_empty(store: Store) -> bool:
    """Whether a making that was cut short left a store in which nothing was ever written."""
    with store.reading() as db:
        return db.value("SELECT 1 FROM act LIMIT 1") is None
