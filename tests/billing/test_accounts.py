"""The books of the ASACO: rule W to the franc, the statement that is frozen, expenses that two people approve, the bank."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.accounts import bank, book, receivables
from appliance.billing.accounts.expenses import approve, ask_expense, expense, pay_expense
from appliance.billing.accounts.plan import load_plan
from appliance.billing.accounts.services import (
    begin_account,
    move_money,
    pay_drc,
    receive_income,
    reverse_entry,
    solidarity,
)
from appliance.billing.accounts.statement import freeze, frozen, sign, statement
from appliance.billing.accounts.valuation import running, stock_value
from appliance.billing.claims import services as claims
from appliance.billing.sales.pricing import ChargedAct
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.billing.tariffs import services as tariffs
from appliance.billing.tariffs.csv_file import PriceLine
from appliance.billing.till import drawers
from appliance.billing.till.coins import pieces_of
from appliance.billing.till.services import pay
from appliance.billing.till.sessions import add_till, close_till, count_till, hand_over, open_till
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError, Refused
from appliance.core.periods import Month
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot, open_stock, receive, write
from appliance.stock.places.services import add_place
from appliance.storage import Store, Unit
from tests.billing.test_sales import basket
from tests.billing.test_shares import centre, insured
from tests.conftest import TODAY, Act

OCTOBER = Month(2026, 10)
PAID, FREE = "MLS069", next(p.code for p in read_whole(STARTER) if p.programme == "PF")
FIRST = date(2026, 10, 1)


def lot(product: int, number: str, quantity: int, cost: int | None) -> ReceivedLot:
    return ReceivedLot(
        product=product, lot_number=number, expires_year=2029, expires_month=1, quantity=quantity, unit_cost_fcfa=cost
    )


def shelf(unit: Unit) -> dict[str, int]:
    """Paracetamol sold at 125 F a unit, and a product that its programme makes free, of a price of 200 F."""
    add_place(unit, "depot", "Dépôt")
    load_list(unit, [p for p in read_whole(STARTER) if p.code in (PAID, FREE)])
    prices = [PriceLine(code=c, unit_price_fcfa=p, valid_from=date(2020, 1, 1)) for c, p in ((PAID, 125), (FREE, 200))]
    tariffs.load_prices(unit, prices, "essai")
    keys: dict[str, int] = dict(unit.all("SELECT code, id FROM product"))
    return {"paid": keys[PAID], "free": keys[FREE]}


def lot_in(unit: Unit, lots: list[ReceivedLot]) -> None:
    open_stock(unit, 1, lots, FIRST)


@pytest.fixture
def cashier(act: Act) -> Actor:
    return Actor(staff_id=act(add_member, "Kadia Essai", [Role.CASHIER]), roles=frozenset({Role.CASHIER}), device="T")


@pytest.fixture
def treasurer(act: Act) -> Actor:
    who = act(add_member, "Bakary Essai", [Role.TREASURER])
    return Actor(staff_id=who, roles=frozenset({Role.TREASURER}), device="T")


@pytest.fixture
def president(act: Act) -> Actor:
    who = act(add_member, "Fanta Essai", [Role.PRESIDENT])
    return Actor(staff_id=who, roles=frozenset({Role.PRESIDENT}), device="T")


def broken(store: Store) -> dict[str, list[str]]:
    with store.reading() as db:
        return {name: found for name, check in checks.CHECKS.items() if (found := check(db))}


def lose(unit: Unit, kind: MovementKind, product: int, lot_number: str, quantity: int) -> None:
    key = unit.value("SELECT id FROM lot WHERE number = ?", (lot_number,))
    write(
        unit,
        Movement(kind=kind, product=product, lot=key, place=1, quantity=-quantity, occurred_on=TODAY, reason="compté"),
    )


def test_t32_to_the_franc_and_t33_closes_the_till_with_its_reason(store: Store, act: Act, cashier: Actor) -> None:
    """Stock 400 and cash 100; 150 received on credit; cost 180 sold for 234, 9 exempt, 15 on account (thousands)."""
    keys = act(shelf)
    act(lot_in, [lot(keys["paid"], "A", 4_000, 95), lot(keys["free"], "F", 100, 200)])
    session = act(open_till, act(add_till, "Caisse"), pieces_of(100_000), actor=cashier)
    act(receive, 1, "BL-7", "DRC", [lot(keys["paid"], "B", 1_500, 100)], TODAY)
    # 1,800 at 95 F are 171,000 F and sold for 225,000 F; 45 at 200 F are 9,000 F and free at that price.
    act(sell, SaleForm(dispense=basket((keys["paid"], 1_800), (keys["free"], 45)), paid_fcfa=0), actor=cashier)
    act(pay, 1, 210_000, actor=cashier)
    act(lose, MovementKind.LOSS_BREAKAGE, keys["free"], "F", 55)
    act(lose, MovementKind.LOSS_BREAKAGE, keys["paid"], "B", 10)
    act(lose, MovementKind.COUNT_VARIANCE, keys["paid"], "B", 40)
    act(pay_drc, "till", 100_000, document="Reçu DRC 12", actor=cashier)
    asked = act(ask_expense, "salaries", 40_000, "Indemnités d'octobre", "Bon 3", actor=cashier)
    act(pay_expense, asked, "till", actor=cashier)
    with store.reading() as db:
        made = statement(db, OCTOBER)
        assert made.before.capital == 0
        assert made.after.assets == {
            "stock": 354_000, "till": 170_000, "treasury": 0, "bank": 0, "mobile_money": 0, "patients": 15_000, "payers": 0,
        }  # fmt: skip
        assert (made.after.drc, made.after.capital) == (50_000, 489_000)
        changes = {name: amount for name, amount in made.changes.items() if amount}
        assert changes == {
            "margin": 54_000,
            "exemptions": -9_000,
            "losses": -16_000,
            "expenses": -40_000,
            "opening": 500_000,
        }
        assert made.losses_by_kind == {"loss_breakage": -12_000, "count_variance": -4_000}
        assert (made.received_on_credit, made.paid_to_drc, made.unexplained) == (150_000, 100_000, 0)
    act(count_till, session, pieces_of(168_500), actor=cashier)
    with pytest.raises(Refused, match="variance-reason") as told:
        act(close_till, session, actor=cashier)
    assert told.value.params["variance"] == -1_500
    act(close_till, session, "monnaie rendue en trop", actor=cashier)
    with store.reading() as db:
        after = statement(db, OCTOBER)
        assert (after.after.assets["till"], after.changes["cash_variance"], after.unexplained) == (168_500, -1_500, 0)
    assert broken(store) == {}


def test_a_lot_without_a_cost_is_counted_apart_and_never_as_nothing(store: Store, act: Act) -> None:
    keys = act(shelf)
    act(lot_in, [lot(keys["paid"], "A", 3_990, 100)])
    act(receive, 1, "BL", "DRC", [lot(keys["paid"], "SANS", 30, None)], TODAY)
    with store.reading() as db:
        held = stock_value(db, TODAY)
        unknown = db.value("SELECT id FROM lot WHERE number = 'SANS'")
        assert held.unknown == {unknown: 30}
        assert held.value_fcfa == 399_000
        made = statement(db, OCTOBER)
        assert made.unknown_units == {"receipt": 30}
        assert (made.after.unknown_lots, made.after.drc, made.unexplained) == (1, 0, 0)


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 700), st.lists(st.integers(1, 100), max_size=4)), min_size=1, max_size=6)
)  # fmt: skip
def test_what_came_in_at_several_costs_is_what_left_and_what_remains(rounds: list[tuple[int, int, list[int]]]) -> None:
    rows: list[tuple[str, str, int, int | None]] = []
    left = 0
    for quantity, cost, takes in rounds:
        rows.append(("2026-10-01", "receipt", quantity, cost))
        left += quantity
        for take in takes:
            if taken := min(take, left):
                rows.append(("2026-10-02", "dispense", -taken, None))
                left -= taken
    worth = running(rows)
    came = sum(q * c for _, _, q, c in rows if c is not None)
    if left:
        rows.append(("2026-10-03", "loss_expiry", -left, None))
    assert sum(value for _, _, value in running(rows)) == 0
    assert sum(value for _, kind, value in worth if kind == "receipt") == came
    assert sum(value for _, _, value in worth) >= 0


def test_an_expense_above_the_threshold_waits_for_both_approvals(
    store: Store, act: Act, treasurer: Actor, president: Actor, cashier: Actor
) -> None:
    act(begin_account, "bank", 500_000, actor=treasurer)
    asked = act(ask_expense, "equipment", 120_000, "Un frigo pour les vaccins", actor=treasurer)
    with pytest.raises(Refused, match="expense-waits"):
        act(pay_expense, asked, "bank", document="Facture 9", actor=treasurer)
    with pytest.raises(Refused, match="approvers-only"):
        act(approve, asked, is_approved=True, actor=cashier)
    act(approve, asked, is_approved=True, actor=treasurer)
    act(approve, asked, is_approved=False, reason="trop cher", actor=president)
    with pytest.raises(Refused, match="expense-refused"):
        act(pay_expense, asked, "bank", document="Facture 9", actor=treasurer)
    act(approve, asked, is_approved=True, actor=president)
    with pytest.raises(Refused, match="document-needed"):
        act(pay_expense, asked, "bank", actor=treasurer)
    entry = act(pay_expense, asked, "bank", document="Facture 9", actor=treasurer)
    with pytest.raises(Refused, match="expense-paid"):
        act(pay_expense, asked, "bank", document="Facture 9", actor=treasurer)
    act(reverse_entry, entry, "facture annulée", actor=treasurer)
    with store.reading() as db:
        held = expense(db, asked)
        assert held is not None and held.state == "to_pay"
        assert book.balance(db, "bank", TODAY) == 500_000
    assert broken(store) == {}


def test_no_box_goes_below_zero_and_the_drc_is_not_paid_more_than_is_owed(act: Act, treasurer: Actor) -> None:
    act(shelf)
    act(begin_account, "treasury", 1_000, actor=treasurer)
    with pytest.raises(Refused, match="account-too-low") as told:
        act(move_money, "treasury", "bank", 1_001, actor=treasurer)
    assert told.value.params["left"] == 1_000
    with pytest.raises(Refused, match="drc-too-much"):
        act(pay_drc, "treasury", 500, document="R1", actor=treasurer)
    with pytest.raises(Refused, match="account-too-low"):
        act(solidarity, "evacuation", 100, document="Lettre 4", actor=treasurer)


def test_the_solidarity_fund_is_no_capital_of_the_asaco(store: Store, act: Act, treasurer: Actor) -> None:
    act(solidarity, "contribution", 30_000, note="village de Farabani", actor=treasurer)
    act(solidarity, "evacuation", 20_000, document="Lettre 4", actor=treasurer)
    act(solidarity, "repayment", 5_000, actor=treasurer)
    with pytest.raises(Refused, match="repaid-too-much"):
        act(solidarity, "repayment", 15_001, actor=treasurer)
    with store.reading() as db:
        made = statement(db, OCTOBER)
    assert (made.solidarity, made.solidarity_loans, made.after.capital, made.unexplained) == (15_000, 15_000, 0, 0)


def test_a_statement_says_what_stands_and_what_does_not_yet(store: Store, act: Act, treasurer: Actor) -> None:
    act(begin_account, "treasury", 100_000, actor=treasurer)
    first = act(move_money, "treasury", "bank", 60_000, document="Bordereau 1", actor=treasurer)
    second = act(move_money, "treasury", "bank", 10_000, document="Bordereau 2", actor=treasurer)
    stated = act(bank.state_balance, "bank", TODAY, 60_000, "Relevé 10")
    act(bank.clear, stated, "entry", first)
    with pytest.raises(Refused, match="already-cleared"):
        act(bank.clear, stated, "entry", first)
    with store.reading() as db:
        found = bank.reconciliations(db, "bank")[0]
    assert (found.ours_fcfa, found.stated_fcfa, found.waiting_fcfa, found.unexplained_fcfa) == (
        70_000,
        60_000,
        10_000,
        0,
    )
    act(bank.clear, stated, "entry", second)
    with store.reading() as db:
        assert bank.reconciliations(db, "bank")[0].unexplained_fcfa == -10_000


def test_a_stated_month_is_frozen_sealed_and_signed_and_takes_no_entry_more(
    store: Store, act: Act, treasurer: Actor, president: Actor, cashier: Actor, clock: FixedClock
) -> None:
    act(begin_account, "treasury", 100_000, actor=treasurer)
    act(receive_income, "memberships", "treasury", 2_500, actor=treasurer)
    clock.set(date(2026, 11, 3))
    with pytest.raises(Refused, match="treasurer-only"):
        act(freeze, OCTOBER, actor=cashier)
    with pytest.raises(Refused, match="stock-month-open"):
        act(freeze, OCTOBER, actor=treasurer)
    act(lambda unit: unit.append("stock_period", month="2026-10"))
    key = act(freeze, OCTOBER, actor=treasurer)
    act(sign, key, actor=president)
    with pytest.raises(Refused, match="already-signed"):
        act(sign, key, actor=president)
    with pytest.raises(Refused, match="signers-only"):
        act(sign, key, actor=cashier)
    with store.reading() as db:
        held = frozen(db, OCTOBER)
        assert held is not None
        assert held.statement == statement(db, OCTOBER)
        assert held.statement.after.capital == 102_500
        assert set(held.signatures) == {"tresorier_asaco", "president_asaco"}
    with pytest.raises(Refused, match="month-stated"):
        act(receive_income, "memberships", "treasury", 10, date(2026, 10, 31), actor=treasurer)
    act(receive_income, "memberships", "treasury", 10, actor=treasurer)
    assert broken(store) == {}


def test_a_float_comes_from_the_treasurer_and_takings_go_back_to_him(
    store: Store, act: Act, treasurer: Actor, cashier: Actor
) -> None:
    keys = act(shelf)
    act(lot_in, [lot(keys["paid"], "A", 100, 100)])
    act(begin_account, "treasury", 20_000, actor=treasurer)
    session = act(open_till, act(add_till, "Caisse"), {}, actor=cashier)
    act(move_money, "treasury", "till", 5_000, session=session, actor=treasurer)
    act(sell, SaleForm(dispense=basket((keys["paid"], 10))), actor=cashier)
    act(hand_over, session, 1_250, receiver=treasurer.staff_id, actor=cashier)
    act(reverse_sale, 1, "rendu", actor=cashier)
    with store.reading() as db:
        assert drawers.expected(db, session) == 3_750
        assert book.cash_balances(db, TODAY) == {"till": 3_750, "treasury": 16_250, "bank": 0, "mobile_money": 0}
        assert statement(db, OCTOBER).unexplained == 0
    assert broken(store) == {}


def test_a_wrong_plan_is_named_with_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "accounts.json"
    wrong.write_text(
        '{"accounts": [\n{"key": "till", "number": "571", "label": "Caisse", "class": "argent"}]}', "utf-8"
    )
    with pytest.raises(DataFileError, match=r"accounts.json:2"):
        load_plan(wrong)


def test_what_payers_send_and_cut_and_what_cash_rounds_explain_the_capital_to_the_franc(store: Store, act: Act) -> None:
    """A share of 319 F is paid 200 F by transfer and 100 F in cash, 19 F are cut; 136 F are taken as 135 F of cash."""
    keys = act(centre)
    act(insured, keys["patient"], verified_on=TODAY)
    act(sell, SaleForm(acts=(ChargedAct(code="CONSULTATION"),), patient=keys["patient"]))
    with store.reading() as db:
        assert db.one("SELECT payer_fcfa, due_fcfa FROM sale") == (319, 136)
        before = statement(db, OCTOBER)
        assert (before.after.assets["payers"], before.changes["rounding"], before.unexplained) == (319, -1, 0)
    act(claims.mend_sheet, 1, reference="CAN-1", prescriber="Dr Essai")
    batch = act(claims.bill, "AMO-CMSS", FIRST, TODAY)
    assert act(claims.answer_sheet, batch, 1, 300, "prix dépassé") == "cut"
    act(claims.receive_payment, batch, 200, "transfer", TODAY, "VIR 12")
    act(claims.receive_payment, batch, 100, "cash", TODAY, "")
    with store.reading() as db:
        made = statement(db, OCTOBER)
        assets = made.after.assets
        assert (assets["bank"], assets["treasury"], assets["payers"]) == (200, 100, 0)
        assert (assets["till"], assets["patients"]) == (135, 0)
        assert (made.changes["cuts"], made.changes["rounding"], made.unexplained) == (-19, -1, 0)
        assert made.after.capital == before.after.capital - 19
        assert sum(line.amount_fcfa for line in book.lines(db, "bank", FIRST, TODAY)) == 200
        assert [(cut.cut_fcfa, cut.reason) for cut in receivables.cuts_of(db, FIRST, TODAY)] == [(19, "prix dépassé")]
        assert [sale.id for sale in receivables.sales_of(db, "rounding", FIRST, TODAY)] == [1]
    act(reverse_sale, 1, "erreur")
    with store.reading() as db:
        assert statement(db, OCTOBER).unexplained == 0
    assert broken(store) == {}
