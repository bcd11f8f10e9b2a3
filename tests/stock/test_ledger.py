"""The ledger adds up after every row of acts by several tablets; the last box goes to one; nothing goes below zero."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from appliance.billing import checks as billing_checks
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.billing.tariffs.services import PriceLine, load_prices
from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.core.periods import Month
from appliance.stock import checks as stock_checks
from appliance.stock.cards import card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.consumption.history import history, stockout_count
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import repository, services
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot
from appliance.stock.places.services import add_place
from appliance.stock.recalls.services import set_lot_status
from appliance.storage import Database, Store, Unit, audit
from tests.conftest import KEY, TODAY, Act

PRODUCTS = read_whole(STARTER)[:3]


def set_up(unit: Unit) -> int:
    place = add_place(unit, "depot", "Dépôt")
    load_list(unit, PRODUCTS)
    load_prices(unit, [PriceLine(code=p.code, unit_price_fcfa=25, valid_from=date(2020, 1, 1)) for p in PRODUCTS], "t")
    return place


def received(product: int, quantity: int, number: str = "A", year: int = 2028, month: int = 6) -> ReceivedLot:
    return ReceivedLot(product=product, lot_number=number, expires_year=year, expires_month=month, quantity=quantity)


def sale(product: int, asked: int, given: int | None = None) -> SaleForm:
    got = asked if given is None else given
    line = DispenseLine(product=product, asked=asked, given=got, unmet_cause="stockout" if got < asked else None)
    return SaleForm(dispense=DispenseForm(place=1, lines=(line,)))


def all_checks(store: Store) -> dict[str, list[str]]:
    with store.reading() as db:
        found = {n: c(db) for n, c in {**stock_checks.CHECKS, **billing_checks.CHECKS}.items()}
        found["chain"] = [str(f) for f in audit.verify(db)[1]]
    return {n: f for n, f in found.items() if f}


class Depot(RuleBasedStateMachine):
    """Random acts in any order; whatever is refused leaves nothing; every invariant holds after each."""

    @initialize()
    def open(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        directory = Path(self.scratch.name) / "c"
        Store.create(directory, KEY)
        self.clock = FixedClock(TODAY)
        self.store = Store.open(directory, KEY, self.clock)
        self.sales: list[int] = []
        self.moves: list[int] = []
        self.held = {1: 0, 2: 0, 3: 0}
        self.do(set_up)

    def do(self, service: Any, *args: Any, **kwargs: Any) -> Any:
        kept: list[Any] = []

        def run(unit: Unit) -> dict[str, Any]:
            kept.append(service(unit, *args, **kwargs))
            return {}

        try:
            self.store.act_now("t", MACHINE, run)
        except Refused as refusal:
            return refusal
        return kept[0]

    @rule(product=st.integers(1, 3), quantity=st.integers(1, 60), back=st.integers(0, 20), lot=st.sampled_from("ABC"))
    def receive(self, product: int, quantity: int, back: int, lot: str) -> None:
        on = self.clock.today() - timedelta(days=back)
        done = self.do(services.receive, 1, "BL", "DRC", [received(product, quantity, lot)], on)
        if not isinstance(done, Refused):
            self.held[product] += quantity

    @rule(product=st.integers(1, 3), asked=st.integers(1, 80), short=st.booleans())
    def dispense(self, product: int, asked: int, short: bool) -> None:
        given = min(asked, self.held[product]) if short else asked
        done = self.do(sell, sale(product, asked, given))
        if isinstance(done, Refused):
            assert given > self.held[product] or done.code != "stock-too-low"
        else:
            self.held[product] -= given
            self.sales.append(done.sale)

    @rule(lot=st.integers(1, 4), status=st.sampled_from(("quarantined", "usable")))
    def freeze_or_release(self, lot: int, status: str) -> None:
        self.do(set_lot_status, lot, status, "essai")
        self.do(set_lot_status, lot, "usable", "essai")

    @rule(back=st.integers(0, 20))
    def prescribe(self, back: int) -> None:
        day = (self.clock.today() - timedelta(days=back)).isoformat()

        def write(unit: Unit) -> None:
            patient = unit.insert(
                "patient", uuid=new_uuid(), number=f"essai-{unit.act}", sex="F", born_on="1990-01-01",
                born_precision="year", allergies="[]", allergies_asked=0, registered_on=day, act=unit.act,
            )  # fmt: skip
            visit = unit.insert(
                "visit", uuid=new_uuid(), patient=patient, occurred_on=day, opened_at=0, station="done", station_since=0,
                motive="Toux", strategy="fixe", priority=0, act=unit.act,
            )  # fmt: skip
            unit.insert(
                "prescription", uuid=new_uuid(), visit=visit, patient=patient, occurred_on=day, state="served",
                act=unit.act,
            )  # fmt: skip

        self.do(write)

    @invariant()
    def a_kept_stock_card_is_the_one_drawn_anew(self) -> None:
        if hasattr(self, "store"):
            today = self.clock.today()
            with self.store.reading() as db:
                for product in catalogue.listed(db):
                    assert card_of(db, product, today) == card_of(Database(db.connection), product, today)

    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        if self.sales:
            chosen = data.draw(st.sampled_from(self.sales))
            with self.store.reading() as db:
                rows = db.all("SELECT product, quantity FROM sale_line WHERE sale = ?", (chosen,))
            if not isinstance(self.do(reverse_sale, chosen, "erreur"), Refused):
                for product, quantity in rows:
                    self.held[product] += quantity

    @rule(product=st.integers(1, 3), quantity=st.integers(1, 40), back=st.integers(0, 25))
    def lose(self, product: int, quantity: int, back: int) -> None:
        with self.store.reading() as db:
            lots = repository.on_shelf(db, product, 1)
        if lots:
            move = Movement(
                kind=MovementKind.LOSS_BREAKAGE, product=product, lot=lots[0].lot, place=1, quantity=-quantity,
                occurred_on=self.clock.today() - timedelta(days=back), reason="cassé",
            )  # fmt: skip
            done = self.do(services.write, move)
            if not isinstance(done, Refused):
                self.held[product] -= quantity
                self.moves.append(done)

    @rule(data=st.data())
    def undo_a_loss(self, data: st.DataObject) -> None:
        if self.moves:
            chosen = data.draw(st.sampled_from(self.moves))
            with self.store.reading() as db:
                product, quantity = db.one("SELECT product, quantity FROM movement WHERE id = ?", (chosen,)) or (0, 0)
            if not isinstance(self.do(services.reverse, chosen, "erreur"), Refused):
                self.held[product] -= quantity

    @rule(days=st.integers(0, 12))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days=days)

    @rule()
    def close_the_last_month(self) -> None:
        month = str(Month.of(self.clock.today()).plus(-1))
        self.do(
            lambda unit: (
                unit.append("stock_period", month=month)
                if not unit.value("SELECT 1 FROM stock_period WHERE month = ?", (month,))
                else None
            )
        )

    @invariant()
    def everything_adds_up(self) -> None:
        if hasattr(self, "store"):
            assert all_checks(self.store) == {}
            with self.store.reading() as db:
                for product, held in self.held.items():
                    assert (db.value("SELECT sum(quantity) FROM balance WHERE product = ?", (product,)) or 0) == held

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.scratch.cleanup()


TestDepot = Depot.TestCase
TestDepot.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def place(act: Act) -> int:
    return int(act(set_up))


def test_T8_a_dispensing_taken_back_leaves_no_consumption(store: Store, act: Act, place: int) -> None:
    act(services.receive, place, "BL", "DRC", [received(1, 100)], TODAY)
    done = act(sell, sale(1, 10))
    act(reverse_sale, done.sale, "erreur")
    with store.reading() as db:
        assert repository.usable(db, 1, TODAY) == 100
        assert db.value("SELECT sum(quantity) FROM stock_day WHERE report_column = 'QU'") == 0


def test_T9_taken_back_after_closing_counts_in_the_open_month(
    store: Store, clock: FixedClock, act: Act, place: int
) -> None:
    act(services.receive, place, "BL", "DRC", [received(1, 100)], TODAY)
    done = act(sell, sale(1, 10))
    clock.set(date(2026, 11, 3))
    act(lambda unit: unit.append("stock_period", month="2026-10"))
    act(reverse_sale, done.sale, "erreur")
    with store.reading() as db:
        days = dict(
            db.all("SELECT substr(day, 1, 7), sum(quantity) FROM stock_day WHERE report_column = 'QU' GROUP BY 1")
        )
    assert days == {"2026-10": -10, "2026-11": 10}


def test_T10_stockout_days_from_the_ledger(store: Store, clock: FixedClock, act: Act, place: int) -> None:
    clock.set(date(2026, 7, 13))
    act(services.receive, place, "BL", "DRC", [received(1, 100)], date(2026, 7, 13))
    clock.set(date(2026, 7, 19))
    act(sell, sale(1, 100))
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 7), date(2026, 7, 31)) == 24


def test_a_box_that_came_and_was_given_out_the_same_day_is_no_stockout(
    store: Store, clock: FixedClock, act: Act, place: int
) -> None:
    clock.set(date(2026, 7, 13))
    act(services.receive, place, "BL", "DRC", [received(1, 100)], date(2026, 7, 13))
    act(sell, sale(1, 100))
    clock.set(date(2026, 7, 31))
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 7), date(2026, 7, 31)) == 30


def test_a_day_on_which_a_sale_was_taken_back_and_made_anew_is_no_stockout(
    store: Store, clock: FixedClock, act: Act, place: int
) -> None:
    clock.set(date(2026, 7, 1))
    act(services.receive, place, "BL", "DRC", [received(1, 10)], date(2026, 7, 1))
    clock.set(date(2026, 7, 2))
    act(sell, sale(1, 10))
    act(lambda unit: unit.append("stock_period", month="2026-07"))
    clock.set(date(2026, 8, 10))
    act(reverse_sale, 1, "autre patient")  # July is closed: it is dated in the open month
    act(sell, sale(1, 10))
    clock.set(date(2026, 8, 31))
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 8), date(2026, 8, 31)) == 30


def test_T13_only_an_expired_lot_is_a_stockout(store: Store, clock: FixedClock, act: Act, place: int) -> None:
    clock.set(date(2026, 6, 1))
    act(services.receive, place, "BL", "DRC", [received(1, 40, year=2026, month=6)], date(2026, 6, 1))
    clock.set(date(2026, 8, 1))
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 7), date(2026, 7, 31)) == 31
        assert repository.usable(db, 1, date(2026, 7, 1)) == 0
        assert repository.usable(db, 1, date(2026, 6, 30)) == 40
    with pytest.raises(Refused) as refusal:
        act(sell, sale(1, 1))
    assert refusal.value.params["left"] == 0


def test_T26_two_tablets_and_the_last_box(store: Store, act: Act, place: int) -> None:
    act(services.receive, place, "BL", "DRC", [received(1, 5)], TODAY)

    async def both() -> list[Any]:
        def case(unit: Unit) -> dict[str, Any]:
            return {"sale": sell(unit, sale(1, 4)).sale}

        return await asyncio.gather(*(store.act("sell", MACHINE, case) for _ in range(2)), return_exceptions=True)

    answers = asyncio.run(both())
    refusals = [a for a in answers if isinstance(a, Refused)]
    assert len(refusals) == 1
    assert (refusals[0].code, refusals[0].params["left"]) == ("stock-too-low", 1)


def test_T28_a_backdated_row_may_not_go_below_zero_on_a_later_day(
    store: Store, clock: FixedClock, act: Act, place: int
) -> None:
    for day, quantity in ((date(2026, 7, 1), 60), (date(2026, 7, 20), -50)):
        clock.set(day)
        if quantity > 0:
            act(services.receive, place, "BL", "DRC", [received(1, quantity)], day)
        else:
            act(sell, sale(1, -quantity))
    clock.set(date(2026, 7, 25))

    def back(quantity: int) -> Movement:
        return Movement(
            kind=MovementKind.LOSS_BREAKAGE,
            product=1,
            lot=1,
            place=1,
            quantity=-quantity,
            occurred_on=date(2026, 7, 5),
            reason="cassé",
        )

    with pytest.raises(Refused):
        act(services.write, back(15))
    assert act(services.write, back(10))


def test_T28_also_where_a_later_delivery_hides_it(store: Store, clock: FixedClock, act: Act, place: int) -> None:
    for day, quantity in ((date(2026, 7, 1), 60), (date(2026, 7, 20), -50), (date(2026, 7, 22), 100)):
        clock.set(day)
        if quantity > 0:
            act(services.receive, place, "BL", "DRC", [received(1, quantity)], day)
        else:
            act(sell, sale(1, -quantity))
    late = Movement(
        kind=MovementKind.LOSS_BREAKAGE,
        product=1,
        lot=1,
        place=1,
        quantity=-15,
        occurred_on=date(2026, 7, 5),
        reason="cassé",
    )
    with pytest.raises(Refused) as refusal:
        act(services.write, late)
    assert refusal.value.code == "stock-too-low-then"
    assert refusal.value.params == {"on": "2026-07-20", "short": 5}
    assert all_checks(store) == {}


def test_unmet_demand_and_its_capture_reach_the_consumption_rule(
    store: Store, clock: FixedClock, act: Act, place: int
) -> None:
    clock.set(date(2026, 9, 1))
    act(services.receive, place, "BL", "DRC", [received(1, 10)], date(2026, 9, 1))
    clock.set(date(2026, 9, 20))
    act(sell, sale(1, 25, 10))
    clock.set(date(2026, 10, 15))
    with store.reading() as db:
        september = next(m for m in history(db, 1, date(2026, 10, 15)).months if m.month == Month(2026, 9))
    assert (september.consumed, september.unmet, september.stockout_days) == (10, 15, 10)
