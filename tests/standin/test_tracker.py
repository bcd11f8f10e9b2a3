"""Contract §5: event programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.standin.conftest import At
from tests.standin.play import CONFIRMED, EVENT, NUMBER, OU, PROGRAM, REASON, STAGE, STOCK, Dhis2, event, event_codes

FIELDS = (
    "event,status,program,programStage,orgUnit,occurredAt,completedAt,updatedAt,deleted,dataValues[dataElement,value]"
)
OTHER = "aB3dE6gH9jK"


def program(dhis2: Dhis2) -> dict[str, Any]:
    held: dict[str, Any] = dhis2.app.metadata["programs"][0]
    return held


def test_an_event_is_created_without_an_envelope_and_read_back(at: At) -> None:
    dhis2 = at("2.40.12")
    answer = dhis2.events(event())
    held = answer.json()
    assert (answer.status_code, held["status"]) == (200, "OK")
    assert "httpStatus" not in held
    assert held["stats"] == {"created": 1, "updated": 0, "deleted": 0, "ignored": 0, "total": 1}
    assert held["validationReport"] == {"errorReports": [], "warningReports": []}
    reports = held["bundleReport"]["typeReportMap"]["EVENT"]
    assert reports["stats"]["created"] == 1
    assert [(r["trackerType"], r["uid"], r["errorReports"]) for r in reports["objectReports"]] == [("EVENT", EVENT, [])]
    back = dhis2.get(f"/api/tracker/events/{EVENT}", fields=FIELDS).json()
    assert back["dataValues"] == [
        {"dataElement": NUMBER, "value": "BC-2026-00123"},
        {"dataElement": CONFIRMED, "value": "true"},
    ]
    assert (back["occurredAt"], back["completedAt"][:10], back["deleted"]) == (
        "2026-11-02T00:00:00.000",
        "2026-11-02",
        False,
    )
    assert (back["program"], back["programStage"], back["orgUnit"]) == (PROGRAM, STAGE, OU)
    assert dhis2.get(f"/api/tracker/events/{EVENT.lower()}").status_code == 404


def test_sent_twice_it_exists_already_and_nothing_changes(at: At) -> None:
    dhis2 = at("2.42.5.2")
    dhis2.events(event())
    again = dhis2.events(event(occurredAt="2026-10-01"))
    assert again.status_code == 409
    assert again.json()["validationReport"]["errorReports"] == [
        {
            "message": f"Event: `{EVENT}` already exists.",
            "errorCode": "E1030",
            "trackerType": "EVENT",
            "uid": EVENT,
            "args": [EVENT],
        }
    ]
    assert again.json()["stats"] == {"created": 0, "updated": 0, "deleted": 0, "ignored": 1, "total": 1}
    assert dhis2.get(f"/api/tracker/events/{EVENT}").json()["occurredAt"][:10] == "2026-11-02"


def test_a_lost_answer_is_settled_by_sending_again(at: At) -> None:
    import httpx

    dhis2 = at("2.40.12")
    dhis2.control("faults", lose_answer=1)
    with pytest.raises(httpx.HTTPError):
        dhis2.events(event())
    assert event_codes(dhis2.events(event())) == ["E1030"]
    assert len(dhis2.kept("events")) == 1


@pytest.mark.parametrize(
    ("version", "args", "timings", "bundle_status", "index"),
    [
        ("2.38.7", False, True, True, True), ("2.40.12", False, True, False, True), ("2.41.9.1", False, True, False, False),
        ("2.42.5.2", True, False, False, False), ("2.43.1", True, False, False, False),
    ],
)  # fmt: skip
def test_the_report_by_version(
    at: At, version: str, args: bool, timings: bool, bundle_status: bool, index: bool
) -> None:
    dhis2 = at(version)
    held = dhis2.events(event()).json()
    refused = dhis2.events(event()).json()["validationReport"]["errorReports"][0]
    assert ("args" in refused, "timingsStats" in held, "status" in held["bundleReport"]) == (
        args,
        timings,
        bundle_status,
    )
    assert ("index" in held["bundleReport"]["typeReportMap"]["EVENT"]["objectReports"][0]) is index


def test_a_bad_uid_is_in_the_report_up_to_2_41_and_400_after(at: At) -> None:
    for wrong in ("1T4mZq09AbX", "kT4mZq09Ab", "kT4mZq09-bX"):
        assert event_codes(at("2.41.9.1").events(event(event=wrong))) == ["E1048"]
        refused = at("2.42.5.2").events(event(event=wrong))
        assert (refused.status_code, refused.json()["httpStatusCode"]) == (400, 400)


def test_faults_of_the_request_itself_are_400(at: At) -> None:
    dhis2 = at("2.40.12")
    assert dhis2.events(event(), importStrategy="MERGE").status_code == 400
    assert dhis2.events(event(status="DONE")).status_code == 400
    assert dhis2.post("/api/tracker", b"{no", **{"async": "false"}).json()["httpStatus"] == "Bad Request"
    assert dhis2.post("/api/tracker", b"<x/>", headers={"Content-Type": "application/xml"}).status_code == 415


def test_a_missing_event_cannot_be_updated_or_deleted(at: At) -> None:
    dhis2 = at("2.40.12")
    for strategy in ("UPDATE", "DELETE"):
        assert event_codes(dhis2.events(event(), importStrategy=strategy)) == ["E1032"]


def test_a_deleted_uid_can_never_be_used_again(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.events(event())
    gone = dhis2.events({"event": EVENT}, importStrategy="DELETE")
    assert (gone.status_code, gone.json()["stats"]["deleted"]) == (200, 1)
    assert dhis2.get(f"/api/tracker/events/{EVENT}").status_code == 404
    for strategy in ("CREATE", "UPDATE", "CREATE_AND_UPDATE", "DELETE"):
        assert event_codes(dhis2.events(event(), importStrategy=strategy)) == ["E1082"]


def test_the_default_strategy_creates_and_updates_and_what_is_left_out_stays(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.post("/api/tracker", {"events": [event()]}, **{"async": "false"})
    changed = event(dataValues=[{"dataElement": CONFIRMED, "value": None}, {"dataElement": REASON, "value": "LATE"}])
    answer = dhis2.post("/api/tracker", {"events": [changed]}, **{"async": "false"})
    assert answer.json()["stats"]["updated"] == 1
    back = dhis2.get(f"/api/tracker/events/{EVENT}", fields="dataValues[dataElement,value]").json()["dataValues"]
    assert {v["dataElement"]: v["value"] for v in back} == {NUMBER: "BC-2026-00123", REASON: "LATE"}


def test_the_stage_may_be_left_out(at: At) -> None:
    dhis2 = at("2.40.12")
    sent = event()
    del sent["programStage"]
    assert dhis2.events(sent).status_code == 200
    assert dhis2.get(f"/api/tracker/events/{EVENT}").json()["programStage"] == STAGE


def test_things_may_be_named_by_code(at: At) -> None:
    dhis2 = at("2.40.12")
    named = {"programIdScheme": "CODE", "orgUnitIdScheme": "CODE", "dataElementIdScheme": "CODE"}
    sent = event(program="ORDER", orgUnit="ML0417", dataValues=[{"dataElement": "ORDER_NO", "value": "7"}])
    assert dhis2.events(sent, **named).status_code == 200
    assert dhis2.get(f"/api/tracker/events/{EVENT}").json()["dataValues"][0]["dataElement"] == NUMBER


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("E1010", {"program": "aaaaaaaaaaa"}), ("E1011", {"orgUnit": "aaaaaaaaaaa"}), ("E1013", {"programStage": "aaaaaaaaaaa"}),
        ("E1115", {"attributeOptionCombo": "aaaaaaaaaaa"}), ("E1123", {"orgUnit": None}),
        ("E1031", {"occurredAt": None}), ("E1051", {"status": "ACTIVE"}),
        ("E1050", {"status": "SCHEDULE", "completedAt": None, "occurredAt": None}),
        ("E1302", {"dataValues": [{"dataElement": NUMBER, "value": "1"}, {"dataElement": CONFIRMED, "value": "peut-être"}]}),
        ("E1125", {"dataValues": [{"dataElement": NUMBER, "value": "1"}, {"dataElement": REASON, "value": "short"}]}),
        ("E1303", {"dataValues": []}), ("E1076", {"dataValues": [{"dataElement": NUMBER, "value": None}]}),
        ("E1304", {"dataValues": [{"dataElement": NUMBER, "value": "1"}, {"dataElement": "aaaaaaaaaaa", "value": "1"}]}),
        ("E1305", {"dataValues": [{"dataElement": NUMBER, "value": "1"}, {"dataElement": STOCK, "value": "1"}]}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_event(at: At, code: str, wrong: dict[str, Any]) -> None:
    dhis2 = at("2.40.12")
    answer = dhis2.events({k: v for k, v in event(**wrong).items() if v is not None})
    assert (answer.status_code, event_codes(answer)) == (409, [code])
    assert dhis2.kept("events") == []


def test_rights_to_unit_program_stage_and_option(at: At) -> None:
    dhis2 = at("2.40.12")
    program(dhis2)["access"] = {"data": {"write": False, "read": False}}
    program(dhis2)["programStages"][0]["access"] = {"data": {"write": False}}
    assert event_codes(dhis2.events(event())) == ["E1091", "E1096", "E1095"]
    dhis2.app.metadata["users"][0]["organisationUnits"] = []
    assert "E1000" in event_codes(dhis2.events(event()))
    dhis2.control("settings", authorities=["ALL"])
    assert dhis2.events(event()).status_code == 200
    dhis2.control("settings", authorities=[])
    assert dhis2.get(f"/api/tracker/events/{EVENT}").status_code == 403


def test_pairings_of_unit_stage_and_combination(at: At) -> None:
    dhis2 = at("2.40.12")
    program(dhis2)["organisationUnits"] = [{"id": "ouAilleurs1"}]
    assert event_codes(dhis2.events(event())) == ["E1029"]
    program(dhis2)["organisationUnits"] = [{"id": OU}]
    from tests.standin.play import YOUNG

    assert event_codes(dhis2.events(event(attributeOptionCombo=YOUNG))) == ["E1054"]
    assert dhis2.events(event()).status_code == 200
    second = {**program(dhis2)["programStages"][0], "id": "psDeuxieme1"}
    program(dhis2)["programStages"].append(second)
    assert event_codes(dhis2.events(event(programStage="psDeuxieme1"), importStrategy="UPDATE")) == ["E1128"]


@pytest.mark.parametrize(
    ("version", "blocked"),
    [
        ("2.40.12", False),
        ("2.41.9.1", False),
        ("2.42.5.2", False),
        ("2.43.0", False),
        ("2.43.1", True),
        ("2.44-SNAPSHOT", True),
    ],
)
def test_a_completed_event_of_a_blocking_stage_by_version(at: At, version: str, blocked: bool) -> None:
    dhis2 = at(version)
    program(dhis2)["programStages"][0]["blockEntryForm"] = True
    dhis2.events(event())
    again = dhis2.events(event(), importStrategy="UPDATE")
    assert event_codes(again) == (["E1326"] if blocked else [])
    dhis2.control("quirks", e1326=not blocked)
    assert event_codes(dhis2.events(event(), importStrategy="UPDATE")) == ([] if blocked else ["E1326"])


def test_re_opening_needs_a_right(at: At) -> None:
    dhis2 = at("2.43.1")
    dhis2.events(event())
    opened = event(status="ACTIVE")
    del opened["completedAt"]
    assert event_codes(dhis2.events(opened, importStrategy="UPDATE")) == ["E1083"]
    dhis2.control("settings", authorities=["F_UNCOMPLETE_EVENT"])
    assert dhis2.events(opened, importStrategy="UPDATE").status_code == 200
    assert "completedAt" not in dhis2.get(f"/api/tracker/events/{EVENT}").json()


def test_expiry_of_completed_events_and_of_periods(at: At) -> None:
    dhis2 = at("2.40.12")
    program(dhis2)["completeEventsExpiryDays"] = 3
    dhis2.events(event())
    dhis2.control("clock", today="2026-11-05")
    assert event_codes(dhis2.events(event(), importStrategy="UPDATE")) == []
    dhis2.control("clock", today="2026-11-06")
    assert event_codes(dhis2.events(event(), importStrategy="UPDATE")) == ["E1043"]
    program(dhis2).update(completeEventsExpiryDays=0, expiryDays=5, expiryPeriodType="Monthly")
    assert event_codes(dhis2.events(event(event=OTHER, occurredAt="2026-10-31"))) == ["E1047"]
    dhis2.control("clock", today="2026-11-05")
    assert event_codes(dhis2.events(event(event=OTHER, occurredAt="2026-10-31"))) == []


def test_single_events_have_no_schedule_from_2_43_on(at: At) -> None:
    sent = event(status="SCHEDULE", scheduledAt="2026-11-09")
    del sent["completedAt"]
    assert event_codes(at("2.42.5.2").events(sent)) == []
    assert event_codes(at("2.43.1").events(sent)) == ["E1318"]


def test_all_or_those_that_are_good(at: At) -> None:
    dhis2 = at("2.40.12")
    pair = (event(), event(event=OTHER, program="aaaaaaaaaaa"))
    whole = dhis2.events(*pair)
    assert (whole.status_code, whole.json()["stats"]["ignored"], dhis2.kept("events")) == (409, 2, [])
    assert whole.json()["bundleReport"]["typeReportMap"]["EVENT"]["objectReports"] == []
    partly = dhis2.events(*pair, atomicMode="OBJECT")
    assert (partly.status_code, partly.json()["status"]) == (409, "ERROR")
    assert partly.json()["stats"] == {"created": 1, "updated": 0, "deleted": 0, "ignored": 1, "total": 2}
    stored = partly.json()["bundleReport"]["typeReportMap"]["EVENT"]["objectReports"]
    assert [r["uid"] for r in stored] == [EVENT] == [e["event"] for e in dhis2.kept("events")]


def test_without_async_false_literally_a_job_is_started(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", slow_jobs=1)
    started = dhis2.post("/api/tracker", {"events": [event()]}, **{"async": "FALSE"})
    job = started.json()["response"]
    assert (started.status_code, started.json()["message"], job["responseType"]) == (
        200,
        "Tracker job added",
        "TrackerJob",
    )
    assert job["location"].endswith(f"/api/tracker/jobs/{job['id']}")
    assert dhis2.get(f"/api/tracker/jobs/{job['id']}/report").status_code == 404
    assert [dhis2.get(f"/api/tracker/jobs/{job['id']}").json()[0]["completed"] for _ in range(2)] == [False, True]
    assert dhis2.get(f"/api/tracker/jobs/{job['id']}/report", reportMode="ERRORS").json()["stats"]["created"] == 1
    assert dhis2.get("/api/tracker/jobs/aaaaaaaaaaa/report").status_code == 404


@pytest.mark.parametrize(
    ("version", "key"),
    [("2.38.7", "instances"), ("2.40.12", "instances"), ("2.41.9.1", "events"), ("2.43.1", "events")],
)
def test_the_list_has_another_key_by_version(at: At, version: str, key: str) -> None:
    dhis2 = at(version)
    dhis2.events(event())
    held = dhis2.get("/api/tracker/events", program=PROGRAM, orgUnit=OU, fields="event").json()
    assert held[key] == [{"event": EVENT}]


# §5.7

LEGACY = {
    "event": EVENT, "program": PROGRAM, "programStage": STAGE, "orgUnit": OU, "eventDate": "2026-11-02",
    "status": "COMPLETED", "completedDate": "2026-11-02", "dataValues": [{"dataElement": NUMBER, "value": "7"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("version", "there"), [("2.38.7", True), ("2.41.9.1", True), ("2.42.0", False), ("2.43.1", False)]
)
def test_the_older_call_is_gone_from_2_42_on(at: At, version: str, there: bool) -> None:
    answer = at(version).post("/api/events", {"events": [LEGACY]})
    assert answer.status_code == (200 if there else 404)


def test_the_older_call_answers_with_import_summaries(at: At) -> None:
    import gzip

    dhis2 = at("2.40.12")
    answer = dhis2.post("/api/events", gzip.compress(json.dumps({"events": [LEGACY]}).encode()))
    response = answer.json()["response"]
    assert (answer.json()["httpStatus"], response["responseType"], response["status"]) == (
        "OK",
        "ImportSummaries",
        "SUCCESS",
    )
    assert response["importSummaries"][0]["importCount"]["imported"] == 1
    assert dhis2.get(f"/api/tracker/events/{EVENT}").json()["occurredAt"] == "2026-11-02T00:00:00.000"
    assert (
        dhis2.post("/api/events", {"events": [LEGACY]}).json()["response"]["importSummaries"][0]["importCount"][
            "updated"
        ]
        == 1
    )
    dhis2.events({"event": EVENT}, importStrategy="DELETE")
    refused = dhis2.post("/api/events", {"events": [LEGACY]}, strategy="CREATE")
    assert refused.status_code == 409
    assert refused.json()["response"]["importSummaries"][0]["description"].endswith(
        "already exists or was deleted earlier"
    )
