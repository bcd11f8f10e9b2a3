"""Opening a centre's store from the command line, when the resident process does not hold it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from appliance.core.clock import Clock, SystemClock
from appliance.storage import FileKey, Store

# The courier may pass through the folder to the door and not list it, so `readable` is not asked for.
DATA = click.option(
    "--data",
    "data",
    type=click.Path(path_type=Path, readable=False),
    required=True,
    help="The folder of the centre's store.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
OFFSET = "APPLIANCE_CLOCK_OFFSET_MS"
"""Environment variable by which the fault rigs shift the clock of a process, in milliseconds."""


def system_clock() -> Clock:
    """The machine's clock, shifted where a fault rig asks for it."""
    offset = int(os.environ.get(OFFSET, "0"))
    return SystemClock(wall=lambda: time.time_ns() // 1_000_000 + offset)


def key_of(data: Path) -> FileKey:
    """Where the key of a store lies: beside it in the demonstration, elsewhere when APPLIANCE_KEY_FILE says so."""
    return FileKey(Path(os.environ.get("APPLIANCE_KEY_FILE", data / "store.key")))


@contextmanager
def open_store(data: Path, clock: Clock | None = None) -> Iterator[Store]:
    """The store, opened for this command alone; `Refused("store-in-use")` while the resident process runs."""
    store = Store.open(data, key_of(data).key(), clock or system_clock())
    try:
        yield store
    finally:
        store.close()
