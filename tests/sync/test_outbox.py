"""The outbox over weeks: order, proof, repeats, refusals, and what a person decides; against real sockets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.storage import Store
from appliance.sync import link as links
from appliance.sync.agenda import SPREAD_SECONDS
from appliance.sync.dhis2.payloads import values_in
from appliance.sync.outbox import repository, services
from appliance.sync.setting_up import linked, mapping_text, take_mapping
from appliance.sync.status import status
from tests.sync.box import CELLS, DEFAULT, Box, crgs, lay_names, place, rma
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


def test_a_mapping_refusal_pulls_the_names_once_more_and_only_then_asks_a_person(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    body = summary(
        "ERROR", [{"errorCode": "E8020", "objects": {"args": "dePALTDR001-dsRMA000001"}, "value": "not in set"}]
    )
    there.lay(VALUES, Reply(409, body))
    pulls = len(there.of("GET /api/dataSets/dsRMA000001"))
    assert box.work() == ["success", "E8020", "success", "E8020"]
    assert len(there.of("GET /api/dataSets/dsRMA000001")) == pulls + 2
    held = box.item(item)
    assert held.state == "refused"
    assert held.detail["conflicts"][0]["keys"] == [["dePALTDR001", DEFAULT]]  # found by name: no position was given


def test_names_that_moved_are_composed_anew(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    box.turn()
    there.lay(
        "GET /api/dataSets/dsRMA000001",
        Reply(body=rma(place("deNOUVEAU01", "PAL_T_TDR_0_4A"), without="PAL_T_TDR_0_4A")),
    )
    there.lay(VALUES, Reply(409, summary("ERROR", [refusal("E8020")])), Reply(body=summary(updated=3)))
    box.work()
    assert box.item(item).state == "done"
    assert ("deNOUVEAU01", DEFAULT) in sent(there)


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


def test_what_the_server_does_not_know_is_shown_and_the_rest_goes(box: Box, there: Counterparty) -> None:
    lay_names(there, rma(without="PAL_T_TDR_0_4A"))
    box.link(there.url)
    item = box.close(FIGURES)
    box.work()
    assert len(sent(there)) == 2
    held = box.prepared(item)
    assert [c.code for c in held.unmapped] == ["PAL_T_TDR"]
    assert box.item(item).state == "done"


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


@pytest.mark.parametrize(
    ("body", "why"),
    [({"periodType": "Quarterly"}, "period-type"), ({"categoryCombo": {"isDefault": False}}, "data-set-attributes")],
)
def test_a_set_of_another_kind_holds_its_form_and_lets_the_others_pass(
    box: Box, there: Counterparty, body: dict[str, Any], why: str
) -> None:
    lay_names(there, rma() | body, crgs())
    box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
    rma_item, crgs_item = box.close(FIGURES), box.close({"PARA500 QU": 3}, form="CRGS")
    box.work()
    assert (box.item(rma_item).state, box.item(crgs_item).state) == ("waiting", "done")
    assert next(q for q in box.read(status)["queue"] if q["id"] == rma_item)["waits_for"] == why


def test_a_set_that_is_not_there_is_named_and_holds_only_its_own_form(box: Box, there: Counterparty) -> None:
    box.link(there.url, data_sets={"CRGS": "CRGS", "RMA": "RMA"})
    first, second = box.close({"PARA500 QU": 3}, form="CRGS"), box.close(FIGURES)
    assert box.work()[0] == "data-set-missing"
    assert (box.item(first).state, box.item(second).state) == ("waiting", "done")
    assert box.read(status)["queue"][0]["waits_for"] == "data-set-missing"


def test_an_empty_report_is_never_declared_complete(box: Box, there: Counterparty) -> None:
    lay_names(there, {**rma(), "dataSetElements": [place("deAUTRE0001", "AUTRE")]})
    box.link(there.url)
    item = box.close(FIGURES)
    box.work()
    assert box.item(item).state == "waiting"
    assert not there.of(VALUES) and not there.of(DONE)


def test_another_server_gets_its_own_names_and_never_the_old_ones(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    item = box.close(FIGURES)
    there.lay(VALUES, Reply(409, summary("ERROR", [refusal("E7617")])))
    box.work()
    assert box.item(item).state == "held"
    with counterparty() as elsewhere:
        lay_names(elsewhere, {**rma(), "id": "dsAUTRE0001"})
        elsewhere.lay("GET /api/organisationUnits", Reply(503, b""))
        box.link(elsewhere.url)
        assert box.work() == ["http-503"]
        assert box.pulled() is None
        assert not elsewhere.of(VALUES)
        lay_names(elsewhere, {**rma(), "id": "dsAUTRE0001"})
        box.clock.advance(hours=7)
        box.work()
        assert elsewhere.of(VALUES)[0].body["dataSet"] == "dsAUTRE0001"
        assert box.item(item).state == "done"


def test_names_are_asked_for_weekly_with_their_etag_and_unchanged_ones_stay(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    box.clock.advance(days=6)
    assert box.work() == []
    box.clock.advance(days=2)
    there.lay("GET /api/dataSets/dsRMA000001", Reply(304))
    assert box.work() == ["unchanged"]
    assert there.of("GET /api/dataSets/dsRMA000001")[-1].headers["if-none-match"] == 'W/"dsRMA000001"'
    assert box.pulled().uid == "dsRMA000001"
    assert "filter" in there.of("GET /api/organisationUnits")[-1].query


def test_a_304_that_was_not_asked_for_is_no_answer(box: Box, there: Counterparty) -> None:
    there.lay("GET /api/dataSets/dsRMA000001", Reply(304))
    box.link(there.url)
    assert box.work() == ["not-json"]
    assert box.pulled() is None


def test_expiry_days_may_be_a_fraction(box: Box, there: Counterparty) -> None:
    lay_names(there, rma() | {"expiryDays": 15.5})
    box.link(there.url)
    assert box.work() == ["success"]
    assert box.pulled().body["expiryDays"] == 15.5


def test_by_hand_stands_over_by_code_and_survives_the_next_pull(box: Box, there: Counterparty) -> None:
    lay_names(there, rma(place("deTOTAL0001", "TOTAL")))
    box.link(there.url)
    box.work()
    text = "form;code;disaggregation;data_element;category_option_combo\n"
    text += "RMA;CUR_NC;AGE6=0_11M;TOTAL;\nRMA;CUR_NC;AGE6=1_4A;TOTAL;\nRMA;PAL_T_TDR;PALU2=0_4A;-;\n"
    assert box.act(take_mapping, text, "carte.csv", lambda _db, form: CELLS[form]) == {"RMA": 3, "CRGS": 0}
    box.clock.advance(days=8)
    box.close(FIGURES)
    box.work()
    assert sent(there) == {("deTOTAL0001", DEFAULT): "9"}
    assert "person" in box.read(mapping_text, lambda _db, form: CELLS[form])


def test_a_faulty_mapping_file_changes_nothing(box: Box, there: Counterparty) -> None:
    box.link(there.url)
    box.work()
    before = box.read(mapping_text, lambda _db, form: CELLS[form])
    text = "form;code;disaggregation;data_element;category_option_combo\nRMA;CUR_NC;AGE6=0_11M;-;\nRMA;FAUX;;-;\n"
    with pytest.raises(Refused, match=r"carte\.csv:3"):
        box.act(take_mapping, text, "dossier/carte.csv", lambda _db, form: CELLS[form])
    assert box.read(mapping_text, lambda _db, form: CELLS[form]) == before


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
