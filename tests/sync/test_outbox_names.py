"""Names of the server: pulled, moved, missing, mapped by hand, and those of another server."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.storage import Store
from appliance.sync.setting_up import mapping_text, take_mapping
from appliance.sync.status import status
from tests.sync.box import CELLS, DEFAULT, Box, crgs, lay_names, place, rma
from tests.sync.counterparty import Counterparty, Reply, counterparty, summary

VALUES = "POST /api/dataValueSets"
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


def test_what_the_server_does_not_know_is_shown_and_the_rest_goes(box: Box, there: Counterparty) -> None:
    lay_names(there, rma(without="PAL_T_TDR_0_4A"))
    box.link(there.url)
    item = box.close(FIGURES)
    box.work()
    assert len(sent(there)) == 2
    held = box.prepared(item)
    assert [c.code for c in held.unmapped] == ["PAL_T_TDR"]
    assert box.item(item).state == "done"


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
