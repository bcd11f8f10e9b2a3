"""Random histories of a centre's money: by every step the drawers hold what their rows say, nothing is lost, capital is explained."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.accounts import book
from appliance.billing.accounts.expenses import ask_expense, pay_expense
from appliance.billing.accounts.services import begin_account, move_money, pay_drc, reverse_entry
from appliance.billing.accounts.statement import statement
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.billing.till import drawers
from appliance.billing.till.coins import pieces_of
from appliance.billing.till.services import pay
from appliance.billing.till.sessions import close_till, count_till, hand_over
from appliance.core.actors import MACHINE, Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.ledger.services import receive
from appliance.storage import Store
from tests.billing.test_accounts import lot, lot_in, shelf
from tests.billing.test_sales import basket
from tests.conftest import KEY, TODAY

WHO = st.sampled_from((1, 2))
SUM = st.integers(1, 400).map(lambda n: n * 25)
BOX = st.sampled_from(("treasury", "bank", "till"))


class Money(RuleBasedStateMachine):
    """Two people at tills and a treasurer; `cash` is what a hand-kept tally of real money says lies anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.scratch = tempfile.TemporaryDirectory()
        self.clock = FixedClock(TODAY)
        Store.create(Path(self.scratch.name) / "c", KEY)
        self.store = Store.open(Path(self.scratch.name) / "c", KEY, self.clock)
        self.cash = 0

    def teardown(self) -> None:
        self.store.close()
        self.scratch.cleanup()

    def do(self, service: Any, *args: Any, who: int | None = None, **kwargs: Any) -> Any:
        kept: list[Any] = []
        actor = MACHINE if who is None else Actor(staff_id=who, roles=frozenset({Role.CASHIER}), device="T")
        self.store.act_now("t", actor, lambda unit: kept.append(service(unit, *args, **kwargs)) or {})
        return kept[-1]

    @initialize()
    def begin(self) -> None:
        for name in ("Kadia Essai", "Oumou Essai", "Bakary Essai"):
            self.do(add_member, name, [Role.CASHIER])
        self.keys = self.do(shelf)
        self.do(lot_in, [lot(self.keys["paid"], "A", 5_000, 90), lot(self.keys["free"], "F", 500, 60)])
        self.do(begin_account, "treasury", 50_000)
        self.cash = 50_000

    @rule(who=WHO, quantity=st.integers(1, 40), paid=st.integers(0, 100))
    def sells(self, who: int, quantity: int, paid: int) -> None:
        part = quantity * 125 * paid // 100
        with suppress(Refused):
            self.do(
                sell,
                SaleForm(dispense=basket((self.keys["paid"], quantity), (self.keys["free"], 1)), paid_fcfa=part),
                who=who,
            )
            with self.store.reading() as db:
                self.cash += db.value(
                    "SELECT coalesce(sum(amount_fcfa), 0) FROM payment WHERE sale = (SELECT max(id) FROM sale)"
                )

    @rule(who=WHO, sale=st.integers(1, 12), amount=SUM)
    def pays(self, who: int, sale: int, amount: int) -> None:
        with suppress(Refused):
            self.do(pay, sale, amount, who=who)
            self.cash += amount

    @rule(who=WHO, sale=st.integers(1, 12))
    def takes_back(self, who: int, sale: int) -> None:
        with self.store.reading() as db:
            paid = db.value("SELECT coalesce(sum(amount_fcfa), 0) FROM payment WHERE sale = ?", (sale,))
        with suppress(Refused):
            self.do(reverse_sale, sale, "rendu", who=who)
            self.cash -= paid

    @rule(who=WHO, off=st.sampled_from((0, 0, -25, 50)), given=st.integers(0, 100))
    def closes(self, who: int, off: int, given: int) -> None:
        with self.store.reading() as db:
            mine = drawers.open_of(db, who)
            held = drawers.expected(db, mine.session) if mine else 0
        found = max(held + off, 0) // 5 * 5
        if mine is None:
            return
        self.do(count_till, mine.session, pieces_of(found), who=who)
        with suppress(Refused):
            closed = self.do(
                close_till, mine.session, "compté", hand_over_fcfa=found * given // 100, receiver=3, who=who
            )
            self.cash += closed.variance_fcfa

    @rule(who=WHO, amount=SUM)
    def hands_over(self, who: int, amount: int) -> None:
        with self.store.reading() as db:
            mine = drawers.open_of(db, who)
        if mine is not None:
            with suppress(Refused):
                self.do(hand_over, mine.session, amount, receiver=3, who=who)

    @rule(amount=SUM, there=st.booleans())
    def banks(self, amount: int, there: bool) -> None:
        with suppress(Refused):
            self.do(move_money, *(("treasury", "bank") if there else ("bank", "treasury")), amount)

    @rule(who=WHO, amount=SUM, box=BOX)
    def spends(self, who: int, amount: int, box: str) -> None:
        with suppress(Refused):
            asked = self.do(ask_expense, "supplies", amount, "Cahiers", "F1", who=who)
            self.do(pay_expense, asked, box, who=who)
            self.cash -= amount

    @rule(quantity=st.integers(1, 200), cost=st.integers(1, 120))
    def receives(self, quantity: int, cost: int) -> None:
        self.do(receive, 1, "BL", "DRC", [lot(self.keys["paid"], "A", quantity, cost)], self.clock.today())

    @rule(amount=SUM, box=BOX, who=WHO)
    def pays_the_drc(self, amount: int, box: str, who: int) -> None:
        with suppress(Refused):
            self.do(pay_drc, box, amount, document="R1", who=who)
            self.cash -= amount

    @rule(who=WHO, entry=st.integers(1, 30))
    def undoes(self, who: int, entry: int) -> None:
        with self.store.reading() as db:
            held = book.entry(db, entry)
        with suppress(Refused):
            self.do(reverse_entry, entry, "erreur", who=who)
            if held is not None and held.kind in ("expense", "drc_payment"):
                self.cash += held.amount_fcfa
            elif held is not None and held.kind == "opening_balance":
                self.cash -= held.amount_fcfa

    @rule()
    def time_goes_by(self) -> None:
        if self.clock.today() < date(2026, 12, 20):
            self.clock.set(self.clock.today() + timedelta(days=9))

    @invariant()
    def nothing_is_lost_and_capital_is_explained(self) -> None:
        if not self.cash and not hasattr(self, "keys"):
            return
        with self.store.reading() as db:
            held = book.cash_balances(db, self.clock.today())
            assert sum(held.values()) == self.cash
            assert min(amount for box, amount in held.items() if box != "till") >= 0
            made = statement(db, Month.of(self.clock.today()))
            assert made.unexplained == 0
            assert {name: found for name, check in checks.CHECKS.items() if (found := check(db))} == {}


TestMoney = Money.TestCase
TestMoney.settings = settings(max_examples=8, stateful_step_count=16, deadline=None)
