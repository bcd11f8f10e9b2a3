"""The outbox over weeks: order, proof, repeats, refusals, and what a person decides; against real sockets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.storage import Store
from appliance.sync.dhis2.payloads import values_in
from appliance.sync.outbox import repository, services
from appliance.sync.status import status
from tests.sync.box import DEFAULT, Box, lay_names, place, rma
from tests.sync.counterparty import Counterparty, Reply, counterparty, summary

VALUES, READ = "POST /api/dataValueSets", "GET /api/dataValueSets"
DONE = "POST /api/completeDataSetRegistrations"
FIGURES = {"CUR_NC 0_11M": 4, "CUR_NC 1_4A": 5, "PAL_T_TDR 0_4A": 0}


@pytest.fixture
def box(store: Store, clock: FixedClock) -> Box:
    return Box(store, clock)


@pytest.fixture
def there() -> Any:
    with counterparty() as made:
        lay_names(made, rma())
        yield made


def sent(there: Counterparty, at: int = -1) -> dict[tuple[str, str], Any]:
    """What a request told, by element and combination; None for a withdrawn figure."""
    body = there.of(VALUES)[at].body
    return {(v["dataElement"], v["categoryOptionCombo"]): v.get("value") for v in body["dataValues"]}


def refusal(code: str, **more: Any) -> dict[str, Any]:
    return {"errorCode": code, "value": "because", **more}


def test_a_month_goes_out_and_its_bytes_are_kept_as_proof(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    assert box.work() == ["success", "success"]
    assert box.item(item).state == "done"
    assert sent(there) == {
        ("deCURNC0001", "cocNOURRI01"): "4", ("deCURNC0001", "cocPETIT001"): "5", ("dePALTDR001", DEFAULT): "0",
    }  # fmt: skip
    assert there.of(VALUES)[0].body["period"] == "202609"
    (proof,) = box.read(repository.proofs, "report", "RMA:2026-09")
    assert dict(values_in(proof)) == sent(there)
    facts = box.read(status)
    assert [a["step"] for a in facts["attempts"]] == ["completion", "values", "read-back"]
    assert {t["purpose"] for t in facts["traffic"]} == {"reports", "metadata"}


def test_a_figure_emptied_by_a_rectificatif_is_withdrawn_even_when_the_version_between_never_went(
    box: Box, there: Counterparty
) -> None:
    box.link(there.url)
    box.close(FIGURES)
    box.work()
    two = box.close({"CUR_NC 1_4A": 6}, version=2)
    three = box.close({"CUR_NC 1_4A": 7}, version=3)
    assert box.work() == ["success"]
    assert (box.item(two).state, box.item(three).state) == ("superseded", "done")
    assert sent(there) == {
        ("deCURNC0001", "cocPETIT001"): "7", ("deCURNC0001", "cocNOURRI01"): None, ("dePALTDR001", DEFAULT): None,
    }  # fmt: skip
    box.close({"CUR_NC 1_4A": 8}, version=4)
    box.work()
    assert sent(there) == {("deCURNC0001", "cocPETIT001"): "8"}


def test_an_older_revision_left_by_a_dead_courier_never_overwrites_the_newer(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    one = box.close(FIGURES)
    dead = box.take()  # taken; its courier dies
    assert dead is not None
    two = box.close({"CUR_NC 1_4A": 9}, version=2)
    box.clock.advance(hours=1)
    assert box.work() == ["success"]
    assert (box.item(one).state, box.item(two).state) == ("superseded", "done")
    assert len(there.of(VALUES)) == 1
    with pytest.raises(Refused):
        box.act(services.send_again, one, recompose=True)
    box.hand_back(dead, {"fate": "retry", "code": "cut", "steps": [], "is_link": True})
    assert box.item(one).state == "superseded"


def test_a_repeat_after_a_cut_is_byte_for_byte_the_same(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    there.lay(VALUES, Reply(cut=0), Reply(body=summary(ignored=3)))
    assert box.work() == ["success", "cut"]
    assert box.item(item).state == "waiting"
    box.clock.advance(hours=7)
    assert box.work() == ["success"]
    first, second = there.of(VALUES)
    assert first.raw == second.raw
    assert len(box.read(repository.proofs, "report", "RMA:2026-09")) == 1


@pytest.mark.parametrize(
    ("answer", "tries", "code"),
    [
        (Reply(409, {"status": "ERROR", "message": "duplicate key"}), 3, "conflict-without-summary"),
        (Reply(409, {"response": {"responseType": "ImportSummary", "status": "ERROR", "description": "The import process failed: x"}}), 3, "import-failed"),
        (Reply(500, {"status": "ERROR"}), 5, "http-500"),
        (Reply(200, {"status": "OK"}), 3, "no-summary"),
        (Reply(404, b"404 page not found"), 3, "not-found"),
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_a_few_times_whatever_failed_before_and_then_stands_before_a_person(
    box: Box, there: Counterparty, answer: Reply, tries: int, code: str
) -> None:
    box.link(there.url)
    box.work()
    item = box.close(FIGURES)
    there.lay(READ, Reply(cut=0))
    for _ in range(6):  # a bad night first: it does not count
        box.turn()
        box.clock.advance(hours=7)
    there.lay(READ, Reply(body={}))
    there.lay(VALUES, answer)
    seen = 0
    for _ in range(12):
        box.clock.advance(hours=1)
        seen += box.turn() is not None
        if box.item(item).state == "held":
            break
    assert (seen, box.item(item).last_code) == (tries, code)
    box.clock.advance(days=30)
    assert box.turn() in (None, "success")  # the weekly pull of names, at most
    assert box.turn() is None
    there.lay(VALUES, Reply(body=summary(updated=3)))
    box.act(services.send_again, item, recompose=False)
    box.work()
    assert box.item(item).state == "done"


def test_a_lock_of_the_district_is_tried_daily_by_itself(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    there.lay(VALUES, Reply(409, summary("WARNING", [refusal("E7640", indexes=[0, 1, 2])], ignored=3)))
    box.work()
    assert (box.item(item).state, box.item(item).last_code) == ("held", "E7640")
    box.clock.advance(hours=23)
    assert box.turn() is None
    there.lay(VALUES, Reply(body=summary(imported=3)))
    box.clock.advance(hours=2)
    box.work()
    assert box.item(item).state == "done"


def test_a_period_not_open_yet_waits_by_itself(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES, period="2026-10")  # closed by a clock that runs ahead of the server's
    there.lay(VALUES, Reply(409, summary("ERROR", [refusal("E7641")])), Reply(body=summary(imported=3)))
    box.work()
    assert box.item(item).state == "waiting"
    box.clock.set(date(2026, 10, 31))
    box.work()
    assert len(there.of(VALUES)) == 1
    box.clock.set(date(2026, 11, 2))
    box.work()
    assert box.item(item).state == "done"


def test_a_partial_refusal_names_its_cells_and_completes_only_with_consent_that_outlives_a_cut(
    box: Box, there: Counterparty
) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    partly = Reply(409, summary("WARNING", [refusal("E7619", indexes=[1])], imported=2, ignored=1))
    there.lay(VALUES, partly, Reply(cut=0), partly)
    box.work()
    held = box.item(item)
    assert (held.state, held.last_code) == ("refused", "partly-refused")
    assert held.detail["conflicts"][0]["keys"] == [["deCURNC0001", "cocPETIT001"]]
    assert not there.of(DONE)
    box.act(services.accept_refusals, item)
    assert box.work() == ["cut"]
    box.clock.advance(hours=7)
    assert box.work() == ["success"]
    assert len(there.of(DONE)) == 1


def test_other_figures_there_stand_before_a_person_who_keeps_theirs_or_ours(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    held = {"dataElement": "deCURNC0001", "categoryOptionCombo": "cocPETIT001", "value": "50", "storedBy": "district"}
    there.lay(READ, Reply(body={"dataValues": [held]}))
    item = box.close(FIGURES)
    box.work()
    assert (box.item(item).state, box.item(item).last_code) == ("held", "edited-there")
    assert not there.of(VALUES)
    box.act(services.decide_edited, item, overwrite=False)
    box.work()
    assert box.item(item).state == "done"
    assert ("deCURNC0001", "cocPETIT001") not in sent(there)
    assert len(sent(there)) == 2
    other = box.close(FIGURES, period="2026-08")
    box.work()
    box.act(services.decide_edited, other, overwrite=True)
    box.work()
    assert sent(there)["deCURNC0001", "cocPETIT001"] == "5"


def test_a_box_restored_from_a_backup_looks_before_it_sends(box: Box, there: Counterparty, store: Store) -> None:
    box.link(there.url)
    box.work()
    item = box.close(FIGURES)
    # The box that burnt had sent this month and its rectificatif; this one remembers neither.
    ours_once = {"dataElement": "deCURNC0001", "categoryOptionCombo": "cocPETIT001", "value": "6", "storedBy": "cscom"}
    there.lay(READ, Reply(body={"dataValues": [ours_once]}))
    restored = Box(store, box.clock)
    assert restored.work() == ["edited-there"]
    assert not there.of(VALUES)
    assert restored.item(item).state == "held"


def test_a_place_just_read_is_not_read_again_in_the_same_day_by_the_same_process(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.close(FIGURES)
    there.lay(VALUES, Reply(503, b""), Reply(503, b""), Reply(body=summary(updated=3)))
    box.work()
    box.clock.advance(minutes=10)
    box.work()
    assert len(there.of(READ)) == 1
    box.clock.advance(days=2)
    box.work()
    assert len(there.of(READ)) == 2


def test_a_figure_of_the_wrong_type_is_kept_here_and_holds_the_completion(box: Box, there: Counterparty) -> None:
    lay_names(there, rma(place("deBOOL00001", "PAL_T_TDR_0_4A", valueType="BOOLEAN"), without="PAL_T_TDR_0_4A"))
    box.link(there.url)
    item = box.close(FIGURES)
    box.work()
    assert (box.item(item).state, box.item(item).last_code) == ("refused", "values-kept-back")
    assert len(sent(there)) == 2
    assert not there.of(DONE)


@pytest.mark.parametrize(
    ("version", "counts"),
    [("2.40.3", {"imported": 2}), ("2.42.5", {"imported": 1, "ignored": 1}), ("2.43.1", {"updated": 3})],
)
def test_a_month_is_not_held_for_zeros_that_an_engine_does_not_count(
    box: Box, there: Counterparty, version: str, counts: dict[str, int]
) -> None:
    # The flag was turned off there since the names were pulled, which nothing of the data set tells.
    there.lay("GET /api/system/info", Reply(body={"version": version}))
    there.lay(VALUES, Reply(body=summary(**counts)))
    box.link(there.url)
    item = box.close(FIGURES)
    assert box.work() == ["success", "success"]
    assert box.item(item).state == "done"
    assert len(there.of(READ)) == 1  # nothing had to be proved


def test_a_repeat_of_which_nothing_is_counted_is_proved_by_reading_and_done(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    there.lay(VALUES, Reply(cut=0), Reply(body=summary()))
    item = box.close(FIGURES)
    assert box.work() == ["cut"]
    standing = [
        {"dataElement": e, "categoryOptionCombo": c, "value": v} for (e, c), v in sent(there).items() if v != "0"
    ]
    there.lay(READ, Reply(body={"dataValues": standing}))
    box.clock.advance(hours=7)
    assert box.work() == ["success"]
    assert box.item(item).state == "done"


def test_zeros_that_the_server_would_lose_are_warned_of(box: Box, there: Counterparty) -> None:
    lay_names(there, rma(place("deZERO00001", "PAL_T_TDR_0_4A", zeroIsSignificant=False), without="PAL_T_TDR_0_4A"))
    there.lay(VALUES, Reply(body=summary(imported=2)))  # the zero is dropped and not counted
    box.link(there.url)
    item = box.close(FIGURES)
    box.work()
    assert box.item(item).state == "done"
    assert [e.cells[0].code for e in box.prepared(item).lost_zeros] == ["PAL_T_TDR"]


def test_an_empty_report_is_never_declared_complete(box: Box, there: Counterparty) -> None:
    lay_names(there, {**rma(), "dataSetElements": [place("deAUTRE0001", "AUTRE")]})
    box.link(there.url)
    item = box.close(FIGURES)
    box.work()
    assert box.item(item).state == "waiting"
    assert not there.of(VALUES) and not there.of(DONE)


def test_the_whole_exchange_of_a_month_is_small(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    box.close(FIGURES)
    box.work()
    facts = box.read(status)
    months = {t["purpose"]: t["bytes_out"] + t["bytes_in"] for t in facts["traffic"]}
    assert months["reports"] < 4_000
    box.clock.advance(days=31)
    box.work()
    now, then = box.read(status)["months"]
    assert (now["month"], then["month"]) == ("2026-11", "2026-10")
    assert then["bytes"] == sum(months.values()) == then["bytes_out"] + then["bytes_in"]
    assert [p["purpose"] for p in then["purposes"]] == ["metadata", "reports"]
    assert [p["purpose"] for p in now["purposes"]] == ["metadata"]
