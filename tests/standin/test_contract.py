"""The stand-in against the contract's own words: sign-in, both engines, zeros, locks, completion, events, faults."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.standin.metadata import DEFAULT_COMBO, uid
from tests.sync_support import National, national

AUTH = {"Authorization": "Basic Y3Njb206RGlzdHJpY3Qx", "X-Requested-With": "XMLHttpRequest"}
OU, DS = uid("ou:ML0417"), uid("ds:RMA")
CUR, MOR, MILD = uid("de:CUR_NC"), uid("de:MOR_GALE_C"), uid("de:PAL_ASC")
COC = uid("coc:AGE6:1_4A")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[National]:
    with national(tmp_path_factory.mktemp("old"), "2.40.3") as running:
        yield running


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[National]:
    with national(tmp_path_factory.mktemp("new"), "2.43.1") as running:
        yield running


def send(to: National, values: list[dict[str, Any]], **extra: Any) -> httpx.Response:
    params = extra.pop("params", {})
    body = {"dataSet": DS, "period": "202610", "orgUnit": OU, "dataValues": values, **extra}
    return httpx.post(f"{to.url}/api/dataValueSets", params=params, json=body, headers=AUTH)


def value(number: object, element: str = CUR, combo: str = COC, **more: Any) -> dict[str, Any]:
    return {"dataElement": element, "categoryOptionCombo": combo, "value": number, **more}


def counts(answer: httpx.Response) -> dict[str, int]:
    found: dict[str, int] = answer.json()["response"]["importCount"]
    return found


def test_without_credentials_a_browser_is_sent_to_log_in_and_a_client_is_told(old: National, new: National) -> None:
    answer = httpx.get(f"{old.url}/api/system/info")
    assert (answer.status_code, answer.headers["location"]) == (302, "/dhis-web-commons/security/login.action")
    assert httpx.get(f"{new.url}/api/system/info").headers["location"] == "/login/"
    assert httpx.get(f"{old.url}/api/system/info", headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 401


@pytest.mark.parametrize(
    ("given_", "status"),
    [
        ("Basic Y3Njb206ZmF1eA==", 401),
        ("ApiToken d2pat_standin0000000000000000000000", 200),
        ("ApiToken d2pat_other000000000", 401),
        ("ApiToken x y", 400),
    ],
)
def test_credentials(old: National, given_: str, status: int) -> None:
    assert httpx.get(f"{old.url}/api/me", headers={**AUTH, "Authorization": given_}).status_code == status


def test_old_engine_counts_and_says_partly_with_409(old: National) -> None:
    first = send(old, [value("12")])
    assert (first.status_code, counts(first)["imported"]) == (200, 1)
    partly = send(old, [value("13"), value("x")])
    assert partly.status_code == 409
    assert partly.json()["response"]["status"] == "WARNING"
    assert partly.json()["response"]["conflicts"][0]["errorCode"] == "E7619"
    assert partly.json()["response"]["conflicts"][0]["indexes"] == [1]
    assert [v["value"] for v in old.read("values") if v["dataElement"] == CUR] == ["13"]


def test_new_engine_counts_all_as_updated_and_says_partly_with_200(new: National) -> None:
    answer = send(new, [value("12"), value("x", element=MOR, combo=uid("coc:AGE6/SEXE:1_4A_F"))])
    assert (answer.status_code, answer.json()["response"]["status"]) == (200, "WARNING")
    assert counts(answer) == {"imported": 0, "updated": 1, "ignored": 1, "deleted": 0}


def test_unchanged_is_updated_early_in_2_40_and_ignored_later(old: National, tmp_path: Path) -> None:
    send(old, [value("7")])
    assert counts(send(old, [value("7")]))["ignored"] == 1
    with national(tmp_path, "2.40.1") as early:
        send(early, [value("7")])
        assert counts(send(early, [value("7")]))["updated"] == 1


def test_an_insignificant_zero_is_dropped_in_silence_by_the_old_engine_only(old: National, new: National) -> None:
    combo = uid("coc:AGE6/SEXE:1_4A_F")
    for running, kept in ((old, []), (new, ["0"])):
        answer = send(running, [value("0", element=MOR, combo=combo)])
        assert (answer.status_code, answer.json()["response"]["status"]) == (200, "SUCCESS")
        assert [v["value"] for v in running.read("values") if v["dataElement"] == MOR] == kept


def test_numbers_are_read_by_the_old_engine_and_rejected_by_2_43_1(old: National, new: National) -> None:
    assert send(old, [value(5)]).status_code == 200
    refused = send(new, [value(5)])
    assert refused.status_code == 400
    assert "response" not in refused.json()


def test_an_unknown_combination_refuses_one_value_or_the_whole_group(old: National, new: National) -> None:
    wrong = [value("3"), value("4", combo="aaaaaaaaaaa")]
    assert send(old, wrong).json()["response"]["status"] == "WARNING"
    refused = send(new, wrong)
    assert (refused.status_code, refused.json()["response"]["status"]) == (409, "ERROR")
    assert counts(refused) == {"imported": 0, "updated": 0, "ignored": 2, "deleted": 0}


def test_the_same_key_twice(old: National, new: National) -> None:
    send(old, [value("1"), value("2")])
    assert "2" in [v["value"] for v in old.read("values") if v["dataElement"] == CUR]
    assert send(new, [value("1"), value("2")]).json()["response"]["conflicts"][0]["errorCode"] == "E8128"


def test_the_current_month_is_not_open_yet(old: National, new: National) -> None:
    for running, code in ((old, "E7641"), (new, "E8030")):
        answer = send(running, [value("1")], period="202611")
        assert (answer.status_code, answer.json()["response"]["conflicts"][0]["errorCode"]) == (409, code)


def test_gzip_is_known_by_its_first_bytes(old: National) -> None:
    body = gzip.compress(
        json.dumps({"dataSet": DS, "period": "202610", "orgUnit": OU, "dataValues": [value("21")]}).encode()
    )
    answer = httpx.post(
        f"{old.url}/api/dataValueSets", content=body, headers={**AUTH, "Content-Type": "application/json"}
    )
    assert answer.status_code == 200


def test_a_complete_date_is_taken_by_the_old_engine_even_on_a_dry_run(old: National, new: National) -> None:
    for running, registered in ((old, True), (new, False)):
        send(running, [value("1")], completeDate="2026-11-01", params={"dryRun": "true"})
        assert bool(running.read("completions")) is registered


def test_completion_knows_organisationUnit_and_not_orgUnit(new: National) -> None:
    for key, status in (("organisationUnit", 200), ("orgUnit", 409)):
        body = {"completeDataSetRegistrations": [{"dataSet": DS, "period": "202609", key: OU, "completed": True}]}
        assert httpx.post(f"{new.url}/api/completeDataSetRegistrations", json=body, headers=AUTH).status_code == status


def test_an_event_sent_twice_exists_already(old: National) -> None:
    body = {"events": [{"event": "kT4mZq09AbX", "program": "p", "orgUnit": OU, "occurredAt": "2026-11-02"}]}
    params = {"importStrategy": "CREATE", "async": "false"}
    answers = [httpx.post(f"{old.url}/api/tracker", params=params, json=body, headers=AUTH) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 409]
    assert answers[1].json()["validationReport"]["errorReports"][0]["errorCode"] == "E1030"


def test_an_etag_spares_an_answer(old: National) -> None:
    answer = httpx.get(f"{old.url}/api/dataSets/{DS}", headers=AUTH)
    again = httpx.get(f"{old.url}/api/dataSets/{DS}", headers={**AUTH, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_lost_answer_is_lost_after_the_write(old: National) -> None:
    old.faults(lose_answer=1)
    with pytest.raises(httpx.HTTPError):
        send(old, [value("77")])
    assert "77" in [v["value"] for v in old.read("values")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["0_11M", "1_4A", "60P"]), st.integers(1, 99)), min_size=1, max_size=12))
def test_any_row_of_sendings_leaves_the_last_of_each_key(old: National, rows: list[tuple[str, int]]) -> None:
    for option, number in rows:
        send(old, [value(str(number), combo=uid(f"coc:AGE6:{option}"))])
    kept = {v["categoryOptionCombo"]: v["value"] for v in old.read("values") if v["dataElement"] == CUR}
    for option, number in dict(rows).items():
        assert kept[uid(f"coc:AGE6:{option}")] == str(number)


def test_the_default_combination_serves_an_element_without_categories(old: National) -> None:
    assert send(old, [{"dataElement": MILD, "value": "4"}]).status_code == 200
    assert DEFAULT_COMBO in {v["categoryOptionCombo"] for v in old.read("values") if v["dataElement"] == MILD}
