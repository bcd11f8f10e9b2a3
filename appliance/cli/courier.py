"""`appliance courier`: the process that reaches the Internet."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from appliance.cli.opening import DATA


@click.command()
@DATA
def courier(data: Path) -> None:
    """Carry what waits to the national instance, as the resident process asks."""
    from appliance.storage.door import SOCKET_NAME
    from appliance.sync.courier import run
    from appliance.upkeep import notify

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    notify.ready()
    run(data / SOCKET_NAME, notify.watchdog)
    notify.stopping()
