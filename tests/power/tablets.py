"""A resident process under fault, and tablets that sell through its pages and remember what they were told.

What a tablet was told ("enregistré", a redirect to a receipt) is the promise; what it was not told it sends again
with the same request key after the restart, as a person does who taps once more.
"""

from __future__ import annotations

import re
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock, SystemClock
from appliance.core.periods import Month
from appliance.generator.setup import set_up
from appliance.generator.world import world
from appliance.stock.ledger.services import ReceivedLot, open_stock
from appliance.storage import FileKey, Store, Unit
from appliance.upkeep.checks import run_checks
from tests.power.plain_writer import opened
from tests.power.rig import Acknowledging

PRODUCT = "MLS001"
MONTHLY = 50_000
SHELF = 3 * MONTHLY
LASTING_YEARS = 5
START_SECONDS = 60
APPLIANCE = ("-m", "appliance")
CARELESS = (str(Path(__file__).with_name("careless.py")),)
"""The same program, but acknowledging before the disk has it."""


def make_centre(folder: Path) -> int:
    """A centre with staff, prices and one product on the shelf; returns the product's id.

    Two months' use expire next year; one more lot outlasts a clock that stands years ahead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = FileKey(folder / "store.key").create()
    Store.create(folder, key)
    month = Month.of(SystemClock().today())
    clock = FixedClock(month.first)
    store = Store.open(folder, key, clock)
    try:
        product = set_up(store, clock, month, {PRODUCT: MONTHLY}, 1.0)[PRODUCT]
        lasting = ReceivedLot(
            product=product, lot_number="LASTING", expires_year=month.year + LASTING_YEARS, expires_month=12,
            quantity=MONTHLY,
        )  # fmt: skip

        def add(unit: Unit) -> dict[str, list[int]]:
            place = unit.value("SELECT id FROM place")
            return {"rows": open_stock(unit, place, [lasting], month.first)}

        store.act_now("open-stock", MACHINE, add)
        return product
    finally:
        store.close()


@dataclass
class Told:
    """What the tablets know: keys that were answered with a receipt's number, and keys that were not answered."""

    saved: dict[str, int] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Resident:
    """`appliance serve` as its own process, with the clock that `env` gives it."""

    def __init__(self, folder: Path, env: dict[str, str] | None = None, program: Sequence[str] = APPLIANCE) -> None:
        command = [sys.executable, *program, "serve", "--data", str(folder), "--port", "0", "--demo"]
        self.program = Acknowledging(command, env)
        self.program.wait_for(1, START_SECONDS)
        found = re.search(r"http://\S+", self.program.acks[-1])
        assert found, self.program.acks
        self.address = found[0].rstrip("/")

    def kill(self) -> None:
        """End it without warning."""
        self.program.kill()

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        self.program.process.terminate()
        self.program.finish()
        return self.program.process.returncode


@contextmanager
def resident(folder: Path, env: dict[str, str] | None = None, program: Sequence[str] = APPLIANCE) -> Iterator[Resident]:
    """A resident process that is gone when the block ends."""
    running = Resident(folder, env, program)
    try:
        yield running
    finally:
        running.kill()


class Tablet:
    """One signed-in browser without JavaScript."""

    def __init__(self, address: str, person: int = 0) -> None:
        # trust_env=False: nothing of the machine's proxies may stand between two processes of a test.
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)
        self.http = httpx.Client(base_url=address, trust_env=False, timeout=20, limits=limits)
        name, _, pin = world()["staff"][person]
        people = {found[1]: found[0] for found in re.findall(r'qui=(\d+)">([^<]+)', self.http.get("/entrer").text)}
        chosen = self.http.get(f"/entrer?qui={people[name]}").text
        signed = self.http.post("/entrer", data={"csrf": hidden(chosen, "csrf"), "qui": people[name], "code": pin})
        assert signed.status_code == 303, signed.text[-400:]
        self.csrf = hidden(self.http.get("/vente-directe").text, "csrf")

    def sell(self, product: int, key: str, told: Told, quantity: int = 1) -> None:
        """Sell over the counter and note the answer; no answer at all is noted as such."""
        form = {
            "csrf": self.csrf, "request_key": key,
            "ligne-0-produit": str(product), "ligne-0-quantite": str(quantity),
        }  # fmt: skip
        try:
            answer = self.http.post("/vente-directe", data=form)
        except httpx.TransportError:
            answer = None
        found = re.match(r"/ventes/(\d+)", answer.headers.get("location", "")) if answer is not None else None
        with told.lock:
            if found:
                told.saved[key] = int(found[1])
                told.unanswered.discard(key)
            else:
                told.unanswered.add(key)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the page: {page[:300]}"
    return found[1]


def sell_at_once(tablet: Tablet, product: int, told: Told, *, hands: int, each: int) -> list[threading.Thread]:
    """Start `hands` threads that sell `each` times; they end by themselves when nothing answers any more."""

    def hand() -> None:
        for _ in range(each):
            tablet.sell(product, secrets.token_hex(16), told)
            if told.unanswered:
                return

    threads = [threading.Thread(target=hand, daemon=True) for _ in range(hands)]
    for thread in threads:
        thread.start()
    return threads


def faults_of(folder: Path, told: Told) -> list[str]:
    """Everything that is wrong with a store after a fault: promises broken, sales twice, invariants that fail."""
    store = Store.open(folder, FileKey(folder / "store.key").key())
    try:
        with store.reading() as db:
            held = {
                key.hex(): (sale, count)
                for key, sale, count in db.all(
                    "SELECT a.request_key, min(s.id), count(*) FROM act a JOIN sale s ON s.act = a.seq"
                    " WHERE a.request_key IS NOT NULL GROUP BY a.request_key"
                )
            }
            shelf = db.value("SELECT sum(quantity) FROM balance")
            sold = db.value("SELECT coalesce(sum(quantity), 0) FROM sale_line")
        wrong = [f"lost: {key}" for key, sale in told.saved.items() if held.get(key, (0, 0))[0] != sale]
        wrong += [f"twice: {key}" for key, (_, count) in held.items() if count != 1]
        wrong += [f"nobody asked for: {key}" for key in held.keys() - told.saved.keys() - told.unanswered]
        if shelf + sold != SHELF:
            wrong.append(f"the shelf holds {shelf} after {sold} were sold")
        checks = run_checks(store)["checks"]
        return wrong + [f"{name}: {found[:3]}" for name, found in checks.items() if found]
    finally:
        store.close()


def keys_a_naive_reader_finds(folder: Path) -> set[str]:
    """Request keys of the sales that SQLite itself still shows, which drops a broken end of the log in silence.

    For the careless program only: our own opener judges the log first and calls such a store damaged.
    """
    connection = opened(str(folder / "store.db"), FileKey(folder / "store.key").key().hex(), "FULL")
    try:
        rows = connection.execute("SELECT a.request_key FROM act a JOIN sale s ON s.act = a.seq").fetchall()
        return {key.hex() for (key,) in rows if key}
    finally:
        connection.close()
