"""Numbers, money, sizes and dates as they are written at the centre."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.clock import to_ms
from appliance.core.french import date_fr, fcfa, fold, moment_fr, number_fr, size_fr


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1290, 0, "1\u202f290"), (Fraction(1, 3), 2, "0,33"), (Fraction(5, 2), 0, "3"), (-1500, 0, "−1\u202f500"),
        (Fraction(-1, 1000), 1, "0,0"), (0.1, 1, "0,1"),
    ],
)  # fmt: skip
def test_numbers(value: object, decimals: int, written: str) -> None:
    assert number_fr(value, decimals) == written


@given(st.integers(-(10**12), 10**12))
def test_francs_are_whole_and_read_back(amount: int) -> None:
    digits = fcfa(amount).removesuffix("\u00a0F").replace("\u202f", "").replace("−", "-")
    assert int(digits) == amount


@pytest.mark.parametrize(
    ("count", "written"), [(512_000, "512\u00a0ko"), (812_400_000, "812\u00a0Mo"), (1_440_000_000, "1,4\u00a0Go")]
)
def test_sizes(count: int, written: str) -> None:
    assert size_fr(count) == written


def test_a_day_and_a_moment() -> None:
    assert date_fr(date(2026, 11, 1), weekday=True) == "dimanche 1er novembre 2026"
    assert moment_fr(to_ms(datetime(2026, 11, 24, 9, 40, tzinfo=UTC))) == "24/11/2026 à 09 h 40"


@pytest.mark.parametrize(
    ("typed", "folded"), [("  KEÏTA  Awa ", "keita awa"), ("Œdème", "oedeme"), ("N’Golo", "n'golo")]
)
def test_two_spellings_are_compared_without_accents_and_case(typed: str, folded: str) -> None:
    assert fold(typed) == folded
