"""A vaccine is given, invalid, due, overdue, to come or too late; and a series is never begun again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.errors import Refused
from appliance.records.rules.immunization.calendar import default_calendar
from appliance.records.rules.immunization.status import DoseStatus, Given, vaccines

BORN = date(2026, 1, 1)


def of(antigen: str, found: tuple[DoseStatus, ...]) -> list[DoseStatus]:
    return [d for d in found if d.antigen == antigen]


def penta(*days: int, on: int = 400) -> list[DoseStatus]:
    doses = [Given(antigen="PENTA", on=BORN + timedelta(days)) for days in days]
    return of("PENTA", vaccines(BORN, "M", BORN + timedelta(on), doses))


def test_the_41st_day_is_too_young_and_the_42nd_is_not() -> None:
    early, again, *_ = penta(41, 70)
    assert (early.status, early.because, again.dose, again.status) == ("invalid", "too-young", 1, "given")
    assert penta(42)[0].status == "given"


def test_27_days_are_too_few_and_28_are_enough() -> None:
    assert [(d.dose, d.status, d.because) for d in penta(42, 69)[:2]] == [
        (1, "given", None),
        (2, "invalid", "too-soon"),
    ]
    assert [(d.dose, d.status) for d in penta(42, 70)[:2]] == [(1, "given"), (2, "given")]


def test_two_doses_of_one_series_on_one_day_count_once() -> None:
    assert [d.status for d in penta(42, 42)[:2]] == ["given", "invalid"]


def test_a_dose_beyond_the_series_is_kept_and_called_so() -> None:
    assert [(d.dose, d.because) for d in penta(42, 70, 98, 200)][-1] == (4, "extra")


def test_a_gap_of_fourteen_months_owes_the_second_dose_today() -> None:
    found = penta(42, on=42 + 426)
    assert [(d.dose, d.status) for d in found] == [(1, "given"), (2, "overdue"), (3, "upcoming")]


def test_the_later_of_two_live_vaccines_within_four_weeks_is_invalid_but_not_on_one_day() -> None:
    day = BORN + timedelta(300)

    def yellow_fever(after: int) -> DoseStatus:
        doses = [Given(antigen="RR", on=day), Given(antigen="VAA", on=day + timedelta(after))]
        return of("VAA", vaccines(BORN, "F", day + timedelta(60), doses))[0]

    assert (yellow_fever(10).status, yellow_fever(10).because) == ("invalid", "live-too-close")
    assert yellow_fever(0).status == yellow_fever(28).status == "given"
    owed = of("VAA", vaccines(BORN, "F", day + timedelta(10), [Given(antigen="RR", on=day)]))[0]
    assert owed.due == day + timedelta(28)


def test_the_malaria_vaccine_is_for_its_districts_and_a_dose_given_elsewhere_still_shows() -> None:
    day = BORN + timedelta(200)
    assert of("R21", vaccines(BORN, "F", day)) == []
    assert len(of("R21", vaccines(BORN, "F", day, district_packs=["r21"]))) == 5
    assert of("R21", vaccines(BORN, "F", day, [Given(antigen="R21", on=day)]))[0].status == "given"


def test_the_dose_of_birth_is_not_taken_for_the_first_of_six_weeks() -> None:
    at_birth = of("VPO", vaccines(BORN, "M", BORN + timedelta(50), [Given(antigen="VPO", on=BORN + timedelta(2))]))
    assert [(d.dose, d.status) for d in at_birth][:2] == [(0, "given"), (1, "due")]
    later = of("VPO", vaccines(BORN, "M", BORN + timedelta(50), [Given(antigen="VPO", on=BORN + timedelta(42))]))
    assert [(d.dose, d.status) for d in later][:2] == [(0, "too_late"), (1, "given")]


def test_impossible_doses_are_refused() -> None:
    for antigen, day, code in (
        ("XYZ", BORN, "vaccine-unknown"), ("BCG", BORN - timedelta(1), "vaccine-day"), ("BCG", date(2027, 1, 1), "vaccine-day"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            vaccines(BORN, "M", date(2026, 6, 1), [Given(antigen=antigen, on=day)])


SERIES = {s.antigen: s for s in default_calendar().series}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["F", "M"]), st.integers(0, 4000),
    st.lists(st.tuples(st.sampled_from(sorted(SERIES)), st.integers(0, 4000)), max_size=12),
)  # fmt: skip
def test_every_dose_given_is_told_once_and_every_series_is_whole(
    sex: str, age: int, doses: list[tuple[str, int]]
) -> None:
    on = BORN + timedelta(age)
    known = [Given(antigen=a, on=BORN + timedelta(d)) for a, d in doses if d <= age]
    found = vaccines(BORN, sex, on, known, ["r21"])
    told = sorted((d.antigen, d.given) for d in found if d.given)
    assert told == sorted((g.antigen, g.on) for g in known)
    for antigen in {d.antigen for d in found}:
        mine = of(antigen, found)
        settled = [d.dose for d in mine if d.status != "invalid" and d.because != "extra"]
        assert settled == [d.number for d in SERIES[antigen].doses]
        for d in mine:
            if d.status in ("due", "overdue"):
                assert d.earliest is not None and d.due is not None and d.earliest <= d.due <= on
                assert d.latest is None or on <= d.latest
            if d.status == "upcoming":
                assert d.due is not None and d.due > on
