"""What one month costs on the line: both forms closed, sent by the courier to the stand-in, bytes both ways counted."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from appliance.bench import clients
from appliance.core.actors import MACHINE
from appliance.core.errors import Unreachable
from appliance.core.periods import Month
from appliance.reports.closing.services import close_month
from appliance.reports.form import CODES
from appliance.standin.settings import Settings
from appliance.storage import FileKey, Store, Unit, settings
from appliance.sync import link

WAIT_SECONDS = 120


def month_of_exchange(data: Path, scratch: Path) -> int:
    """Bytes of last month's reports both ways, the first pull of the server's names apart (it comes once).

    Raises `Unreachable("exchange-unfinished")` when not every report was acknowledged within two minutes.
    """
    port = clients.free_port()
    standin = [sys.executable, "-m", "appliance", "standin", "--data", str(scratch / "dhis2"), "--port", str(port)]
    store = Store.open(data, FileKey(data / "store.key").key())
    try:
        with store.reading() as db:
            facility = settings.get(db, "facility")["code"]
        store.act_now("bench", MACHINE, lambda unit: _owe(unit, f"http://127.0.0.1:{port}", facility))
    finally:
        store.close()
    processes = [subprocess.Popen([*standin, "--facility", facility], stdout=subprocess.DEVNULL)]  # noqa: S603
    server = clients.appliance(data)
    try:
        processes.append(clients.courier(data))
        _wait(data, server)
    finally:
        server.stop()
        for process in processes:
            clients.end(process)
    store = Store.open(data, FileKey(data / "store.key").key())
    try:
        with store.reading() as db:
            return int(db.value("SELECT coalesce(sum(bytes_out + bytes_in), 0) FROM attempt"))
    finally:
        store.close()


def _owe(unit: Unit, url: str, facility: str) -> dict[str, Any]:
    wanted = link.Link(
        base_url=url, username=Settings().username, password=Settings().password, org_unit=facility,
        data_sets={code: code for code in CODES},
    )  # fmt: skip
    link.set_link(unit, wanted)
    for code in CODES:
        close_month(unit, code, Month.of(unit.today).plus(-1))
    return {}


def _wait(data: Path, server: clients.Server) -> None:
    from appliance.storage.door import SOCKET_NAME, DoorClient

    door = DoorClient(data / SOCKET_NAME)
    ends = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ends and server.process.poll() is None:
        state = door.ask("sync.status")["outbox"]
        if state and state["done"] == sum(state.values()) > 0:
            return
        time.sleep(0.5)
    raise Unreachable("exchange-unfinished", waiting=str(door.ask("sync.status")["outbox"]))
