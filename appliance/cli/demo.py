"""`appliance demo`: a generated centre with everything around it, on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click

from appliance.cli.opening import DATA, key_of, system_clock
from appliance.core.actors import MACHINE
from appliance.storage.door import SOCKET_NAME, is_answering

WHOLE_YEAR = 12
STARTED_SECONDS = 60


@click.command()
@DATA
@click.option("--port", default=8000, show_default=True)
@click.option("--months", default=WHOLE_YEAR, show_default=True, help="Months to generate in all.")
def demo(data: Path, port: int, months: int) -> None:
    """Generate a centre (once), start the resident process, the courier and a stand-in DHIS2; Ctrl-C ends all."""
    from appliance.web.server import is_port_free

    if is_answering(data / SOCKET_NAME):
        _both(
            f"La démonstration tourne déjà : http://127.0.0.1:{_port_of(data)}/",
            f"The demonstration runs already: http://127.0.0.1:{_port_of(data)}/",
        )
        return
    if not is_port_free("127.0.0.1", port):
        _both(
            f"Le port {port} est pris : relancez avec PORT=8100 bash provisioning/demo.sh",
            f"Port {port} is busy: run again with PORT=8100 bash provisioning/demo.sh",
        )
        sys.exit(2)
    if not (data / "ready").exists():
        _generate(data, min(months, WHOLE_YEAR * 5))
    standin_port = _free_port()
    _morning(data, f"http://127.0.0.1:{standin_port}")
    (data / "port").write_text(str(port))
    _run(data, port, standin_port)


def _generate(data: Path, months: int) -> None:
    from appliance.generator.centre import Plan, generate
    from appliance.storage import Store

    _both("Création du centre inventé…", "Making the invented centre…")
    data.mkdir(parents=True, exist_ok=True)
    for leftover in ("store.db", "store.db-wal", "store.db-shm", "store.check", "store.key", "store.making"):
        (data / leftover).unlink(missing_ok=True)  # a generation cut short holds nothing of anyone
    key = key_of(data).create()
    Store.create(data, key)
    store = Store.open(data, key, system_clock())
    try:
        plan = Plan(seed=1, population=12_000, months=months, until=store.clock.today())
        generate(store, plan, lambda month: click.echo(f"  {month}", err=True))
    finally:
        store.close()
    (data / "ready").write_text("generated\n")


def _morning(data: Path, url: str) -> None:
    """Point the link at this run's stand-in, and let people come."""
    from appliance.cli.opening import open_store
    from appliance.generator.today import open_today
    from appliance.sync import link as links

    def keep(unit: Any) -> dict[str, Any]:
        wanted = links.Link(
            base_url=url, username="cscom", password="District1", data_sets={"RMA": "RMA", "CRGS": "CRGS"}
        )
        links.set_link(unit, wanted)
        return {}

    with open_store(data) as store:
        store.act_now("set-link", MACHINE, keep)
        open_today(store, seed=1)


def _run(data: Path, port: int, standin_port: int) -> None:
    from appliance.generator.world import world

    base = [sys.executable, "-m", "appliance"]
    commands = [
        [*base, "standin", "--data", str(data / "dhis2"), "--port", str(standin_port)],
        [*base, "serve", "--data", str(data), "--port", str(port), "--demo"],
        [*base, "courier", "--data", str(data)],
    ]
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    # Own process groups: Ctrl-C reaches only this process, which then ends the others in order.
    with (data / "demo.log").open("ab") as log:
        children = [subprocess.Popen(c, stdout=log, stderr=log, start_new_session=True) for c in commands]
    try:
        _wait(data, children)
        _both(f"\nOuvrez http://127.0.0.1:{port}/", f"Open http://127.0.0.1:{port}/")
        for name, roles, pin in world()["staff"]:
            click.echo(f"  {name:<16} {pin}   {', '.join(roles)}")
        _both("Ctrl-C pour arrêter ; tout est gardé.", "Ctrl-C to stop; everything is kept.")
        while all(c.poll() is None for c in children):
            time.sleep(1)
        _both(
            f"Un des programmes s'est arrêté : voir {data / 'demo.log'}",
            f"One of the programs has stopped: see {data / 'demo.log'}",
        )
        sys.exit(3)
    except KeyboardInterrupt:
        _both("\nArrêt…", "Stopping…")
    finally:
        for child in reversed(children):
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def _wait(data: Path, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + STARTED_SECONDS
    while not is_answering(data / SOCKET_NAME):
        if any(c.poll() is not None for c in children) or time.monotonic() > deadline:
            raise click.ClickException(f"the programs did not start: see {data / 'demo.log'}")
        time.sleep(0.1)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _port_of(data: Path) -> str:
    try:
        return (data / "port").read_text().strip()
    except OSError:
        return "8000"


def _both(french: str, english: str) -> None:
    click.echo(french)
    click.echo(english)
