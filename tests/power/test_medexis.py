"""The loop with MEDEXIS in real processes, and the power that goes between any two of its steps.

A resident process, its courier, people at its pages, and the stand-in across the wire. The first two get SIGKILL after each
act that the loop is made of, as soon as it is durable and before anybody was told; and after each event that the stand-in
has stored, before its answer is read. Whoever was not answered does it again, as they would: the same page is sent once
more under its own key. In the end there is one confirmation, one reception, one acknowledgement, and the ledger is right.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from appliance.core.actors import MACHINE
from appliance.core.clock import SystemClock
from appliance.core.errors import Unreachable
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import State
from appliance.stock.reception import repository as receptions
from appliance.storage import FileKey, Store
from appliance.storage.door import ASK_SOCKET_NAME, SOCKET_NAME, DoorClient
from appliance.sync import link as links
from appliance.sync.inbox import repository as mail
from appliance.sync.medexis import exchange as exchanges
from appliance.upkeep.checks import run_checks
from tests.power.mortal import is_struck
from tests.power.rig import Acknowledging
from tests.power.tablets import Resident, make_centre
from tests.sync.medexis import LINES
from tests.sync_support import National, national
from tests.web.running import Tablet

pytestmark = pytest.mark.power
WIRE = "event stored there"
DEATHS = (
    "sync-file", "read-paper", "confirm-order", "countersign-order", "sync-begin", WIRE, "sync-event",
    "sync-file", "read-paper", "sign-reception", "sync-begin", WIRE, "sync-event",
)  # fmt: skip
"""Form kept; read; confirmed; countersigned; event begun; sent; answered. Note kept; read; reception signed; and again."""
PROGRAM = (str(Path(__file__).with_name("mortal.py")),)
KEEPER, HEAD = "Moussa Samaké", "Mariam Sanogo"
ORDER = "/depot/commandes/1"
SHORT = 10
"""Base units of the first product that are not in the boxes."""
HOURS_A_CUT = 2
SECONDS_MAX = 240
LINKED = {"username": "cscom", "password": "District1", "org_unit": "ML0417", "data_sets": {"CRGS": "CRGS"}}


@dataclass(frozen=True, slots=True)
class Page:
    """A page filled in on somebody's tablet: where it is sent, and its fields with the key of the request."""

    person: str
    to: str
    fields: dict[str, str]


class Centre:
    """The machine with its power, which goes and comes back; people remember what they were not answered."""

    def __init__(self, folder: Path, there: National) -> None:
        self.folder, self.there, self.cuts = folder, there, 0
        self.deaths = folder.with_name("deaths")
        self.deaths.write_text("\n".join(DEATHS) + "\n")
        self._owed: Page | None = None
        self._power()
        answered = there.app._answer

        def answer(scope: dict[str, Any], body: bytes) -> Any:
            told = answered(scope, body)
            if scope["method"] == "POST" and scope["path"] == "/api/tracker" and is_struck(self.deaths, WIRE):
                self.cut()
            return told

        there.app._answer = answer  # type: ignore[method-assign]

    @property
    def is_dead(self) -> bool:
        return self._resident.program.process.poll() is not None

    def is_dead_soon(self) -> bool:
        """Whether the resident process has ended, or does so within the second in which its sockets close."""
        try:
            self._resident.program.process.wait(5)
        except subprocess.TimeoutExpired:
            return False
        return True

    def left(self) -> list[str]:
        """The deaths that are still to come."""
        return self.deaths.read_text().split("\n")[:-1]

    def cut(self) -> None:
        """Everything of the machine ends at once."""
        for running in (self._resident.program, self._courier):
            running.process.kill()

    def come_back(self) -> None:
        self.cut()
        for running in (self._resident.program, self._courier):
            running.finish()
        self.cuts += 1
        self._power()

    def _power(self) -> None:
        env = {
            "APPLIANCE_DEATHS": str(self.deaths),
            "APPLIANCE_CLOCK_OFFSET_MS": str(self.cuts * HOURS_A_CUT * 3_600_000),
        }
        self._resident = Resident(self.folder, env, program=PROGRAM)
        self._courier = Acknowledging([sys.executable, "-m", "appliance", "courier", "--data", str(self.folder)], env)
        self._tablets: dict[str, Tablet] = {}

    def ask(self, name: str, **arguments: Any) -> Any:
        return DoorClient(self.folder / ASK_SOCKET_NAME).ask("ask", name=name, arguments=arguments)

    def waiting(self) -> int:
        return len(DoorClient(self.folder / SOCKET_NAME).ask("sync.status")["queue"])

    def at(self, person: str) -> Tablet:
        """A tablet at which somebody is signed in; after a cut they sign in anew."""
        if person not in self._tablets:
            self._tablets[person] = Tablet(self._resident.address)
            self._tablets[person].sign_in(person)
        return self._tablets[person]

    def send(self, page: Page) -> None:
        """Send a page as it stands on somebody's tablet; until it is answered it stays there."""
        self._owed = page
        tablet = self.at(page.person)
        csrf = hidden(tablet.http.get("/depot/commandes"), "csrf")
        answer = tablet.http.post(page.to, data={**page.fields, "csrf": csrf})
        assert answer.status_code == 200, re.sub(r"<[^>]+>|\s+", " ", answer.text)[:2000]
        self._owed = None

    def filled(self, person: str, path: str, more: dict[str, str], to: str | None = None) -> Page:
        """A page with what stands in its boxes and what somebody types over it."""
        shown = self.at(person).http.get(path).text
        boxes = re.findall(
            r'<input[^>]*name="((?:lot-|request_key|bordereau|commande|sujet|numero|fournisseur)[^"]*)"[^>]*value="([^"]*)"',
            shown,
        )
        return Page(person, to or path, dict(boxes) | more)

    def one_turn(self) -> bool:
        """Do what somebody finds to do; whether all is done."""
        if self._owed is not None:
            self.send(self._owed)
        found = self.ask("orders.list")["orders"]
        if not found:
            return False
        (head,) = found
        lines = self.ask("orders.show", number=head["number"])["lines"]
        if head["state"] == "proposed":
            typed = {f"l-{n}-boites": str(x["theirs"] // x["pack_units"]) for n, x in enumerate(lines, 1)}
            typed |= {f"l-{n}-motif": "outbreak" for n in range(1, len(lines) + 1)}
            self.send(self.filled(KEEPER, ORDER, typed))
        elif head["state"] == "confirmed":
            self.send(self.filled(HEAD, ORDER, {}, f"{ORDER}/contresigner"))
        elif head["state"] == "shipped":
            counted = {f"lot-{n}-quantite": str(x["confirmed"] - SHORT * (n == 0)) for n, x in enumerate(lines)}
            signed = {"dtc": HEAD, "gerant": KEEPER, "asaco": "Bakary Traoré"}
            self.send(self.filled(KEEPER, "/depot/reception?bordereau=1", counted | signed, "/depot/reception"))
        return head["state"] in ("received", "received_partly") and self.waiting() == 0


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found[1] if found else ""


def prepare(folder: Path, there: National) -> dict[str, int]:
    """A centre of the starter list, linked, its exchange on; what lies on its shelf of each product."""
    make_centre(folder)
    store = Store.open(folder, FileKey(folder / "store.key").key(), SystemClock())

    def link(unit: Any) -> dict[str, Any]:
        links.set_link(unit, links.Link(base_url=there.url, **LINKED))
        exchanges.put(unit, replace(exchanges.get(unit), is_on=True, poll_hours=1))
        return {}

    store.act_now("link", MACHINE, link)
    with store.reading() as db:
        held = in_ledger(db)
    store.close()
    return held


def in_ledger(db: Any) -> dict[str, int]:
    """Base units of each product by the movements."""
    return dict(db.all(
        "SELECT p.code, sum(m.quantity) FROM movement m JOIN lot l ON l.id = m.lot JOIN product p ON p.id = l.product GROUP BY p.code"
    ))  # fmt: skip


@pytest.mark.timeout(SECONDS_MAX)
def test_killed_between_any_two_steps_an_order_is_confirmed_once_and_its_delivery_acknowledged_once(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "centre"
    with national(tmp_path / "there", "2.40.12", SystemClock().today()) as there:
        before = prepare(folder, there)
        there.control("medexis", is_on=True)
        there.control("medexis/form", lines=LINES)
        centre = Centre(folder, there)
        try:
            until = time.monotonic() + SECONDS_MAX - 20
            is_done = False
            while not (is_done and centre.left() == []):
                assert time.monotonic() < until, f"still to come: {centre.left()}"
                if centre.is_dead:
                    centre.come_back()
                try:
                    is_done = centre.one_turn()
                except (httpx.TransportError, Unreachable):
                    assert centre.is_dead_soon(), "only a dead process leaves somebody without an answer"
                time.sleep(0.05)
        finally:
            centre.cut()
        assert centre.cuts == len(DEATHS)
        events = there.read("events")
        (asked,) = there.read("medexis")
        received = dict(asked["received"])
    assert len(events) == 2
    store = Store.open(folder, FileKey(folder / "store.key").key(), SystemClock())
    with store.reading() as db:
        (order,) = orders.orders(db)
        lines = {x.code_written: x.confirmed or 0 for x in orders.lines(db, order.id)}
        (proof,) = receptions.proofs_of(db, order.id)
        got = {(x.product_code, x.lot_number): x.accepted for x in receptions.proof_lines(db, proof.id)}
        papers = [p.outcome for p in mail.documents(db)]
        rows = db.all("SELECT kind, state, revision FROM outbox ORDER BY id")
        after = in_ledger(db)
    assert asked["confirmed"] == lines
    assert order.state is State.RECEIVED_PARTLY
    assert {f"{code}|{lot}": n for (code, lot), n in got.items()} == received
    assert sum(received.values()) == sum(lines.values()) - SHORT
    assert sorted(papers) == ["order", "shipment"]
    assert rows == [("order-confirmation", "done", 1), ("shipment-acknowledgement", "done", 1)]
    assert {code: n - before.get(code, 0) for code, n in after.items() if n != before.get(code, 0)} == {
        c: n for (c, _), n in got.items()
    }
    assert {k: v for k, v in run_checks(store, with_digest=False)["checks"].items() if v} == {}
    store.close()
