"""Contract §4: what can be pulled, with nested fields, filters and pages."""

from __future__ import annotations

import pytest

from appliance.standin.metadata import DEFAULT_COMBO, uid
from tests.standin.conftest import At
from tests.standin.play import CASES, CONFIRMED, DS, NUMBER, OLD_AGE, OU, PROGRAM, REASON, STAGE, YOUNG

DATA_SET_FIELDS = """id,code,name,version,lastUpdated,periodType,openFuturePeriods,expiryDays,timelyDays,
 compulsoryFieldsCompleteOnly,validCompleteOnly,noValueRequiresComment,workflow[id],
 categoryCombo[id,isDefault,categoryOptionCombos[id,code,name]],
 compulsoryDataElementOperands[dataElement[id],categoryOptionCombo[id]],
 dataInputPeriods[period[id],openingDate,closingDate],
 dataSetElements[categoryCombo[id,categoryOptionCombos[id,code,name]],
  dataElement[id,code,name,valueType,zeroIsSignificant,aggregationType,optionSet[id],
   categoryCombo[id,categoryOptionCombos[id,code,name]]]]"""
PROGRAM_FIELDS = """id,code,name,programType,lastUpdated,version,expiryDays,expiryPeriodType,completeEventsExpiryDays,
 categoryCombo[id,isDefault,categoryOptionCombos[id,code,name]],
 programStages[id,name,blockEntryForm,validationStrategy,repeatable,
  programStageDataElements[compulsory,allowFutureDate,sortOrder,
   dataElement[id,code,name,valueType,optionSet[id]]]]"""


def test_the_whole_data_set_as_the_contract_asks_for_it(at: At) -> None:
    held = at("2.40.12").get(f"/api/dataSets/{DS}", fields=DATA_SET_FIELDS).json()
    assert (held["code"], held["periodType"], held["openFuturePeriods"]) == ("MINI", "Monthly", 0)
    assert "workflow" not in held
    assert held["categoryCombo"]["isDefault"] is True
    assert held["categoryCombo"]["categoryOptionCombos"] == [
        {"id": DEFAULT_COMBO, "code": "default", "name": "default"}
    ]
    cases, scabies, stock, *_, state = [part["dataElement"] for part in held["dataSetElements"]]
    assert (cases["id"], cases["zeroIsSignificant"], scabies["zeroIsSignificant"]) == (CASES, True, False)
    assert [c["id"] for c in cases["categoryCombo"]["categoryOptionCombos"]] == [YOUNG, OLD_AGE]
    assert set(cases["categoryCombo"]["categoryOptionCombos"][0]) == {"id", "code", "name"}
    assert (stock["valueType"], "optionSet" in stock, state["optionSet"]) == ("NUMBER", False, {"id": uid("os:STATE")})
    assert set(held["dataSetElements"][0]) == {"dataElement"}


def test_an_element_may_have_another_category_combo_in_a_data_set(at: At) -> None:
    dhis2 = at("2.43.1")
    part = dhis2.app.metadata["dataSets"][0]["dataSetElements"][2]
    part["categoryCombo"] = dhis2.app.metadata["dataSets"][0]["dataSetElements"][0]["dataElement"]["categoryCombo"]
    held = dhis2.get(f"/api/dataSets/{DS}", fields="dataSetElements[categoryCombo[id],dataElement[id]]").json()
    assert set(held["dataSetElements"][2]) == {"categoryCombo", "dataElement"}
    sent = {"dataElement": part["dataElement"]["id"], "categoryOptionCombo": YOUNG, "value": "1"}
    assert dhis2.values(sent).json()["response"]["status"] == "SUCCESS"


def test_expiry_days_are_whole_in_2_38_and_decimal_later(at: At) -> None:
    assert '{"expiryDays":0}' in at("2.38.7").get(f"/api/dataSets/{DS}", fields="expiryDays").text
    assert '{"expiryDays":0.0}' in at("2.40.12").get(f"/api/dataSets/{DS}", fields="expiryDays").text


def test_things_referred_to_come_as_ids_unless_asked_for(at: At) -> None:
    dhis2 = at("2.40.12")
    held = dhis2.get(f"/api/dataSets/{DS}").json()
    assert held["categoryCombo"] == {"id": "bjDvmb4bfuf"}
    assert held["dataSetElements"][0] == {"dataElement": {"id": CASES}}
    assert set(dhis2.get(f"/api/dataSets/{DS}", fields=":identifiable").json()) == {
        "id", "code", "name", "displayName", "created", "lastUpdated",
    }  # fmt: skip
    assert "name" not in dhis2.get(f"/api/dataSets/{DS}", fields="*,!name").json()
    assert dhis2.get(f"/api/dataSets/{DS}", fields="id,a[b").status_code == 400
    missing = dhis2.get("/api/dataSets/aaaaaaaaaaa")
    assert (missing.status_code, missing.json()["status"]) == (404, "ERROR")


def test_a_unit_says_which_sets_and_programs_are_its_own(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.app.metadata["dataSets"][1]["organisationUnits"] = []
    fields = "id,code,name,openingDate,closedDate,dataSets[id],programs[id]"
    assert dhis2.get(f"/api/organisationUnits/{OU}", fields=fields).json() == {
        "id": OU, "code": "ML0417", "name": "CSCom", "openingDate": "1990-01-01T00:00:00.000",
        "dataSets": [{"id": DS}], "programs": [{"id": PROGRAM}],
    }  # fmt: skip


def test_the_default_combination_can_be_read(at: At) -> None:
    asked = {"filter": "name:eq:default", "fields": "id,name", "paging": "false"}
    assert at("2.40.12").get("/api/categoryOptionCombos", **asked).json() == {
        "categoryOptionCombos": [{"id": DEFAULT_COMBO, "name": "default"}]
    }


def test_an_event_program_with_its_stage_elements_and_options(at: At) -> None:
    dhis2 = at("2.40.12")
    held = dhis2.get(f"/api/programs/{PROGRAM}", fields=PROGRAM_FIELDS).json()
    assert (held["programType"], held["code"], held["expiryDays"]) == ("WITHOUT_REGISTRATION", "ORDER", 0)
    (stage,) = held["programStages"]
    assert (stage["id"], stage["blockEntryForm"], stage["repeatable"]) == (STAGE, False, False)
    parts = stage["programStageDataElements"]
    assert [(p["dataElement"]["id"], p["compulsory"], p["sortOrder"]) for p in parts] == [
        (NUMBER, True, 1), (CONFIRMED, False, 2), (REASON, False, 3),
    ]  # fmt: skip
    wanted = parts[2]["dataElement"]["optionSet"]["id"]
    sets = dhis2.get(
        "/api/optionSets", filter=f"id:in:[{wanted},aaaaaaaaaaa]", paging="false",
        fields="id,name,version,options[id,code,name,sortOrder]",
    ).json()["optionSets"]  # fmt: skip
    assert [(s["id"], [o["code"] for o in s["options"]]) for s in sets] == [(wanted, ["SHORT", "LATE"])]


def test_lists_have_pages(at: At) -> None:
    dhis2 = at("2.40.12")
    first = dhis2.get("/api/dataElements", pageSize="4", page="1", order="name:asc").json()
    total = first["pager"]["total"]
    assert first["pager"] == {
        "page": 1, "total": total, "pageSize": 4, "pageCount": -(-total // 4),
        "nextPage": "/api/dataElements?page=2&pageSize=4",
    }  # fmt: skip
    assert [set(e) for e in first["dataElements"]] == [{"id", "displayName"}] * 4
    last = dhis2.get("/api/dataElements", pageSize="4", page=str(first["pager"]["pageCount"]), order="name:asc").json()
    assert "nextPage" not in last["pager"]
    names = [
        e["displayName"]
        for e in dhis2.get("/api/dataElements", paging="false", order="name:desc").json()["dataElements"]
    ]
    assert names == sorted(names, reverse=True)
    assert len(names) == total
    assert dhis2.get("/api/dataSets").json()["pager"]["pageSize"] == 50


@pytest.mark.parametrize(
    ("tests", "found"),
    [
        (["code:eq:CASES"], {"CASES"}), (["code:in:[CASES,STOCK]"], {"CASES", "STOCK"}), (["name:like:oc"], {"STOCK"}),
        (["name:ilike:STO"], {"STOCK"}), (["valueType:eq:NUMBER"], {"STOCK"}), (["zeroIsSignificant:eq:false"], {"SCABIES"}),
        (["code:ge:CASES", "code:lt:NOTE"], {"CASES", "CONFIRMED"}), (["code:$like:SC"], {"SCABIES"}),
        (["optionSet:!null:", "valueType:ne:NUMBER"], {"STATE", "REASON"}),
    ],
)  # fmt: skip
def test_filters(at: At, tests: list[str], found: set[str]) -> None:
    answer = at("2.40.12").get("/api/dataElements", filter=tests, fields="code", paging="false")
    assert {e["code"] for e in answer.json()["dataElements"]} == found


def test_a_filter_that_is_not_known_is_refused(at: At) -> None:
    assert at("2.40.12").get("/api/dataElements", filter="code:about:X").status_code == 400


def test_what_only_the_stand_in_knows_is_not_shown(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.app.metadata["dataSets"][0]["approved"] = True
    assert "approved" not in dhis2.get(f"/api/dataSets/{DS}", fields="*").json()


def test_the_default_metadata_hold_our_two_forms_by_code() -> None:
    from appliance.cli.standin import national_metadata

    made = national_metadata("ML0417")
    assert [s["code"] for s in made["dataSets"]] == ["RMA", "CRGS"]
    assert all(len(s["dataSetElements"]) > 20 for s in made["dataSets"])
