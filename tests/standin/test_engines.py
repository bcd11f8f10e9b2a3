"""Contract §2.2, §2.3, §2.4 and §2.7: the two imports, row by row of the table."""

from __future__ import annotations

import json

import pytest

from appliance.standin.metadata import DEFAULT_COMBO
from tests.standin.conftest import At
from tests.standin.play import (
    CASES,
    DS,
    NOTE,
    OLD_AGE,
    OU,
    SCABIES,
    SEEN,
    STATE,
    STOCK,
    YOUNG,
    codes,
    summary,
    told,
    value,
)  # fmt: skip

OLD, NEW, HEAD = "2.40.12", "2.43.1", "2.44-SNAPSHOT"
BOTH = pytest.mark.parametrize("version", [OLD, NEW])


def test_some_values_refused_is_409_on_the_old_and_200_on_the_new_and_the_rest_is_stored(at: At) -> None:
    for version, expected, code in (
        (OLD, (409, "WARNING", {"imported": 1, "ignored": 1}), "E7619"),
        (NEW, (200, "WARNING", {"updated": 1, "ignored": 1}), "E8122"),
        (HEAD, (200, "WARNING", {"updated": 1, "ignored": 1}), "E8122"),
    ):
        dhis2 = at(version)
        answer = dhis2.values(value("12"), value("-1", combo=OLD_AGE))
        assert told(answer) == expected
        assert codes(answer) == [code]
        assert summary(answer)["conflicts"][0]["indexes"] == [1]
        assert dhis2.stored() == {(CASES, YOUNG): "12"}


def test_conflicts_of_the_new_engine_name_arguments_and_no_property(at: At) -> None:
    (conflict,) = summary(at(NEW).values(value("12"), value("x", combo=OLD_AGE)))["conflicts"]
    assert set(conflict) == {"objects", "value", "errorCode", "indexes"}
    assert conflict["objects"] == {"args": f"1-{CASES}"}
    (group,) = summary(at(NEW).values(value("12", element="aaaaaaaaaaa")))["conflicts"]
    assert "indexes" not in group


@pytest.mark.parametrize(
    ("element", "combo", "good", "bad"),
    [
        (CASES, YOUNG, ["0", "12"], ["-1", "1.0", "007", "12 ", "1e2"]),
        (STOCK, None, ["0", "-3.5", "1e3", ".5"], ["1,5", "douze", "."]),
        (SEEN, None, ["true", "false"], ["oui"]),
        (NOTE, None, ["vérifié"], ["x" * 50_001]),
        (STATE, None, ["GOOD"], ["good", "Bon"]),
    ],
)
def test_values_fit_their_type_or_their_options(
    at: At, element: str, combo: str | None, good: list[str], bad: list[str]
) -> None:
    dhis2 = at(OLD)
    for text in good:
        assert told(dhis2.values(value(text, element, combo)))[0] == 200
    for text in bad:
        assert codes(dhis2.values(value(text, element, combo))) == ["E7621" if element == STATE else "E7619"]
    assert codes(at(HEAD).values(value(bad[0], element, combo))) == ["E8123" if element == STATE else "E8122"]


def test_a_comment_that_is_too_long_is_refused(at: At) -> None:
    assert codes(at(OLD).values(value("1", comment="x" * 5001))) == ["E7620"]
    assert codes(at(NEW).values(value("1", comment="x" * 5001))) == ["E8125"]


def test_values_refused_for_the_same_cause_share_one_conflict_on_the_old_engine(at: At) -> None:
    sent = (value("x"), value("1", combo=OLD_AGE), value("y", combo=OLD_AGE))
    (conflict,) = summary(at(OLD).values(*sent))["conflicts"]
    assert conflict["indexes"] == [0, 2]
    assert len(summary(at(NEW).values(*sent[:1], sent[2]))["conflicts"]) == 2


def test_an_unknown_name_refuses_one_value_on_the_old_and_the_whole_group_on_the_new(at: At) -> None:
    for wrong, old_code, new_code in (
        (value("4", element="aaaaaaaaaaa"), "E7610", "E8020"),
        (value("4", combo="aaaaaaaaaaa"), "E7613", "E8024"),
    ):
        old, new = at(OLD), at(NEW)
        partly, refused = old.values(value("3", combo=OLD_AGE), wrong), new.values(value("3", combo=OLD_AGE), wrong)
        assert (told(partly), codes(partly)) == ((409, "WARNING", {"imported": 1, "ignored": 1}), [old_code])
        assert (told(refused), codes(refused)) == ((409, "ERROR", {}), [new_code])
        assert (len(old.stored()), len(new.stored())) == (1, 0)


def test_an_unknown_thing_at_the_top_refuses_all_on_both(at: At) -> None:
    for top, old_code, new_code in (
        ({"dataSet": "aaaaaaaaaaa"}, "E7600", "E8010"),
        ({"orgUnit": "aaaaaaaaaaa"}, "E7603", "E8011"),
        ({"attributeOptionCombo": "aaaaaaaaaaa"}, "E7604", "E8023"),
    ):
        for version, code in ((OLD, old_code), (NEW, new_code)):
            dhis2 = at(version)
            answer = dhis2.values(value("3"), **top)
            assert (told(answer)[:2], codes(answer)) == ((409, "ERROR"), [code])
            assert dhis2.stored() == {}


def test_a_name_that_is_none_in_its_scheme_has_a_code_of_its_own_on_the_new_engine(at: At) -> None:
    dhis2 = at(NEW)
    assert codes(dhis2.values(value("1"), dataSet="no uid")) == ["E8004"]
    assert codes(dhis2.values(value("1"), dataSet="NONE", params={"dataSetIdScheme": "CODE"})) == ["E8005"]
    assert codes(dhis2.values({"value": "1"})) == ["E8102"]
    assert codes(dhis2.values(value("1", element="no uid"))) == ["E8104"]
    assert codes(dhis2.values(value("1"), orgUnit=None)) == ["E8105"]
    assert codes(dhis2.values(value("1"), orgUnit="no uid")) == ["E8106"]
    assert codes(dhis2.values(value("1"), orgUnit="NONE", params={"orgUnitIdScheme": "CODE"})) == ["E8107"]
    assert codes(dhis2.values(value("1", combo="no uid"))) == ["E8109"]
    assert codes(dhis2.values(value("1", combo="NONE"), params={"categoryOptionComboIdScheme": "CODE"})) == ["E8108"]
    assert codes(dhis2.values(value("1"), attributeOptionCombo="no uid")) == ["E8111"]
    dhis2.control("settings", authorities=["ALL"])
    assert codes(dhis2.values(value("1"), dataSet="aaaaaaaaaaa")) == ["E8020"]


def test_rights_on_set_option_and_unit(at: At) -> None:
    for version, expected in ((OLD, ["E7601", "E7614", "E7617"]), (NEW, ["E8010", "E8012", "E8011"])):
        dhis2, found = at(version), []
        data_set = dhis2.app.metadata["dataSets"][0]
        data_set["access"] = {"data": {"write": False}}
        found += codes(dhis2.values(value("1")))
        del data_set["access"]
        combo = data_set["dataSetElements"][0]["dataElement"]["categoryCombo"]["categoryOptionCombos"][0]
        combo["categoryOptions"][0]["access"] = {"data": {"write": False}}
        found += codes(dhis2.values(value("1")))
        del combo["categoryOptions"][0]["access"]
        dhis2.app.metadata["users"][0]["organisationUnits"] = []
        found += codes(dhis2.values(value("1")))
        assert found == expected
        dhis2.control("settings", authorities=["ALL"])
        assert told(dhis2.values(value("1")))[0] == 200


def test_what_is_accepted_counts_by_kind_on_the_old_and_as_updated_on_the_new(at: At) -> None:
    for version, counts in ((OLD, {"imported": 1, "updated": 1, "deleted": 1}), (NEW, {"updated": 3})):
        dhis2 = at(version)
        dhis2.values(value("1"), value("2", STOCK, None))
        answer = dhis2.values(value("9"), {"dataElement": STOCK, "deleted": True}, value("4", combo=OLD_AGE))
        assert told(answer) == (200, "SUCCESS", counts)


@pytest.mark.parametrize(
    ("version", "counted"),
    [
        ("2.38.5", "updated"), ("2.38.6", "ignored"), ("2.39.4", "updated"), ("2.39.5", "ignored"), ("2.40.2", "updated"),
        ("2.40.3", "ignored"), ("2.41.0", "ignored"), ("2.42.5.2", "ignored"), ("2.43.0", "updated"), (HEAD, "updated"),
    ],
)  # fmt: skip
def test_a_value_sent_again_unchanged_counts_by_version(at: At, version: str, counted: str) -> None:
    dhis2 = at(version)
    dhis2.values(value("7"))
    assert told(dhis2.values(value("7"))) == (200, "SUCCESS", {counted: 1})
    assert told(dhis2.values(value("8")))[2] == {"updated": 1}


def test_a_zero_that_means_nothing_is_dropped_in_silence_by_the_old_engine(at: At) -> None:
    dhis2 = at(OLD)
    assert told(dhis2.values(value("0", SCABIES), value("0", CASES))) == (200, "SUCCESS", {"imported": 1})
    assert told(dhis2.values(value("0", SCABIES, comment="aucun cas"))) == (200, "SUCCESS", {})
    dhis2.values(value("5", SCABIES))
    assert told(dhis2.values(value("0", SCABIES))) == (200, "SUCCESS", {"deleted": 1})
    assert (SCABIES, YOUNG) not in dhis2.stored()
    dhis2.app.metadata["dataSets"][0]["dataSetElements"][1]["dataElement"]["aggregationType"] = "AVERAGE"
    assert told(dhis2.values(value("0", SCABIES)))[2] == {"imported": 1}
    new = at(NEW)
    assert told(new.values(value("0", SCABIES)))[2] == {"updated": 1}
    assert new.stored() == {(SCABIES, YOUNG): "0"}


def test_a_completion_date_is_taken_first_by_the_old_engine_even_on_a_dry_run(at: At) -> None:
    dhis2 = at(OLD)
    answer = dhis2.values(value("x"), completeDate="2027-01-01", params={"dryRun": "true"})
    assert (told(answer)[1], dhis2.stored()) == ("WARNING", {})
    (kept,) = dhis2.kept("completions")
    assert (kept["date"], kept["attributeOptionCombo"]) == ("2026-11-02", DEFAULT_COMBO)
    assert summary(answer)["dataSetComplete"] == "2026-11-02"


def test_a_completion_date_is_taken_last_by_the_new_engine_and_only_when_all_was_stored(at: At) -> None:
    dhis2 = at(NEW)
    assert codes(dhis2.values(value("1"), completeDate="2026-11-01", params={"dryRun": "true"})) == ["E8008"]
    assert codes(dhis2.values(value("1"), value("x", combo=OLD_AGE), completeDate="2026-11-01")) == ["E8122", "E8009"]
    assert dhis2.kept("completions") == []
    assert told(dhis2.values(value("1"), completeDate="2026-11-01"))[1] == "SUCCESS"
    assert [c["date"] for c in dhis2.kept("completions")] == ["2026-11-01"]


def test_the_new_engine_wants_the_data_set_named_when_an_element_is_in_two(at: At) -> None:
    assert told(at(OLD).values(value("1", STOCK, None), dataSet=None))[0] == 200
    new = at(NEW)
    assert codes(new.values(value("1", STOCK, None), dataSet=None)) == ["E8002"]
    assert told(new.values(value("1"), dataSet=None))[0] == 200
    assert codes(new.values(value("1", "aaaaaaaaaaa", None), dataSet=None)) == ["E8003"]


def test_a_number_is_read_by_the_old_engine_and_breaks_2_43_0_and_2_43_1(at: At) -> None:
    for version in (OLD, HEAD, "2.43.2"):
        dhis2 = at(version)
        assert told(dhis2.values(value(5)))[0] == 200
        assert dhis2.stored() == {(CASES, YOUNG): "5"}
    for version in ("2.43.0", NEW):
        answer = at(version).values(value(5))
        assert (answer.status_code, "response" in answer.json()) == (400, False)


def test_text_outside_ascii_is_garbled_by_2_43_1_unless_escaped(at: At) -> None:
    body = {"dataSet": DS, "period": "202610", "orgUnit": OU, "dataValues": [value("vérifié", NOTE, None)]}
    for version, kept in ((OLD, "vérifié"), (NEW, "vÃ©rifiÃ©"), (HEAD, "vérifié")):
        dhis2 = at(version)
        dhis2.post("/api/dataValueSets", json.dumps(body, ensure_ascii=False).encode())
        assert list(dhis2.stored().values()) == [kept]
        dhis2.post("/api/dataValueSets", json.dumps(body).encode())
        assert list(dhis2.stored().values()) == ["vérifié"]


def test_of_the_same_key_twice_the_last_wins_or_the_group_is_refused(at: At) -> None:
    old = at(OLD)
    old.values(value("1"), value("2"))
    assert old.stored() == {(CASES, YOUNG): "2"}
    refused = at(NEW).values(value("1"), value("2"))
    assert (told(refused), codes(refused)) == ((409, "ERROR", {}), ["E8128"])


def test_a_body_that_is_no_json(at: At) -> None:
    old = at(OLD).post("/api/dataValueSets", b"{nothing")
    assert told(old)[:2] == (409, "ERROR")
    assert summary(old)["description"].startswith("The import process failed")
    assert summary(old)["conflicts"] == []
    new = at(NEW).post("/api/dataValueSets", b"{nothing")
    assert (new.status_code, "response" in new.json()) == (400, False)


def test_a_period_that_cannot_be_read(at: At) -> None:
    old = at(OLD).values(value("1"), value("2", combo=OLD_AGE), period="202613")
    assert (told(old), codes(old)) == ((409, "WARNING", {"ignored": 2}), ["E7611"])
    assert at(NEW).values(value("1"), period="202613").status_code in (400, 409, 500)


def test_the_top_wins_on_the_old_and_the_value_wins_on_the_new(at: At) -> None:
    for version, period in ((OLD, "202610"), (NEW, "202609")):
        dhis2 = at(version)
        assert told(dhis2.values(value("1", period="202609")))[0] == 200
        assert [v["period"] for v in dhis2.kept("values")] == [period]


def test_the_follow_up_mark_is_spelled_by_version(at: At) -> None:
    for version, key, other in ((OLD, "followup", "followUp"), (NEW, "followUp", "followup")):
        dhis2 = at(version)
        dhis2.values(value("1", **{key: True}), value("2", combo=OLD_AGE, **{other: True}))
        assert {v["categoryOptionCombo"]: v["followup"] for v in dhis2.kept("values")} == {YOUNG: True, OLD_AGE: False}


# §2.4


def test_an_empty_value_without_a_comment(at: At) -> None:
    assert codes(at(OLD).values(value(""))) == ["E7618"]
    new = at(NEW)
    assert codes(new.values(value(""))) == ["E8120"]
    new.app.metadata["dataSets"][0]["noValueRequiresComment"] = True
    assert codes(new.values(value(""))) == ["E8121"]
    assert told(new.values(value("", comment="rupture")))[1] == "SUCCESS"


def test_a_deleted_mark_withdraws_a_figure_and_leaving_it_out_does_nothing(at: At) -> None:
    gone = {"dataElement": CASES, "categoryOptionCombo": YOUNG, "deleted": True}
    for version, counts in ((OLD, [{"deleted": 1}, {"ignored": 1}]), (NEW, [{"updated": 1}, {"updated": 1}])):
        dhis2 = at(version)
        dhis2.values(value("1"), value("2", combo=OLD_AGE))
        dhis2.values(value("2", combo=OLD_AGE))
        assert (CASES, YOUNG) in dhis2.stored()
        assert [told(dhis2.values(gone))[2] for _ in range(2)] == counts
        assert dhis2.stored() == {(CASES, OLD_AGE): "2"}
        dhis2.values(value("3"))
        assert dhis2.stored()[(CASES, YOUNG)] == "3"


@BOTH
def test_the_delete_strategy_deletes_keys(at: At, version: str) -> None:
    dhis2 = at(version)
    dhis2.values(value("1"), value("2", combo=OLD_AGE))
    answer = dhis2.values(value("1"), params={"importStrategy": "DELETE"})
    assert told(answer) == (200, "SUCCESS", {"deleted": 1})
    assert dhis2.stored() == {(CASES, OLD_AGE): "2"}


# §2.1 options


def test_the_strategy_in_the_payload_wins_on_the_old_engine_and_is_not_read_by_the_new(at: At) -> None:
    for version, kept in ((OLD, "1"), (NEW, "2")):
        dhis2 = at(version)
        dhis2.values(value("1"))
        dhis2.values(value("2"), strategy="CREATE", params={"importStrategy": "CREATE_AND_UPDATE"})
        assert dhis2.stored() == {(CASES, YOUNG): kept}
        dhis2.values(value("3"), strategy="DELETE")
        assert dhis2.stored() == ({} if version == OLD else {(CASES, YOUNG): "3"})


def test_create_and_update_alone(at: At) -> None:
    dhis2 = at(OLD)
    assert told(dhis2.values(value("1"), params={"strategy": "UPDATE"}))[2] == {"ignored": 1}
    assert told(dhis2.values(value("1"), params={"importStrategy": "CREATE"}))[2] == {"imported": 1}
    assert told(dhis2.values(value("2"), params={"importStrategy": "CREATE"}))[2] == {"ignored": 1}
    assert dhis2.values(value("1"), params={"importStrategy": "MERGE"}).status_code == 400


@BOTH
def test_things_may_be_named_by_code(at: At, version: str) -> None:
    dhis2 = at(version)
    schemes = {"dataSetIdScheme": "CODE", "dataElementIdScheme": "CODE", "orgUnitIdScheme": "CODE"}
    body = {"dataSet": "MINI", "orgUnit": "ML0417"}
    assert told(dhis2.values(value("4", "CASES"), params=schemes, **body))[0] == 200
    assert dhis2.stored() == {(CASES, YOUNG): "4"}
    named = {**schemes, "categoryOptionComboIdScheme": "CODE"}
    assert told(dhis2.values(value("5", "CASES", "5P"), value("6", "STOCK", "default"), params=named, **body))[0] == 200
    assert dhis2.stored()[(STOCK, DEFAULT_COMBO)] == "6"
    unknown = dhis2.values(value("4", "NOPE"), params=schemes, **body)
    assert codes(unknown) == ["E7610" if version == OLD else "E8103"]


@BOTH
def test_a_dry_run_counts_and_stores_nothing(at: At, version: str) -> None:
    dhis2 = at(version)
    assert told(dhis2.values(value("1"), params={"dryRun": "true"}))[0] == 200
    assert dhis2.stored() == {}


def test_all_or_nothing_on_the_new_engine(at: At) -> None:
    dhis2 = at(NEW)
    assert told(dhis2.values(value("1"), value("x", combo=OLD_AGE), params={"atomic": "true"}))[:2] == (409, "ERROR")
    assert dhis2.stored() == {}


@BOTH
def test_the_same_payload_again_after_a_lost_answer_changes_nothing(at: At, version: str) -> None:
    import httpx

    dhis2 = at(version)
    dhis2.control("faults", lose_answer=1)
    with pytest.raises(httpx.HTTPError):
        dhis2.values(value("77"))
    assert dhis2.stored() == {(CASES, YOUNG): "77"}
    assert told(dhis2.values(value("77")))[0] == 200
    assert dhis2.stored() == {(CASES, YOUNG): "77"}


@BOTH
def test_the_read_back_gives_what_was_sent_and_who_wrote_it(at: At, version: str) -> None:
    dhis2 = at(version)
    dhis2.values(value("1", comment="stock vérifié"), value("2", combo=OLD_AGE))
    held = dhis2.get("/api/dataValueSets", dataSet=DS, period="202610", orgUnit=OU).json()
    assert held["dataSet"] == DS
    first = held["dataValues"][0]
    assert {k: first[k] for k in ("dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo", "value")} == {
        "dataElement": CASES, "period": "202610", "orgUnit": OU, "categoryOptionCombo": YOUNG,
        "attributeOptionCombo": DEFAULT_COMBO, "value": "1",
    }  # fmt: skip
    assert (first["storedBy"], first["comment"], first["followup"]) == ("cscom", "stock vérifié", False)
    assert first["lastUpdated"].startswith("2026-11-02T")
    assert dhis2.get("/api/dataValueSets", dataSet=DS, period="202610").status_code == 409
    assert dhis2.get("/api/dataValueSets", dataSet=DS, period="202609", orgUnit=OU).json()["dataValues"] == []
