"""Rules Q, X, S, M, E and FEFO by the worked rows, and what must hold of any shelf."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.periods import Month
from appliance.stock.ledger.fefo import LotOnShelf, allocate, last_usable_day
from appliance.stock.ordering.bands import Band, Thresholds, band, is_stockout_near
from appliance.stock.ordering.expiry import LotAhead, usable_before_expiry
from appliance.stock.ordering.levels import levels, safety_months
from appliance.stock.ordering.quantity import Situation, propose
from appliance.stock.ordering.season import season_of


@pytest.mark.parametrize(
    ("name", "case", "need", "quantity"),
    [
        ("T14", {"cmm": F(120), "usable": F(130), "pack": 100}, 230, 300),
        ("T15", {"cmm": F(120), "usable": F(130), "pack": 100, "on_order": F(100)}, 130, 200),
        ("T16", {"cmm": F(120), "usable": F(400), "pack": 100}, -40, 0),
        ("T17", {"cmm": F(1000, 3), "usable": F(250), "pack": 1000}, 750, 1000),
        ("T36", {"cmm": F(100), "usable": F(150), "loans_due_in": F(50)}, 100, 100),
        ("borrowed", {"cmm": F(100), "usable": F(150), "loans_due_out": F(50)}, 200, 200),
        ("reserved", {"cmm": F(100), "usable": F(150), "reserved": F(30)}, 180, 180),
    ],
)
def test_need_and_quantity(name: str, case: dict[str, F], need: int, quantity: int) -> None:
    result = propose(Situation(**case))  # type: ignore[arg-type]
    assert (result.need, result.quantity) == (need, quantity)


def test_unknown_consumption_proposes_nothing_and_says_so() -> None:
    result = propose(Situation(cmm=None, usable=F(10)))
    assert (result.need, result.quantity, result.warnings) == (None, None, ("cmm-unknown",))


def test_a_pack_that_outlasts_its_shelf_life_is_not_proposed() -> None:
    result = propose(Situation(cmm=F(2), usable=F(0), pack=100, shelf_life_months=F(18)))
    assert (result.quantity, result.warnings) == (0, ("small-use",))


def test_rounding_past_the_shelf_life_goes_to_the_nearest_pack() -> None:
    result = propose(Situation(cmm=F(10), usable=F(0), pack=100, shelf_life_months=F(11), max_months=F(3)))
    assert "over-max-plus-one" in result.warnings
    assert result.quantity == 100  # ten months of cover, within eleven of shelf life
    nearest = propose(Situation(cmm=F(10), usable=F(5), pack=100, shelf_life_months=F(10), max_months=F(3)))
    assert (nearest.quantity, "rounded-to-nearest" in nearest.warnings) == (0, True)


def test_lots_outweigh_the_total_and_a_disagreement_is_said() -> None:
    result = propose(Situation(cmm=F(120), usable=F(130), lots=[LotAhead(quantity=60, days_left=15)], pack=100))
    assert result.usable == 60
    assert "usable-differs-from-lots" in result.warnings


def test_X_what_can_not_be_used_in_time_is_at_risk() -> None:
    split = usable_before_expiry([LotAhead(quantity=100, days_left=15), LotAhead(quantity=50, days_left=60)], F(120))
    assert (split.usable, split.at_risk) == (110, 40)  # 4 a day: 60 of the first, then the second whole


def test_T20_before_the_rains() -> None:
    year = [60, 50, 45, 45, 60, 90, 180, 300, 360, 330, 200, 100]
    history = {Month(2025, m + 1): F(v) for m, v in enumerate(year)}
    index = season_of(history, Month(2026, 6), ahead=3, behind=3, profile=None).index
    assert (round(float(index), 4), round(float(80 * index * 3), 1)) == (4.3077, 1033.8)


def test_S_needs_a_year_and_is_capped() -> None:
    assert (
        season_of({Month(2026, m): F(9) for m in range(1, 7)}, Month(2026, 6), ahead=3, behind=3, profile=None).index
        == 1
    )
    steep = {Month(2025, m): F(1 if m < 7 else 100) for m in range(1, 13)}
    assert season_of(steep, Month(2026, 6), ahead=3, behind=3, profile=None).index == 5


def test_T22_levels() -> None:
    found = levels(lead_time_days=F(14), emergency_lead_time_days=F(7), safety_months=F(1, 2), review_months=F(1))
    assert [round(float(v), 2) for v in found.in_units(F(120))] == [115.08, 235.08, 27.54]


def test_E_safety_stock_from_five_deliveries_on() -> None:
    assert safety_months([10, 12], F(1, 2)) == F(1, 2)
    assert safety_months([10, 10, 10, 10, 20], F(1, 2)) == F(8) / F(61, 2)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ("0", Band.STOCKED_OUT),
        ("0.49", Band.EMERGENCY),
        ("0.5", Band.UNDERSTOCKED),
        ("1", Band.ADEQUATE),
        ("3", Band.ADEQUATE),
        ("3.01", Band.OVERSTOCKED),
    ],
)
def test_T34_bands_are_half_open(months: str, expected: Band) -> None:
    assert band(F(months) * 100, F(100), Thresholds()) is expected


def test_stock_without_use_is_dormant_and_without_knowledge_unknown() -> None:
    assert (band(40, F(0)), band(40, None), band(0, None)) == (Band.DORMANT, Band.UNKNOWN, Band.STOCKED_OUT)
    assert is_stockout_near(10, F(100), F(1, 2))


def test_T30_a_month_on_the_box_means_its_last_day() -> None:
    last = last_usable_day(2026, 9, None)
    shelf = [LotOnShelf(lot=1, number="A", expires_on=last, quantity=5)]
    assert last == date(2026, 9, 30)
    assert allocate(shelf, 1, date(2026, 9, 30)).missing == 0
    assert allocate(shelf, 1, date(2026, 10, 1)).missing == 1


lots = st.lists(
    st.builds(
        LotOnShelf,
        lot=st.integers(1, 50),
        number=st.just("L"),
        expires_on=st.integers(-60, 600).map(lambda d: date(2026, 10, 15) + timedelta(days=d)),
        quantity=st.integers(0, 200),
        is_usable=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda lot: lot.lot,
)


@given(lots, st.integers(1, 1500))
def test_fefo_conserves_takes_the_earliest_and_never_the_expired(shelf: list[LotOnShelf], quantity: int) -> None:
    on = date(2026, 10, 15)
    result = allocate(shelf, quantity, on)
    by_lot = {lot.lot: lot for lot in shelf}
    assert sum(t.quantity for t in result.takes) + result.missing == quantity
    assert all(by_lot[t.lot].expires_on >= on and by_lot[t.lot].is_usable for t in result.takes)
    assert all(0 < t.quantity <= by_lot[t.lot].quantity for t in result.takes)
    assert [t.expires_on for t in result.takes] == sorted(t.expires_on for t in result.takes)
    if result.missing:
        assert sum(lot.quantity for lot in shelf if lot.is_usable and lot.expires_on >= on) == quantity - result.missing
    for taken in result.takes[:-1]:  # a later lot is only touched once the earlier is empty
        assert taken.quantity == by_lot[taken.lot].quantity


@given(st.integers(1, 5000), st.integers(0, 9000), st.integers(1, 1000))
def test_an_order_fills_to_the_maximum_and_no_more_than_a_pack_beyond(cmm: int, usable: int, pack: int) -> None:
    result = propose(Situation(cmm=F(cmm), usable=F(usable), pack=pack))
    assert result.quantity is not None
    if usable >= 3 * cmm:
        assert result.quantity == 0
    else:
        assert 3 * cmm <= usable + result.quantity < 3 * cmm + pack
