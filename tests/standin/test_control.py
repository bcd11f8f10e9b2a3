"""Contract §10: every quirk by its name, the faults, and what the control address and the command line can do."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.cli.standin import standin
from appliance.standin.quirks import Version, of_version
from tests.standin.conftest import At
from tests.standin.play import (
    CASES,
    CLIENT,
    DS,
    NOTE,
    OLD_AGE,
    OU,
    SCABIES,
    YOUNG,
    codes,
    metadata,
    playing,
    told,
    value,
)

NAMES = {
    "engine", "warning_http", "unchanged", "zero_dropped", "complete_on_dryrun", "numbers_rejected",
    "input_period_inverted", "login_redirect_path", "missing_mc", "events_key", "legacy_events", "e1326",
}  # fmt: skip


def test_every_quirk_of_the_contract_has_a_flag_of_that_name(at: At) -> None:
    assert set(at("2.40.12").kept("quirks")) >= NAMES


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.38.7", {"engine": "old", "missing_mc": 404, "events_key": "instances", "legacy_events": True}),
        ("2.40.2", {"unchanged": "updated", "warning_http": 409, "zero_dropped": True, "missing_mc": 200}),
        (
            "2.42.5.2",
            {"engine": "old", "legacy_events": False, "e1326": False, "login_redirect_path": "/dhis-web-login"},
        ),
        (
            "2.43.1",
            {
                "engine": "new",
                "warning_http": 200,
                "numbers_rejected": True,
                "input_period_inverted": True,
                "e1326": True,
            },
        ),
        ("2.44-SNAPSHOT", {"numbers_rejected": False, "input_period_inverted": False, "complete_on_dryrun": False}),
        ("43.1", {"engine": "new"}),
    ],
)
def test_a_version_sets_its_quirks(version: str, expected: dict[str, object]) -> None:
    held = of_version(Version.parse(version))
    assert {name: held[name] for name in expected} == expected


def test_a_flag_overrides_one_quirk_and_leaves_the_others(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("quirks", warning_http=200, zero_dropped=False, unchanged="updated")
    assert told(dhis2.values(value("0", SCABIES), value("x")))[:2] == (200, "WARNING")
    assert dhis2.stored() == {(SCABIES, YOUNG): "0"}
    assert told(dhis2.values(value("0", SCABIES)))[2] == {"updated": 1}
    assert dhis2.kept("quirks")["engine"] == "old"
    dhis2.control("quirks", complete_on_dryrun=False)
    dhis2.values(value("1"), completeDate="2026-11-01", params={"dryRun": "true"})
    assert dhis2.kept("completions") == []
    dhis2.control(
        "quirks", numbers_rejected=True, login_redirect_path="/ailleurs", events_key="lignes", legacy_events=False
    )
    assert dhis2.values(value(5)).status_code == 400
    assert dhis2.bare("/api/me").headers["location"] == "/ailleurs"
    assert dhis2.get("/api/tracker/events").json()["lignes"] == []
    assert dhis2.post("/api/events", {"events": []}).status_code == 404
    dhis2.control("quirks", engine="new", warning_http=None, numbers_rejected=False)
    assert codes(dhis2.values(value("1"), value("2"))) == ["E8128"]


def test_the_version_can_change_under_the_client(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("settings", version="2.43.1")
    assert dhis2.get("/api/system/info").json()["version"] == "2.43.1"
    assert told(dhis2.values(value("1")))[2] == {"updated": 1}


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("html_502", 502, "text/html"),
        ("busy_503", 503, "text/html"),
        ("portal_200", 200, "text/html"),
        ("login_302", 302, ""),
    ],
)
def test_a_fault_strikes_as_often_as_told_and_nothing_is_done(at: At, fault: str, status: int, kind: str) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", **{fault: 2, "retry_after": 7})
    for _ in range(2):
        answer = dhis2.values(value("1"))
        assert (answer.status_code, answer.headers.get("content-type", "").split(";")[0]) == (status, kind)
        assert ("retry-after" in answer.headers) is (fault == "busy_503")
    assert dhis2.stored() == {}
    assert told(dhis2.values(value("1")))[0] == 200


def test_an_answer_is_lost_after_the_write_and_one_is_cut_in_its_middle(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", lose_answer=1)
    with pytest.raises(httpx.RemoteProtocolError):
        dhis2.values(value("1"))
    assert dhis2.stored() == {(CASES, YOUNG): "1"}
    dhis2.control("faults", cut_body=1)
    with dhis2._http.stream("GET", f"/api/dataSets/{DS}") as answer, pytest.raises(httpx.HTTPError):
        wanted, got = int(answer.headers["content-length"]), 0
        for part in answer.iter_raw():
            got += len(part)
            assert 0 < got < wanted
    assert dhis2.get(f"/api/dataSets/{DS}").status_code == 200


def test_a_slow_server_answers_late(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", delay_ms=80)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{dhis2.url}/api/me", headers=CLIENT, timeout=0.02)
    assert dhis2.get("/api/me").elapsed.total_seconds() >= 0.08


def test_a_slip_of_the_pen_is_told_and_changes_nothing(at: At) -> None:
    dhis2 = at("2.40.12")
    for verb, sent in (
        ("faults", {"html_205": 1}),
        ("quirks", {"zero": True}),
        ("clock", {}),
        ("messages", {"from": "x"}),
    ):
        assert httpx.post(f"{dhis2.url}/_standin/{verb}", json=sent).status_code == 400
    assert httpx.post(f"{dhis2.url}/_standin/metadata", json={"dataSets": []}).status_code == 400
    assert set(httpx.get(f"{dhis2.url}/_standin/nothing").json()) == {"GET", "POST"}


def test_a_reset_puts_everything_back(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", html_502=9)
    dhis2.control("quirks", engine="new")
    dhis2.control("settings", lock_after=4, authorities=[])
    dhis2.control("clock", today=None)
    dhis2.control("reset")
    assert (dhis2.kept("faults")["html_502"], dhis2.kept("quirks")["engine"]) == (0, "old")
    assert told(dhis2.values(value("1"), period="202611"))[1] == "WARNING"


def test_the_control_is_no_part_of_dhis2_and_listens_to_this_machine_only(at: At) -> None:
    dhis2 = at("2.40.12")
    assert dhis2.get("/api/_standin/values").status_code == 404
    before = len(dhis2.kept("requests"))
    dhis2.kept("values")
    assert len(dhis2.kept("requests")) == before
    transport = httpx.ASGITransport(app=dhis2.app, client=("192.168.4.20", 4711))

    async def from_elsewhere() -> int:
        async with httpx.AsyncClient(transport=transport, base_url="http://standin") as client:
            return (await client.get("/_standin/values")).status_code

    assert asyncio.run(from_elsewhere()) == 403


def test_what_was_received_survives_a_restart_in_its_order_with_its_bytes(tmp_path: Path) -> None:
    with playing(tmp_path) as dhis2:
        dhis2.values(value("1"))
        dhis2.get("/api/me", fields="id")
        sent = dhis2.kept("requests")
    with playing(tmp_path) as dhis2:
        assert dhis2.stored() == {(CASES, YOUNG): "1"}
        dhis2.get("/api/system/info")
        kept = dhis2.kept("requests")
    assert kept[:2] == sent
    assert [(r["id"], r["method"], r["path"], r["query"], r["status"]) for r in kept] == [
        (1, "POST", "/api/dataValueSets", "", 200), (2, "GET", "/api/me", "fields=id", 200), (3, "GET", "/api/system/info", "", 200),
    ]  # fmt: skip
    assert kept[0]["bytes_in"] > 100
    assert kept[0]["bytes_out"] > 100
    assert kept[1]["bytes_in"] == 0


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from([YOUNG, OLD_AGE]), st.integers(0, 99), st.booleans()), min_size=1, max_size=8)
)
def test_any_row_of_sendings_leaves_the_last_of_each_key(at: At, rows: list[tuple[str, int, bool]]) -> None:
    dhis2 = at("2.40.12")
    expected: dict[tuple[str, str], str] = {}
    for combo, number, is_deleted in rows:
        dhis2.values(value(str(number), combo=combo, **({"deleted": True} if is_deleted else {})))
        expected[(CASES, combo)] = str(number)
        if is_deleted:
            del expected[(CASES, combo)]
    assert dhis2.stored() == expected


def test_the_command_line_names_what_it_does_not_know(tmp_path: Path) -> None:
    for wrong in (
        ["--quirk", "zero=1"],
        ["--fault", "html_502"],
        ["--version", "nine"],
        ["--metadata", str(tmp_path / "x.json")],
    ):
        answer = CliRunner().invoke(standin, ["--data", str(tmp_path), *wrong])
        assert answer.exit_code == 2
        assert wrong[0] in answer.output


def test_the_command_line_serves_with_its_flags_and_ends_on_a_signal(tmp_path: Path) -> None:
    (tmp_path / "national.json").write_text(json.dumps(metadata()))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "appliance", "standin", "--data", str(tmp_path / "d"), "--port", str(port), "--version", "2.43.1",
        "--metadata", str(tmp_path / "national.json"), "--context-path", "/dhis", "--today", "2026-11-02",
        "--quirk", "warning_http=409", "--quirk", "charset_garbled=false", "--fault", "html_502=1", "--strict", "periods",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as running:
        assert running.stdout is not None
        assert re.match(
            rf"stand-in DHIS2 2\.43\.1 on http://127\.0\.0\.1:{port}/dhis as cscom", running.stdout.readline()
        )
        url = f"http://127.0.0.1:{port}/dhis"
        deadline = time.monotonic() + 60
        while True:
            try:
                first = httpx.get(f"{url}/api/system/info", headers=CLIENT)
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert first.status_code == 502
        assert httpx.get(f"{url}/api/system/info", headers=CLIENT).json()["serverDate"][:10] == "2026-11-02"
        sent = {
            "dataSet": DS,
            "period": "202610",
            "orgUnit": OU,
            "dataValues": [value("x"), {"dataElement": NOTE, "value": "é"}],
        }
        assert httpx.post(f"{url}/api/dataValueSets", headers=CLIENT, json=sent).status_code == 409
        kept = httpx.get(f"http://127.0.0.1:{port}/_standin/values").json()
        assert [v["value"] for v in kept] == ["é"]
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) in (0, -signal.SIGTERM)
