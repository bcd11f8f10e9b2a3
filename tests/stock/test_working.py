"""One line of an order worked out: the rows T14 to T36 through `appliance rules order`, gaps that add up, two kinds of order."""

from __future__ import annotations

import json
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cli.rule_cases import order_case
from appliance.cli.rules import working_facts
from appliance.core.datafile import Located, parse_json
from appliance.stock.ordering.awaited import Awaited
from appliance.stock.ordering.expiry import LotAhead
from appliance.stock.ordering.levels import Levels
from appliance.stock.ordering.quantity import Situation
from appliance.stock.ordering.season import Season
from appliance.stock.ordering.working import Case, Working, work_out
from appliance.stock.orders.model import OrderKind


def asked(case: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(case)
    return working_facts(work_out(order_case(Located(Path("case.json"), text, parse_json(Path("case.json"), text)))))


YEAR = [60, 50, 45, 45, 60, 90, 180, 300, 360, 330, 200, 100]
MALARIA = [{"month": f"2025-{m:02d}", "consumed": used} for m, used in enumerate(YEAR, start=1)]
OUT = [{"month": f"2026-{m:02d}", "consumed": 0, "stockout_days": 0} for m in (7, 8, 9)]


@pytest.mark.parametrize(
    ("row", "case", "wanted"),
    [
        ("T14", {"cmm": 120, "usable": 130, "pack": 100}, {"need": 230, "quantity": 300, "packs": 3}),
        ("T15", {"cmm": 120, "usable": 130, "pack": 100, "on_order": 100}, {"need": 130, "packs": 2}),
        ("T16", {"cmm": 120, "usable": 400}, {"quantity": 0, "band": "surstock", "months_of_stock": 3.33}),
        ("T20", {"cmm": 80, "usable": 0, "as_of": "2026-06-30", "season_history": MALARIA}, {"season_index": 4.31, "target": 1033.85, "season": "history"}),
        ("T20 in a first year", {"cmm": 80, "usable": 0, "as_of": "2026-06-30", "season_history": MALARIA[:5], "season_profile": YEAR}, {"target": 1033.85, "season": "profile"}),
        ("T20 nothing known", {"cmm": 80, "usable": 0, "as_of": "2026-06-30", "season_history": MALARIA[:5]}, {"target": 240, "season": "none"}),
        ("T22", {"cmm": 120, "usable": 0, "lead_time_days": 14, "emergency_lead_time_days": 7, "safety_months": 0.5, "review_months": 1}, {"min": 115.08, "max": 235.08, "eop": 27.54, "levels": "computed"}),
        ("E", {"cmm": 61, "usable": 0, "review_months": 1, "observed_lead_times": [10, 10, 10, 10, 20]}, {"lead_time_days": 12, "min": 40, "levels": "learned"}),
        ("E with four", {"cmm": 61, "usable": 0, "review_months": 1, "lead_time_days": 14, "observed_lead_times": [10, 10, 10, 20]}, {"lead_time_days": 14, "levels": "computed"}),
        ("T34 0.49", {"cmm": 100, "usable": 49}, {"band": "urgence"}),
        ("T34 0.5", {"cmm": 100, "usable": 50}, {"band": "sous-stock"}),
        ("T34 3.01", {"cmm": 100, "usable": 301}, {"band": "surstock"}),
        ("T34 near", {"cmm": 100, "usable": 45, "lead_time_days": 14}, {"stockout_near": True, "warnings": []}),
        ("T34 not near", {"cmm": 100, "usable": 46, "lead_time_days": 14}, {"stockout_near": False}),
        ("T35", {"as_of": "2026-09-30", "months": OUT, "usable": 40}, {"cmm": 0, "dormant": True, "band": "dormant", "quantity": 0}),
        ("T36", {"cmm": 100, "usable": 150, "loans_due_in": 50}, {"need": 100}),
        ("T36 borrowed", {"cmm": 100, "usable": 150, "loans_due_out": 50}, {"need": 200}),
        ("T13", {"cmm": 100, "lots": [{"quantity": 40, "days_left": 0}]}, {"usable": 0, "band": "rupture"}),
    ],
)  # fmt: skip
def test_the_worked_rows(row: str, case: dict[str, Any], wanted: dict[str, Any]) -> None:
    answer = asked(case)
    assert {key: answer[key] for key in wanted} == wanted, row


def test_an_order_of_more_than_two_lead_times_no_longer_counts_and_is_named() -> None:
    orders = [{"quantity": 100, "age_days": 28}, {"quantity": 500, "age_days": 29}]
    answer = asked({"usable": 130, "cmm": 120, "on_order": orders, "lead_time_days": 14})
    assert (answer["on_order"], answer["need"], answer["warnings"]) == (100, 130, ["order-overdue"])


def test_an_emergency_order_is_for_what_lies_below_the_emergency_point() -> None:
    urgent = asked({"cmm": 100, "usable": 49, "pack": 10, "kind": "emergency"})
    assert (urgent["quantity"], urgent["warnings"]) == (260, [])
    calm = asked({"cmm": 100, "usable": 50, "pack": 10, "kind": "emergency"})
    assert (calm["quantity"], calm["warnings"]) == (0, ["not-an-emergency"])


def test_a_reversal_after_closing_makes_a_month_negative_and_no_estimate_is() -> None:
    months = [
        {"month": "2026-07", "consumed": 40},
        {"month": "2026-08", "consumed": 30},
        {"month": "2026-09", "consumed": -10},
    ]
    answer = asked({"as_of": "2026-09-30", "months": months, "usable": 0})
    assert answer["cmm"] == 20
    assert "negative-month" in answer["notices"]
    alone = asked({"as_of": "2026-09-30", "months": [{**m, "consumed": -5} for m in months], "usable": 0})
    assert (alone["cmm"], alone["quantity"]) == (0, 0)


def test_a_month_set_aside_counts_for_nothing_and_the_plain_mean_keeps_it() -> None:
    months = [{"month": f"2026-0{m}", "consumed": used} for m, used in ((7, 100), (8, 100), (9, 900))]
    months[2]["excluded"] = {"by": "Awa", "reason": "afflux"}
    answer = asked({"as_of": "2026-09-30", "months": months, "usable": 0})
    assert answer["cmm"] == pytest.approx(98.92)  # 200 over 62 days with stock, for three months of 92
    assert answer["plain"]["cmm"] == pytest.approx(366.67)


fractions = st.fractions(min_value=0, max_value=900, max_denominator=12)
lots = st.lists(st.builds(LotAhead, quantity=st.integers(0, 400), days_left=st.integers(-20, 500)), max_size=5)
orders = st.lists(st.builds(Awaited, quantity=st.integers(0, 500).map(F), age_days=st.integers(0, 90)), max_size=4)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    held = draw(lots)
    low, step, top = sorted(draw(st.lists(st.fractions(0, 5, max_denominator=4), min_size=3, max_size=3)))
    return Case(
        situation=Situation(
            cmm=draw(st.none() | fractions), lots=held, reserved=F(draw(st.integers(0, 60))),
            loans_due_in=F(draw(st.integers(0, 60))), loans_due_out=F(draw(st.integers(0, 60))),
            pack=draw(st.sampled_from([1, 10, 100])), shelf_life_months=draw(st.none() | st.integers(1, 30).map(F)),
        ),
        usable=F(sum(lot.quantity for lot in held if lot.days_left > 0)),
        levels=Levels(emergency=low, minimum=step, maximum=top), lead_time_days=F(draw(st.integers(0, 40))),
        season=Season(index=draw(st.fractions(F(1, 3), 5, max_denominator=9)), origin="history"),
        awaited=draw(orders), kind=draw(st.sampled_from(list(OrderKind))),
    )  # fmt: skip


@given(cases())
def test_a_proposal_is_never_negative_and_always_whole_packs(case: Case) -> None:
    result = work_out(case)
    if case.situation.cmm is None:
        assert (result.quantity, result.months) == (None, None)
        return
    assert result.quantity is not None and result.packs is not None
    assert result.quantity >= 0
    assert result.quantity == result.packs * case.situation.pack
    assert isinstance(result.proposal.need, F)


@given(cases())
def test_the_reasons_make_up_the_whole_difference_from_the_plain_mean(case: Case) -> None:
    result = work_out(case)
    if result.plain is None or result.proposal.need is None:
        return
    assert result.proposal.need - result.plain.need == sum((gap.units for gap in result.gaps), F(0))


@given(cases(), st.integers(1, 300), st.integers(1, 500))
def test_more_stock_never_asks_for_more(case: Case, more: int, days_left: int) -> None:
    from dataclasses import replace

    richer = replace(
        case, situation=replace(case.situation, lots=[*(case.situation.lots or ()), LotAhead(quantity=more, days_left=days_left)]),
        usable=case.usable + more,
    )  # fmt: skip
    before, after = work_out(case), work_out(richer)
    if before.proposal.need is not None and after.proposal.need is not None:
        assert after.proposal.need <= before.proposal.need
        assert _asked(after) <= _asked(before)


def _asked(result: Working) -> int:
    return result.quantity or 0
