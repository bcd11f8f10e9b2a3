"""One figure of money changed behind the appliance's back, with the guards taken off: a check names it, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.accounts.expenses import approve, ask_expense, pay_expense
from appliance.billing.accounts.services import (
    begin_account,
    move_money,
    pay_drc,
    receive_income,
    reverse_entry,
    solidarity,
)
from appliance.billing.accounts.statement import freeze
from appliance.billing.claims import services as claims
from appliance.billing.sales.pricing import ChargedAct
from appliance.billing.sales.services import HandExemption, SaleForm, reverse_sale, sell
from appliance.billing.till import drawers
from appliance.billing.till.coins import pieces_of
from appliance.billing.till.sessions import add_till, close_till, count_till, hand_over, open_till
from appliance.core.actors import MACHINE, Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.ledger.services import receive
from appliance.storage import Store, Unit
from tests.billing.test_accounts import lot
from tests.billing.test_sales import PAID, basket
from tests.billing.test_shares import centre, insured
from tests.conftest import KEY, TODAY, Act

FIRST, LATER = date(2026, 10, 1), date(2026, 11, 20)
Do = Callable[..., Any]


class _Undone(Exception):
    """Takes the break back."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two months of a centre's money: every kind of row that bears a franc stands in it, October is frozen."""
    clock, directory = FixedClock(TODAY), tmp_path_factory.mktemp("money") / "centre"
    Store.create(directory, KEY)
    store = Store.open(directory, KEY, clock)

    def do(service: Callable[..., Any], *args: Any, actor: Actor = MACHINE, **kwargs: Any) -> Any:
        kept: list[Any] = []

        def use_case(unit: Unit) -> dict[str, Any]:
            kept.append(service(unit, *args, **kwargs))
            return {}

        store.act_now("t", actor, use_case)
        return kept[-1]

    _october(do, store)
    clock.set(LATER)
    _november(do)
    yield store
    store.close()


def _october(do: Do, store: Store) -> None:
    keys = do(centre)
    cashier = Actor(staff_id=keys["staff"], roles=frozenset({Role.CASHIER}), device="T")
    treasurer = do(add_member, "Bakary Essai", [Role.TREASURER])
    do(insured, keys["patient"], verified_on=TODAY)
    session = do(open_till, do(add_till, "Caisse"), pieces_of(20_000), actor=cashier)
    do(receive, 1, "BL-1", "DRC", [lot(keys[PAID], "C", 500, 60)], TODAY)
    for code in ("CONSULTATION", "ACCOUCHEMENT", "CONSULTATION"):
        do(sell, SaleForm(acts=(ChargedAct(code=code),), patient=keys["patient"]), actor=cashier)
    do(sell, SaleForm(dispense=basket((keys[PAID], 30)), paid_fcfa=1_000), actor=cashier)
    hand = HandExemption(bearer="asaco", reason="indigent", authorised_by=keys["staff"], amount_fcfa=91)
    do(sell, SaleForm(dispense=basket((keys[PAID], 7)), exemption=hand, means="mobile_money"), actor=cashier)
    do(reverse_sale, 3, "erreur", actor=cashier)
    do(claims.mend_sheet, 1, reference="CAN-1", prescriber="Dr Essai")
    batch = do(claims.bill, "AMO-CMSS", FIRST, TODAY)
    do(claims.answer_sheet, batch, 1, 3_000, "prix dépassé")
    do(claims.receive_payment, batch, 3_000, "transfer", TODAY, "VIR 1")
    for account, amount in (("treasury", 100_000), ("bank", 40_000), ("drc", 9_000)):
        do(begin_account, account, amount)
    do(move_money, "treasury", "bank", 30_000)
    do(receive_income, "subsidies", "bank", 25_000)
    do(pay_drc, "bank", 7_000, document="R1")
    do(pay_expense, do(ask_expense, "energy", 4_000, "Eau", "F1"), "till", actor=cashier)
    do(solidarity, "contribution", 12_000)
    do(solidarity, "evacuation", 8_000, document="L1")
    do(solidarity, "repayment", 3_000)
    do(reverse_entry, do(move_money, "treasury", "bank", 1_000), "erreur")
    with store.reading() as db:
        held = drawers.expected(db, session)
    do(hand_over, session, 5_000, receiver=treasurer, actor=cashier)
    do(count_till, session, pieces_of((held - 5_100) // 5 * 5), actor=cashier)
    do(close_till, session, "monnaie", hand_over_fcfa=2_000, receiver=treasurer, actor=cashier)
    do(lambda unit: unit.append("stock_period", month="2026-10"))


def _november(do: Do) -> None:
    treasurer = Actor(staff_id=2, roles=frozenset({Role.TREASURER}), device="T")
    do(freeze, Month(2026, 10), actor=treasurer)
    asked = do(ask_expense, "equipment", 60_000, "Un vélo", "F2")
    for role in (Role.TREASURER, Role.PRESIDENT):
        do(approve, asked, is_approved=True, actor=Actor(staff_id=2, roles=frozenset({role}), device="T"))
    do(pay_expense, asked, "bank")
    do(move_money, "treasury", "bank", 2_000)
    do(solidarity, "contribution", 500)


def found(store: Store, *breaks: str) -> set[str]:
    """The checks that find something after rows were changed with the guards off; the change is taken back."""
    names: set[str] = set()

    def change(unit: Unit) -> dict[str, Any]:
        for sql in breaks:
            table = sql.split()[2 if sql.startswith("DELETE") else 1]
            for (trigger,) in unit.all(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? AND name LIKE '%\\_no\\_%' ESCAPE '\\'",
                (table,),
            ):
                unit.run(f"DROP TRIGGER {trigger}")
            unit.run(sql)
            assert unit.value("SELECT changes()") == 1, sql
        names.update(name for name, check in checks.CHECKS.items() if check(unit))
        raise _Undone

    with pytest.raises(_Undone):
        store.act_now("t", MACHINE, change)
    return names


def test_the_lived_centre_is_sound(lived: Store) -> None:
    with lived.reading() as db:
        assert {name: faults for name, check in checks.CHECKS.items() if (faults := check(db))} == {}
        kinds = {kind for (kind,) in db.all("SELECT DISTINCT kind FROM account_entry")}
        assert kinds >= {"bank_deposit", "income", "drc_payment", "expense", "till_variance", "opening_balance"}
        assert db.value("SELECT count(*) FROM sale_rounding") > 0


FIGURES = (
    "sale.total_fcfa", "sale.exempt_fcfa", "sale.due_fcfa", "sale_line.quantity", "sale_act.amount_fcfa", "sale_share.amount_fcfa",
    "sale_rounding.amount_fcfa", "payment.amount_fcfa", "till_session.carried_fcfa", "till_count.expected_fcfa",
    "till_count.counted_fcfa", "till_count_line.pieces", "till_closing.left_fcfa", "till_handover.amount_fcfa",
    "care_sheet_state.paid_fcfa", "care_sheet_state.cut_fcfa", "claim_batch_sheet.payer_fcfa", "claim_receipt.amount_fcfa",
    "account_entry.amount_fcfa", "account_day.amount_fcfa", "account_day.rows",
)  # fmt: skip
NEEDS = {
    "sale.total_fcfa": ", due_fcfa = due_fcfa + 5", "sale.exempt_fcfa": ", due_fcfa = due_fcfa - 5", "sale.due_fcfa": ", exempt_fcfa = exempt_fcfa - 5",
    "sale_line.quantity": ", amount_fcfa = (quantity + 5) * unit_price_fcfa",
    "sale_act.amount_fcfa": ", unit_price_fcfa = unit_price_fcfa + 5 / quantity",
    "sale_share.amount_fcfa": ", patient_fcfa = patient_fcfa - 5", "till_count.expected_fcfa": "",
    "claim_batch_sheet.payer_fcfa": ", patient_fcfa = patient_fcfa - 5",
}  # fmt: skip
"""What else must change with a figure for the constraints of its own row to let it pass."""


@pytest.mark.parametrize("figure", FIGURES)
def test_no_figure_of_any_row_can_change_unseen(lived: Store, figure: str) -> None:
    table, column = figure.split(".")
    with lived.reading() as db:
        keys = [
            row[0] for row in db.all(f"SELECT {'rowid' if table != 'account_day' else 'account || day'} FROM {table}")
        ]
    assert keys
    key_column = "rowid" if table != "account_day" else "account || day"
    unseen = [
        key
        for key in keys
        if not found(
            lived, f"UPDATE {table} SET {column} = {column} + 5{NEEDS.get(figure, '')} WHERE {key_column} = '{key}'"
        )
    ]
    assert unseen == []


def test_an_entry_can_not_go_elsewhere_or_be_of_another_day_or_kind(lived: Store) -> None:
    with lived.reading() as db:
        keys = [key for (key,) in db.all("SELECT id FROM account_entry WHERE session IS NULL")]
    changes = (
        "debit = 'supplies'",
        "credit = 'supplies'",
        "occurred_on = date(occurred_on, '+1 day')",
        "kind = 'float'",
    )
    unseen = [
        (key, change)
        for key in keys
        for change in changes
        if not found(lived, f"UPDATE account_entry SET {change} WHERE id = {key}")
    ]
    assert unseen == []


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("sheet-states", "UPDATE care_sheet_state SET state = 'paid', reason = NULL WHERE state = 'billed'"),
        ("sheet-states", "DELETE FROM care_sheet_state WHERE state = 'issued' AND sheet = 1"),
        ("sheet-answers", "UPDATE care_sheet_state SET paid_fcfa = paid_fcfa - 100 WHERE state = 'cut'"),
        ("claim-batches", "UPDATE claim_batch SET payer = 'RAMED' WHERE id = 1"),
        ("claim-batches", "UPDATE claim_receipt SET amount_fcfa = 90000 WHERE id = 1"),
        ("entry-sides", "UPDATE account_entry SET credit = 'memberships', debit = 'drc' WHERE kind = 'income'"),
        ("undone-entries", "UPDATE account_entry SET amount_fcfa = 999 WHERE reverses IS NOT NULL"),
        ("expense-entries", "UPDATE expense SET amount_fcfa = 4001 WHERE account = 'energy'"),
        ("till-differences", "UPDATE account_entry SET amount_fcfa = amount_fcfa + 1 WHERE kind = 'till_variance'"),
        ("till-expected", "UPDATE till_count SET expected_fcfa = expected_fcfa + 1 WHERE kind = 'closing'"),
        ("frozen-months", "UPDATE account_entry SET amount_fcfa = 26000 WHERE kind = 'income'"),
        ("account-days", "UPDATE account_entry SET amount_fcfa = 600 WHERE amount_fcfa = 500"),
        ("cash-rounding", "UPDATE sale_rounding SET amount_fcfa = amount_fcfa - 1 WHERE id = 1"),
    ],
)
def test_each_check_names_its_break(lived: Store, name: str, sql: str) -> None:
    assert name in found(lived, sql)


def test_a_box_below_zero_is_named_even_when_the_kept_days_agree(lived: Store) -> None:
    changed = found(
        lived,
        "UPDATE account_entry SET amount_fcfa = 900000 WHERE amount_fcfa = 2000 AND kind = 'bank_deposit'",
        "UPDATE account_day SET amount_fcfa = amount_fcfa - 898000 WHERE account = 'treasury' AND day = '2026-11-20'",
        "UPDATE account_day SET amount_fcfa = amount_fcfa + 898000 WHERE account = 'bank' AND day = '2026-11-20'",
    )
    assert "boxes" in changed and "account-days" not in changed


def test_money_of_a_payer_is_not_noted_in_a_frozen_month(lived: Store) -> None:
    """Else the frozen statement would no longer be what its rows say."""
    with pytest.raises(Refused, match="month-stated"):
        lived.act_now("t", MACHINE, lambda unit: {"r": claims.receive_payment(unit, 1, 10, "transfer", TODAY)})


def test_an_expense_dated_back_leaves_no_day_in_between_below_zero(store: Store, act: Act) -> None:
    """100 on the 1st, 90 leave on the 5th, 90 come on the 9th: on the 2nd there are 10 to take, not 100."""
    act(begin_account, "treasury", 100, FIRST)
    act(move_money, "treasury", "bank", 90, date(2026, 10, 5))
    act(receive_income, "memberships", "treasury", 90, date(2026, 10, 9))
    with pytest.raises(Refused, match="account-too-low") as refused:
        act(move_money, "treasury", "bank", 50, date(2026, 10, 2))
    assert refused.value.params["left"] == 10
    act(move_money, "treasury", "bank", 10, date(2026, 10, 2))
