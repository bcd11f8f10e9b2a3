"""A till from its opening to its closing: blind counts, differences with a reason, hand-overs that two people sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.billing.till import drawers
from appliance.billing.till.coins import load_coins, pieces_of
from appliance.billing.till.services import pay
from appliance.billing.till.sessions import add_till, close_till, count_till, hand_over, open_till
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError, Refused
from appliance.storage import ConstraintFailed, Store
from tests.billing.test_sales import PAID, basket, stocked
from tests.conftest import Act

Selling = Callable[..., Any]


@pytest.fixture
def selling(act: Act) -> Selling:
    """Sell paracetamol at 10 F: `selling(actor, quantity, paid)`."""
    keys = act(stocked, {PAID: 10})

    def run(actor: Actor, quantity: int, **paid: Any) -> Any:
        return act(sell, SaleForm(dispense=basket((keys[PAID], quantity)), **paid), actor=actor)

    return run


@pytest.fixture
def cashier(act: Act) -> Actor:
    return Actor(staff_id=act(add_member, "Kadia Essai", [Role.CASHIER]), device="T-1")


@pytest.fixture
def nurse(act: Act) -> Actor:
    return Actor(staff_id=act(add_member, "Oumou Essai", [Role.NURSE]), device="T-2")


@pytest.fixture
def treasurer(act: Act) -> int:
    return int(act(add_member, "Bakary Essai", [Role.TREASURER]))


def broken(store: Store) -> dict[str, list[str]]:
    with store.reading() as db:
        return {name: found for name, check in checks.CHECKS.items() if (found := check(db))}


def cash(store: Store, session: int) -> int:
    with store.reading() as db:
        return drawers.expected(db, session)


def test_a_till_counted_short_closes_with_its_reason_and_a_row_of_the_difference(
    store: Store, act: Act, selling: Selling, cashier: Actor
) -> None:
    """T33: 170,000 F expected, 168,500 F counted."""
    till = act(add_till, "Caisse")
    session = act(open_till, till, pieces_of(169_000), actor=cashier)
    selling(cashier, 100)
    assert cash(store, session) == 170_000
    act(count_till, session, pieces_of(168_500), actor=cashier)
    with pytest.raises(Refused, match="variance-reason") as told:
        act(close_till, session, " ", actor=cashier)
    assert told.value.params == {"variance": -1_500}
    closed = act(close_till, session, "billet rendu en trop", actor=cashier)
    assert (closed.expected_fcfa, closed.counted_fcfa, closed.variance_fcfa) == (170_000, 168_500, -1_500)
    with store.reading() as db:
        rows = db.all("SELECT debit, credit, amount_fcfa, note FROM account_entry WHERE kind = 'till_variance'")
        assert rows == [("cash_variance", "till", 1_500, "billet rendu en trop")]
        assert drawers.open_drawers(db) == []
    with pytest.raises(Refused, match="opening-variance"):
        act(open_till, till, pieces_of(168_000), actor=cashier)
    again = act(open_till, till, pieces_of(168_500), actor=cashier)
    assert cash(store, again) == 168_500
    assert broken(store) == {}


def test_a_count_is_stale_once_money_moved_and_every_count_stays_readable(
    store: Store, act: Act, selling: Selling, cashier: Actor
) -> None:
    session = act(open_till, act(add_till, "Caisse"), pieces_of(5_000), actor=cashier)
    act(count_till, session, pieces_of(4_000), actor=cashier)
    selling(cashier, 50)
    with pytest.raises(Refused, match="count-stale"):
        act(close_till, session, "oubli", actor=cashier)
    act(count_till, session, pieces_of(5_500), actor=cashier)
    assert act(close_till, session, actor=cashier).variance_fcfa == 0
    with store.reading() as db:
        assert [c.counted_fcfa for c in drawers.counts(db, session)] == [5_000, 4_000, 5_500]


def test_nothing_closes_without_a_count(act: Act, cashier: Actor) -> None:
    session = act(open_till, act(add_till, "Caisse"), {}, actor=cashier)
    with pytest.raises(Refused, match="till-not-counted"):
        act(close_till, session, actor=cashier)


def test_a_payment_without_an_open_till_opens_the_one_kept_last_or_the_own_drawer(
    store: Store, act: Act, selling: Selling, cashier: Actor, nurse: Actor
) -> None:
    till = act(add_till, "Caisse")
    session = act(open_till, till, pieces_of(2_000), actor=cashier)
    act(count_till, session, pieces_of(2_000), actor=cashier)
    act(close_till, session, actor=cashier)
    selling(cashier, 10)
    selling(nurse, 20)
    with store.reading() as db:
        shared, own = drawers.open_drawers(db)
        assert (shared.till, shared.is_by_itself, drawers.expected(db, shared.session)) == (till, True, 2_100)
        assert (own.name, own.is_by_itself, drawers.expected(db, own.session)) == ("Oumou Essai", True, 200)
    assert broken(store) == {}


def test_the_night_s_takings_are_counted_with_the_nurse_and_go_into_the_cashier_s_till(
    store: Store, act: Act, selling: Selling, cashier: Actor, nurse: Actor, clock: FixedClock
) -> None:
    selling(nurse, 90)
    clock.set(date(2026, 10, 16))
    mine = act(open_till, act(add_till, "Caisse"), pieces_of(1_000), actor=cashier)
    with store.reading() as db:
        night = drawers.open_of(db, nurse.staff_id)
    assert night is not None
    act(count_till, night.session, pieces_of(900), actor=cashier)
    act(close_till, night.session, hand_over_fcfa=900, receiver=cashier.staff_id, receiver_session=mine, actor=cashier)
    assert cash(store, mine) == 1_900
    with store.reading() as db:
        assert drawers.open_of(db, nurse.staff_id) is None
        assert drawers.handovers(db)[0].giver == nurse.staff_id
    assert broken(store) == {}


def test_money_is_handed_to_the_treasurer_and_never_more_than_there_is(
    store: Store, act: Act, selling: Selling, cashier: Actor, treasurer: int
) -> None:
    session = act(open_till, act(add_till, "Caisse"), pieces_of(1_000), actor=cashier)
    selling(cashier, 100)
    with pytest.raises(Refused, match="till-too-low") as told:
        act(hand_over, session, 2_001, receiver=treasurer, actor=cashier)
    assert told.value.params["left"] == 2_000
    with pytest.raises(Refused, match="handover-self"):
        act(hand_over, session, 100, receiver=cashier.staff_id, actor=cashier)
    act(hand_over, session, 1_500, receiver=treasurer, actor=cashier)
    act(count_till, session, pieces_of(500), actor=cashier)
    assert act(close_till, session, hand_over_fcfa=400, receiver=treasurer, actor=cashier).left_fcfa == 100
    assert broken(store) == {}


def test_money_given_back_leaves_the_till_of_who_gives_it(
    store: Store, act: Act, selling: Selling, cashier: Actor, nurse: Actor
) -> None:
    sale = selling(nurse, 30, paid_fcfa=100)
    act(pay, sale.sale, 200, actor=cashier)
    act(reverse_sale, sale.sale, "rendu", actor=cashier)
    with store.reading() as db:
        held = {d.staff: drawers.expected(db, d.session) for d in drawers.open_drawers(db)}
    assert held == {nurse.staff_id: 100, cashier.staff_id: -100}
    assert broken(store) == {}


def test_mobile_money_lies_in_no_drawer_and_a_message_pays_one_sale(
    store: Store, act: Act, selling: Selling, cashier: Actor
) -> None:
    selling(cashier, 10, means="mobile_money", operator="orange", reference="MP26.1015")
    with pytest.raises(Refused, match="reference-known"):
        selling(cashier, 10, means="mobile_money", operator="orange", reference="MP26.1015")
    with store.reading() as db:
        mine = drawers.open_of(db, cashier.staff_id)
        assert mine is not None
        assert drawers.expected(db, mine.session) == 0
        assert drawers.by_means(db, mine.session) == {"mobile_money": 100}


def test_no_franc_moves_in_a_closed_till_whatever_a_program_asks(act: Act, selling: Selling, cashier: Actor) -> None:
    session = act(open_till, act(add_till, "Caisse"), {}, actor=cashier)
    sale = selling(cashier, 10, paid_fcfa=50)
    act(count_till, session, pieces_of(50), actor=cashier)
    act(close_till, session, actor=cashier)
    row = {"sale": sale.sale, "means": "cash", "amount_fcfa": 5, "occurred_on": "2026-10-15", "reverses": None}
    for where in (session, None):
        with pytest.raises(ConstraintFailed, match="till-not-open"):
            act(lambda unit, to: unit.append("payment", **row, session=to), where)


def test_the_coins_are_data_and_a_wrong_file_is_named(tmp_path: Path) -> None:
    assert next(iter(load_coins()[0])) == 10_000
    wrong = tmp_path / "coins.json"
    wrong.write_text('{"coins": [\n {"fcfa": 0, "label": "x"}], "operators": []}', "utf-8")
    with pytest.raises(DataFileError, match=r"coins.json:2"):
        load_coins(wrong)
    assert sum(coin * n for coin, n in pieces_of(168_535).items()) == 168_535
