"""The link itself: how long it rests, what pauses it, when boxes knock, and what an address may be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.storage import Store
from appliance.sync import link as links
from appliance.sync.agenda import SPREAD_SECONDS
from appliance.sync.setting_up import linked
from appliance.sync.status import status
from tests.sync.box import Box, lay_names, rma
from tests.sync.counterparty import Counterparty, Reply, counterparty

VALUES, READ = "POST /api/dataValueSets", "GET /api/dataValueSets"
FIGURES = {"CUR_NC 0_11M": 4, "CUR_NC 1_4A": 5, "PAL_T_TDR 0_4A": 0}


@pytest.fixture
def box(store: Store, clock: FixedClock) -> Box:
    return Box(store, clock)


@pytest.fixture
def there() -> Any:
    with counterparty() as made:
        lay_names(made, rma())
        yield made


def test_the_link_rests_longer_each_time_and_the_order_is_kept(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    numbers = [box.close(FIGURES, period=p) for p in ("2026-07", "2026-08", "2026-09")]
    there.lay(READ, Reply(502, b"<html>"))
    waits = []
    for _ in range(14):
        assert box.turn() == "http-502"
        assert box.turn() is None  # the whole link rests, not one row
        until = box.read(links.resting)["until"]
        waits.append((until - box.clock.now().ms) / 1000)
        box.clock.advance(seconds=waits[-1] + 1)
    assert 30 <= waits[0] <= 60
    assert 3 * 3600 <= waits[-1] <= 6 * 3600
    there.lay(READ, Reply(body={}))
    box.clock.advance(hours=7)
    assert box.work() == ["success"] * 3
    assert [a.body["period"] for a in there.of(VALUES)] == ["202607", "202608", "202609"]
    assert {box.item(n).state for n in numbers} == {"done"}


def test_the_server_says_how_long(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    box.close(FIGURES)
    there.lay(VALUES, Reply(429, b"", {"Retry-After": "3600"}))
    box.work()
    box.clock.advance(seconds=3590)
    assert box.turn() is None
    box.clock.advance(seconds=20)
    assert box.turn() == "http-429"


def test_a_401_stops_everything_and_leaves_the_report_innocent(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    item = box.close(FIGURES)
    other = box.close(FIGURES, period="2026-08")
    there.lay(READ, Reply(401, {"message": "Unauthorized"}))
    assert box.work() == ["unauthorized"]
    box.clock.advance(days=40)
    assert box.work() == []
    assert {box.item(n).state for n in (item, other)} == {"waiting"}
    assert len([a for a in there.asked if a.path == "/api/dataValueSets"]) == 1
    there.lay(READ, Reply(body={}))
    box.act(links.resume)
    assert "unauthorized" not in box.work()
    assert {box.item(n).state for n in (item, other)} == {"done"}
    assert box.read(links.paused) is None


def test_refusals_of_the_account_are_counted_for_the_lock_out(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    there.lay("GET /api/system/info", Reply(401, {"message": "Unauthorized"}))
    for n in (1, 2, 3):
        assert box.work() == ["unauthorized"]
        assert box.read(links.paused)["count"] == n
        box.act(links.resume)


def test_404_on_the_address_is_tried_three_times_and_then_only_daily(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    there.lay("GET /api/system/info", Reply(404, b"404 page not found"))
    for _ in range(3):
        assert box.turn() == "not-found"
        box.clock.advance(minutes=30)
    paused = box.read(links.paused)
    assert (paused["code"], paused["until"] is not None) == ("not-found", True)
    assert box.turn() is None
    box.clock.advance(hours=24)
    assert box.turn() == "not-found"


def test_at_month_end_boxes_do_not_knock_together_unless_a_person_asks(box: Box, there: Counterparty) -> None:
    box.clock.set(date(2026, 11, 2))
    box.link("https://dhis2.example/dhis")
    box.clock.advance(seconds=1)
    first = [box.item(box.close(FIGURES, period=f"2026-0{m}")) for m in range(1, 10)]
    now, link = box.clock.now().ms, box.read(links.get)

    def waits() -> list[int]:
        return [box.read(box.verbs._agenda._spread, link, item) - now for item in first]

    assert all(0 <= w < SPREAD_SECONDS * 1000 for w in waits())
    assert len({w // 1000 for w in waits()}) > 4
    assert box.take() is None or box.take()["kind"] == "metadata"  # type: ignore[index]
    box.act(links.resume)
    assert waits() == [0] * 9


def test_secrets_stay_with_their_address(box: Box) -> None:
    box.link("https://un.example/dhis")
    kept = box.read(linked, {"org_unit": "X"})
    assert (kept.username, kept.password, kept.org_unit) == ("cscom", "District1", "X")
    with box.store.reading() as db:
        moved = linked(db, {"base_url": "https://autre.example", "username": "cscom"})
        assert moved.password == ""
        token = linked(db, {"token": "d2pat_x"})
    assert (token.username, token.password, token.token) == ("", "", "d2pat_x")
    with pytest.raises(Refused, match="link-credentials"):
        box.act(links.set_link, moved)
    assert "District1" not in repr(kept)
    assert "District1" not in str(box.read(status))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("https://x.example/dhis/", "https://x.example/dhis"), (" https://x.example/dhis/api ", "https://x.example/dhis"),
     ("http://10.0.0.5:8080", "http://10.0.0.5:8080")],
)  # fmt: skip
def test_the_context_path_is_kept(typed: str, kept: str) -> None:
    assert links.checked_url(typed) == kept


@pytest.mark.parametrize("typed", ["", "x.example", "ftp://x.example", "https://", "https://u:p@x.example", "https://x.example/?a=1", "https://x.example:99999", "https://x .example"])  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="link-url"):
        links.checked_url(typed)
