"""The program against a second opinion written from the text of the rules alone, over worked rows and thousands of cases.

Each case goes in as the JSON of `appliance rules`, so that reading, computing and rounding are all judged.
"""

from __future__ import annotations

import calendar
import json
from datetime import date, timedelta
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.cli.rule_cases import consumption_case, order_case
from appliance.cli.rules import consumption_facts, rounded, working_facts
from appliance.core.datafile import Located, parse_json
from appliance.core.periods import Month
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.stockout import stockout_days
from appliance.stock.ordering.bands import Thresholds, band
from appliance.stock.ordering.levels import levels
from appliance.stock.ordering.season import season_of
from appliance.stock.ordering.working import work_out
from tests.stock import by_the_text as text


def asked(case: dict[str, Any]) -> Located:
    written = json.dumps(case)
    return Located(Path("case.json"), written, parse_json(Path("case.json"), written))


def months_between(first: date, last: date) -> list[str]:
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Histories of up to 18 months that often lie at the edges of the rules: all out, nearly captured, 13 to 15 days."""
    as_of = draw(st.dates(date(2025, 12, 1), date(2026, 12, 31)))
    start = as_of - timedelta(days=draw(st.integers(0, 540)))
    first = draw(st.none() | st.dates(as_of - timedelta(days=400), as_of))
    months = []
    for name in months_between(start, as_of):
        if draw(st.integers(0, 9)) == 0:
            continue  # an absent month
        days = calendar.monthrange(int(name[:4]), int(name[5:]))[1]
        out = draw(st.sampled_from([0, 0, 1, 8, 15, 16, days - 14, days - 1, days, days]))
        before = first is not None and (first.year, first.month) > (int(name[:4]), int(name[5:]))
        months.append(
            {
                "month": name,
                "consumed": 0 if out == days or before else draw(st.integers(0, 400)),
                "stockout_days": out,
                "unmet": draw(st.integers(0, 90)),
                "unmet_captured": draw(st.sampled_from([0, 0.5, 0.89, 0.9, 0.95, 1, 1.0])),
                "source": draw(st.sampled_from(["", "", "", "papier"])),
            }
        )
    return {"as_of": as_of.isoformat(), "months": months, "first_receipt": first.isoformat() if first else None}


def with_paper(case: dict[str, Any]) -> dict[str, Any]:
    return case | {"months": [m | {"paper": m.get("source") == "papier"} for m in case["months"]]}


@settings(max_examples=2500, deadline=None)
@given(cases())
def test_any_history_gets_the_same_estimate_twice(case: dict[str, Any]) -> None:
    opinion = text.consumption(with_paper(case))
    answer = consumption_facts(average_monthly_consumption(consumption_case(asked(case))))
    assert answer["cmm"] == rounded(opinion.cmm)
    assert answer["estimator"] == opinion.estimator
    assert answer["available_days"] == opinion.available
    assert answer["unknown"] is (opinion.cmm is None)
    assert answer["months_used"] == (opinion.months if opinion.cmm is not None else 0)
    if (
        opinion.cmm is not None and answer["rule"] != "A3-season"
    ):  # last year's months are no part of the second opinion
        assert set(answer["outliers"]) == text.outliers(case)
    if opinion.low:
        assert answer["confidence"] == "low"
    elif opinion.estimator == "A1":
        assert answer["confidence"] != "low"


orders = st.fixed_dictionaries(
    {
        "cmm": st.integers(0, 500) | st.sampled_from([0, 0.5, 12.25, 333.33]),
        "max_months": st.sampled_from([1, 2, 3, 3, 3.5, 6]),
        "on_order": st.integers(0, 400),
        "reserved": st.integers(0, 60),
        "loans_due_in": st.integers(0, 60),
        "loans_due_out": st.integers(0, 60),
        "pack": st.sampled_from([1, 10, 30, 100, 1000]),
        "shelf_life_months": st.none() | st.integers(1, 36),
    }
)
shelves = st.one_of(
    st.fixed_dictionaries({"usable": st.integers(0, 2000)}),
    st.fixed_dictionaries(
        {
            "lots": st.lists(
                st.fixed_dictionaries({"quantity": st.integers(0, 300), "days_left": st.integers(-30, 700)}), max_size=6
            )
        }
    ),
)


@settings(max_examples=1500, deadline=None)
@given(orders, shelves)
def test_any_shelf_gets_the_same_order_twice(case: dict[str, Any], shelf: dict[str, Any]) -> None:
    whole = case | shelf
    opinion = text.order(whole, F(str(whole["cmm"])))
    answer = working_facts(work_out(order_case(asked(whole))))
    assert answer["need"] == rounded(opinion.need)
    assert answer["quantity"] == opinion.quantity
    assert answer["packs"] == opinion.quantity // whole["pack"]
    assert answer["at_risk"] == rounded(opinion.at_risk)
    assert ("over-max-plus-one" in answer["warnings"]) is opinion.too_much
    assert ("at-risk" in answer["warnings"]) is (opinion.at_risk > 0)


@settings(max_examples=500, deadline=None)
@given(
    st.integers(1, 12),
    st.integers(0, 60),
    st.dictionaries(st.integers(1, 28), st.lists(st.integers(1, 60), min_size=1, max_size=3), max_size=8),
    st.data(),
)
def test_any_month_has_the_same_stockout_days_twice(
    month: int, opening: int, receipts: dict[int, list[int]], data: st.DataObject
) -> None:
    moves: dict[int, list[int]] = {}
    held = opening
    for day in range(1, calendar.monthrange(2026, month)[1] + 1):
        come = receipts.get(day, [])
        gone = data.draw(st.integers(0, held + sum(come)) | st.just(held + sum(come)))
        moves[day] = [*come, *([-gone] if gone else [])]
        held += sum(come) - gone
    flows = {
        date(2026, month, day): (sum(m for m in those if m > 0), -sum(m for m in those if m < 0))
        for day, those in moves.items()
    }
    assert stockout_days(Month(2026, month), opening, flows) == text.stockout_days(opening, moves, 2026, month)


@given(st.lists(st.integers(1, 500), min_size=12, max_size=12), st.integers(1, 12), st.integers(1, 4))
def test_any_season_has_the_same_index_twice(year: list[int], month: int, ahead: int) -> None:
    last = Month(2026, month)
    history = {Month(2025, m + 1): F(v) for m, v in enumerate(year)} | {
        Month(2024, m + 1): F(v) for m, v in enumerate(year)
    }
    assert season_of(history, last, ahead=ahead, behind=ahead, profile=None).index == text.season_index(
        year, month, ahead
    )


@given(st.integers(0, 500), st.integers(1, 100))
def test_any_cover_lies_in_the_same_band_twice(usable: int, cmm: int) -> None:
    said = text.band(F(usable, cmm), F(1, 2), F(1), F(3))
    assert band(usable, F(cmm), Thresholds()).value == said


@given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 4), st.integers(1, 3), st.integers(0, 30))
def test_any_levels_are_the_same_twice(cmm: int, lead: int, safety: int, review: int, emergency: int) -> None:
    found = levels(
        lead_time_days=F(lead),
        emergency_lead_time_days=F(emergency),
        safety_months=F(safety, 2),
        review_months=F(review),
    ).in_units(F(cmm))
    assert found == text.levels(F(cmm), lead, F(safety, 2), F(review), emergency)


def month(name: str, consumed: int, out: int = 0, unmet: int = 0, captured: float = 0.0) -> dict[str, Any]:
    return {
        "month": name, "consumed": consumed, "stockout_days": out, "unmet": unmet, "unmet_captured": captured,
    }  # fmt: skip


JUL_SEP = ("2026-07", "2026-08", "2026-09")
ROWS: list[tuple[str, str, list[dict[str, Any]], str | None, dict[str, Any]]] = [
    (
        "T1", "2026-09-30", [month(m, c) for m, c in zip(JUL_SEP, (300, 280, 320), strict=True)], None,
        {"cmm": 300, "estimator": "A1", "months_used": 3, "available_days": 92},
    ),
    ("T2", "2026-09-30", [month("2026-07", 300), month("2026-08", 150, 16), month("2026-09", 320)], None, {"cmm": 310.7}),
    ("T3", "2026-09-30", [month("2026-07", 300), month("2026-08", 0, 31), month("2026-09", 300)], None, {"cmm": 301.64, "available_days": 61}),
    (
        "T4", "2026-09-30",
        [month("2026-04", 120), month("2026-05", 90), month("2026-06", 60, 10),
         month("2026-07", 0, 31), month("2026-08", 0, 31), month("2026-09", 0, 30)], None,
        {"cmm": 90, "estimator": "A1", "months_used": 5, "available_days": 51, "rule": "A3"},
    ),
    ("T6", "2026-09-30", [month("2026-09", 84)], "2026-09-10", {"cmm": 122.67, "estimator": "A1", "confidence": "low", "available_days": 21}),
    ("T6 with its days counted", "2026-09-30", [month("2026-09", 84, 9)], "2026-09-10", {"cmm": 122.67}),
    ("T7 A1", "2026-07-31", [month("2026-05", 240), month("2026-06", 300), month("2026-07", 310)], None, {"cmm": 283.33}),
    ("T7 A2", "2026-07-31", [month("2026-05", 300), month("2026-06", 240, 10, 90, 0.9), month("2026-07", 310)], None, {"cmm": 313.33, "estimator": "A2"}),
    ("T7 nearly captured", "2026-07-31", [month("2026-05", 300), month("2026-06", 240, 10, 90, 0.89), month("2026-07", 310)], None, {"cmm": 317.89, "estimator": "A1"}),
    ("T35", "2026-09-30", [month(m, 0) for m in JUL_SEP], None, {"cmm": 0, "unknown": False}),
    ("out three months, all captured", "2026-09-30", [month(m, 0, d, 90, 1.0) for m, d in zip(JUL_SEP, (31, 31, 30), strict=True)], None, {"cmm": 90, "estimator": "A2"}),
    ("out three months, nothing captured", "2026-09-30", [month(m, 0, d) for m, d in zip(JUL_SEP, (31, 31, 30), strict=True)], None, {"cmm": None, "estimator": None, "unknown": True}),
    ("open month", "2026-10-30", [*(month(m, 300) for m in JUL_SEP), month("2026-10", 9000)], None, {"cmm": 300, "open_months": ["2026-10"]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "as_of", "months", "first", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_the_worked_rows(
    name: str, as_of: str, months: list[dict[str, Any]], first: str | None, wanted: dict[str, Any]
) -> None:
    case = {"as_of": as_of, "months": months, "first_receipt": first}
    answer = consumption_facts(average_monthly_consumption(consumption_case(asked(case))))
    assert {key: answer[key] for key in wanted} == wanted
    if "cmm" in wanted:
        assert rounded(text.consumption(case).cmm) == wanted["cmm"]
