"""Contract §0 rule 2, §1.3 and §4.3: envelopes, version paths, refusals of the wire, ETags."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile

import pytest

from tests.standin.conftest import At
from tests.standin.play import DS, OU, event, summary, told, value


@pytest.mark.parametrize(
    ("version", "plain"), [("2.38.7", True), ("2.41.9.1", True), ("2.42.5.2", False), ("2.43.1", False)]
)
def test_a_version_path_below_38_strips_the_envelope_and_always_says_200(at: At, version: str, plain: bool) -> None:
    dhis2 = at(version)
    body = {"dataSet": "aaaaaaaaaaa", "period": "202610", "orgUnit": OU, "dataValues": [value("1")]}
    answer = dhis2.post("/api/37/dataValueSets", body)
    assert (answer.status_code, "response" in answer.json()) == ((200, False) if plain else (409, True))
    if plain:
        assert (answer.json()["responseType"], answer.json()["status"]) == ("ImportSummary", "ERROR")
    assert dhis2.post("/api/38/dataValueSets", body).status_code == 409
    assert dhis2.get("/api/40/dataSets").status_code == 200


def test_the_envelope_of_a_partial_refusal_is_that_of_the_contract(at: At) -> None:
    answer = at("2.40.12").values(value("12"), value("x"))
    held = answer.json()
    assert {k: held[k] for k in ("httpStatus", "httpStatusCode", "status", "message")} == {
        "httpStatus": "Conflict", "httpStatusCode": 409, "status": "WARNING",
        "message": "One more conflicts encountered, please check import summary.",
    }  # fmt: skip
    assert "errorCode" not in held
    response = held["response"]
    assert response["importCount"] == {"imported": 1, "updated": 0, "ignored": 1, "deleted": 0}
    assert response["rejectedIndexes"] == [1]
    assert response["dataSetComplete"] == "false"
    (conflict,) = response["conflicts"]
    assert conflict["objects"] == {"dataElement": conflict["object"]}
    assert (conflict["errorCode"], conflict["property"], conflict["indexes"]) == ("E7619", "value", [1])
    assert conflict["value"].startswith("Value must match value type of data element `")
    assert conflict["value"].endswith("`: `value_not_zero_or_positive_integer`")


def test_what_the_wire_itself_refuses(at: At) -> None:
    dhis2 = at("2.40.12")
    text = {"Content-Type": "text/plain"}
    assert dhis2.post("/api/dataValueSets", b"x", headers=text).status_code == 415
    assert dhis2.get("/api/me", headers={"Accept": "text/html"}).status_code == 406
    assert dhis2.delete("/api/me").status_code == 405
    missing = dhis2.get("/api/nothing")
    assert (missing.status_code, missing.json()["status"]) == (404, "ERROR")
    assert dhis2.post("/api/completeDataSetRegistrations", b"{no json").status_code == 400


def test_without_the_right_to_add_values_it_is_403(at: At) -> None:
    answer = at("2.40.12", authorities=[]).values(value("1"))
    assert (answer.status_code, answer.json()["httpStatus"]) == (403, "Forbidden")


def test_a_compressed_body_is_known_by_its_first_bytes_whatever_the_headers_say(at: At) -> None:
    dhis2 = at("2.40.12")
    body = json.dumps({"dataSet": DS, "period": "202610", "orgUnit": OU, "dataValues": [value("21")]}).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("values.json", body)
    for sent in (gzip.compress(body), packed.getvalue()):
        assert dhis2.post("/api/dataValueSets", sent).status_code == 200
    headers = {"Content-Encoding": "gzip"}
    assert dhis2.post("/api/dataValueSets", body, headers=headers).status_code == 200
    assert dhis2.post("/api/dataValueSets", gzip.compress(body)[:-9]).status_code == 400
    assert dhis2.kept("requests")[-1]["bytes_in"] == len(gzip.compress(body)) - 9


def test_a_completion_may_be_compressed_and_an_event_may_not(at: At) -> None:
    dhis2 = at("2.40.12")
    done = {"completeDataSetRegistrations": [{"dataSet": DS, "period": "202610", "organisationUnit": OU}]}
    assert dhis2.post("/api/completeDataSetRegistrations", gzip.compress(json.dumps(done).encode())).status_code == 200
    packed = gzip.compress(json.dumps({"events": [event()]}).encode())
    refused = dhis2.post("/api/tracker", packed, **{"async": "false"})
    assert (refused.status_code, refused.json()["httpStatus"]) == (400, "Bad Request")


def test_an_etag_is_the_md5_of_the_body_and_spares_it(at: At) -> None:
    dhis2 = at("2.40.12")
    first = dhis2.get(f"/api/dataSets/{DS}")
    assert first.headers["etag"] == f'"{hashlib.md5(first.content).hexdigest()}"'
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}"):
        again = dhis2.get(f"/api/dataSets/{DS}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    dhis2.app.metadata["dataSets"][0]["name"] = "Autre nom"
    assert dhis2.get(f"/api/dataSets/{DS}", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_some_paths_have_no_etag(at: At) -> None:
    dhis2 = at("2.40.12")
    asked = {"dataSet": DS, "period": "202610", "orgUnit": OU}
    assert "etag" not in dhis2.get("/api/dataValueSets", **asked).headers
    assert "etag" in dhis2.get("/api/dataEntry/dataValues", ds=DS, pe="202610", ou=OU).headers


def test_answers_are_never_compressed(at: At) -> None:
    answer = at("2.40.12").get(f"/api/dataSets/{DS}", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_a_409_without_a_summary_is_a_passing_database_fault(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", passing_409=1)
    refused = dhis2.values(value("1"))
    assert (refused.status_code, "response" in refused.json()) == (409, False)
    assert told(dhis2.values(value("1")))[0] == 200


def test_an_asynchronous_import_is_polled_and_then_summed_up(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", slow_jobs=1)
    started = dhis2.values(value("3"), params={"async": "true"})
    job = summary(started)
    assert (started.status_code, job["responseType"], job["jobStatus"]) == (200, "JobConfiguration", "SCHEDULED")
    assert job["relativeNotifierEndpoint"] == f"/api/system/tasks/DATAVALUE_IMPORT/{job['id']}"
    assert started.headers["location"].endswith(job["relativeNotifierEndpoint"])
    polls = [dhis2.get(job["relativeNotifierEndpoint"]).json() for _ in range(2)]
    assert [p[0]["completed"] for p in polls] == [False, True]
    assert dhis2.get(f"/api/system/taskSummaries/DATAVALUE_IMPORT/{job['id']}").json()["importCount"]["imported"] == 1
    assert dhis2.get("/api/system/tasks/DATAVALUE_IMPORT/aaaaaaaaaaa").json() == []
