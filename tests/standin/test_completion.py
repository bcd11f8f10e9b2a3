"""Contract §3: completing a data set."""

from __future__ import annotations

from typing import Any

import httpx

from appliance.standin.metadata import DEFAULT_COMBO
from tests.standin.conftest import At
from tests.standin.play import CASES, DS, OU, YOUNG, Dhis2, summary, told, value


def entry(**more: Any) -> dict[str, Any]:
    """The entry of the contract."""
    return {
        "dataSet": DS, "period": "202610", "organisationUnit": OU, "attributeOptionCombo": DEFAULT_COMBO,
        "date": "2026-11-02", "completed": True, **more,
    }  # fmt: skip


def complete(dhis2: Dhis2, *entries: dict[str, Any], **params: str) -> httpx.Response:
    return dhis2.post("/api/completeDataSetRegistrations", {"completeDataSetRegistrations": list(entries)}, **params)


def test_a_registration_is_written_once_and_updated_after_that(at: At) -> None:
    dhis2 = at("2.40.12")
    assert told(complete(dhis2, entry())) == (200, "SUCCESS", {"imported": 1})
    assert told(complete(dhis2, entry(date="2026-11-03"))) == (200, "SUCCESS", {"updated": 1})
    held = dhis2.get("/api/completeDataSetRegistrations", dataSet=DS, period="202610", orgUnit=OU).json()
    assert held == {"completeDataSetRegistrations": [entry(date="2026-11-03", storedBy="cscom")]}
    assert dhis2.get("/api/completeDataSetRegistrations", dataSet=DS, period="202609", orgUnit=OU).json() == {
        "completeDataSetRegistrations": []
    }
    assert dhis2.kept("completions")[0]["times"] == 2


def test_the_key_is_organisationUnit(at: At) -> None:
    wrong = {**entry(), "orgUnit": OU}
    del wrong["organisationUnit"]
    answer = complete(at("2.43.1"), wrong)
    assert told(answer) == (409, "ERROR", {"ignored": 1})
    assert "errorCode" not in summary(answer)["conflicts"][0]
    assert "organisationUnit" in summary(answer)["conflicts"][0]["value"]


def test_it_is_an_error_only_when_every_one_was_ignored(at: At) -> None:
    answer = complete(at("2.40.12"), entry(), entry(period="202613"), entry(dataSet="aaaaaaaaaaa"))
    assert told(answer) == (200, "SUCCESS", {"imported": 1, "ignored": 2})
    assert len(summary(answer)["conflicts"]) == 2


def test_compulsory_cells_only_where_the_data_set_asks_for_them(at: At) -> None:
    dhis2 = at("2.40.12")
    asked = [{"dataElement": {"id": CASES}, "categoryOptionCombo": {"id": YOUNG}}]
    dhis2.app.metadata["dataSets"][0]["compulsoryDataElementOperands"] = asked
    assert told(complete(dhis2, entry()))[1] == "SUCCESS"
    dhis2.app.metadata["dataSets"][0]["compulsoryFieldsCompleteOnly"] = True
    answer = complete(dhis2, entry())
    assert told(answer) == (409, "ERROR", {"ignored": 1})
    assert summary(answer)["conflicts"][0]["value"].endswith("needs to be filled. It is compulsory.")
    dhis2.values(value("1"))
    assert told(complete(dhis2, entry()))[1] == "SUCCESS"


def test_writing_looks_at_no_lock_and_taking_back_does(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.app.metadata["dataSets"][0]["expiryDays"] = 1
    assert told(complete(dhis2, entry(period="202601")))[0] == 200
    asked = {"ds": DS, "pe": "202601", "ou": OU}
    assert dhis2.delete("/api/completeDataSetRegistrations", **asked).status_code == 409
    dhis2.app.metadata["dataSets"][0]["expiryDays"] = 0
    gone = dhis2.delete("/api/completeDataSetRegistrations", **asked, multiOu="true")
    assert (gone.status_code, gone.content, dhis2.kept("completions")) == (204, b"", [])
    assert dhis2.delete("/api/completeDataSetRegistrations", ds=DS, pe="nope", ou=OU).status_code == 409


def test_schemes_dry_run_and_deletion_by_strategy(at: At) -> None:
    dhis2 = at("2.40.12")
    named = {"dataSetIdScheme": "CODE", "orgUnitIdScheme": "CODE"}
    by_code = entry(dataSet="MINI", organisationUnit="ML0417")
    assert told(complete(dhis2, by_code, dryRun="true", **named))[0] == 200
    assert dhis2.kept("completions") == []
    assert told(complete(dhis2, by_code, **named))[2] == {"imported": 1}
    assert told(complete(dhis2, entry(), importStrategy="DELETE"))[2] == {"deleted": 1}
    assert dhis2.kept("completions") == []


def test_the_data_entry_call_does_the_same_from_2_39_on(at: At) -> None:
    sent = {"dataSet": DS, "period": "202610", "orgUnit": OU, "attribute": {"combo": "bjDvmb4bfuf"}, "completed": True}
    dhis2 = at("2.40.12")
    assert dhis2.post("/api/dataEntry/dataSetCompletion", sent).status_code == 200
    assert [c["completed"] for c in dhis2.kept("completions")] == [True]
    assert at("2.38.7").post("/api/dataEntry/dataSetCompletion", sent).status_code == 404
