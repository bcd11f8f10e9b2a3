"""From the form to the acknowledgement with everything lost on the way: each order is confirmed once and each delivery
acknowledged once, with the right quantities, whatever broke, on every era of the server.

Nothing is left out by chance: in "line" every single request is cut twice, once before the server sees it and once after
it was obeyed; in "power" every job is done on the wire and its end forgotten, and the box starts anew before it is done
again. Between any two turns the store is closed and opened, and the resident's and the courier's memory is empty.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.standin.app import Cut
from appliance.standin.wire.answers import message
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import State
from appliance.stock.reception import repository as receptions
from appliance.storage import Store
from appliance.sync import link as links
from appliance.sync.dhis2.exchange import perform
from appliance.sync.inbox import jobs as inbox
from appliance.sync.medexis import desk
from appliance.sync.verbs import SyncVerbs
from appliance.upkeep.checks import run_checks
from tests.conftest import KEY
from tests.sync.box import CELLS
from tests.sync.medexis import LINES
from tests.sync.orders import ACKNOWLEDGEMENT, CONFIRMATION, Depot, depot
from tests.sync_support import National

CC, AR = "CONFIRMATION_COMMANDE", "ACCUSE_RECEPTION"
SERVERS = ["2.38.4", "2.38.4 without tracker", "2.40.12", "2.42.5", "2.43.1"]
TURNS_MAX = 80


class Line:
    """The line to the stand-in: each request that it has not carried yet is cut before, then after, then let through."""

    def __init__(self, there: National, *, is_old: bool) -> None:
        self.is_broken, self.cuts = False, Counter[str]()
        self._met: Counter[Any] = Counter()
        whole, endpoint = there.app._answer, there.app._api._endpoint

        def carried(scope: dict[str, Any], body: bytes) -> Any:
            what = (scope["method"], scope["path"], hashlib.sha256(body).digest())
            self._met[what] += self.is_broken
            if self.is_broken and self._met[what] == 1:
                self.cuts["before"] += 1
                raise Cut
            answer = whole(scope, body)
            if self.is_broken and self._met[what] == 2:
                self.cuts["after"] += 1
                raise Cut
            return answer

        def old(request: Any) -> Any:
            return message(404, "No such path") if request.path == "/tracker" else endpoint(request)

        there.app._answer = carried  # type: ignore[method-assign]
        if is_old:
            there.app._api._endpoint = old  # type: ignore[method-assign]

    def next_step(self) -> None:
        """What was carried before breaks again when it is asked anew in another step."""
        self._met.clear()


class Forgetful:
    """A centre that remembers only what its store holds."""

    def __init__(self, centre: Depot, line: Line, *, loses_ends: bool) -> None:
        self.centre, self.line, self._loses_ends = centre, line, loses_ends
        line.is_broken = not loses_ends

    def anew(self) -> None:
        """The power goes and comes back."""
        folder = self.centre.store.directory
        self.centre.store.close()
        self.centre.store = Store.open(folder, KEY, self.centre.clock)
        self.centre.verbs = SyncVerbs(self.centre.store, lambda _db, form: CELLS[form])

    def settle(self, *, look: bool = False) -> None:
        """All that is due is done, with a cut at everything; time passes between."""
        self.line.next_step()
        if look:
            self.centre.act(inbox.ask)
        idle = 0
        for _ in range(TURNS_MAX):
            self.anew()
            self.centre.clock.advance(minutes=20)
            self.centre.act(links.resume)
            job = self.centre.take()
            idle = 0 if job else idle + 1
            if idle > 3:
                return
            if job is None:
                self.centre.clock.advance(hours=1)  # what rests is due again; short of the next look for messages
                continue
            if self._loses_ends:
                perform(job)  # done there, and the power goes before anybody hears of it
                self.anew()
                self.centre.clock.advance(minutes=20)
                self.centre.act(links.resume)
                job = self.centre.take()
                assert job is not None
            self.centre.hand_back(job, perform(job))
        raise AssertionError("it never came to rest")


def papers_and_what_they_became(centre: Depot) -> Counter[Any]:
    return Counter(p.record for p in centre.documents() if p.outcome in ("order", "shipment"))


@pytest.mark.parametrize(
    ("server", "loss"), [*((s, "line") for s in SERVERS), *((s, "power") for s in (SERVERS[1], SERVERS[2], SERVERS[4]))]
)
def test_one_confirmation_and_one_acknowledgement_whatever_is_lost(
    store: Store, clock: FixedClock, tmp_path: Path, server: str, loss: str
) -> None:
    is_typed = loss == "power"
    with depot(store, clock, tmp_path / "there", server.split()[0]) as centre:
        centre.work()  # the names are there: how they are pulled over a bad line has tests of its own
        line = Line(centre.there, is_old="without" in server)
        box = Forgetful(centre, line, loses_ends=loss == "power")
        centre.there.control("medexis", is_on=True, scanned=1 if is_typed else 0)
        centre.there.control("medexis/form", lines=LINES)
        box.settle(look=True)
        if is_typed:  # a picture: the gérant types it
            (paper,) = centre.documents()
            lines = [{"code": x["code"], "name": x["name"], "pack": "", "quantity": x["proposed"], "product": centre.product(str(x["code"]))} for x in LINES]  # fmt: skip
            centre.act(desk.take, paper.id, "order_form", {"reference": "BCM-2026-00001"}, lines, by_hand=True)
        (order,) = centre.read(orders.orders)
        box.anew()
        centre.confirm(order.id, MLS002=900)
        box.settle()
        (told,) = centre.events(CC)
        assert told["CC_LIGNES"] == "MLS001|300|outbreak; MLS006|30|outbreak; MLS002|900|outbreak"
        box.settle(look=True)
        (shipment,) = centre.read(receptions.to_count)
        assert centre.order(order.id).state is State.SHIPPED
        box.anew()
        proof = centre.receive(order.id, shipment.number, shipment.id, MLS001=300, MLS006=30, MLS002=890)
        box.settle()
        (got,) = centre.events(AR)
        lots = {x.product_code: x.lot_number for x in centre.read(receptions.proof_lines, proof)}
        assert [row.split("|")[0::3] for row in got["AR_LIGNES"].split("; ")] == [["MLS001", "300"], ["MLS006", "30"], ["MLS002", "890"]]  # fmt: skip
        box.settle(look=True)
        (there,) = centre.there.read("medexis")
        assert there["confirmed"] == {"MLS001": 300, "MLS006": 30, "MLS002": 900}
        assert there["received"] == {f"MLS001|{lots['MLS001']}": 300, f"MLS006|{lots['MLS006']}": 30, f"MLS002|{lots['MLS002']}": 890}  # fmt: skip
        assert len(centre.there.read("events")) == 2
        assert (centre.row(CONFIRMATION).state, centre.row(ACKNOWLEDGEMENT).state) == ("done", "done")
        assert papers_and_what_they_became(centre) == {order.uuid: 1, shipment.uuid: 1}
        assert len(centre.read(receptions.proofs_of, order.id)) == 1
        in_ledger = "SELECT sum(m.quantity) FROM movement m JOIN lot l ON l.id = m.lot WHERE l.product = ?"
        held = [centre.read(lambda db, p=centre.product(c): db.value(in_ledger, (p,))) for c in ("MLS001", "MLS006", "MLS002")]  # fmt: skip
        assert held == [300, 30, 890]
        assert {k: v for k, v in run_checks(centre.store, with_digest=False)["checks"].items() if v} == {}
        assert loss == "power" or (line.cuts["before"] == line.cuts["after"] > 10)
        centre.store.close()
