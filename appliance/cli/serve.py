"""`appliance serve`: the resident process."""

from __future__ import annotations

import asyncio
import logging
import secrets
from functools import partial

import click

from appliance.access import staff
from appliance.cli.asks import verbs
from appliance.cli.opening import DATA, key_of, system_clock
from appliance.core.errors import InvariantBroken, Refused
from appliance.storage import Store


@click.command()
@DATA
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--demo", "is_demo", is_flag=True, hidden=True)
def serve(data: object, host: str, port: int, is_demo: bool) -> None:
    """Run the resident process: pages, ledger, jobs. A damaged store is not opened; every page then says so."""
    from appliance.web.server import is_port_free
    from appliance.web.server import serve as run
    from appliance.web.state import AppState

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    if not is_port_free(host, port):
        raise Refused("port-busy", port=port)
    state = AppState(store=None, is_demo=is_demo)
    if is_demo:
        from appliance.cli.filling import fill

        state.background.append(partial(fill, state))
    try:
        state.store = Store.open(data, key_of(data).key(), system_clock())  # type: ignore[arg-type]
    except InvariantBroken as fault:
        state.damage = f"{fault}"
        click.echo(f"the store is damaged and left as it is: {fault}", err=True)
    if state.store is not None:
        state.asks = verbs(state.store)
        with state.store.reading() as db:
            staffed = staff.someone_can_sign_in(db)
        if not staffed:
            state.setup_code = secrets.token_hex(4)
            click.echo(f"setup code: {state.setup_code}")
    try:
        asyncio.run(run(state, host, port, lambda got: click.echo(f"ready on http://{host}:{got}/")))
    finally:
        if state.store is not None:
            state.store.close()
