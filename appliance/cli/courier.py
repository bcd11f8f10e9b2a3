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
    from appliance.core.errors import Refused
    from appliance.storage.door import SOCKET_NAME, is_answering
    from appliance.sync.courier import run
    from appliance.upkeep import notify

    if not data.is_dir():
        raise Refused("store-missing", directory=str(data))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if not is_answering(data / SOCKET_NAME):
        logging.getLogger(__name__).info("the resident process does not answer yet; waiting for it")
    notify.ready()
    run(data / SOCKET_NAME, notify.watchdog)
    notify.stopping()
