"""Contract §1.1 and §1.2: who is let in, and what the probes say."""

from __future__ import annotations

import pytest

from appliance.standin.signin import made_token
from tests.standin.conftest import At
from tests.standin.play import BASIC, OU, playing

WRONG = "Basic Y3Njb206ZmF1eA=="


@pytest.mark.parametrize(
    ("version", "page"),
    [
        ("2.38.7", "/dhis-web-commons/security/login.action"),
        ("2.40.12", "/dhis-web-commons/security/login.action"),
        ("2.41.9.1", "/dhis-web-login"),
        ("2.42.5.2", "/dhis-web-login"),
        ("2.43.1", "/login/"),
    ],
)
def test_without_credentials_a_browser_is_sent_to_the_page_of_the_version(at: At, version: str, page: str) -> None:
    answer = at(version).bare("/api/system/info")
    assert (answer.status_code, answer.headers["location"]) == (302, page)
    login = at(version).bare(page)
    assert (login.status_code, login.headers["content-type"][:9]) == (200, "text/html")


def test_a_client_that_says_so_is_told_401_instead(at: At) -> None:
    answer = at("2.40.12").bare("/api/system/info", X_Requested_With="XMLHttpRequest")
    assert answer.status_code == 401
    assert answer.json() == {
        "httpStatus": "Unauthorized",
        "httpStatusCode": 401,
        "status": "ERROR",
        "message": "Unauthorized",
    }


def test_a_wrong_password_is_401_even_for_a_browser(at: At) -> None:
    assert at("2.40.12").bare("/api/me", Authorization=WRONG).json()["message"] == "Unauthorized"


def test_the_account_is_locked_after_four_failures_only_where_that_is_set(at: At) -> None:
    dhis2 = at("2.40.12", lock_after=4)
    said = [dhis2.bare("/api/me", Authorization=WRONG).json()["message"] for _ in range(5)]
    assert said == ["Unauthorized"] * 4 + ["Account locked"]
    assert dhis2.bare("/api/me", Authorization=BASIC).json()["message"] == "Account locked"
    dhis2.control("clock", today="2026-11-03")
    assert dhis2.bare("/api/me", Authorization=BASIC).status_code == 200
    lenient = at("2.40.12")
    assert {lenient.bare("/api/me", Authorization=WRONG).json()["message"] for _ in range(6)} == {"Unauthorized"}


@pytest.mark.parametrize(("setting", "said"), [("disabled", "Account disabled"), ("two_factor", "Unauthorized")])
def test_a_good_password_of_an_account_that_may_not_come_in(at: At, setting: str, said: str) -> None:
    answer = at("2.40.12", **{setting: True}).bare("/api/me", Authorization=BASIC)
    assert (answer.status_code, answer.json()["message"]) == (401, said)


def test_a_token_is_400_when_malformed_and_401_when_unknown(at: At) -> None:
    dhis2 = at("2.40.12")
    good = dhis2.app.settings.token
    wrong_sum = good[:-1] + str((int(good[-1]) + 1) % 10)
    cases = {good: 200, made_token("another"): 401, wrong_sum: 400, "x y": 400, "d2pat_short": 400}
    assert {t: dhis2.bare("/api/me", Authorization=f"ApiToken {t}").status_code for t in cases} == cases
    assert dhis2.bare("/api/me", Authorization=f"apitoken {good}").status_code == 200
    unknown = dhis2.bare("/api/me", Authorization=f"ApiToken {made_token('another')}")
    assert unknown.headers["www-authenticate"] == "ApiToken"
    assert "set-cookie" not in dhis2.bare("/api/me", Authorization=f"ApiToken {good}").headers


@pytest.mark.parametrize("setting", ["disabled", "two_factor", "token_expired"])
def test_a_token_dies_with_its_owner_or_its_date(at: At, setting: str) -> None:
    dhis2 = at("2.40.12", **{setting: True})
    assert dhis2.bare("/api/me", Authorization=f"ApiToken {dhis2.app.settings.token}").status_code == 401


def test_a_read_only_token_shows_at_the_first_post(at: At) -> None:
    dhis2 = at("2.40.12", token_methods=["GET"])
    token = {"Authorization": f"ApiToken {dhis2.app.settings.token}"}
    assert dhis2.get("/api/me", headers=token).status_code == 200
    assert dhis2.post("/api/dataValueSets", {}, headers=token).status_code in (401, 403)


def test_a_session_lets_in_until_the_eleventh_pushes_it_out(at: At) -> None:
    dhis2 = at("2.40.12")
    first = dhis2.bare("/api/me", Authorization=BASIC).headers["set-cookie"].split(";")[0]
    assert first.startswith("JSESSIONID=")
    assert dhis2.bare("/api/me", Cookie=first).status_code == 200
    for _ in range(10):
        dhis2.bare("/api/me", Authorization=BASIC)
    assert dhis2.bare("/api/me", Cookie=first, Authorization=BASIC).status_code == 302
    assert dhis2.bare("/api/me", Authorization=BASIC).status_code == 200


@pytest.mark.parametrize(
    ("version", "open_to_all"),
    [("2.38.0", False), ("2.38.7", True), ("2.39.0", False), ("2.40.0", True), ("2.43.1", True)],
)
def test_the_open_probe_is_missing_in_early_versions(at: At, version: str, open_to_all: bool) -> None:
    dhis2 = at(version)
    bare, known = dhis2.bare("/api/ping"), dhis2.get("/api/ping")
    assert (bare.status_code, known.status_code) == ((200, 200) if open_to_all else (302, 404))
    assert bare.content == b"" or not open_to_all


def test_the_older_probe_wants_credentials_until_2_44(at: At) -> None:
    assert at("2.40.12").bare("/api/system/ping").status_code == 302
    assert at("2.40.12").get("/api/system/ping").text == "pong"
    assert at("2.44-SNAPSHOT").bare("/api/system/ping").text == "pong"


def test_system_information_of_an_ordinary_user(at: At) -> None:
    told = at("2.40.3.1").get("/api/system/info").json()
    assert set(told) == {
        "version",
        "revision",
        "serverDate",
        "serverTimeZoneId",
        "contextPath",
        "calendar",
        "dateFormat",
    }
    assert (told["version"], told["serverDate"][:10], len(told["serverDate"])) == ("2.40.3.1", "2026-11-02", 23)
    assert "Z" not in told["serverDate"]
    assert "systemId" in at("2.40.3.1", authorities=["ALL"]).get("/api/system/info").json()


def test_the_clock_of_the_answers_is_the_servers_own(at: At) -> None:
    assert at("2.40.12").get("/api/me").headers["date"].startswith("Mon, 02 Nov 2026")


def test_who_am_i_says_what_is_asked(at: At) -> None:
    fields = "id,username,authorities,organisationUnits[id,code,name],dataSets,programs"
    told = at("2.40.12").get("/api/me", fields=fields).json()
    assert set(told) == {"id", "username", "authorities", "organisationUnits", "dataSets", "programs"}
    assert told["organisationUnits"] == [{"id": OU, "code": "ML0417", "name": "CSCom"}]
    assert told["authorities"] == ["F_DATAVALUE_ADD"]


def test_spare_uids(at: At) -> None:
    codes = at("2.40.12").get("/api/system/id", limit=10).json()["codes"]
    assert len(set(codes)) == 10
    assert all(len(code) == 11 and code[0].isalpha() for code in codes)


def test_it_lives_under_its_context_path_only(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with playing(tmp_path, version="2.40.12", context_path="/dhis") as dhis2:
        assert dhis2.bare("/api/system/info").status_code == 404
        assert dhis2.bare("/dhis/api/me").headers["location"] == "/dhis/dhis-web-commons/security/login.action"
        assert dhis2.get("/dhis/api/system/info").json()["contextPath"] == "/dhis"
