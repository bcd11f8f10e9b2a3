"""What goes over the wire and what the courier makes of real sockets that misbehave."""

from __future__ import annotations

import gzip
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from appliance.sync.dhis2 import client as client_module
from appliance.sync.dhis2.client import Client, Credentials
from appliance.sync.dhis2.exchange import Line, perform
from appliance.sync.dhis2.journal import minor_of
from appliance.sync.dhis2.tls import ResumingContext
from tests.sync.counterparty import (
    INFO,
    NOTHING_THERE,
    Counterparty,
    Reply,
    counterparty,
    report_job,
    serving,
    summary,
)

VALUES = "POST /api/dataValueSets"
READ = "GET /api/dataValueSets"
DONE = "POST /api/completeDataSetRegistrations"
A, B, C = ("f7n9E0hX8qk", "HllvX50cXC0"), ("Ix2HsbDMLea", "HllvX50cXC0"), ("eY5ehpbEsB7", "HllvX50cXC0")
THREE = [(*A, "12"), (*B, "0"), (*C, None)]
REFUSED_SECOND = [{"errorCode": "E7619", "indexes": [1], "value": "no"}]


def ready(there: Counterparty, *values: Reply) -> None:
    there.lay("GET /api/system/info", INFO)
    there.lay(READ, NOTHING_THERE)
    there.lay(VALUES, *(values or (Reply(body=summary(imported=2, ignored=1)),)))
    there.lay(DONE, Reply(body=summary(imported=1)))


def test_the_request_is_the_contracts_to_the_letter() -> None:
    with counterparty() as there:
        ready(there)
        assert perform(report_job(there.url, THREE))["code"] == "success"
        (values,), (done,) = there.of(VALUES), there.of(DONE)
    assert values.query["importStrategy"] == "CREATE_AND_UPDATE"
    assert "importStrategy" not in values.body
    assert values.headers["content-type"] == "application/json"
    assert "content-encoding" not in values.headers
    assert values.raw[:2] == b"\x1f\x8b"
    assert values.body == {
        "dataSet": "BfMAe6Itzgt", "period": "202610", "orgUnit": "DiszpKrYNg8",
        "dataValues": [
            {"dataElement": A[0], "categoryOptionCombo": A[1], "value": "12"},
            {"dataElement": B[0], "categoryOptionCombo": B[1], "value": "0"},
            {"dataElement": C[0], "categoryOptionCombo": C[1], "deleted": True},
        ],
    }  # fmt: skip
    assert gzip.decompress(values.raw).isascii()
    assert done.body == {
        "completeDataSetRegistrations": [
            {"dataSet": "BfMAe6Itzgt", "period": "202610", "organisationUnit": "DiszpKrYNg8", "date": "2026-11-02",
             "completed": True}
        ]
    }  # fmt: skip
    for asked in there.asked:
        assert asked.headers["accept"] == "application/json"
        assert asked.headers["x-requested-with"] == "XMLHttpRequest"
        assert asked.headers["user-agent"].startswith("appliance/")
        assert asked.headers["authorization"] == "Basic Y3Njb206RGlzdHJpY3Qx"
        assert "cookie" not in asked.headers


def test_a_token_goes_in_its_own_words_and_no_cookie_is_kept() -> None:
    with counterparty() as there:
        ready(there)
        there.lay("GET /api/system/info", Reply(body=INFO.body, headers={"Set-Cookie": "JSESSIONID=1; Path=/"}))
        link = {"base_url": there.url, "token": "d2pat_abc", "username": "", "password": ""}
        assert perform(report_job(there.url, THREE, link=link, server={}))["code"] == "success"
        assert {a.headers["authorization"] for a in there.asked} == {"ApiToken d2pat_abc"}
        assert not any("cookie" in a.headers for a in there.asked)


def test_one_connection_serves_a_whole_round() -> None:
    with counterparty() as there, Line() as line:
        ready(there)
        for _ in range(3):
            assert perform(report_job(there.url, THREE), line)["code"] == "success"
        assert there.connections == 1
        assert len(there.asked) == 9


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Reply(200, b"<html>Bienvenue, payez ici</html>", {"Content-Type": "text/html"}), "not-json"),
        (Reply(200, b""), "not-json"),
        (Reply(302, b"", {"Location": "http://portail.example/"}), "portal"),
        (Reply(502, b"<html>Bad gateway</html>"), "http-502"),
        (Reply(200, summary(imported=3), cut=40), "cut"),
        (Reply(cut=0), "cut"),
        (Reply(200, b"\x1f\x8bnot gzip at all", {"Content-Encoding": "gzip"}), "cut"),
        (Reply(503, b"", {"Retry-After": "600"}), "http-503"),
    ],
)
def test_what_is_no_answer_of_dhis2_is_never_a_yes_and_completes_nothing(answer: Reply, code: str) -> None:
    with counterparty() as there:
        ready(there, answer)
        ended = perform(report_job(there.url, THREE))
        assert (ended["fate"], ended["code"], ended["is_link"]) == ("retry", code, True)
        assert not there.of(DONE)


def test_the_first_two_kilobytes_of_an_unreadable_answer_are_kept() -> None:
    with counterparty() as there:
        ready(there, Reply(200, b"<html>" + b"x" * 5_000))
        step = perform(report_job(there.url, THREE))["steps"][-1]
    assert step["answer"].startswith("<html>xxx")
    assert len(step["answer"]) == 2_000


def test_a_login_page_is_asked_once_more_and_then_stops_the_link() -> None:
    with counterparty() as there:
        ready(there, Reply(302, b"", {"Location": "/dhis/dhis-web-login"}))
        ended = perform(report_job(there.url, THREE))
        assert (ended["code"], ended["pauses_link"]) == ("redirected-to-login", True)
        assert len(there.of(VALUES)) == 2
        ready(there, Reply(302, b"", {"Location": "/dhis/login/"}), Reply(body=summary(imported=3)))
        assert perform(report_job(there.url, THREE))["code"] == "success"


def test_a_401_is_asked_once_only() -> None:
    with counterparty() as there:
        there.lay("GET /api/system/info", Reply(401, {"httpStatus": "Unauthorized", "message": "Account locked"}))
        ended = perform(report_job(there.url, THREE, server={}))
        assert (ended["code"], ended["pauses_link"]) == ("unauthorized", True)
        assert len(there.asked) == 1


def test_a_bad_token_is_told_from_a_bad_payload_though_both_are_400() -> None:
    with counterparty() as there:
        ready(there, Reply(400, {"status": "ERROR", "message": "x"}))
        link = {"base_url": there.url, "token": "d2pat_abc"}
        ended = perform(report_job(there.url, THREE, link=link))
        assert (ended["fate"], ended["code"], ended["pauses_link"]) == ("permanent", "http-400", False)
        there.lay("GET /api/system/info", Reply(400, {"status": "ERROR", "message": "malformed token"}))
        ended = perform(report_job(there.url, THREE, link=link))
        assert (ended["code"], ended["pauses_link"]) == ("bad-token", True)


@pytest.mark.parametrize("status", [200, 409])
def test_what_is_refused_in_part_is_not_declared_complete_without_a_person(status: int) -> None:
    with counterparty() as there:
        ready(there, Reply(status, summary("WARNING", REFUSED_SECOND, imported=2, ignored=1)))
        ended = perform(report_job(there.url, THREE))
        assert (ended["fate"], ended["code"]) == ("person", "partly-refused")
        assert not there.of(DONE)
        assert perform(report_job(there.url, THREE, complete_with_refusals=True))["code"] == "success"
        assert len(there.of(DONE)) == 1


def test_figures_kept_back_here_hold_the_completion_too() -> None:
    with counterparty() as there:
        ready(there)
        assert perform(report_job(there.url, THREE, kept_back=1))["code"] == "values-kept-back"
        assert not there.of(DONE)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Reply(409, summary("ERROR", [{"value": "x needs to be filled. It is compulsory."}], ignored=1)), "completion-refused"),
        (Reply(200, summary("SUCCESS", [{"value": "odd"}], ignored=1)), "completion-refused"),
        (Reply(200, {"status": "OK", "message": "fine"}), "no-summary"),
    ],
)  # fmt: skip
def test_a_refused_completion_is_not_done(answer: Reply, code: str) -> None:
    with counterparty() as there:
        ready(there)
        there.lay(DONE, answer)
        ended = perform(report_job(there.url, THREE))
        assert ended["code"] == code
        assert ended["fate"] != "accepted"


def test_too_large_for_a_proxy_goes_in_halves_and_positions_stay_those_of_the_whole() -> None:
    with counterparty() as there:
        values = [(f"a{n:010d}", "HllvX50cXC0", str(n)) for n in range(8)]
        ready(
            there, Reply(413, b"<html>"), Reply(413, b"<html>"), Reply(body=summary(imported=4)),
            Reply(body=summary(imported=2)), Reply(409, summary("WARNING", REFUSED_SECOND, imported=1, ignored=1)),
        )  # fmt: skip
        ended = perform(report_job(there.url, values))
        assert ended["code"] == "partly-refused"
        assert ended["found"]["conflicts"][0]["indexes"] == (3,)
        assert [len(a.body["dataValues"]) for a in there.of(VALUES)] == [8, 4, 4, 2, 2]
        assert {a.body["dataSet"] for a in there.of(VALUES)} == {"BfMAe6Itzgt"}


def test_one_value_on_which_the_server_fails_is_found_by_halving() -> None:
    with counterparty() as there:
        values = [(f"a{n:010d}", "HllvX50cXC0", str(n)) for n in range(4)]
        ready(there)
        bad = values[2][0]

        def answer(asked: Any, before: Any = there.answer) -> Reply:
            reply = before(asked)
            if asked.method == "POST" and "dataValueSets" in asked.path:
                held = asked.body["dataValues"]
                is_bad = any(v["dataElement"] == bad for v in held)
                return Reply(500, {"status": "ERROR"}) if is_bad else Reply(body=summary(imported=len(held)))
            return reply

        there.answer = answer  # type: ignore[method-assign]
        assert perform(report_job(there.url, values))["code"] == "http-500"
        ended = perform(report_job(there.url, values, split=True))
        assert ended["code"] == "partly-refused"
        assert [(c["code"], c["indexes"]) for c in ended["found"]["conflicts"]] == [("http-500", (2,))]


def test_a_server_that_fails_on_both_halves_is_ill_and_is_not_hammered() -> None:
    with counterparty() as there:
        ready(there, Reply(500, {"status": "ERROR"}))
        ended = perform(report_job(there.url, [(f"a{n:010d}", "HllvX50cXC0", "1") for n in range(64)], split=True))
        assert (ended["fate"], ended["code"]) == ("person", "http-500")
        assert len(there.of(VALUES)) == 3


def held(element: str, value: str, by: str = "agent.district") -> dict[str, Any]:
    return {
        "dataElement": element, "period": "202610", "orgUnit": "DiszpKrYNg8", "categoryOptionCombo": "HllvX50cXC0",
        "attributeOptionCombo": "HllvX50cXC0", "value": value, "storedBy": by, "lastUpdated": "2026-11-12T10:00:00.000",
    }  # fmt: skip


def test_figures_that_somebody_typed_there_are_not_overwritten_unasked() -> None:
    with counterparty() as there:
        ready(there)
        there.lay(READ, Reply(body={"dataValues": [held(A[0], "15"), held(B[0], "0"), held("zzzzzzzzzzz", "1")]}))
        ended = perform(report_job(there.url, THREE))
        assert (ended["fate"], ended["code"]) == ("person", "edited-there")
        (conflict,) = ended["steps"][-1]["conflicts"]
        assert conflict["indexes"] == (0,)
        assert "15" in conflict["text"]
        assert "agent.district" in conflict["text"]
        assert not there.of(VALUES)
        assert perform(report_job(there.url, THREE, overwrite=True))["code"] == "success"


def test_what_we_sent_before_is_ours_and_equal_numbers_are_equal() -> None:
    with counterparty() as there:
        ready(there)
        there.lay(READ, Reply(body={"dataValues": [held(A[0], "7"), held(B[0], "0.0"), held(C[0], "3")]}))
        job = report_job(there.url, THREE)
        job["read_back"]["ours"] = [[*A, ["9", "7"]], [*C, ["3"]]]
        assert perform(job)["code"] == "success"


def test_a_figure_of_ours_that_changed_there_since_is_not_withdrawn_unasked() -> None:
    with counterparty() as there:
        ready(there)
        there.lay(READ, Reply(body={"dataValues": [held(C[0], "4")]}))
        job = report_job(there.url, THREE)
        job["read_back"]["ours"] = [[*C, ["3"]]]
        assert perform(job)["code"] == "edited-there"


def test_an_account_that_may_not_read_sends_the_first_time_and_asks_a_person_the_second() -> None:
    with counterparty() as there:
        ready(there)
        there.lay(READ, Reply(409, {"status": "ERROR", "errorCode": "E2010", "message": "no read access"}))
        assert perform(report_job(there.url, THREE))["code"] == "success"
        job = report_job(there.url, THREE)
        job["read_back"]["must"] = True
        assert perform(job)["code"] == "read-back-refused"


@pytest.mark.parametrize("short", [{"updated": 1}, {}])
def test_values_that_a_server_did_not_count_for_being_unchanged_are_proved_by_reading(short: dict[str, int]) -> None:
    with counterparty() as there:
        ready(there, Reply(body=summary(**short)))
        there.lay(
            READ,
            Reply(
                body=gzip.compress(
                    b'{"dataValues":[{"dataElement":"%s","categoryOptionCombo":"%s","value":"12.0"}]}'
                    % (A[0].encode(), A[1].encode())
                )
            ),
        )
        job = report_job(there.url, THREE, droppable=[1])
        assert (perform(job)["fate"], perform(job)["code"]) == ("accepted", "success")
        assert there.of(DONE)


@pytest.mark.parametrize(
    "held_there", [Reply(body={"dataValues": []}), Reply(403, {"status": "ERROR"}), Reply(body=b"<html>")]
)
def test_what_was_not_counted_and_does_not_stand_there_is_not_declared_complete(held_there: Reply) -> None:
    with counterparty() as there:
        ready(there, Reply(body=summary(updated=1)))
        there.lay(READ, held_there)
        ended = perform(report_job(there.url, THREE, read_back=None))
        assert (ended["fate"], ended["code"]) == ("person", "partly-counted")
        there.lay(VALUES, Reply(body=summary()))
        ended = perform(report_job(there.url, THREE, read_back=None))
        assert (ended["fate"], ended["code"]) == ("retry-few", "nothing-counted")
        assert not there.of(DONE)


@pytest.mark.parametrize("counts", [{}, None])
def test_a_group_refused_whole_by_the_new_engine_counts_nothing_and_is_read_by_its_conflicts(counts: Any) -> None:
    body = summary("ERROR", [{"errorCode": "E8033", "args": ["x"], "value": "approved"}])
    if counts is None:
        del body["response"]["importCount"]
    with counterparty() as there:
        ready(there, Reply(409, body))
        ended = perform(report_job(there.url, THREE))
        assert (ended["fate"], ended["code"]) == ("person", "E8033")
        assert not there.of(DONE)


def test_a_small_gzip_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ANSWER_BYTES_MAX", 10_000)
    with counterparty() as there:
        ready(there)
        there.lay(READ, Reply(body=gzip.compress(b" " * 50_000)))
        assert perform(report_job(there.url, THREE))["code"] == "too-long"
        there.lay(READ, Reply(body=gzip.compress(b'{"dataValues":[]}')[:-9]))
        assert perform(report_job(there.url, THREE))["code"] == "not-json"


def test_bytes_are_counted_both_ways_with_their_headers() -> None:
    with counterparty() as there:
        ready(there)
        ended = perform(report_job(there.url, THREE, server={}))
    out = sum(s["bytes_out"] for s in ended["steps"])
    in_ = sum(s["bytes_in"] for s in ended["steps"])
    sent = sum(len(a.raw) + sum(len(k) + len(v) + 4 for k, v in a.headers.items()) for a in there.asked)
    assert sent < out < sent + 1_000
    assert 4 * 100 < in_ < 4_000


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ANSWER_BYTES_MAX", 10_000)
    with counterparty() as there:
        ready(there, Reply(200, b" " * 50_000))
        assert perform(report_job(there.url, THREE))["code"] == "too-long"


def test_a_server_that_drips_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not stop.wait(0.01):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with Client(url, Credentials(username="a", password="b"), deadline_seconds=0.2) as client:
            assert client.get("system/info").failure == "too-long"
        stop.set()


def test_nobody_there_and_no_such_name_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = listening.getsockname()[1]
    assert perform(report_job(f"http://127.0.0.1:{closed}", THREE))["code"] == "connect"
    assert perform(report_job("http://nowhere.invalid", THREE))["code"] == "dns"


@pytest.mark.parametrize(
    ("version", "minor"),
    [("2.40.3", 40), ("2.40.3.1", 40), ("2.44-SNAPSHOT", 44), ("43.1", 43), ("2.43.1", 43), ("44-SNAPSHOT", 44),
     ("2.38", 38), ("2.41_x", 41), (" 2.42.5.2 ", 42), ("dev", None), ("", None)],
)  # fmt: skip
def test_the_version_is_read_however_it_is_written(version: str, minor: int | None) -> None:
    assert minor_of(version) == minor


@pytest.mark.parametrize("body", [{}, {"version": None}, {"app": "autre"}])
def test_a_server_without_a_version_is_not_dhis2(body: Any) -> None:
    with counterparty() as there:
        there.lay("GET /api/system/info", Reply(body=body))
        ended = perform(report_job(there.url, THREE, server={}))
        assert (ended["fate"], ended["code"]) == ("retry", "not-dhis2")


def test_tls_is_resumed_and_costs_less_the_second_time(authority: Path) -> None:
    trusting = ResumingContext()
    trusting.load_verify_locations(authority / "good.pem")
    bytes_in = []
    with counterparty(ssl_context=serving(authority)) as there:
        there.lay("GET /api/system/info", INFO)
        for _ in range(3):
            with Client(there.url, Credentials(username="a", password="b"), tls=trusting) as client:
                answer = client.get("system/info")
                assert answer.status == 200
                bytes_in.append(answer.bytes_in)
        assert there.connections == 3
    assert bytes_in[1] < bytes_in[0] - 300
    assert bytes_in[2] < bytes_in[0] - 300


def test_a_certificate_that_is_not_trusted_stops_the_link_before_any_secret_goes_out(authority: Path) -> None:
    with counterparty(ssl_context=serving(authority)) as there:
        there.lay("GET /api/ping", Reply(404, b""))
        ended = perform(report_job(there.url, THREE))
        assert (ended["code"], ended["pauses_link"]) == ("certificate", True)
        assert all("authorization" not in a.headers for a in there.asked)


def test_a_clock_set_wrong_is_named_before_the_certificate(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "system_wall", lambda: 0)
    with counterparty(ssl_context=serving(authority)) as there:
        assert perform(report_job(there.url, THREE))["code"] == "clock-wrong"


def test_the_base_address_must_be_one() -> None:
    with pytest.raises(Exception, match="link-url"):
        Client("ftp://example", Credentials())
    assert perform(report_job("dhis2", THREE))["code"] == "link-url"
    assert isinstance(Client("https://x.example/dhis/", Credentials())._http, httpx.Client)
