"""Months, weeks and quarters as DHIS2 writes them, and ages in completed months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.errors import Refused
from appliance.core.periods import Month, Quarter, Week, completed_months

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_every_day_lies_in_its_month_week_and_quarter(day: date) -> None:
    for period in (Month.of(day), Week.of(day)):
        assert period.first <= day <= period.last
    assert Month.of(day) in Quarter.of(day).months
    assert Week.of(day).last - Week.of(day).first == timedelta(days=6)
    assert Week.of(day).first.weekday() == 0


@given(DAYS, st.integers(-400, 400))
def test_months_follow_one_another_without_a_hole(day: date, step: int) -> None:
    month = Month.of(day)
    assert month.plus(1).first == month.last + timedelta(days=1)
    assert month.plus(step).plus(-step) == month


@given(DAYS)
def test_a_code_says_its_period_and_is_read_back(day: date) -> None:
    assert Month.parse(Month.of(day).dhis2) == Month.of(day) == Month.parse(str(Month.of(day)))
    assert Week.parse(Week.of(day).dhis2) == Week.of(day) == Week.parse(str(Week.of(day)))


@pytest.mark.parametrize(
    ("day", "code"), [(date(2027, 1, 1), "2026W53"), (date(2024, 12, 30), "2025W1"), (date(2026, 1, 12), "2026W3")]
)
def test_a_week_belongs_to_its_iso_year_and_has_no_zero(day: date, code: str) -> None:
    assert Week.of(day).dhis2 == code


@pytest.mark.parametrize(
    ("born", "on", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2026, 11, 24), date(2026, 11, 24), 0),
    ],
)
def test_a_month_of_age_is_completed_on_its_day_or_on_the_last_of_a_shorter_month(
    born: date, on: date, months: int
) -> None:
    assert completed_months(born, on) == months


@given(DAYS, st.integers(0, 4000), st.integers(0, 400))
def test_age_never_shrinks(born: date, first: int, more: int) -> None:
    on = born + timedelta(days=first)
    assert completed_months(born, on) <= completed_months(born, on + timedelta(days=more))


@pytest.mark.parametrize("text", ["2026-13", "26-01", "", "octobre", "2026-1", "2026-10-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Month.parse(text)
