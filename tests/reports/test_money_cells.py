"""The report's rows of money come from the till and the books, and open into their rows; without a till they are typed."""

from __future__ import annotations

from datetime import date

import pytest

from appliance.billing.accounts.expenses import ask_expense, pay_expense
from appliance.billing.accounts.services import begin_account, receive_income, reverse_entry
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.reports.closing.services import type_cell
from appliance.reports.preview import report
from appliance.storage import Store
from tests.billing.test_sales import PAID, basket, stocked
from tests.conftest import TODAY, Act

OCTOBER = Month.of(TODAY)


def money(store: Store) -> dict[str, tuple[object, str, int]]:
    with store.reading() as db:
        cells = report(db, "RMA", OCTOBER, date(2026, 11, 2)).cells
    return {c.code: (c.value, c.source.value, len(c.records)) for c in cells if c.code.startswith("RES_")}


def test_a_centre_without_a_till_types_its_money(store: Store, act: Act) -> None:
    assert money(store)["RES_DEP"] == (None, "empty", 0)
    act(type_cell, "RMA", OCTOBER, "RES_DEP", {}, 12_000)
    assert money(store)["RES_DEP"] == (12_000, "typed", 0)


def test_receipts_and_expenses_are_summed_from_their_rows(store: Store, act: Act) -> None:
    keys = act(stocked, {PAID: 10})
    first = act(sell, SaleForm(dispense=basket((keys[PAID], 50)), paid_fcfa=300))
    act(sell, SaleForm(dispense=basket((keys[PAID], 20))))
    act(reverse_sale, first.sale, "rendu")
    act(begin_account, "treasury", 90_000)
    act(receive_income, "subsidies", "treasury", 5_000)
    wrong = act(receive_income, "memberships", "treasury", 700)
    act(reverse_entry, wrong, "erreur")
    act(pay_expense, act(ask_expense, "energy", 4_000, "Eau", "F1"), "treasury")
    found = money(store)
    assert found == {
        "RES_REC_ACTES": (0, "computed", 0), "RES_REC_MED": (200, "computed", 3), "RES_REC_AUT": (5_000, "computed", 3),
        "RES_DEP": (4_000, "computed", 1),
    }  # fmt: skip
    with pytest.raises(Refused, match="cell-not-typed"):
        act(type_cell, "RMA", OCTOBER, "RES_DEP", {}, 1)
