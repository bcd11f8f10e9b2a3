"""`appliance demo`: a generated centre with everything around it, on this machine."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from appliance.cli.opening import DATA, key_of, system_clock
from appliance.core.actors import MACHINE
from appliance.core.errors import Refused
from appliance.core.french import month_fr
from appliance.core.periods import Month
from appliance.storage import Store
from appliance.storage.door import SOCKET_NAME, is_answering

WHOLE_YEAR, FIRST_MONTHS = 12, 3
STARTED_SECONDS = 60


@click.command()
@DATA
@click.option("--port", default=8000, show_default=True)
@click.option("--months", default=WHOLE_YEAR, show_default=True, help="Months to generate in all.")
@click.option("--population", default=12_000, show_default=True, help="People in the area of the centre.")
def demo(data: Path, port: int, months: int, population: int) -> None:
    """Generate a centre (once), start the resident process, the courier and a stand-in DHIS2; Ctrl-C ends all.

    Three months are lived before the first page; the resident process lives the others behind it.
    """
    from appliance.web.server import is_port_free

    data.mkdir(parents=True, exist_ok=True)
    with _alone(data) as is_alone:
        if is_answering(data / SOCKET_NAME):
            _both(
                f"La démonstration tourne déjà : http://127.0.0.1:{_port_of(data)}/",
                f"The demonstration runs already: http://127.0.0.1:{_port_of(data)}/",
            )
            return
        if not is_alone:
            _both(
                "La démonstration se prépare déjà dans une autre fenêtre : attendez son adresse.",
                "The demonstration is being prepared in another window: wait for its address.",
            )
            return
        if not is_port_free("127.0.0.1", port):
            _both(
                f"Le port {port} est pris : relancez avec PORT=8100 bash provisioning/demo.sh",
                f"Port {port} is busy: run again with PORT=8100 bash provisioning/demo.sh",
            )
            sys.exit(2)
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        standin_port = _free_port()
        try:
            if not (data / "ready").exists():
                _begin(data, max(min(months, WHOLE_YEAR * 5), 1), max(min(population, 200_000), 100))
            is_filling = _morning(data, f"http://127.0.0.1:{standin_port}")
        except KeyboardInterrupt:
            _both("\nArrêt. Relancez la même commande : elle continue.", "Stopped. Run it again: it goes on.")
            sys.exit(130)
        except (Refused, OSError) as fault:
            _say_why(fault, data)
            sys.exit(2)
        (data / "port").write_text(str(port))
        _run(data, port, standin_port, is_filling)


@contextmanager
def _alone(data: Path) -> Iterator[bool]:
    """Whether this is the only demonstration on this folder; a dead one holds nothing."""
    handle = os.open(data / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _say_why(fault: Exception, data: Path) -> None:
    is_full = isinstance(fault, Refused) and fault.code == "disk-full"
    if is_full or (isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)):
        _both(
            f"Le disque de {data} est plein : libérez de la place, puis relancez la même commande.",
            f"The disk of {data} is full: free some space, then run the same command again.",
        )
    else:
        _both(f"La démonstration n'a pas pu commencer : {fault}", f"The demonstration could not start: {fault}")


def _begin(data: Path, months: int, population: int) -> None:
    """Live the first months; a beginning that was cut short is taken up where it stands."""
    from appliance.generator.centre import Centre, Plan

    _both("Création du centre inventé…", "Making the invented centre…")
    store = _taken_up(data) or _made(data)
    try:
        plan = Plan(seed=1, population=population, months=months, until=store.clock.today(), is_lived_on=True)
        centre = Centre(store, plan)
        centre.prepare()
        last = centre.plan.first.plus(min(FIRST_MONTHS, months) - 1).last
        while not centre.is_done and centre.position.day <= last:
            day = centre.position.day
            centre.live()
            if day == Month.of(day).last:
                click.echo(f"  {month_fr(Month.of(day))}", err=True)
    finally:
        store.close()
    (data / "ready").write_text("generated\n")


def _taken_up(data: Path) -> Store | None:
    """The store of a beginning that was cut short; None when it was cut before there was one."""
    from appliance.generator.plan import kept

    key = key_of(data)
    if not (key.path.exists() and (data / "store.db").exists()):
        return None
    store = Store.open(data, key.key(), system_clock())
    with store.reading() as db:
        if kept(db) is not None:
            return store
    store.close()
    return None


def _made(data: Path) -> Store:
    for leftover in ("store.db", "store.db-wal", "store.db-shm", "store.check", "store.key", "store.making"):
        (data / leftover).unlink(missing_ok=True)  # cut before the centre was set up: it holds nothing of anyone
    key = key_of(data).create()
    Store.create(data, key)
    return Store.open(data, key, system_clock())


def _morning(data: Path, url: str) -> bool:
    """Point the link at this run's stand-in, and let people come; returns whether months are still to be lived."""
    from appliance.cli.opening import open_store
    from appliance.generator.plan import kept
    from appliance.generator.today import open_today
    from appliance.sync import link as links
    from appliance.sync.medexis import exchange as exchanges

    def keep(unit: Any) -> dict[str, Any]:
        wanted = links.Link(
            base_url=url, username="cscom", password="District1", data_sets={"RMA": "RMA", "CRGS": "CRGS"}
        )
        links.set_link(unit, wanted)
        exchanges.put(unit, replace(exchanges.get(unit), is_on=True))
        return {}

    with open_store(data) as store:
        _believe_today(store)
        store.act_now("set-link", MACHINE, keep)
        open_today(store, seed=1)
        with store.reading() as db:
            begun = kept(db)
    return begun is not None and begun[1].day <= begun[0].last_day


def _believe_today(store: Store) -> None:
    """Whoever starts a demonstration vouches for this machine's clock: the months lived so far may end long ago."""
    from appliance.storage import doubt

    now = store.clock.now()
    if not now.trusted:
        store.act_now("settle-clock", MACHINE, lambda unit: {"offset_ms": doubt.settle(unit, now.ms)})
        store.clock.raise_floor(now.ms)


def _run(data: Path, port: int, standin_port: int, is_filling: bool) -> None:
    from appliance.generator.world import world

    base = [sys.executable, "-m", "appliance"]
    commands = [
        [*base, "standin", "--data", str(data / "dhis2"), "--port", str(standin_port), "--medexis"],
        [*base, "serve", "--data", str(data), "--port", str(port), "--demo"],
        [*base, "courier", "--data", str(data)],
    ]
    # Own process groups: Ctrl-C reaches only this process, which then ends the others in order.
    with (data / "demo.log").open("ab") as log:
        children = [subprocess.Popen(c, stdout=log, stderr=log, start_new_session=True) for c in commands]
    try:
        _wait(data, children)
        _both(f"\nOuvrez http://127.0.0.1:{port}/", f"Open http://127.0.0.1:{port}/")
        for name, roles, pin in world()["staff"]:
            click.echo(f"  {name:<16} {pin}   {', '.join(roles)}")
        if is_filling:
            _both(
                "Trois mois sont là ; le reste de l'année arrive derrière les pages, en une minute environ.",
                "Three months are there; the rest of the year comes behind the pages, in about a minute.",
            )
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
