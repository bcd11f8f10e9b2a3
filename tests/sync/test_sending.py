"""A closed month sent to a national instance of both engines, over a link that fails in every way it can."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.periods import Month
from appliance.reports.closing import repository as closings
from appliance.reports.closing.services import close_month
from appliance.reports.preview import report
from appliance.storage import FileKey, Store
from appliance.storage.door import SOCKET_NAME, Door
from appliance.sync import link as links
from appliance.sync.cells import cells_of
from appliance.sync.courier import Courier
from appliance.sync.outbox import repository, services
from appliance.sync.reports import prepare
from appliance.sync.verbs import SyncVerbs
from tests.sync_support import National, national

OCTOBER = Month(2026, 10)


class Centre:
    """A store with its door open in a thread, and a courier that is asked by hand."""

    def __init__(self, data: Path) -> None:
        self.clock = FixedClock(date(2026, 11, 2))
        self.store = Store.open(data, FileKey(data / "store.key").key(), self.clock)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.door = Door(data / SOCKET_NAME, SyncVerbs(self.store, cells_of).verbs())
        asyncio.run_coroutine_threadsafe(self.door.open(), self.loop).result(10)
        self.courier = Courier(data / SOCKET_NAME)

    def act(self, service: Any, *args: Any, **kwargs: Any) -> None:
        def run(unit: Any) -> dict[str, Any]:
            service(unit, *args, **kwargs)
            return {}

        self.store.act_now("test", MACHINE, run)

    def work(self, times: int = 40) -> list[str]:
        """Let the courier work until nothing is due; returns how each job ended."""
        ends = []
        for _ in range(times):
            told = self.courier.once()
            if told is None:
                break
            ends.append(told["code"])
        return ends

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.door.close(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.store.close()

    def item(self) -> repository.Item:
        with self.store.reading() as db:
            return repository.of_subject(db, "report", "RMA:2026-10")[0]


@pytest.fixture
def centre(centre_copy: Path) -> Iterator[Centre]:
    made = Centre(centre_copy)
    yield made
    made.close()


def link_to(centre: Centre, instance: National, **how: str) -> None:
    given = how or {"username": "cscom", "password": "District1"}
    centre.act(links.set_link, links.Link(base_url=instance.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"}, **given))


@pytest.mark.parametrize("version", ["2.38.2", "2.40.3", "2.42.5", "2.43.1", "2.44-SNAPSHOT"])
def test_the_figures_of_the_month_arrive_each_at_its_place_and_are_completed(
    centre: Centre, tmp_path: Path, version: str
) -> None:
    with national(tmp_path / "n", version) as instance:
        link_to(centre, instance)
        centre.act(close_month, "RMA", OCTOBER)
        assert set(centre.work()) == {"success"}
        assert centre.item().state == "done"
        stored = {
            (v["dataElement"], v["categoryOptionCombo"]): v["value"]
            for v in instance.read("values")
            if v["period"] == "202610"
        }
        dropped = instance.app.settings.quirk("zero_dropped")
        with centre.store.reading() as db:
            closing = closings.latest(db, "RMA", "2026-10")
            assert closing is not None
            sent = prepare(db, closing)
        assert not sent.unmapped
        for entry in sent.entries:
            (cell,) = entry.cells
            if dropped and cell.value == 0 and not entry.target.zero_is_significant:
                assert entry.target.key not in stored
            else:
                assert stored[entry.target.key] == str(cell.value), cell
        assert {c["period"] for c in instance.read("completions")} >= {"202610"}


def test_with_a_token_instead_of_a_password(centre: Centre, tmp_path: Path) -> None:
    with national(tmp_path / "n") as instance:
        link_to(centre, instance, token="d2pat_standin00000000000000000000000002547472094")
        assert set(centre.work()) == {"success"}


def test_an_answer_lost_after_the_write_is_asked_again_and_changes_nothing(centre: Centre, tmp_path: Path) -> None:
    with national(tmp_path / "n") as instance:
        link_to(centre, instance)
        centre.act(close_month, "RMA", OCTOBER)
        centre.courier.once()  # the names first
        instance.faults(lose_answer=1)
        ends = centre.work()
        assert ends[0] == "cut"
        centre.clock.advance(hours=7)
        assert set(centre.work()) <= {"success"}
        values = [v for v in instance.read("values") if v["period"] == "202610"]
        assert len(values) == len({(v["dataElement"], v["categoryOptionCombo"]) for v in values})
        assert centre.item().state == "done"


@pytest.mark.parametrize("fault", ["html_502", "busy_503", "portal_200", "cut_body"])
def test_a_passing_fault_is_tried_again_later_by_itself(centre: Centre, tmp_path: Path, fault: str) -> None:
    with national(tmp_path / "n") as instance:
        link_to(centre, instance)
        centre.work()
        centre.act(close_month, "RMA", OCTOBER)
        instance.faults(**{fault: 1})
        assert centre.work()[0] != "success"
        assert centre.item().state == "waiting"
        assert centre.courier.once() is None  # not before its time
        centre.clock.advance(minutes=2)
        assert centre.work() == ["success"]


def test_a_wrong_password_stops_everything_after_one_try_until_a_person_acts(centre: Centre, tmp_path: Path) -> None:
    with national(tmp_path / "n", lock_after=4) as instance:
        link_to(centre, instance, username="cscom", password="faux")
        assert centre.work() == ["unauthorized"]
        with centre.store.reading() as db:
            paused = links.paused(db)
        assert paused
        assert paused["code"] == "unauthorized"
        link_to(centre, instance)
        assert set(centre.work()) == {"success"}


def test_no_internet_for_months_loses_nothing_and_keeps_the_order(centre: Centre, tmp_path: Path) -> None:
    centre.act(
        links.set_link,
        links.Link(base_url="http://127.0.0.1:9", username="a", password="b", data_sets={"RMA": "RMA", "CRGS": "CRGS"}),
    )
    for _ in range(30):
        assert set(centre.work(3)) <= {"connect"}
        centre.clock.advance(days=3)
    with national(tmp_path / "n", today=date(2027, 2, 2)) as instance:
        link_to(centre, instance)
        assert set(centre.work()) == {"success"}
        sent = [r["path"] for r in instance.read("requests") if r["method"] == "POST"]
        assert sent == ["/api/dataValueSets", "/api/completeDataSetRegistrations"] * 2  # September's RMA and CRGS


def test_a_partial_refusal_waits_for_a_person_and_names_the_cell(centre: Centre, tmp_path: Path) -> None:
    with national(tmp_path / "n", "2.43.1") as instance:
        for entry in instance.app.metadata["dataSets"][0]["dataSetElements"]:
            if entry["dataElement"]["code"] == "CUR_NC":
                entry["dataElement"]["valueType"] = "BOOLEAN"  # the server expects something else than it told
        link_to(centre, instance)
        told = instance.app.metadata["dataSets"][0]["dataSetElements"]
        for entry in told:
            entry["dataElement"]["valueType"] = (
                entry["dataElement"]["valueType"].replace("BOOLEAN", "INTEGER")
                if entry["dataElement"]["code"] == "CUR_NC"
                else entry["dataElement"]["valueType"]
            )
        centre.work()
        for entry in told:
            if entry["dataElement"]["code"] == "CUR_NC":
                entry["dataElement"]["valueType"] = "BOOLEAN"
        centre.act(close_month, "RMA", OCTOBER)
        assert centre.work() == ["partly-refused"]
        item = centre.item()
        assert item.state == "refused"
        with centre.store.reading() as db:
            closing = closings.latest(db, "RMA", "2026-10")
            assert closing is not None
            behind = {e.target.key: e.cells[0].code for e in prepare(db, closing).entries}
        named = {behind[element, combo] for c in item.detail["conflicts"] for element, combo in c["keys"]}
        assert named == {"CUR_NC"}
        assert "202610" not in {
            c["period"] for c in instance.read("completions") if c["dataSet"] == told[0]["dataElement"]["id"]
        }
        centre.act(services.accept_refusals, item.id)
        assert centre.work() == ["success"]
        assert centre.item().state == "done"


def test_bytes_are_counted_for_every_exchange(centre: Centre, tmp_path: Path) -> None:
    with national(tmp_path / "n") as instance:
        link_to(centre, instance)
        centre.work()
        with centre.store.reading() as db:
            rows = {
                p: (o, i)
                for p, o, i in db.all("SELECT purpose, sum(bytes_out), sum(bytes_in) FROM traffic GROUP BY purpose")
            }
        seen = sum(r["bytes_in"] for r in instance.read("requests") if r["method"] == "POST")
        assert rows["reports"][0] >= seen > 500
        assert rows["metadata"][1] > 10_000


def test_a_courier_killed_in_the_middle_leaves_the_row_to_the_next(centre: Centre, tmp_path: Path) -> None:
    with national(tmp_path / "n") as instance:
        link_to(centre, instance)
        centre.work()
        centre.act(close_month, "RMA", OCTOBER)
        job = centre.courier._client.ask("sync.next", wait_seconds=0)["job"]  # taken, and its courier dies
        assert job["kind"] == "report"
        assert centre.item().state == "sending"
        assert centre.courier.once() is None
        centre.clock.advance(minutes=20)
        assert centre.work() == ["success"]


def test_the_cells_sent_equal_an_independent_count_of_the_records(centre: Centre) -> None:
    with centre.store.reading() as db:
        made = report(db, "RMA", OCTOBER, date(2026, 11, 2))
        cases = db.value(
            "SELECT count(*) FROM consultation c JOIN visit v ON v.id = c.visit WHERE v.occurred_on LIKE '2026-10-%'"
            " AND c.case_type = 'NC' AND NOT EXISTS (SELECT 1 FROM consultation x WHERE x.replaces = c.id)"
        )
        positive = db.value(
            "SELECT count(*) FROM consultation c JOIN visit v ON v.id = c.visit WHERE v.occurred_on LIKE '2026-10-%'"
            " AND c.rdt IN ('positive', 'negative')"
        )
    totals = made.totals
    assert totals["CUR_NC"] == cases > 0
    assert totals["PAL_T_TDR"] == positive > 0
    assert (
        sum(v for k, v in totals.items() if k.startswith("MOR_") and k.endswith("_C") and k != "MOR_PALSUSP_C") == cases
    )
