"""A depot's life in any order, by several tablets: whatever is refused leaves nothing, and the books hold after each act.

The invariants are those of a stock card kept by hand: what lies somewhere is the sum of what moved there, on every day
and not only now; a movement is undone once; a closed month stays as it was; a month opens with what the one before
closed with; the columns add up; consumption is what was handed over and used, and nothing else.

The suite lives a few fixed lives. `DEPOT_LIVES=500 pytest tests/stock/test_depot_life.py` lives as many new ones.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from appliance.access.staff import add_member
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.cards import card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.consumption.history import history
from appliance.stock.counting import services as counting
from appliance.stock.counting.model import CountStatus, Scope, Told
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.kits.services import set_parts, unpack
from appliance.stock.ledger import repository, services
from appliance.stock.ledger.events import EventLine, Paper, record
from appliance.stock.ledger.services import ReceivedLot
from appliance.stock.loans import services as lending
from appliance.stock.loans.repository import due_in, due_out, loans
from appliance.stock.places.services import add_place
from appliance.stock.recalls.services import set_lot_status
from appliance.stock.transfers.services import transfer
from appliance.stock.undoing import undo
from appliance.storage import Database, Store, Unit
from tests.conftest import KEY, TODAY
from tests.stock.test_ledger import all_checks, set_up

LIVES = int(os.environ.get("DEPOT_LIVES", "0"))
DEPOT, NIGHT, WARD = 1, 2, 3
KIT, PART_A, PART_B = 1, 2, 3
KIT_HOLDS = {PART_A: 2, PART_B: 5}
TABLETS = [Actor(staff_id=None, device=f"T-{n}") for n in range(3)]

products = st.integers(1, 3)
quantities = st.integers(1, 40)
coming = st.integers(20, 200)
days_back = st.sampled_from((0, 0, 0, 1, 3, 9, 25, 50))
places = st.sampled_from((DEPOT, DEPOT, NIGHT, WARD))
GIVEN_AWAY = ("broken", "stolen", "spoilt", "frozen", "used_care_room", "used_laboratory", "given_away")
SENT_BACK = ("returned_surplus", "returned_expired", "returned_recall")


class Life(RuleBasedStateMachine):
    """Three products of which one is a kit, three places, two neighbours, and a clock that only goes on."""

    @initialize()
    def open(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        directory = Path(self.scratch.name) / "c"
        Store.create(directory, KEY)
        self.clock = FixedClock(TODAY)
        self.store = Store.open(directory, KEY, self.clock)
        self.turn = 0
        self.held: dict[int, int] = defaultdict(int)
        self.used: dict[tuple[int, str], int] = defaultdict(int)
        self.frozen_figures: dict[str, list[tuple[Any, ...]]] = {}
        self.sales: list[int] = []
        self.count: tuple[int, int] | None = None
        self.done(set_up)
        self.people = [self.done(add_member, name, [Role.DEPOT_KEEPER]) for name in ("Moussa Keita", "Awa Traoré")]
        self.done(add_place, "garde", "Garde", "on_call")
        self.done(add_place, "salle", "Salle de soins", "care_room", serves=False)
        self.done(set_parts, KIT, KIT_HOLDS)
        self.done(services.open_stock, DEPOT, [lot_of(p, 120, "O", 2028, 6) for p in (1, 2, 3)], TODAY - timedelta(30))
        self.held.update({1: 120, 2: 120, 3: 120})

    # ---- acting

    def done(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a service on the next tablet; its value, or the refusal."""
        kept: list[Any] = []

        def run(unit: Unit) -> dict[str, Any]:
            kept.append(service(unit, *args, **kwargs))
            return {}

        self.turn += 1
        try:
            self.store.act_now("t", TABLETS[self.turn % 3], run)
        except Refused as refusal:
            return refusal
        return kept[0]

    def moved(self, since: int) -> None:
        """Follow what the rows after `since` say they did, by their sign alone."""
        with self.store.reading() as db:
            for product, quantity, column, day in db.all(
                "SELECT product, quantity, report_column, occurred_on FROM movement WHERE id > ?", (since,)
            ):
                self.held[product] += quantity
                self.used[product, day[:7]] -= quantity if column == "QU" else 0

    def last(self) -> int:
        with self.store.reading() as db:
            return int(db.value("SELECT max(id) FROM movement") or 0)

    def follow(self, wanted: dict[int, int], service: Callable[..., Any], *args: Any, uses: bool = False, on: date | None = None, **kwargs: Any) -> Any:  # fmt: skip
        """Act; done, the centre holds `wanted` more of each product, and consumed it when `uses`; refused, nothing moved."""
        before = self.last()
        result = self.done(service, *args, **kwargs)
        if isinstance(result, Refused):
            assert self.last() == before
            return result
        day = (on or self.clock.today()).isoformat()
        for product, quantity in wanted.items():
            self.held[product] += quantity
            if uses:
                self.used[product, day[:7]] -= quantity
        return result

    def day(self, back: int) -> date:
        return self.clock.today() - timedelta(days=back)

    def paper(self, reason: str, place: int, back: int = 0, **more: Any) -> Paper:
        return Paper(
            reason=reason, place=place, occurred_on=self.day(back), counterpart="CSCom de Kati", document_number="BT-12",
            witness="Oumar Keïta", note="comme constaté", **more,
        )  # fmt: skip

    def some_lot(self, data: st.DataObject, place: int) -> tuple[int, int, int] | None:
        """A lot at a place, its product and what lies of it."""
        with self.store.reading() as db:
            rows = db.all("SELECT lot, product, quantity FROM balance WHERE place = ? AND quantity > 0", (place,))
        return data.draw(st.sampled_from(rows)) if rows else None

    # ---- what comes in

    @rule(product=products, quantity=coming, back=days_back, lot=st.sampled_from("ABC"), soon=st.booleans())
    def receive(self, product: int, quantity: int, back: int, lot: str, soon: bool) -> None:
        item = lot_of(product, quantity, lot, 2026 if soon else 2028, 11)
        self.follow({product: quantity}, services.receive, DEPOT, "BL", "DRC", [item], self.day(back))

    @rule(
        product=products, quantity=quantities, back=days_back, kind=st.sampled_from(("donated", "given_to_us", "found"))
    )
    def come_by_gift_or_find(self, product: int, quantity: int, back: int, kind: str) -> None:
        item = lot_of(product, quantity, "D", 2027, 3)
        self.follow({product: quantity}, record, self.paper(kind, DEPOT, back), incoming=[item])

    # ---- what goes out

    @rule(product=products, asked=quantities, place=st.sampled_from((DEPOT, NIGHT)))
    def hand_over(self, product: int, asked: int, place: int) -> None:
        with self.store.reading() as db:
            here = sum(
                lot.quantity
                for lot in repository.on_shelf(db, product, place)
                if lot.is_usable and lot.expires_on >= self.clock.today()
            )
        line = DispenseLine(product=product, asked=asked, given=asked)
        done = self.follow(
            {product: -asked}, sell, SaleForm(dispense=DispenseForm(place=place, lines=(line,))), uses=True
        )
        if isinstance(done, Refused):
            assert asked > here
        else:
            self.sales.append(done.sale)

    @rule(data=st.data())
    def take_a_sale_back(self, data: st.DataObject) -> None:
        if self.sales:
            before = self.last()
            self.done(reverse_sale, data.draw(st.sampled_from(self.sales)), "erreur")
            self.moved(before)

    @rule(
        data=st.data(),
        reason=st.sampled_from((*GIVEN_AWAY, *SENT_BACK, "missing")),
        place=places,
        quantity=quantities,
        back=days_back,
    )
    def give_out_or_lose(self, data: st.DataObject, reason: str, place: int, quantity: int, back: int) -> None:
        if chosen := self.some_lot(data, place):
            lot, product, _ = chosen
            paper, line = self.paper(reason, place, back), EventLine(lot=lot, quantity=quantity)
            self.follow(
                {product: -quantity}, record, paper, [line], uses=reason.startswith("used_"), on=paper.occurred_on
            )

    @rule(data=st.data(), place=places, quantity=st.integers(-20, 20), back=days_back)
    def adjust(self, data: st.DataObject, place: int, quantity: int, back: int) -> None:
        if chosen := self.some_lot(data, place):
            line = EventLine(lot=chosen[0], quantity=quantity)
            self.follow({chosen[1]: quantity}, record, self.paper("entry_error", place, back), [line])

    # ---- what is counted, by two people, while the rest goes on

    @rule(data=st.data(), place=places, gap=st.integers(-6, 6))
    def count_a_lot(self, data: st.DataObject, place: int, gap: int) -> None:
        chosen = self.some_lot(data, place)
        if self.count is not None or chosen is None:
            return
        lot, product, here = chosen
        count = self.done(counting.open_count, place, Scope.PRODUCTS, products=[product])
        self.done(counting.type_line, count, lot, max(here + gap, 0), by=self.people[0])
        if self.done(counting.close_round, count, "le reste demain") is CountStatus.COUNTING:
            self.done(counting.type_line, count, lot, max(here + gap, 0), by=self.people[1])
            self.done(counting.close_round, count)
        self.count = (count, lot)

    @rule()
    def finalise_the_count(self) -> None:
        if self.count is None:
            return
        (count, lot), before = self.count, self.last()
        told = {lot: Told(reason="written_twice")}
        if isinstance(self.done(counting.finalise, count, told, "écart admis"), Refused):
            assert self.last() == before
            self.done(counting.abandon, count, "contredit")
        self.moved(before)
        self.count = None

    # ---- what stays in the centre, or comes back

    @rule(data=st.data(), start=places, end=places, quantity=quantities, back=days_back)
    def carry(self, data: st.DataObject, start: int, end: int, quantity: int, back: int) -> None:
        if chosen := self.some_lot(data, start):
            lot, product, _ = chosen
            today = self.clock.today()
            with self.store.reading() as db:
                usable = repository.usable(db, product, today)
            paper = self.paper("resupply", start, back, to_place=end)
            self.follow({}, transfer, paper, [EventLine(lot=lot, quantity=quantity)])
            with self.store.reading() as db:
                assert repository.usable(db, product, today) == usable

    @rule(data=st.data(), count=st.integers(1, 6), back=days_back)
    def open_a_kit(self, data: st.DataObject, count: int, back: int) -> None:
        with self.store.reading() as db:
            lots = [r[0] for r in db.all("SELECT lot FROM balance WHERE place = 1 AND product = 1 AND quantity > 0")]
        if lots:
            wanted = {KIT: -count} | {part: holds * count for part, holds in KIT_HOLDS.items()}
            self.follow(
                wanted, unpack, self.paper("kit_unpacked", DEPOT, back), data.draw(st.sampled_from(lots)), count
            )

    @rule(data=st.data(), quantity=quantities, back=days_back)
    def lend(self, data: st.DataObject, quantity: int, back: int) -> None:
        if chosen := self.some_lot(data, DEPOT):
            lot, product, _ = chosen
            owed = self.owed(due_in, product)
            lines = [EventLine(lot=lot, quantity=quantity)]
            done = self.follow({product: -quantity}, lending.lend, self.paper("lent", DEPOT, back), lines, None)
            assert self.owed(due_in, product) == owed + (0 if isinstance(done, Refused) else quantity)

    @rule(product=products, quantity=quantities, back=days_back)
    def borrow(self, product: int, quantity: int, back: int) -> None:
        owed = self.owed(due_out, product)
        item = lot_of(product, quantity, "V", 2027, 9)
        done = self.follow({product: quantity}, lending.borrow, self.paper("borrowed", DEPOT, back), [item], None)
        assert self.owed(due_out, product) == owed + (0 if isinstance(done, Refused) else quantity)

    @rule(data=st.data(), quantity=quantities)
    def settle(self, data: st.DataObject, quantity: int) -> None:
        with self.store.reading() as db:
            held = loans(db, open_only=True)
        if not held:
            return
        loan = data.draw(st.sampled_from(held))
        product = loan.lines[0].product
        if loan.direction == "lent":
            item = lot_of(product, quantity, "R", 2028, 1)
            done = self.follow({product: quantity}, lending.take_back, loan.id, self.paper("", DEPOT), [item])
        else:
            with self.store.reading() as db:
                lots = [lot for lot in repository.on_shelf(db, product, DEPOT) if lot.quantity]
            if not lots:
                return
            line = EventLine(lot=lots[0].lot, quantity=quantity)
            done = self.follow({product: -quantity}, lending.give_back, loan.id, self.paper("", DEPOT), [line])
        if quantity > loan.lines[0].due:
            assert isinstance(done, Refused)

    @rule(data=st.data())
    def give_up_a_loan(self, data: st.DataObject) -> None:
        with self.store.reading() as db:
            held = loans(db, open_only=True)
        if held:
            self.done(lending.give_up, data.draw(st.sampled_from(held)).id, "le centre a fermé")

    def owed(self, of: Callable[[Database, int], int], product: int) -> int:
        with self.store.reading() as db:
            return of(db, product)

    # ---- what is put right, frozen, closed

    @rule(data=st.data())
    def undo_something(self, data: st.DataObject) -> None:
        last = self.last()
        self.done(undo, data.draw(st.integers(max(1, last - 12), last)), "erreur")
        self.moved(last)

    @rule(data=st.data(), status=st.sampled_from(("quarantined", "recalled", "usable")))
    def freeze_or_release(self, data: st.DataObject, status: str) -> None:
        with self.store.reading() as db:
            last = db.value("SELECT max(id) FROM lot")
        self.done(set_lot_status, data.draw(st.integers(1, last)), status, "essai")

    @rule(days=st.sampled_from((1, 2, 6, 14)))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days=days)

    @rule()
    def close_the_last_month(self) -> None:
        month = str(Month.of(self.clock.today()).plus(-1))
        if month not in self.frozen_figures:
            self.done(lambda unit: unit.append("stock_period", month=month))
            self.frozen_figures[month] = self.figures(month)

    def figures(self, month: str) -> list[tuple[Any, ...]]:
        """What the columns of a month say, and what lay where at its end, read from the rows themselves."""
        with self.store.reading() as db:
            return db.all(
                "SELECT product, report_column, sum(quantity) FROM movement WHERE substr(occurred_on, 1, 7) = ? GROUP BY 1, 2"
                " UNION ALL SELECT lot, place, sum(quantity) FROM movement WHERE substr(occurred_on, 1, 7) <= ? GROUP BY 1, 2",
                (month, month),
            )

    # ---- what must hold

    @invariant()
    def the_books_hold(self) -> None:
        if not hasattr(self, "store"):
            return
        assert all_checks(self.store) == {}
        for month, figures in self.frozen_figures.items():
            assert self.figures(month) == figures
        today = self.clock.today()
        with self.store.reading() as db:
            for product in (1, 2, 3):
                assert (db.value("SELECT sum(quantity) FROM balance WHERE product = ?", (product,)) or 0) == self.held[
                    product
                ]
                for use in history(db, product, today).months:
                    assert use.consumed == self.used[product, str(use.month)]
                drawn = card_of(Database(db.connection), catalogue.by_id(db, product), today)  # type: ignore[arg-type]
                assert card_of(db, drawn.product, today) == drawn
                months_join(db, product)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.scratch.cleanup()


def months_join(db: Database, product: int) -> None:
    """Each month opens with what the one before closed with, and its columns lead from the one to the other."""
    closing = 0
    for month in sorted({row[0] for row in db.all("SELECT DISTINCT substr(day, 1, 7) FROM stock_day")}):
        first, last = Month.parse(month).first.isoformat(), Month.parse(month).last.isoformat()
        opening = (
            db.value("SELECT sum(quantity) FROM movement WHERE product = ? AND occurred_on < ?", (product, first)) or 0
        )
        assert opening == closing
        moved = dict(
            db.all(
                "SELECT report_column, sum(quantity) FROM stock_day WHERE product = ? AND day BETWEEN ? AND ? GROUP BY 1",
                (product, first, last),
            )
        )
        closing = (
            db.value("SELECT sum(quantity) FROM movement WHERE product = ? AND occurred_on <= ?", (product, last)) or 0
        )
        assert opening + sum(moved.get(column, 0) for column in ("SI", "QR", "QU", "QP", "QA")) == closing
        within = db.value(
            "SELECT sum(quantity) FROM movement WHERE product = ? AND kind IN ('transfer_in', 'transfer_out')"
            " AND occurred_on BETWEEN ? AND ?",
            (product, first, last),
        )
        assert not within


def lot_of(product: int, quantity: int, number: str, year: int, month: int) -> ReceivedLot:
    return ReceivedLot(product=product, lot_number=number, expires_year=year, expires_month=month, quantity=quantity)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=LIVES or 12, stateful_step_count=60 if LIVES else 50, derandomize=not LIVES, deadline=None,
    suppress_health_check=list(HealthCheck), database=None, print_blob=False,
)  # fmt: skip
