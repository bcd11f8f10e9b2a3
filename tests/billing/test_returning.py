"""A part of a sale comes back: one act takes the sale back and sells the rest again, from the lots it came from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.billing.sales.repository import debts, register, returnable
from appliance.billing.sales.returning import return_part
from appliance.billing.sales.services import HandExemption, SaleForm, sell
from appliance.billing.till import repository as till
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
    hand = HandExemption(bearer="asaco", reason="indigent", authorised_by=keys["staff"])
    sale = act(sell, SaleForm(dispense=basket((keys[PAID], 2)), exemption=hand))
    with store.reading() as db:
        line = returnable(db, sale.sale)[0][0]
    with pytest.raises(Refused, match="exempted-by-hand"):
        act(return_part, sale.sale, {line: 1}, "erreur")
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
