"""Rules A and D by the worked rows of the logistics reference, and what must hold of any history."""

from __future__ import annotations

from datetime import date
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.consumption.average import available, average_monthly_consumption
from appliance.stock.consumption.model import Confidence, Consumption, Estimator, History, MonthOfUse
from appliance.stock.consumption.stockout import stockout_days


def history(
    as_of: str, months: dict[str, tuple[int, ...]], first_receipt: str | None = None, captured: float = 0
) -> History:
    return History(
        as_of=date.fromisoformat(as_of),
        months=tuple(
            MonthOfUse(
                month=Month.parse(name), consumed=row[0], stockout_days=row[1] if len(row) > 1 else 0,
                unmet=row[2] if len(row) > 2 else 0, unmet_captured=F(str(captured)),
            )
            for name, row in months.items()
        ),
        first_receipt=date.fromisoformat(first_receipt) if first_receipt else None,
    )  # fmt: skip


def cmm(case: History) -> Consumption:
    return average_monthly_consumption(case)


def shown(value: F | None) -> float | None:
    return None if value is None else round(float(value), 2)


def test_T1_without_stockouts_it_is_the_plain_mean() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (300,), "2026-08": (280,), "2026-09": (320,)}))
    assert (result.cmm, result.estimator, result.available_days) == (300, Estimator.WINDOW, 92)
    assert result.confidence is Confidence.GOOD


def test_T2_half_a_month_out() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (300,), "2026-08": (150, 16), "2026-09": (320,)}))
    assert shown(result.cmm) == 310.70


def test_T3_a_whole_month_out_is_not_a_month_without_need() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (300,), "2026-08": (0, 31), "2026-09": (300,)}))
    assert (shown(result.cmm), result.available_days, len(result.window)) == (301.64, 61, 3)
    assert shown(result.naive) == 200


def test_T4_three_months_out_looks_further_back() -> None:
    months = {
        "2026-04": (120,),
        "2026-05": (90, 0),
        "2026-06": (60, 10),
        "2026-07": (0, 31),
        "2026-08": (0, 31),
        "2026-09": (0, 30),
    }
    result = cmm(history("2026-09-30", months))
    assert (result.cmm, len(result.window), result.rule) == (90, 5, "A3")


def test_T6_a_product_that_came_on_the_tenth() -> None:
    result = cmm(history("2026-09-30", {"2026-09": (84,)}, first_receipt="2026-09-10"))
    assert (shown(result.cmm), result.confidence) == (122.67, Confidence.LOW)
    assert result.naive == 28


def test_T6_with_the_days_before_counted_by_the_ledger_too() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (0, 31), "2026-08": (0, 31), "2026-09": (84, 9)}, "2026-09-10"))
    assert shown(result.cmm) == 122.67


@pytest.mark.parametrize(
    ("captured", "expected", "estimator"),
    [(0, 317.89, "A1"), (0.89, 317.89, "A1"), (0.9, 313.33, "A2"), (1, 313.33, "A2")],
)
def test_T7_one_correction_or_the_other_never_both(captured: float, expected: float, estimator: str) -> None:
    months = {"2026-05": (300,), "2026-06": (240, 10, 90), "2026-07": (310,)}
    result = cmm(history("2026-07-31", months, captured=captured))
    assert (shown(result.cmm), result.estimator) == (expected, estimator)
    assert shown(result.naive) == 283.33


def test_T35_no_use_with_stock_is_known_to_be_zero() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (0,), "2026-08": (0,), "2026-09": (0,)}))
    assert (result.cmm, result.unknown) == (0, False)


def test_new_for_thirteen_days_is_unknown_and_fourteen_is_not() -> None:
    assert cmm(history("2026-09-30", {"2026-09": (30,)}, "2026-09-18")).unknown
    assert not cmm(history("2026-09-30", {"2026-09": (30,)}, "2026-09-17")).unknown


def test_nothing_known_is_unknown_and_never_zero() -> None:
    result = cmm(history("2026-09-30", {}))
    assert (result.cmm, result.unknown, result.estimator) == (None, True, None)


def test_open_month_does_not_count_and_is_shown_apart() -> None:
    months = {"2026-07": (300,), "2026-08": (300,), "2026-09": (300,), "2026-10": (9000,)}
    result = cmm(history("2026-10-30", months))
    assert result.cmm == 300
    assert result.open_months == (Month(2026, 10),)
    assert cmm(history("2026-10-31", months)).window[-1].month == Month(2026, 10)


def test_absent_month_counts_no_use_and_no_available_day() -> None:
    with_gap = cmm(history("2026-09-30", {"2026-07": (300,), "2026-09": (300,)}))
    stocked_out = cmm(history("2026-09-30", {"2026-07": (300,), "2026-08": (0, 31), "2026-09": (300,)}))
    assert with_gap.cmm == stocked_out.cmm


def test_last_years_season_serves_when_this_year_has_nothing() -> None:
    months = {"2025-07": (100,), "2025-08": (110,), "2025-09": (90,)}
    out = {f"2026-{m:02d}": (0, Month(2026, m).days) for m in range(1, 10)}
    out |= {f"2025-{m:02d}": (0, Month(2025, m).days) for m in range(10, 13)}
    result = cmm(history("2026-09-30", {**months, **out}))
    assert (result.cmm, result.rule, result.confidence) == (100, "A3-season", Confidence.LOW)


def test_opening_stock_contradicts_a_first_receipt() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (300,), "2026-08": (300,), "2026-09": (300,)}, "2026-09-20"))
    assert result.cmm == 300
    assert result.warnings == ("first-receipt-contradicted",)


def test_A7_a_month_three_times_the_others_is_flagged_and_kept() -> None:
    result = cmm(history("2026-09-30", {"2026-07": (100,), "2026-08": (100,), "2026-09": (301,)}))
    assert result.outliers == (Month(2026, 9),)
    assert result.cmm == 167


@pytest.mark.parametrize("row", [{"stockout_days": 32}, {"stockout_days": -1}, {"unmet": -1}, {"unmet_captured": F(2)}])
def test_impossible_months_are_refused(row: dict[str, int]) -> None:
    with pytest.raises(Refused):
        MonthOfUse(month=Month(2026, 7), consumed=1, **row)


def test_T10_T11_T12_stockout_days_are_real_days() -> None:
    flows = {date(2026, 7, 13): (100, 0), date(2026, 7, 19): (0, 100)}
    assert stockout_days(Month(2026, 7), 0, flows) == 24
    assert stockout_days(Month(2026, 6), 0, {date(2026, 6, 13): (100, 0), date(2026, 6, 19): (0, 100)}) == 23
    assert stockout_days(Month(2026, 2), 0, {}) == 28


rows = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 28), st.integers(0, 500)), min_size=0, max_size=24)


def made(data: list[tuple[int, int, int]], captured: F = F(0), factor: int = 1) -> History:
    last = Month(2026, 9)
    return History(
        as_of=last.last,
        months=tuple(
            MonthOfUse(
                month=last.plus(-k), consumed=c * factor, stockout_days=s, unmet=u * factor, unmet_captured=captured
            )
            for k, (c, s, u) in enumerate(data)
        ),
    )


@given(rows, st.sampled_from([F(0), F(1)]))
def test_cmm_is_never_negative_and_scales_with_use(data: list[tuple[int, int, int]], captured: F) -> None:
    one, ten = cmm(made(data, captured)), cmm(made(data, captured, factor=10))
    if one.cmm is None:
        assert ten.cmm is None
    else:
        assert one.cmm >= 0
        assert ten.cmm == one.cmm * 10
    assert one.available_days == available(one.window)


@given(rows)
def test_without_stockouts_the_corrected_mean_equals_the_plain_one(data: list[tuple[int, int, int]]) -> None:
    full = [(c, 0, 0) for c, _, _ in data[:3]]
    if len(full) == 3:
        assert cmm(made(full)).cmm == F(sum(c for c, _, _ in full), 3)


@given(rows)
def test_a_stockout_never_lowers_the_estimate_of_the_same_use(data: list[tuple[int, int, int]]) -> None:
    window = data[:3]
    if len(window) == 3 and sum(s for _, s, _ in window) <= 40:
        assert cmm(made(window)).cmm >= cmm(made([(c, 0, 0) for c, _, _ in window])).cmm  # type: ignore[operator]
