"""Every row of the contract's table of failures, and the variants that a real server, proxy or portal sends."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from appliance.sync.dhis2.codes import Fate, fate_of, is_daily
from appliance.sync.dhis2.outcomes import Sent, of_import
from appliance.sync.dhis2.transport import ASKED, of_failure, of_transport
from tests.sync.counterparty import summary

OCTOBER_20 = {"date": "Tue, 20 Oct 2026 08:00:00 GMT"}
NOVEMBER_20 = {"date": "Fri, 20 Nov 2026 08:00:00 GMT"}
SENT = Sent(values=3, counted=3, period_end=date(2026, 10, 31))


def refusal(code: str | None, **more: Any) -> dict[str, Any]:
    return {"object": "Ix2HsbDMLea", "value": "Value must match", "errorCode": code, "property": "value"} | more


def read(status: int, body: Any, headers: dict[str, str] | None = None, sent: Sent | None = SENT) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return of_import(status, headers or {}, raw, sent)


CONTRACT_WARNING = {
    "httpStatus": "Conflict", "httpStatusCode": 409, "status": "WARNING",
    "message": "One more conflicts encountered, please check import summary.",
    "response": {
        "responseType": "ImportSummary", "status": "WARNING", "importOptions": {},
        "description": "Import process completed successfully",
        "importCount": {"imported": 10, "updated": 2, "ignored": 1, "deleted": 0},
        "conflicts": [
            {"object": "Ix2HsbDMLea", "objects": {"dataElement": "Ix2HsbDMLea"},
             "value": "Value must match value type of data element `Ix2HsbDMLea`: `value_not_integer`",
             "errorCode": "E7619", "property": "value", "indexes": [1]}
        ],
        "rejectedIndexes": [1], "dataSetComplete": "false",
    },
}  # fmt: skip


@pytest.mark.parametrize("status", [409, 200])
@pytest.mark.parametrize("is_bare", [False, True])
def test_a_warning_is_taken_but_for_its_positions_at_409_and_at_200_wrapped_or_bare(status: int, is_bare: bool) -> None:
    body = CONTRACT_WARNING["response"] if is_bare else CONTRACT_WARNING
    outcome = read(status, body, sent=Sent(values=13, counted=13))
    assert (outcome.fate, outcome.code) == (Fate.ACCEPTED, "partly-refused")
    assert [(c.code, c.indexes, c.names) for c in outcome.conflicts] == [("E7619", (1,), ("Ix2HsbDMLea",))]


def test_the_old_engine_folds_several_values_into_one_conflict() -> None:
    outcome = read(409, summary("WARNING", [refusal("E7619", indexes=[0, 2])], updated=1, ignored=2))
    assert outcome.conflicts[0].indexes == (0, 2)


def test_the_new_engine_names_what_it_refuses_only_in_args() -> None:
    body = summary("ERROR", [{"errorCode": "E8020", "objects": {"args": "Ix2HsbDMLea-f7n9E0hX8qk"}, "value": "no"}])
    outcome = read(409, body)
    assert (outcome.fate, outcome.code) == (Fate.PERMANENT, "E8020")
    assert outcome.conflicts[0].names == ("Ix2HsbDMLea", "f7n9E0hX8qk")


@pytest.mark.parametrize("counts", [{"ignored": 3}, {"updated": 3}, {"imported": 1, "ignored": 2}, {"imported": 3}])
def test_accepted_is_never_counted_as_imported(counts: dict[str, int]) -> None:
    assert (read(200, summary(**counts)).fate, read(200, summary(**counts)).code) == (Fate.ACCEPTED, "success")


@pytest.mark.parametrize(
    ("status", "body", "fate", "code"),
    [
        # nobody at DHIS2 said yes
        (200, b"<html><body>Bienvenue</body></html>", Fate.RETRY, "not-json"), (200, b"", Fate.RETRY, "not-json"),
        (200, b'"OK"', Fate.RETRY, "not-json"), (200, b"null", Fate.RETRY, "not-json"), (204, b"", Fate.RETRY, "not-json"),
        (200, b'{"response": {"status": "SUCCESS", "importCount', Fate.RETRY, "not-json"), (200, b"[]", Fate.RETRY, "not-json"),
        (200, b"[" * 90_000, Fate.RETRY, "not-json"), (511, b"{}", Fate.RETRY, "portal"),
        # a yes without a summary, with a job's ticket, with an unreadable summary
        (200, {"httpStatus": "OK", "status": "OK", "message": "Import was successful."}, Fate.RETRY_FEW, "no-summary"),
        (200, {"status": "SUCCESS"}, Fate.RETRY_FEW, "no-summary"), (200, {"success": True}, Fate.RETRY_FEW, "no-summary"),
        (200, {"status": "OK", "response": {"responseType": "JobConfiguration", "jobStatus": "SCHEDULED"}}, Fate.RETRY_FEW, "no-summary"),
        (200, {"response": {"responseType": "ImportSummary", "status": "SUCCESS", "importCount": None}}, Fate.RETRY_FEW, "unreadable"),
        (200, {"response": {"responseType": "ImportSummary", "status": "MAYBE", "importCount": {"updated": 3}}}, Fate.RETRY_FEW, "unreadable"),
        (200, {"response": {"responseType": "ImportSummary", "importCount": {"updated": 3}}}, Fate.RETRY_FEW, "unreadable"),
        # a yes to less than was sent
        (200, summary(), Fate.RETRY_FEW, "nothing-counted"), (200, summary(updated=2), Fate.ACCEPTED, "partly-counted"),
        (200, summary("WARNING", None, updated=2, ignored=1), Fate.ACCEPTED, "partly-refused"),
        # refused as a whole
        (409, summary("ERROR", []), Fate.RETRY_FEW, "import-failed"), (409, summary("ERROR", None), Fate.RETRY_FEW, "import-failed"),
        (409, {"status": "ERROR", "response": {"responseType": "ImportSummary", "status": "ERROR", "description": "The import process failed: x"}}, Fate.RETRY_FEW, "import-failed"),
        (409, {"httpStatusCode": 409, "status": "ERROR", "message": "duplicate key"}, Fate.RETRY_FEW, "conflict-without-summary"),
        (409, {"status": "ERROR", "errorCode": "E7601", "message": "x"}, Fate.PERSON, "E7601"),
        (409, summary("WARNING", [refusal("E7640", indexes=[0, 1, 2])], ignored=3), Fate.PERSON, "E7640"),
        (409, summary("ERROR", [refusal(None)]), Fate.PERSON, "refused"), (409, summary("ERROR", [refusal("E9999")]), Fate.PERSON, "E9999"),
        # the transport's own words
        (400, {"status": "ERROR", "message": "bad"}, Fate.PERMANENT, "http-400"), (400, summary(updated=3), Fate.PERMANENT, "http-400"),
        (401, b"", Fate.PERSON, "unauthorized"), (401, {"message": "Account locked"}, Fate.PERSON, "unauthorized"),
        (403, {"message": "no"}, Fate.PERSON, "forbidden"), (403, b"<html>", Fate.RETRY_FEW, "forbidden"),
        (404, b"404 page not found", Fate.RETRY_FEW, "not-found"), (404, {"status": "ERROR"}, Fate.RETRY_FEW, "not-found"),
        (405, {"status": "ERROR"}, Fate.PERSON, "http-405"), (406, b"", Fate.PERMANENT, "http-406"), (415, {}, Fate.PERMANENT, "http-415"),
        (408, b"", Fate.RETRY, "http-408"), (413, b"<html>", Fate.PERMANENT, "too-large"), (429, b"", Fate.RETRY, "http-429"),
        (500, {"status": "ERROR"}, Fate.RETRY_FEW, "http-500"), (500, summary(updated=3), Fate.RETRY_FEW, "http-500"),
        (502, b"<html>", Fate.RETRY, "http-502"), (503, summary(updated=3), Fate.RETRY, "http-503"), (504, b"", Fate.RETRY, "http-504"),
    ],
)  # fmt: skip
def test_each_answer_means_what_the_contract_says(status: int, body: Any, fate: Fate, code: str) -> None:
    outcome = read(status, body)
    assert (outcome.fate, outcome.code) == (fate, code)


def test_missing_extra_and_null_keys_are_read_over() -> None:
    body = summary(updated=3)
    body["response"] |= {"conflicts": None, "importOptions": None, "rejectedIndexes": [], "new": {"x": [1]}}
    body["errorCode"] = None
    assert read(200, body).code == "success"
    odd = summary("WARNING", [None, "x", refusal("E7619", indexes=None, objects=None, value=None), refusal("E7619", indexes=["1", True, -1, 1])], updated=2, ignored=1)  # fmt: skip
    outcome = read(409, odd)
    assert outcome.code == "partly-refused"
    assert [c.code for c in outcome.conflicts] == ["E7619", "E7619"]


def test_zeros_that_an_old_server_drops_uncounted_are_no_shortage() -> None:
    assert read(200, summary(imported=1), sent=Sent(values=3, counted=1)).code == "success"
    assert read(200, summary(), sent=Sent(values=3, counted=0)).code == "success"


@pytest.mark.parametrize("code", ["E7641", "E8030"])
def test_a_period_that_has_not_ended_by_the_servers_clock_waits(code: str) -> None:
    assert read(409, summary("ERROR", [refusal(code)]), OCTOBER_20).fate is Fate.WAIT


def test_the_same_code_after_the_period_asks_for_a_person() -> None:
    assert read(409, summary("ERROR", [refusal("E8030")]), NOVEMBER_20).fate is Fate.PERSON
    assert read(409, summary("ERROR", [refusal("E8030")])).fate is Fate.PERSON


@pytest.mark.parametrize(
    ("codes", "fate"),
    [
        ("E7600 E7603 E7604 E7610 E7612 E7613 E7614 E7615 E7616 E8003 E8004 E8005 E8101 E8106 E8111 E8126 E8127", Fate.PERMANENT),
        ("E7611 E8100 E8021 E7618 E7619 E7620 E7621 E8120 E8121 E8122 E8123 E8124 E8125", Fate.PERMANENT),
        ("E7630 E7631 E7632 E7633 E7634 E7635 E7636 E7639 E8020 E8022 E8023 E8024 E8025 E8002 E8128 E8008 E8009", Fate.PERMANENT),
        ("E7601 E7617 E8010 E8011 E8012 E7638 E7640 E7642 E7643 E7644 E8030 E8031 E8032 E8033", Fate.PERSON),
        ("E1000 E1010 E1013 E1029 E1043 E1047 E1083 E1091 E1095 E1082 E1030 E1326", Fate.PERSON),
        ("E1076 E1123 E1125 E1300 E1301 E1302 E1303 E1304 E1305", Fate.PERMANENT),
        ("E7641", Fate.WAIT),
        ("E4242", Fate.PERSON),
    ],
)  # fmt: skip
def test_every_code_of_the_table_stands_in_its_class(codes: str, fate: Fate) -> None:
    assert {code: fate_of(code) for code in codes.split()} == dict.fromkeys(codes.split(), fate)


def test_only_what_the_district_can_unlock_is_tried_daily() -> None:
    daily = {"E7638", "E7640", "E7642", "E7643", "E7644", "E8030", "E8031", "E8032", "E8033"}
    assert {c for c in (f"E{n}" for n in range(7600, 8200)) if is_daily(c)} == daily


@pytest.mark.parametrize(
    ("asked", "location", "fate", "code"),
    [
        (
            "https://dhis2.example/dhis/api/me",
            "https://dhis2.example/dhis/dhis-web-login",
            Fate.PERSON,
            "redirected-to-login",
        ),
        (
            "https://dhis2.example/dhis/api/me",
            "/dhis/dhis-web-commons/security/login.action",
            Fate.PERSON,
            "redirected-to-login",
        ),
        ("https://dhis2.example/api/me", "/login/", Fate.PERSON, "redirected-to-login"),
        ("http://dhis2.example/api/me", "https://dhis2.example/api/me", Fate.PERSON, "redirected"),
        ("http://dhis2.example/api/me", "http://portail.operateur.example/login?u=1", Fate.RETRY, "portal"),
        ("http://dhis2.example/api/me", "", Fate.RETRY, "not-json"),
    ],
)
def test_no_redirect_is_a_yes_and_a_portal_is_told_from_a_login(
    asked: str, location: str, fate: Fate, code: str
) -> None:
    outcome = of_transport(302, {ASKED: asked, "location": location}, json.dumps(summary(updated=3)).encode())
    assert outcome is not None
    assert (outcome.fate, outcome.code, outcome.pauses_link) == (fate, code, fate is Fate.PERSON)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Tue, 20 Oct 2026 08:05:00 GMT", **OCTOBER_20}, 300),
        ({"retry-after": "Tue, 20 Oct 2026 07:00:00 GMT", **OCTOBER_20}, 0),
        ({"retry-after": "99999999999"}, 86_400),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_time_a_proxy_asks_for_is_kept(status: int, headers: dict[str, str], seconds: int | None) -> None:
    outcome = of_transport(status, headers, b"")
    assert outcome is not None
    assert outcome.retry_after == seconds


def test_no_answer_is_tried_again_and_a_bad_certificate_asks_for_a_person() -> None:
    assert {of_failure(k).fate for k in ("dns", "connect", "tls", "timeout", "cut", "too-long")} == {Fate.RETRY}
    assert of_failure("certificate").fate is Fate.PERSON
    assert of_failure("clock-wrong").pauses_link
