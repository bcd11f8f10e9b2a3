"""Counting: blind, counted again by another, against the ledger of the line's own time, and written once."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError, Refused
from appliance.stock import checks
from appliance.stock.counting import repository, services, shelves
from appliance.stock.counting.model import CountStatus, Scope, Told
from appliance.stock.counting.rules import FILE, Tolerance, is_within, load_counting
from appliance.stock.dispensing.services import reverse_dispense
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot, receive, reverse, write
from appliance.stock.undoing import undo
from appliance.storage import Store
from tests.conftest import KEY, TODAY, Act
from tests.stock.counted import HEAD, KEEPER, NURSE, depot, given, opened

WHY = Told(reason="missing")


def balance(store: Store, lot: int = 1) -> int:
    with store.reading() as db:
        return db.value("SELECT quantity FROM balance WHERE lot = ? AND place = 1", (lot,)) or 0


def twice(act: Act, count: int, quantity: int, lot: int = 1) -> None:
    """The same figure by two people: the first count of every lot closed, then the second."""
    act(services.type_line, count, lot, quantity, actor=KEEPER)
    if act(services.close_round, count, "le reste demain", actor=KEEPER) is CountStatus.COUNTING:
        act(services.type_line, count, lot, quantity, actor=NURSE)
        act(services.close_round, count, actor=KEEPER)


def findings(store: Store) -> dict[str, list[str]]:
    with store.reading() as db:
        return {name: found for name, check in checks.CHECKS.items() if (found := check(db))}


def test_t25_dispensing_goes_on_while_the_shelf_is_counted(act: Act, store: Store) -> None:
    act(depot, 100)
    count = act(opened)
    twice(act, count, 95)  # at ten: 95 on the shelf, 100 in the ledger
    act(given, 1, 8)  # at eleven
    act(services.finalise, count, {1: WHY}, "écart admis", actor=HEAD)  # at noon
    with store.reading() as db:
        assert [c.variance for c in repository.comparisons(db, repository.head(db, count))] == [-5]
        assert db.all("SELECT quantity, report_column FROM movement WHERE kind = 'count_variance'") == [(-5, "QA")]
    assert balance(store) == 87
    assert findings(store) == {}


def test_t29_nothing_is_dated_before_a_finalised_count_even_where_it_found_no_variance(act: Act, store: Store) -> None:
    act(depot, 100, 50)
    count = act(opened)
    twice(act, count, 100)
    act(services.finalise, count, {}, "juste", actor=HEAD)
    with pytest.raises(Refused, match="before-count"):
        act(given, 1, 5, date(2026, 10, 14))
    act(given, 1, 5)
    act(given, 2, 5, date(2026, 10, 14))  # a lot that was not counted goes on
    assert (balance(store, 1), balance(store, 2)) == (95, 45)


def test_what_was_done_in_the_night_and_is_written_after_the_line_was_typed_counts_as_done_before(
    act: Act, store: Store
) -> None:
    act(depot, 100)
    count = act(opened)
    twice(act, count, 95)
    act(given, 1, 5, date(2026, 10, 14))  # the guard gave five last evening and writes it now
    with store.reading() as db:
        assert [c.variance for c in repository.comparisons(db, repository.head(db, count))] == [0]
    act(services.finalise, count, {}, "juste", actor=HEAD)
    assert balance(store) == 95


def test_a_box_found_and_adjusted_so_that_it_can_be_given_is_not_found_twice(act: Act, store: Store) -> None:
    act(depot, 10)
    count = act(opened)
    twice(act, count, 12)
    found = Movement(
        kind=MovementKind.ADJUSTMENT, product=1, lot=1, place=1, quantity=2, occurred_on=TODAY, reason="trouvé en plus"
    )
    act(write, found)
    act(given, 1, 12)
    act(services.finalise, count, {}, "juste", actor=HEAD)
    assert balance(store) == 0


def test_undoing_by_hand_what_is_older_than_a_count_is_refused_since_the_count_put_it_right(
    act: Act, store: Store
) -> None:
    act(depot, 100)
    lost = act(
        write,
        Movement(kind=MovementKind.LOSS_BREAKAGE, product=1, lot=1, place=1, quantity=-10, occurred_on=TODAY, reason="cassé"),
    )  # fmt: skip
    count = act(opened)
    twice(act, count, 100)  # nothing was broken: the row was wrong
    act(services.finalise, count, {1: Told(reason="written_twice")}, "erreur d'écriture", actor=HEAD)
    assert balance(store) == 100
    with pytest.raises(Refused, match="counted-since"):
        act(undo, lost, "erreur")
    with pytest.raises(Refused, match="count-stands"):
        act(undo, lost + 1, "erreur")
    assert balance(store) == 100


def test_what_people_bring_back_after_the_count_comes_to_the_shelf_today(
    act: Act, store: Store, clock: FixedClock
) -> None:
    act(depot, 100)
    sale = act(given, 1, 10)
    count = act(opened)
    twice(act, count, 90)
    act(services.finalise, count, {}, "juste", actor=HEAD)
    clock.set(date(2026, 10, 16))
    act(reverse_dispense, sale, "rendu")
    with store.reading() as db:
        assert db.one("SELECT quantity, occurred_on FROM movement ORDER BY id DESC LIMIT 1") == (10, "2026-10-16")
    assert balance(store) == 100


def test_undoing_while_the_count_is_under_way_corrects_what_the_ledger_said(act: Act, store: Store) -> None:
    act(depot, 100)
    wrong = act(
        write,
        Movement(kind=MovementKind.LOSS_BREAKAGE, product=1, lot=1, place=1, quantity=-10, occurred_on=TODAY, reason="cassé"),
    )  # fmt: skip
    count = act(opened)
    twice(act, count, 100)
    act(reverse, wrong, "erreur de saisie")
    act(services.finalise, count, {}, "juste", actor=HEAD)
    assert balance(store) == 100


def test_a_lot_of_which_more_went_out_than_was_counted_is_counted_again(act: Act, store: Store) -> None:
    act(depot, 100)
    count = act(opened)
    twice(act, count, 40)
    act(given, 1, 90)  # the ledger had them: sixty were on another shelf when it was counted
    with pytest.raises(Refused, match="count-contradicted") as told:
        act(services.finalise, count, {1: WHY}, "à voir", actor=HEAD)
    assert told.value.params["n"] == 50
    assert balance(store) == 10
    act(services.ask_again, count, [1], actor=HEAD)
    act(services.type_line, count, 1, 8, actor=KEEPER)
    act(services.close_round, count, actor=KEEPER)
    act(services.finalise, count, {1: WHY}, "deux manquent", actor=HEAD)
    assert balance(store) == 8


def test_a_day_on_which_the_lot_would_have_been_below_zero_contradicts_the_count_as_well(
    act: Act, store: Store, clock: FixedClock
) -> None:
    act(depot, 100)
    count = act(opened)
    twice(act, count, 40)
    clock.set(date(2026, 10, 16))
    act(given, 1, 90)
    clock.set(date(2026, 10, 17))
    more = Movement(kind=MovementKind.RECEIPT, product=1, lot=1, place=1, quantity=500, occurred_on=date(2026, 10, 17))
    act(write, more)
    with pytest.raises(Refused, match="count-contradicted"):
        act(services.finalise, count, {1: WHY}, "à voir", actor=HEAD)


def test_the_second_counter_is_another_person_and_sees_only_what_is_out(act: Act, store: Store) -> None:
    act(depot, 100, 50)
    count = act(opened)
    act(services.type_line, count, 1, 60, actor=KEEPER)
    act(services.type_line, count, 2, 50, actor=KEEPER)
    assert act(services.close_round, count, actor=KEEPER) is CountStatus.COUNTING
    with store.reading() as db:
        sheet = repository.sheet(db, repository.head(db, count))
        assert [(line.lot, line.counted) for line in sheet] == [(1, None)]
    with pytest.raises(Refused, match="count-same-person"):
        act(services.type_line, count, 1, 60, actor=KEEPER)
    with pytest.raises(Refused, match="count-same-person"):
        act(services.type_line, count, 1, 60, by=2, actor=NURSE)
    with pytest.raises(Refused, match="count-again-missing"):
        act(services.close_round, count, actor=KEEPER)
    act(services.type_line, count, 1, 98, actor=NURSE)
    act(services.close_round, count, actor=NURSE)
    with pytest.raises(Refused, match="count-reason-missing"):
        act(services.finalise, count, {}, "à voir", actor=HEAD)
    with pytest.raises(Refused, match="count-reason-sign"):
        act(services.finalise, count, {1: Told(reason="found")}, "à voir", actor=HEAD)
    act(services.finalise, count, {1: WHY}, "deux manquent", actor=HEAD)
    assert balance(store) == 98


def test_the_first_count_can_not_be_typed_again_once_it_is_known_what_is_out(act: Act, store: Store) -> None:
    act(depot, 100, 50)
    count = act(opened)
    for quantity in (60, 61, 62):
        act(services.type_line, count, 1, quantity, actor=KEEPER)
    act(services.type_line, count, 2, 50, actor=KEEPER)
    act(services.close_round, count, actor=KEEPER)
    with pytest.raises(Refused, match="count-lot"):
        act(services.type_line, count, 2, 49, actor=NURSE)


def test_uncounted_is_not_zero_and_must_be_told(act: Act, store: Store) -> None:
    act(depot, 100, 50)
    count = act(opened)
    act(services.type_line, count, 1, 100, actor=KEEPER)
    with pytest.raises(Refused, match="count-uncounted"):
        act(services.close_round, count, actor=KEEPER)
    act(services.close_round, count, "rayon du haut fermé à clé", actor=KEEPER)
    act(services.finalise, count, {}, "juste", actor=HEAD)
    with store.reading() as db:
        assert [line.lot for line in repository.left_uncounted(db, repository.head(db, count))] == [2]
    assert balance(store, 2) == 50


def test_zero_counted_is_zero(act: Act, store: Store) -> None:
    act(depot, 100)
    count = act(opened)
    twice(act, count, 0)
    act(services.finalise, count, {1: WHY}, "vol présumé", actor=HEAD)
    assert balance(store) == 0


def test_a_lot_that_the_ledger_does_not_know_enters_by_the_count(act: Act, store: Store) -> None:
    act(depot, 100)
    count = act(opened)
    act(services.type_line, count, 1, 100, actor=KEEPER)
    found = ReceivedLot(product=2, lot_number="", expires_year=2027, expires_month=2, quantity=30)
    act(services.found_lot, count, found, actor=KEEPER)
    known = ReceivedLot(product=1, lot_number="L1", expires_year=2028, expires_month=6, quantity=30)
    with pytest.raises(Refused, match="count-found-known"):
        act(services.found_lot, count, known, actor=KEEPER)
    act(services.close_round, count, actor=KEEPER)
    with pytest.raises(Refused, match="count-found-late"):
        act(services.found_lot, count, found, actor=NURSE)
    act(services.type_line, count, 2, 30, actor=NURSE)
    act(services.close_round, count, actor=KEEPER)
    act(services.finalise, count, {2: Told(reason="found")}, "entre au stock", actor=HEAD)
    with store.reading() as db:
        assert db.one("SELECT number, expires_on FROM lot WHERE id = 2") == ("INCONNU", "2027-02-28")
    assert balance(store, 2) == 30


def test_the_variance_is_valued_at_cost(act: Act, store: Store) -> None:
    act(depot, 100, cost=25)
    count = act(opened)
    twice(act, count, 90)
    act(services.finalise, count, {1: WHY}, "dix manquent", actor=HEAD)
    with store.reading() as db:
        assert db.one("SELECT unit_cost_fcfa, value_fcfa FROM count_result") == (25, -250)


def test_a_count_is_decided_by_the_head_once_and_given_up_with_a_reason(act: Act, store: Store) -> None:
    act(depot, 100)
    count = act(opened)
    with pytest.raises(Refused, match="count-open"):
        act(opened)
    twice(act, count, 100)
    with pytest.raises(Refused, match="count-decision-head"):
        act(services.finalise, count, {}, "juste", actor=KEEPER)
    act(services.finalise, count, {}, "juste", actor=HEAD)
    for again in (services.finalise, services.ask_again):
        with pytest.raises(Refused, match="count-not-compared"):
            act(again, count, *(({}, "juste") if again is services.finalise else ([1],)), actor=HEAD)
    second = act(opened)
    with pytest.raises(Refused, match="reason-needed"):
        act(services.abandon, second, " ")
    act(services.abandon, second, "interrompu par l'urgence")
    with pytest.raises(Refused, match="count-not-open"):
        act(services.type_line, second, 1, 5, actor=KEEPER)
    assert balance(store) == 100


def test_a_count_along_a_shelf_asks_for_what_stands_on_it(act: Act, store: Store) -> None:
    act(depot, 100, 50, 20)
    act(shelves.put, 1, {1: "Rayon A", 3: "Rayon A", 2: "Frigo"})
    act(shelves.put, 1, {3: ""})
    with pytest.raises(Refused, match="count-scope"):
        act(services.open_count, 1, Scope.SHELF, shelf="Rayon Z")
    count = act(services.open_count, 1, Scope.SHELF, shelf="Rayon A")
    with store.reading() as db:
        assert [line.lot for line in repository.sheet(db, repository.head(db, count))] == [1]
    with pytest.raises(Refused, match="count-lot"):
        act(services.type_line, count, 2, 5, actor=KEEPER)


def test_what_comes_in_during_the_count_need_not_be_counted(act: Act, store: Store) -> None:
    act(depot, 100)
    count = act(opened)
    came = ReceivedLot(product=2, lot_number="N", expires_year=2028, expires_month=1, quantity=40)
    act(receive, 1, "BL-2", "DRC", [came], TODAY)
    act(services.type_line, count, 1, 100, actor=KEEPER)
    assert act(services.close_round, count, actor=KEEPER) is CountStatus.COMPARED


def test_a_variance_of_a_month_closed_meanwhile_is_dated_today(act: Act, store: Store, clock: FixedClock) -> None:
    act(depot, 100)
    clock.set(date(2026, 10, 31))
    count = act(opened)
    twice(act, count, 99)
    clock.set(date(2026, 11, 6))
    act(lambda unit: unit.append("stock_period", month="2026-10"))
    act(services.finalise, count, {1: WHY}, "un manque", actor=HEAD)
    with store.reading() as db:
        assert db.value("SELECT occurred_on FROM movement WHERE kind = 'count_variance'") == "2026-11-06"


@pytest.mark.parametrize(
    ("percent", "value", "ledger", "variance", "cost", "within"),
    [
        (0, 0, 100, 0, 25, True), (0, 0, 100, -1, 25, False), (2, 1000, 100, -2, 25, True), (2, 1000, 100, -3, 25, False),
        (2, 1000, 100, 2, 501, False), (5, 0, 100, 5, None, True), (5, 1000, 0, 1, 1, False),
    ],
)  # fmt: skip
def test_a_tolerance_has_two_bounds(
    percent: int, value: int, ledger: int, variance: int, cost: int | None, within: bool
) -> None:
    assert is_within(Tolerance(percent=percent, value_fcfa=value), ledger, variance, cost) is within


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"ven": "E"', '"ven": "X"', "must be one of"), ('"percent": 5', '"percent": 500', "from 0 to 100"),
        ('"code": "found"', '"code": "missing"', "stands twice"), ('"reminder_day": 25', '"reminder_day": 31', "every month"),
        ('"sign": -1}', '"sign": 4}', "-1, 0 or 1"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_counting_names_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "counting.json"
    file.write_text(FILE.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError, match=said) as told:
        load_counting(file)
    assert told.value.line > 1


class Shelf(RuleBasedStateMachine):
    """Tablets dispense and take back while people count; what lies there is known, and the ledger ends up there."""

    @initialize()
    def open(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        directory = Path(self.scratch.name) / "c"
        Store.create(directory, KEY)
        self.clock = FixedClock(TODAY)
        self.store = Store.open(directory, KEY, self.clock)
        self.do(depot, 120, 80)
        self.lies = {1: 120, 2: 80}  # what truly lies on the shelf
        self.sales: list[tuple[int, int, int]] = []
        self.count = 0

    def do(self, service: Any, *args: Any, actor: Any = HEAD, **kwargs: Any) -> Any:
        kept: list[Any] = []
        self.store.act_now("t", actor, lambda unit: kept.append(service(unit, *args, **kwargs)) or {})
        return kept[-1]

    @rule(lot=st.sampled_from([1, 2]), quantity=st.integers(1, 30))
    def dispense(self, lot: int, quantity: int) -> None:
        """A tablet gives what the shelf has; the ledger may refuse what it believes is not there."""
        if self.lies[lot] < quantity:
            return
        try:
            sale = self.do(given, lot, quantity, actor=NURSE)
        except Refused:
            return
        self.lies[lot] -= quantity
        self.sales.append((sale, lot, quantity))

    @precondition(lambda self: self.sales)
    @rule(which=st.integers(0, 50))
    def bring_back(self, which: int) -> None:
        sale, lot, quantity = self.sales.pop(which % len(self.sales))
        self.do(reverse_dispense, sale, "rendu", actor=NURSE)
        self.lies[lot] += quantity

    @rule(lot=st.sampled_from([1, 2]), quantity=st.integers(1, 9))
    def vanish(self, lot: int, quantity: int) -> None:
        """Somebody takes some and tells nobody: only a count sees it."""
        if self.lies[lot] >= quantity and not self.count:
            self.lies[lot] -= quantity

    @rule()
    def sleep(self) -> None:
        self.clock.set(date.fromordinal(self.clock.today().toordinal() + 1))

    @rule()
    def next_step(self) -> None:
        """What the people who count do next: open, type the next lot, end the round, decide."""
        if not self.count:
            self.count = self.do(opened, actor=KEEPER)
            return
        with self.store.reading() as db:
            head = repository.head(db, self.count)
            left = repository.left(repository.sheet(db, head)) if head.status is CountStatus.COUNTING else []
        if head.status is CountStatus.COMPARED:
            self.finalise()
        elif left:
            who = KEEPER if head.round == 1 else HEAD
            self.do(services.type_line, self.count, left[0].lot, self.lies[left[0].lot], actor=who)
        else:
            self.do(services.close_round, self.count, actor=KEEPER)

    def finalise(self) -> None:
        with self.store.reading() as db:
            found = repository.comparisons(db, repository.head(db, self.count))
        told = {c.sheet.lot: Told(reason="written_twice") for c in found}
        # What truly lay there is never contradicted by what truly went out since.
        self.do(services.finalise, self.count, told, "vu en comité", actor=HEAD)
        self.count = 0
        with self.store.reading() as db:
            for c in found:
                held = db.value("SELECT quantity FROM balance WHERE lot = ?", (c.sheet.lot,))
                assert held == self.lies[c.sheet.lot], "the ledger is not what lies there"

    @precondition(lambda self: self.count)
    @rule(lot=st.sampled_from([1, 2]))
    def type_again(self, lot: int) -> None:
        """Another tablet types a lot of the first round once more."""
        try:
            self.do(services.type_line, self.count, lot, self.lies[lot], actor=NURSE)
        except Refused:
            return

    @precondition(lambda self: self.count)
    @rule()
    def abandon(self) -> None:
        self.do(services.abandon, self.count, "interrompu", actor=HEAD)
        self.count = 0

    @invariant()
    def ledger_holds(self) -> None:
        if hasattr(self, "store"):
            assert findings(self.store) == {}

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.scratch.cleanup()


TestShelf = Shelf.TestCase
TestShelf.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
