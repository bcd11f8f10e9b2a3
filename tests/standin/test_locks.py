"""Contract §2.5 and §7: when figures may be written, checks that are off by default, the pre-check."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appliance.standin.wire.periods import containing, period, shifted
from tests.standin.conftest import At
from tests.standin.play import CASES, DS, OU, SCABIES, STOCK, Dhis2, codes, told, value

OLD, NEW, HEAD = "2.40.12", "2.43.1", "2.44-SNAPSHOT"


def rule(dhis2: Dhis2, **values: Any) -> None:
    """Change the small report on the server."""
    dhis2.app.metadata["dataSets"][0].update(values)


def refused(dhis2: Dhis2, period: str = "202610", **top: Any) -> list[str]:
    answer = dhis2.values(value("1"), period=period, **top)
    return codes(answer)


def test_the_current_month_opens_when_it_ends(at: At) -> None:
    for version, code in ((OLD, "E7641"), (NEW, "E8030")):
        dhis2 = at(version)
        assert (refused(dhis2, "202611"), refused(dhis2, "202610")) == ([code], [])
        rule(dhis2, openFuturePeriods=1)
        assert (refused(dhis2, "202612"), refused(dhis2, "202611")) == ([code], [])


def test_a_lock_is_a_conflict_per_value_on_the_old_and_refuses_the_group_on_the_new(at: At) -> None:
    assert told(at(OLD).values(value("1"), period="202611")) == (409, "WARNING", {"ignored": 1})
    assert told(at(NEW).values(value("1"), period="202611")) == (409, "ERROR", {})


@pytest.mark.parametrize(
    ("version", "day", "code"),
    [
        ("2.38.7", "2026-11-05", "E7640"), ("2.40.12", "2026-11-05", None), ("2.40.12", "2026-11-06", "E7640"),
        (NEW, "2026-11-05", None), (NEW, "2026-11-06", "E8030"),
    ],
)  # fmt: skip
def test_expiry_counts_from_the_end_or_from_the_day_after_it(at: At, version: str, day: str, code: str | None) -> None:
    dhis2 = at(version)
    rule(dhis2, expiryDays=5)
    dhis2.control("clock", today=day)
    assert refused(dhis2) == ([code] if code else [])


def test_expiry_is_lifted_by_a_right_or_an_exception(at: At) -> None:
    for version, code in ((OLD, "E7640"), (NEW, "E8030")):
        dhis2 = at(version)
        rule(dhis2, expiryDays=1)
        assert refused(dhis2, "202609") == [code]
        dhis2.app.metadata["lockExceptions"].append({"dataSet": DS, "period": "202609", "organisationUnit": OU})
        assert refused(dhis2, "202609") == []
        assert refused(dhis2, "202608") == [code]
        dhis2.control("settings", authorities=["F_DATAVALUE_ADD", "F_EDIT_EXPIRED"])
        assert refused(dhis2, "202608") == []


def test_force_skips_locks_for_a_superuser_only(at: At) -> None:
    dhis2 = at(OLD)
    body = {"params": {"force": "true"}, "period": "202611"}
    assert codes(dhis2.values(value("1"), **body)) == ["E7641"]
    dhis2.control("settings", authorities=["ALL"])
    assert codes(dhis2.values(value("1"), **body)) == []


def test_a_negative_expiry_lets_the_new_engine_write_ahead(at: At) -> None:
    dhis2 = at(NEW)
    rule(dhis2, expiryDays=-1)
    assert refused(dhis2, "202701") == []


def test_approved_figures_are_locked(at: At) -> None:
    for version, code in ((OLD, "E7642"), (NEW, "E8033")):
        dhis2 = at(version)
        rule(dhis2, approved=[{"period": "202610", "orgUnit": OU}])
        assert (refused(dhis2, "202610"), refused(dhis2, "202609")) == ([code], [])


def test_data_input_periods_and_their_inversion_in_2_43_0_and_2_43_1(at: At) -> None:
    periods = [
        {
            "period": {"id": "202610"},
            "openingDate": "2026-11-01T00:00:00.000",
            "closingDate": "2026-11-15T00:00:00.000",
        },
        {
            "period": {"id": "202609"},
            "openingDate": "2026-10-01T00:00:00.000",
            "closingDate": "2026-10-15T00:00:00.000",
        },
    ]
    for version, opened, closed, unlisted in (
        (OLD, [], ["E7643"], ["E7644"]), (NEW, ["E8030"], [], ["E8030"]), (HEAD, [], ["E8030"], ["E8030"]),
    ):  # fmt: skip
        dhis2 = at(version)
        rule(dhis2, dataInputPeriods=periods)
        assert [refused(dhis2, p) for p in ("202610", "202609", "202608")] == [opened, closed, unlisted]


def test_a_unit_that_was_not_open_is_seen_by_the_new_engine_only(at: At) -> None:
    for version, code in ((OLD, []), (NEW, ["E8031"])):
        dhis2 = at(version)
        dhis2.app.metadata["organisationUnits"][0]["openingDate"] = "2026-10-05T00:00:00.000"
        assert refused(dhis2) == code


def test_the_span_of_an_attribute_option(at: At) -> None:
    for version, span, units in ((OLD, "E7638", "E7639"), (NEW, "E8032", "E8025")):
        dhis2 = at(version)
        option = {"id": "coProjetA01", "name": "Projet", "endDate": "2026-09-30T00:00:00.000"}
        combo = {"id": "aocProjetA1", "name": "Projet", "categoryOptions": [option]}
        rule(dhis2, categoryCombo={"id": "ccProjetA01", "categoryOptionCombos": [combo]})
        assert refused(dhis2, attributeOptionCombo="aocProjetA1") == [span]
        assert refused(dhis2, "202609", attributeOptionCombo="aocProjetA1") == []
        option["organisationUnits"] = [{"id": "ouAilleurs1"}]
        assert refused(dhis2, "202609", attributeOptionCombo="aocProjetA1") == [units]


WRONG_PAIRS = [
    ("periods", "E7632", "E8021", {"period": "2026W40"}, {}),
    ("dataElements", "E7633", "E8020", {}, {"element": "VISITS"}),
    ("categoryOptionCombos", "E7634", "E8024", {}, {"combo": None}),
    ("organisationUnits", "E7636", "E8022", {}, {}),
]


@pytest.mark.parametrize(("name", "old_code", "new_code", "top", "sent"), WRONG_PAIRS)
def test_a_wrong_pairing_is_stored_by_the_old_engine_unless_it_is_strict(
    at: At, name: str, old_code: str, new_code: str, top: dict[str, Any], sent: dict[str, Any]
) -> None:
    from appliance.standin.metadata import uid

    element = uid(f"de:{sent['element']}") if "element" in sent else CASES
    made = value("1", element, None) if "combo" in sent or "element" in sent else value("1", element)

    def of(version: str) -> Dhis2:
        dhis2 = at(version)
        if name == "organisationUnits":
            rule(dhis2, organisationUnits=[{"id": "ouAilleurs1"}])
        return dhis2

    lax = of(OLD)
    assert told(lax.values(made, **top)) == (200, "SUCCESS", {"imported": 1})
    asked = {f"strict{name[0].upper()}{name[1:]}": "true"}
    assert codes(lax.values(made, params=asked, **top)) == [old_code]
    lax.control("settings", strict=[name])
    assert codes(lax.values(made, **top)) == [old_code]
    assert codes(of(NEW).values(made, **top)) == [new_code]


def test_an_attribute_combo_of_another_set(at: At) -> None:
    for version in (OLD, NEW):
        dhis2 = at(version)
        combo = value("1")["categoryOptionCombo"]
        answer = dhis2.values(value("1"), attributeOptionCombo=combo, params={"strictAttributeOptionCombos": "true"})
        assert codes(answer) == ["E7635" if version == OLD else "E8023"]


def test_what_must_be_named_when_that_is_required(at: At) -> None:
    dhis2 = at(OLD)
    assert codes(dhis2.values(value("1", STOCK, None), params={"requireCategoryOptionCombo": "true"})) == ["E7630"]
    assert codes(dhis2.values(value("1"), params={"requireAttributeOptionCombo": "true"})) == ["E7631"]


def test_the_pre_check_says_open_locked_or_approved_and_what_is_there(at: At) -> None:
    dhis2 = at(OLD)
    dhis2.values(value("3"), value("4", SCABIES))
    asked = {"ds": DS, "pe": "202610", "ou": OU}
    held = dhis2.get("/api/dataEntry/dataValues", **asked).json()
    assert [v["value"] for v in held["dataValues"]] == ["3", "4"]
    assert (held["minMaxValues"], held["lockStatus"], held["completeStatus"]["complete"]) == ([], "OPEN", False)
    dhis2.post(
        "/api/dataEntry/dataSetCompletion", {"dataSet": DS, "period": "202610", "orgUnit": OU, "completed": True}
    )
    assert dhis2.get("/api/dataEntry/dataValues", **asked).json()["completeStatus"]["complete"] is True
    rule(dhis2, approved=True)
    assert dhis2.get("/api/dataEntry/dataValues", **asked).json()["lockStatus"] == "APPROVED"
    rule(dhis2, approved=False)
    assert dhis2.get("/api/dataEntry/dataValues", **asked | {"pe": "202611"}).json()["lockStatus"] == "LOCKED"
    assert at("2.38.7").get("/api/dataEntry/dataValues", **asked).status_code == 404


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("20261102", "Daily", "2026-11-02", "2026-11-02"), ("2026W3", "Weekly", "2026-01-12", "2026-01-18"),
        ("2026W53", "Weekly", "2026-12-28", "2027-01-03"), ("2025W1", "Weekly", "2024-12-30", "2025-01-05"),
        ("2026WedW3", "WeeklyWednesday", "2026-01-14", "2026-01-20"),
        ("2026ThuW3", "WeeklyThursday", "2026-01-15", "2026-01-21"),
        ("2026SatW3", "WeeklySaturday", "2026-01-17", "2026-01-23"),
        ("2026SunW3", "WeeklySunday", "2026-01-18", "2026-01-24"),
        ("2026BiW2", "BiWeekly", "2026-01-12", "2026-01-25"), ("202611", "Monthly", "2026-11-01", "2026-11-30"),
        ("202602B", "BiMonthly", "2026-03-01", "2026-04-30"), ("2026Q4", "Quarterly", "2026-10-01", "2026-12-31"),
        ("2026S1", "SixMonthly", "2026-01-01", "2026-06-30"), ("2026AprilS2", "SixMonthlyApril", "2026-10-01", "2027-03-31"),
        ("2026", "Yearly", "2026-01-01", "2026-12-31"), ("2026July", "FinancialJuly", "2026-07-01", "2027-06-30"),
    ],
)  # fmt: skip
def test_periods_cover_their_days_and_are_found_again_from_them(text: str, kind: str, first: str, last: str) -> None:
    held = period(text)
    assert held is not None
    assert (held.kind, held.first.isoformat(), held.last.isoformat(), held.name) == (kind, first, last, text)
    assert containing(kind, held.first) == containing(kind, held.last) == held
    assert shifted(shifted(held, 3), -3) == held


def test_other_spellings_of_periods() -> None:
    read = period("2026W03")
    assert read is not None
    assert read.name == "2026W3"
    assert period("2026-11") is None
    assert containing("Weekly", date(2027, 1, 1)).name == "2026W53"
    newer = period("2026-11", dashed=True)
    assert newer is not None
    assert newer.name == "202611"
    assert [period(t) for t in ("202613", "2025W53", "2026W0", "20260230", "2026Q5", "")] == [None] * 6
