"""A part of a sale comes back: one act takes the sale back and sells the rest again, from the lots it came from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.billing.sales.repository import debts, register, returnable
from appliance.billing.sales.returning import return_part
from appliance.billing.sales.services import HandExemption, SaleForm, sell
from appliance.billing.till import repository as till
from appliance.billing.till.services import pay
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.storage import Store
from tests.billing.test_sales import PAID, basket
from tests.billing.test_shares import centre, insured, sound
from tests.conftest import TODAY, Act


def test_what_comes_back_is_given_back_to_the_franc_and_the_rest_stays_sold(store: Store, act: Act) -> None:
    keys = act(centre)
    act(insured, keys["patient"])
    given = replace(basket((keys[PAID], 10), (keys["MLS001"], 4)), patient=keys["patient"])
    act(sell, SaleForm(dispense=given))
    made = act(return_part, 1, {1: 7}, "allergie")
    assert made.total_fcfa == 3 * 91 + 4 * 50
    with store.reading() as db:
        assert [quantity for _, _, quantity in returnable(db, made.sale)] == [3, 4]
        assert returnable(db, 1) == []
        assert db.value("SELECT sum(quantity) FROM balance") == 2_000 - 7
        held = till.sale(db, made.sale)
        assert held is not None and held.left_fcfa == 0
        assert sum(t.amount_fcfa for t in till.takings(db, TODAY)) == held.paid_fcfa
        assert sum(line.amount_fcfa for line in register(db, TODAY, TODAY)) == made.total_fcfa
    sound(store)
    with pytest.raises(Refused, match="already-reversed"):
        act(return_part, 1, {1: 1}, "encore")


def test_all_of_it_leaves_no_new_sale_and_nonsense_is_refused(store: Store, act: Act) -> None:
    keys = act(centre)
    act(sell, SaleForm(dispense=basket((keys[PAID], 2))))
    for wrong, code in (({}, "return-empty"), ({1: 3}, "quantity")):
        with pytest.raises(Refused, match=code):
            act(return_part, 1, wrong, "erreur")
    assert act(return_part, 1, {1: 2}, "erreur") is None
    sound(store)


@pytest.mark.parametrize(
    ("exempted", "comes_back", "due", "kept"),
    [(100, 1, 9 * 91 - 100, 100), (None, 4, 0, 6 * 91), (800, 9, 0, 91)],
    ids=["a part", "all of it", "more than is left"],
)
def test_what_was_exempted_by_hand_stays_so_and_no_money_is_handed_out_that_was_never_paid(
    store: Store, act: Act, exempted: int | None, comes_back: int, due: int, kept: int
) -> None:
    keys = act(centre)
    hand = HandExemption(bearer="asaco", reason="indigent", authorised_by=keys["staff"], amount_fcfa=exempted)
    act(sell, SaleForm(dispense=basket((keys[PAID], 10)), exemption=hand))
    with store.reading() as db:
        paid = db.value("SELECT coalesce(sum(amount_fcfa), 0) FROM payment")
    made = act(return_part, 1, {1: comes_back}, "trop")
    with store.reading() as db:
        assert (made.exempt_fcfa, db.one("SELECT payer, reason FROM sale_share WHERE sale = ?", (made.sale,))) == (
            kept, ("asaco", "indigent"),
        )  # fmt: skip
        assert made.due_fcfa == due
        in_till = db.value("SELECT coalesce(sum(amount_fcfa), 0) FROM payment")
        assert 0 <= in_till <= paid
        held = till.sale(db, made.sale)
        assert held is not None and held.left_fcfa == 0
    sound(store)


def test_what_was_paid_in_two_ways_comes_back_in_cash_first(store: Store, act: Act) -> None:
    keys = act(centre)
    act(sell, SaleForm(dispense=basket((keys[PAID], 10)), paid_fcfa=500))
    act(pay, 1, 410, "mobile_money", reference="MP1")
    act(return_part, 1, {1: 2}, "trop")  # 728 F stay due: 410 by message, and 318 that cash rounds to 320
    with store.reading() as db:
        by_means = dict(db.all("SELECT means, sum(amount_fcfa) FROM payment GROUP BY means"))
        assert by_means == {"cash": 320, "mobile_money": 410}
        assert db.value("SELECT reference FROM payment WHERE sale = 3 AND means = 'mobile_money'") == "MP1"
    sound(store)


def test_a_debt_ages_and_a_return_does_not_pay_it(store: Store, act: Act, clock: FixedClock) -> None:
    keys = act(centre)
    act(sell, SaleForm(dispense=basket((keys[PAID], 10)), paid_fcfa=0))
    made = act(return_part, 1, {1: 5}, "trop")
    assert made.paid_fcfa == 0
    with store.reading() as db:
        assert debts(db, TODAY) == []
    clock.advance(days=40)
    with store.reading() as db:
        assert [(d.left_fcfa, d.occurred_on) for d in debts(db, clock.today())] == [(455, TODAY)]
