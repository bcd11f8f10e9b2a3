"""Third-party payers: both shares whole and adding up, rates by the day of care, cash rounded apart, numbers on cards."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.billing.payers import editions
from appliance.billing.payers.model import BASIS, CashRounding, split
from appliance.core.errors import DataFileError, Refused

FILE = editions.FOLDER / "payers-2026.json"
amounts = st.integers(0, 10**9)


def test_the_payer_s_share_is_rounded_half_up_and_the_rest_is_the_patient_s() -> None:
    told = {amount: split(amount, 7_000) for amount in (0, 1, 2, 5, 455, 1_000)}
    assert {a: (s.payer, s.patient) for a, s in told.items()} == {
        0: (0, 0), 1: (1, 0), 2: (1, 1), 5: (4, 1), 455: (319, 136), 1_000: (700, 300),
    }  # fmt: skip


@given(amounts, st.integers(0, BASIS))
def test_both_shares_add_up_and_neither_is_more_than_half_a_franc_off(amount: int, rate: int) -> None:
    shares = split(amount, rate)
    assert shares.payer + shares.patient == amount and min(shares.payer, shares.patient) >= 0
    exact = Fraction(amount * rate, BASIS)
    assert Fraction(-1, 2) < shares.payer - exact <= Fraction(1, 2)


@given(amounts, st.integers(0, BASIS - 1))
def test_a_higher_rate_never_leaves_more_to_the_patient(amount: int, rate: int) -> None:
    assert split(amount, rate + 1).patient <= split(amount, rate).patient


@pytest.mark.parametrize("amount", [-1, 10**9 + 1])
def test_an_amount_that_is_none_is_refused(amount: int) -> None:
    with pytest.raises(Refused, match="amount-out-of-range"):
        split(amount, 7_000)


@given(amounts, st.sampled_from(editions.STEPS), st.sampled_from(("nearest", "down", "up")))
def test_cash_is_a_multiple_of_the_step_less_than_a_step_away(amount: int, step: int, direction: str) -> None:
    payable = CashRounding(step_fcfa=step, direction=direction).payable(amount)
    assert payable % step == 0 and abs(payable - amount) < step
    assert {"down": payable <= amount, "up": payable >= amount, "nearest": 2 * abs(payable - amount) <= step}[direction]


def test_amo_pays_seventy_of_a_hundred_outside_and_eighty_inside() -> None:
    for code in ("AMO-CMSS", "AMO-INPS", "amo-cmss"):
        payer = editions.national_payer(code, date(2026, 11, 1))
        assert (payer.basis_points("ambulatoire"), payer.basis_points("hospitalisation")) == (7_000, 8_000)
    with pytest.raises(Refused, match="payer-unknown"):
        editions.national_payer("AMO", date(2026, 11, 1))
    with pytest.raises(Refused, match="care-type-unknown"):
        editions.national_payer("RAMED", date(2026, 11, 1)).basis_points("dentaire")


def edition(tmp_path: Path, name: str, change: dict[str, Any]) -> Path:
    content = json.loads(FILE.read_text("utf-8")) | change
    file = tmp_path / name
    file.write_text(json.dumps(content, indent=1), "utf-8")
    return file


def test_an_edition_that_changes_in_mid_month_counts_from_the_day_of_care(tmp_path: Path) -> None:
    payers = json.loads(FILE.read_text("utf-8"))["payers"]
    payers[0]["rates"][0]["percent"] = "62.5"
    old = editions.load_edition(edition(tmp_path, "payers-a.json", {"valid_to": "2026-10-14"}))
    new = editions.load_edition(
        edition(tmp_path, "payers-b.json", {"edition": "2026-12", "valid_from": "2026-10-15", "payers": payers})
    )
    told = [
        editions.national_payer("AMO-CMSS", day, (old, new)).basis_points("ambulatoire")
        for day in (date(2026, 10, 14), date(2026, 10, 15))
    ]
    assert told == [7_000, 6_250]
    with pytest.raises(Refused, match="payers-no-edition"):
        editions.national_payer("AMO-CMSS", date(1999, 1, 1), (old, new))


def test_a_rate_may_be_of_some_persons_only(tmp_path: Path) -> None:
    payers = json.loads(FILE.read_text("utf-8"))["payers"][:1]
    payers[0]["rates"].insert(0, {"care": "ambulatoire", "percent": 100, "age_months_max": 59})
    payers[0]["rates"].insert(0, {"care": "ambulatoire", "percent": 90, "pregnant": True})
    payer = editions.load_edition(edition(tmp_path, "payers-a.json", {"payers": payers})).payers["AMO-CMSS"]
    told = [
        payer.basis_points("ambulatoire", *whose) for whose in ((59, False), (60, False), (None, False), (300, True))
    ]
    assert told == [10_000, 7_000, 7_000, 9_000]


@pytest.mark.parametrize(
    ("where", "value", "fault"),
    [
        ("percent", 101, "from 0 to 100"), ("percent", "7,5", "from 0 to 100"), ("percent", "62.555", "from 0 to 100"),
        ("percent", True, "from 0 to 100"), ("care", "dentaire", "no type of care"),
    ],
)  # fmt: skip
def test_a_wrong_rate_is_named_with_its_line(tmp_path: Path, where: str, value: object, fault: str) -> None:
    payers = json.loads(FILE.read_text("utf-8"))["payers"]
    payers[1]["rates"][1][where] = value
    file = edition(tmp_path, "payers-a.json", {"payers": payers})
    with pytest.raises(DataFileError, match=fault) as told:
        editions.load_edition(file)
    lines = file.read_text("utf-8").splitlines()
    assert f'"{where}"' in lines[told.value.line - 1]
    assert "payers[1].rates[1]" in str(told.value)


def test_a_payer_that_stands_twice_and_a_step_that_is_none_are_faults(tmp_path: Path) -> None:
    payers = json.loads(FILE.read_text("utf-8"))["payers"]
    with pytest.raises(DataFileError, match="AMO-CMSS stands twice"):
        editions.load_edition(edition(tmp_path, "payers-a.json", {"payers": [payers[0], payers[0]]}))
    file = tmp_path / "rounding.json"
    file.write_text('{"step_fcfa": 7, "direction": "nearest"}', "utf-8")
    with pytest.raises(DataFileError, match="must be one of"):
        editions.load_rounding(file)
