"""The link as a technician sets it: from the command line and from the page, with a server that refuses this and that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.storage import FileKey, Store
from appliance.sync.dhis2.exchange import perform
from tests.sync.box import Box, lay_names, place, rma
from tests.sync.counterparty import Counterparty, Reply, counterparty, summary
from tests.web.running import Resident, Tablet

ME = {
    "id": "u",
    "username": "cscom",
    "authorities": ["F_DATAVALUE_ADD"],
    "organisationUnits": [],
    "dataSets": ["dsRMA000001"],
}


def lay(there: Counterparty, **changed: Any) -> None:
    lay_names(there, changed.get("rma", rma()))
    there.lay("GET /api/me", changed.get("me", Reply(body=ME)))
    there.lay("POST /api/dataValueSets", changed.get("dry", Reply(body=summary(imported=1))))
    if "unit" in changed:
        there.lay("GET /api/organisationUnits", Reply(body={"organisationUnits": changed["unit"]}))


def checks(url: str, **more: Any) -> dict[str, tuple[bool, str]]:
    link = {"base_url": url, "username": "cscom", "password": "x"}
    job = {"kind": "test", "link": link, "org_unit": "ML0417", "data_sets": {"RMA": "RMA"}, "period": "202610", **more}
    return {c["check"]: (c["ok"], c["code"]) for c in perform(job)["found"]["checks"]}


def test_a_good_link_passes_every_check_and_the_dry_run_keeps_nothing() -> None:
    with counterparty() as there:
        lay(there)
        found = checks(there.url)
        (dry,) = there.of("POST /api/dataValueSets")
    assert all(ok for ok, _ in found.values())
    assert {"version", "account", "rights", "org-unit", "data-set RMA", "write RMA"} <= set(found)
    assert dry.query["dryRun"] == "true"
    assert "completeDate" not in dry.body
    assert len(dry.body["dataValues"]) == 1


@pytest.mark.parametrize(
    ("changed", "check", "code"),
    [
        ({"me": Reply(body=ME | {"authorities": []})}, "rights", "no-data-entry-right"),
        ({"me": Reply(401, {"message": "Unauthorized"})}, "account", "unauthorized"),
        ({"unit": []}, "org-unit", "not-found-there"),
        ({"unit": [{"id": "ou", "name": "F", "dataSets": [{"id": "other"}]}]}, "assigned RMA", "data-set-not-assigned"),
        ({"rma": rma() | {"periodType": "Quarterly"}}, "period RMA", "period-type"),
        ({"rma": rma() | {"dataSetElements": []}}, "write RMA", "data-set-empty"),
        ({"rma": rma() | {"code": "AUTRE"}}, "data-set RMA", "not-found-there"),
        ({"dry": Reply(403, {"message": "no"})}, "write RMA", "forbidden"),
        ({"dry": Reply(401, b"")}, "write RMA", "unauthorized"),
        ({"dry": Reply(409, summary("ERROR", [{"errorCode": "E7617", "value": "x"}]))}, "write RMA", "E7617"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(changed: dict[str, Any], check: str, code: str) -> None:
    with counterparty() as there:
        lay(there, **changed)
        assert checks(there.url)[check] == (False, code)


def test_a_month_that_is_locked_is_no_fault_of_the_link_and_old_accounts_tell_no_rights() -> None:
    with counterparty() as there:
        lay(there, dry=Reply(409, summary("WARNING", [{"errorCode": "E7640", "indexes": [0]}], ignored=1)))
        there.lay("GET /api/me", Reply(body={"id": "u"}))
        found = checks(there.url)
    assert all(ok for ok, _ in found.values())
    assert "rights" not in found


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    data = tmp_path / "centre"
    data.mkdir()
    FileKey(data / "store.key").create()
    Store.create(data, FileKey(data / "store.key").key())
    return data


def appliance(*words: str, given: str | None = None) -> tuple[int, Any, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "appliance", *words], capture_output=True, text=True, input=given, timeout=120
    )
    told = json.loads(ran.stdout) if "--json" in words and ran.stdout else ran.stdout
    return ran.returncode, told, ran.stderr


def test_the_command_line_sets_tests_and_maps_without_a_secret_on_it(centre: Path, tmp_path: Path) -> None:
    at = ("--data", str(centre), "--json")
    with counterparty() as there:
        lay(there, rma=rma(place("deTOTAL0001", "TOTAL")))
        code, told, _ = appliance(
            "link", *at, "--url", there.url, "--user", "cscom", "--secret-file", "-", "--org-unit", "ML0417", "--data-set",
            "RMA=dsRMA000001", "--data-set", "crgs=CRGS", "--test", given="District1\n",
        )  # fmt: skip
        assert code == 1  # the CRGS is not there
        assert told["auth"] == "basic"
        assert told["data_sets"] == {"RMA": "dsRMA000001", "CRGS": "CRGS"}
        assert [c["check"] for c in told["test"]["checks"] if not c["ok"]] == ["data-set CRGS"]
        assert "District1" not in json.dumps(told)
        assert there.asked[0].headers["authorization"] == "Basic Y3Njb206RGlzdHJpY3Qx"
        out = tmp_path / "carte.csv"
        assert appliance("link", *at, "--mapping-out", str(out))[0] == 0
        text = out.read_text()
        assert "# RMA: nothing goes to deTOTAL0001" in text
        lines = text.splitlines()
        at_line = next(i for i, line in enumerate(lines) if line.startswith("RMA;CUR_NC;AGE6=5_14A;"))
        lines[at_line] = "RMA;CUR_NC;AGE6=5_14A;TOTAL;;;"
        out.write_text("\n".join(lines))
        code, told, _ = appliance("link", *at, "--mapping", str(out))
        assert (code, told["mapping"]) == (0, {"RMA": 1, "CRGS": 0})
        lines[at_line] = "RMA;CUR_NC;AGE6=5_14A;FAUX;;;"
        out.write_text("\n".join(lines))
        code, _, said = appliance("link", *at, "--mapping", str(out))
        assert code == 2
        assert f"carte.csv:{at_line + 1}: data element 'FAUX' is not in" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--url", "dhis2"), 2, "link-url"), (("--url", "https://x.example"), 2, "link-credentials"),
        (("--test",), 2, "no-link"), (("--data-set", "RMA"), 2, "FORM=CODE"),
        (("--url", "https://x.example", "--token", "t", "--data-set", "XYZ=A"), 2, "no-such-form"),
        (("--mapping", "nowhere.csv"), 2, "nowhere.csv"), (("--secret-file", "nowhere"), 2, "nowhere"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_and_changes_nothing(centre: Path, words: tuple[str, ...], code: int, said: str) -> None:
    ended, _, err = appliance("link", "--data", str(centre), *words)
    assert (ended, said in err) == (code, True), err
    assert appliance("sync", "--data", str(centre), "--json")[1]["link"] is None


def test_a_server_that_is_not_there_ends_the_test_with_4(centre: Path) -> None:
    at = ("--data", str(centre), "--url", "http://127.0.0.1:9", "--token", "d2pat_x", "--test")
    code, _, said = appliance("link", *at)
    assert code == 4
    assert "connect" in said


def test_sync_tells_the_queue_the_attempts_and_the_bytes(store: Store, clock: FixedClock) -> None:
    from appliance.sync.status import status

    box = Box(store, clock)
    with counterparty() as there:
        lay(there)
        box.link(there.url)
        box.close({"CUR_NC 1_4A": 5})
        there.lay("POST /api/dataValueSets", Reply(409, summary("ERROR", [{"errorCode": "E7601", "value": "no"}])))
        box.work()
    facts = box.read(status)
    assert facts["outbox"]["held"] == 1
    assert facts["queue"][0]["last_code"] == "E7601"
    assert facts["queue"][0]["payload_sha256"]
    assert [a["step"] for a in facts["attempts"]] == ["values", "read-back"]
    assert facts["traffic"][0]["bytes_out"] > 300


def test_the_same_from_the_page_with_the_refusal_beside_its_cell(centre_copy: Path) -> None:
    running = Resident(centre_copy)
    try:
        tablet = Tablet(running.url)
        tablet.sign_in("Mariam Sanogo")
        fields = {
            "adresse": "https://dhis2.invalid/dhis",
            "compte": "cscom",
            "mot_de_passe": "District1",
            "structure": "ML0417",
        }
        page = tablet.post("/envois/liaison", fields)
        assert page.status_code == 200
        assert "Essai en cours" in page.text
        assert "District1" not in page.text
        assert "dhis2.invalid" in page.text
        refused = tablet.post("/envois/liaison", {"adresse": "dhis2", "compte": "x", "mot_de_passe": "y"})
        assert refused.status_code == 409
        assert 'value="dhis2"' in refused.text
        file = tablet.http.get("/envois/correspondance/fichier")
        assert file.text.startswith("\ufeffform;code;disaggregation;")
        assert tablet.http.get("/envois").status_code == 200
    finally:
        running.stop()
