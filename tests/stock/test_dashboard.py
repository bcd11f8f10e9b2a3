"""The dashboard's figures on ledgers made by hand: each figure counted on paper beside it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from appliance.core.clock import FixedClock
from appliance.core.periods import Month
from appliance.stock.catalogue.services import load_list
from appliance.stock.dashboard import figures
from appliance.stock.dashboard.figures import Board
from appliance.stock.dashboard.repository import board
from appliance.stock.expiry.services import Destroyed, destroy
from appliance.stock.ledger.services import ReceivedLot, receive, reverse
from appliance.stock.ordering.bands import Band
from appliance.stock.recalls.services import set_lot_status
from appliance.storage import Store, Unit
from tests.conftest import Act
from tests.stock.counted import PRODUCTS, given
from tests.stock.test_expiry import COMMITTEE

TODAY = date(2026, 10, 10)
OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)


def depot(unit: Unit) -> None:
    unit.insert("place", code="depot", name="Dépôt", is_active=1, act=unit.act)
    load_list(unit, PRODUCTS)


def came(unit: Unit, product: int, quantity: int, until: tuple[int, int] = (2028, 6), cost: int | None = 10) -> None:
    lot = ReceivedLot(
        product=product, lot_number=f"L{product}-{until[0]}{until[1]}", expires_year=until[0], expires_month=until[1],
        quantity=quantity, unit_cost_fcfa=cost,
    )  # fmt: skip
    receive(unit, 1, "BL", "DRC", [lot], unit.today)


def lost(unit: Unit, lot: int, quantity: int) -> int:
    """A destruction before its committee; the row of the ledger."""
    destroy(unit, [Destroyed(lot=lot, place=1, quantity=quantity, cause="slow")], COMMITTEE, "burnt_here")
    return int(unit.value("SELECT max(id) FROM movement"))


@pytest.fixture
def shelves(act: Act, clock: FixedClock) -> None:
    """Four tracers of malaria. 1: used by 30 a month, out from 4 October on. 2: never used. 3: came on 6 October.
    4: never came."""
    clock.set(date(2026, 6, 1))
    act(depot)
    act(came, 1, 120)
    act(came, 2, 50, (2026, 12), 100)
    for month in (6, 7, 8):
        clock.set(date(2026, month, 15))
        act(given, 1, 30)
    clock.set(date(2026, 10, 3))
    act(given, 1, 30)
    clock.set(date(2026, 10, 6))
    act(came, 3, 10)
    clock.set(TODAY)


def shown(store: Store, month: Month = OCTOBER, programme: str = "", on: date = TODAY) -> Board:
    with store.reading() as db:
        return board(db, on, month, programme)


@pytest.mark.usefixtures("shelves")
def test_the_stockout_rate_is_product_days_without_stock_over_product_days(store: Store) -> None:
    found = shown(store).tracers
    # 1: of ten days, seven (4 to 10 October) without stock; 2: ten and none; 3: five days here (6 to 10) and none.
    assert [(t.product.id, t.days, t.days_out) for t in sorted(found.lines, key=lambda t: t.product.id)] == [
        (1, 10, 7), (2, 10, 0), (3, 5, 0),
    ]  # fmt: skip
    assert (found.days_out, found.days, found.stockout_rate) == (7, 25, Fraction(7, 25))
    assert found.month_share == Fraction(18, 25)
    assert (found.available, found.available_share, found.never_here) == (2, Fraction(2, 3), 1)
    assert [t.product.id for t in found.troubled] == [1]


@pytest.mark.usefixtures("shelves")
def test_a_month_that_is_over_counts_all_its_days_and_what_came_later_none(store: Store) -> None:
    found = shown(store, SEPTEMBER).tracers
    assert (found.days_out, found.days) == (0, 60)
    assert next(t for t in found.lines if t.product.id == 3).rate is None


@pytest.mark.usefixtures("shelves")
def test_a_frozen_lot_makes_its_product_unavailable(store: Store, act: Act) -> None:
    act(set_lot_status, 2, "quarantined", "boîte mouillée")
    found = shown(store).tracers
    assert (found.available, len(found.lines)) == (1, 3)


@pytest.mark.usefixtures("shelves")
def test_products_stand_in_their_bands_and_each_programme_counts_its_own(store: Store, act: Act) -> None:
    found = shown(store)
    assert dict(found.counts) == {Band.STOCKED_OUT: 1, Band.DORMANT: 1, Band.UNKNOWN: 1}
    assert [(p.programme, p.products) for p in figures.by_programme(found.cards)] == [("PALU", 3)]
    assert [[c.product.id for c in cards] for _, cards in figures.grouped(found.cards)] == [[1, 2, 3]]
    assert shown(store, programme="PF").cards == ()
    assert shown(store, programme="PF").tracers.stockout_rate is None


@pytest.mark.usefixtures("shelves")
def test_what_nobody_uses_is_at_risk_whole_and_what_is_unknown_is_only_counted(store: Store) -> None:
    found = shown(store)
    assert [(lot.product.id, lot.quantity, lot.value_fcfa) for lot in found.at_risk] == [(2, 50, 5_000)]
    assert figures.total_fcfa(found.at_risk) == 5_000
    assert found.unknown == 1


def test_the_value_at_risk_is_what_consumption_does_not_reach(store: Store, act: Act, clock: FixedClock) -> None:
    clock.set(date(2026, 7, 1))
    act(depot)
    act(came, 1, 300, (2026, 10), 7)
    for month in (7, 8, 9):
        clock.set(date(2026, month, 1))
        act(given, 1, 30)
    # 210 left, CMM 30 (one a day): from 10 to 31 October are 22 days, so 188 stay.
    found = shown(store)
    risk = [(lot.quantity, lot.value_fcfa) for lot in found.at_risk]
    cmm = found.cards[0].consumption.cmm
    assert cmm is not None
    assert risk == [(210 - cmm * 22 / 30, 7 * (210 - cmm * 22 / 30))]
    assert 187 < risk[0][0] < 189


def test_a_year_of_expiry_losses_is_net_of_what_was_taken_back(store: Store, act: Act, clock: FixedClock) -> None:
    clock.set(date(2025, 9, 1))
    act(depot)
    act(came, 1, 100, (2025, 9), 20)
    act(came, 2, 100, (2025, 9), None)
    clock.set(date(2025, 10, 10))
    act(lost, 1, 5)  # a year and a day before: no more
    clock.set(date(2025, 10, 11))
    act(lost, 1, 40)
    act(lost, 2, 10)
    undone = act(lost, 1, 3)
    act(reverse, undone, "compté deux fois")
    clock.set(TODAY)
    found = shown(store)
    assert [(lot.product.id, lot.quantity, lot.value_fcfa) for lot in found.expired] == [(1, 40, 800), (2, 10, None)]
    assert (figures.total_fcfa(found.expired), figures.unpriced(found.expired)) == (800, 1)
    assert [(lot.product.id, lot.quantity) for lot in found.on_shelf_expired] == [(1, 55), (2, 90)]


def test_an_empty_centre_has_no_figure_rather_than_a_good_one(store: Store, act: Act) -> None:
    found = shown(store)
    assert (found.tracers.available_share, found.tracers.stockout_rate, found.fill_rate, found.normal_days) == (
        None, None, None, None,
    )  # fmt: skip
    assert (found.cards, found.at_risk, found.expired, found.fills, found.times) == ((), (), (), (), ())
