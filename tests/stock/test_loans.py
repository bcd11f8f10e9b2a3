"""Loans are settled in kind, count in what is due and in nothing else; kits go out and come in as their parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.consumption.history import history
from appliance.stock.kits.services import parts, set_parts, unpack
from appliance.stock.ledger import repository, services
from appliance.stock.ledger.events import EventLine, Paper, record
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import NEVER_EXPIRED
from appliance.stock.loans import repository as owed
from appliance.stock.loans import services as lending
from appliance.stock.places.services import add_place
from appliance.stock.transfers.services import transfer
from appliance.stock.undoing import undo
from appliance.storage import Store
from tests.conftest import TODAY, Act
from tests.stock.test_ledger import received, set_up

PAPER = Paper(reason="", place=1, counterpart="CSCom de Sanankoroba", witness="Moussa Traoré")


@pytest.fixture(autouse=True)
def depot(act: Act, clock: FixedClock) -> None:
    clock.set(date(2026, 10, 1))
    act(set_up)
    act(services.receive, 1, "BL", "DRC", [received(1, 200), received(2, 50)], date(2026, 10, 1))
    clock.set(TODAY)


def due(store: Store, product: int) -> tuple[int, int]:
    with store.reading() as db:
        return owed.due_in(db, product), owed.due_out(db, product)


def lent(act: Act, quantity: int, due_on: date | None = None) -> int:
    return int(act(lending.lend, PAPER, [EventLine(lot=1, quantity=quantity)], due_on))


def test_T36_what_is_lent_is_due_in_and_is_no_consumption(store: Store, act: Act) -> None:
    lent(act, 50)
    with store.reading() as db:
        assert repository.usable(db, 1, TODAY) == 150
        assert history(db, 1, TODAY).months[-1].consumed == 0
    assert due(store, 1) == (50, 0)
    assert due(store, 2) == (0, 0)


def test_T36_what_is_borrowed_works_the_other_way(store: Store, act: Act) -> None:
    loan = act(lending.borrow, PAPER, [received(2, 30, "V")], None)
    assert due(store, 2) == (0, 30)
    with store.reading() as db:
        assert repository.usable(db, 2, TODAY) == 80
        lot = db.value("SELECT id FROM lot WHERE number = 'V'")
    act(lending.give_back, loan, PAPER, [EventLine(lot=lot, quantity=10)])
    act(lending.give_back, loan, PAPER, [EventLine(lot=2, quantity=20)])  # the same product of another lot
    assert due(store, 2) == (0, 0)
    with store.reading() as db:
        assert not owed.loan(db, loan).is_open


def test_a_loan_is_given_back_in_parts_and_never_beyond(store: Store, act: Act) -> None:
    loan = lent(act, 50)
    act(lending.take_back, loan, PAPER, [received(1, 20, "R")])
    assert due(store, 1) == (30, 0)
    for lots, left in (
        ([received(1, 31, "R")], 30),
        ([received(1, 16, "R"), received(1, 15, "S")], 30),
        ([received(2, 1)], 0),
    ):
        with pytest.raises(Refused) as refusal:
            act(lending.take_back, loan, PAPER, lots)
        assert (refusal.value.code, refusal.value.params["due"]) == ("loan-return-too-much", left)
    with pytest.raises(Refused) as refusal:
        act(lending.give_back, loan, PAPER, [EventLine(lot=1, quantity=1)])
    assert refusal.value.code == "loan-direction"


def test_undoing_a_return_makes_it_due_again_and_a_settled_loan_is_undone_last(store: Store, act: Act) -> None:
    loan = lent(act, 50)
    act(lending.take_back, loan, PAPER, [received(1, 20, "R")])
    with store.reading() as db:
        first, back = (
            db.value("SELECT id FROM movement WHERE event = ?", (event,)) for event in (1, owed.returns(db, loan)[0])
        )
    with pytest.raises(Refused) as refusal:
        act(undo, first, "erreur")
    assert refusal.value.code == "loan-settled"
    act(undo, back, "erreur")
    assert due(store, 1) == (50, 0)
    act(undo, first, "erreur")
    assert due(store, 1) == (0, 0)
    with store.reading() as db:
        assert repository.usable(db, 1, TODAY) == 200


def test_a_loan_nobody_waits_for_any_more_is_not_due_and_moves_nothing(store: Store, act: Act) -> None:
    loan = lent(act, 50)
    act(lending.give_up, loan, "le centre voisin a fermé")
    assert due(store, 1) == (0, 0)
    for again in (lending.give_up, lending.take_back):
        with pytest.raises(Refused) as refusal:
            act(again, loan, *(("encore",) if again is lending.give_up else (PAPER, [received(1, 5)])))
        assert refusal.value.code == "loan-over"


def test_a_loan_is_late_after_its_day(store: Store, act: Act) -> None:
    loan = lent(act, 50, TODAY + timedelta(days=10))
    with store.reading() as db:
        held = owed.loan(db, loan)
    assert not held.is_late(TODAY + timedelta(days=10))
    assert held.is_late(TODAY + timedelta(days=11))
    with pytest.raises(Refused) as refusal:
        lent(act, 5, TODAY - timedelta(days=1))
    assert refusal.value.code == "due-date"


@pytest.mark.parametrize(
    ("reason", "missing", "field"),
    [
        ("lent", {"counterpart": ""}, "counterpart"), ("lent", {"witness": " "}, "witness"),
        ("stolen", {"note": ""}, "note"), ("returned_surplus", {"document_number": ""}, "document_number"),
    ],
)  # fmt: skip
def test_a_reason_asks_for_its_evidence(act: Act, reason: str, missing: dict[str, str], field: str) -> None:
    whole: dict[str, Any] = {
        "counterpart": "DRC de Kati", "witness": "Moussa Traoré", "note": "constaté ce matin", "document_number": "BR-3",
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        act(record, Paper(reason=reason, place=1, **(whole | missing)), [EventLine(lot=1, quantity=1)])
    assert (refusal.value.code, refusal.value.params["field"]) == ("evidence", field)
    act(record, Paper(reason=reason, place=1, **whole), [EventLine(lot=1, quantity=1)])


def test_an_expired_lot_leaves_by_no_hand_but_the_committee_s(store: Store, act: Act, clock: FixedClock) -> None:
    act(services.receive, 1, "BL", "DRC", [received(1, 40, "VIEUX", 2026, 10)], TODAY)
    act(add_place, "garde", "Garde", "on_call")
    clock.set(date(2026, 11, 2))
    line = [EventLine(lot=3, quantity=10)]
    paper = Paper(reason="", place=1, counterpart="DRC", document_number="1", witness="Moussa Traoré", note="constaté")
    for reason, code in (
        ("lent", "lot-not-usable"), ("given_away", "lot-not-usable"), ("used_maternity", "lot-not-usable"),
        ("returned_expired", "expired-stays"), ("returned_surplus", "expired-stays"), ("expired", "expiry-undestroyed"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            act(record, replace(paper, reason=reason), line)
        assert refusal.value.code == code, reason
    with pytest.raises(Refused, match="lot-not-usable"):
        act(transfer, replace(paper, reason="resupply", to_place=2), line)
    for kind in NEVER_EXPIRED - {MovementKind.TRANSFER_IN}:
        row = services.Movement(kind=kind, product=1, lot=3, place=1, quantity=-1, occurred_on=date(2026, 11, 2))
        with pytest.raises(Refused, match="expired-stays"):
            act(services.write, row)
        act(services.write, replace(row, occurred_on=date(2026, 10, 31)))  # its last day: written a day late
    with store.reading() as db:
        assert db.value("SELECT quantity FROM balance WHERE lot = 3") == 40 - len(NEVER_EXPIRED) + 1


def test_a_donation_is_received_and_its_lot_keeps_the_donor(store: Store, act: Act) -> None:
    paper = Paper(reason="donated", place=1, counterpart="UNICEF", document_number="D-7")
    act(record, paper, incoming=[received(3, 60, "U1")])
    with store.reading() as db:
        assert db.value("SELECT funder FROM lot WHERE number = 'U1'") == "UNICEF"
        assert db.value("SELECT sum(quantity) FROM stock_day WHERE report_column = 'QR' AND product = 3") == 60


def test_opening_kits_brings_in_their_parts_under_the_number_of_the_kit(store: Store, act: Act) -> None:
    act(set_parts, 1, {2: 3, 3: 1})
    act(unpack, Paper(reason="kit_unpacked", place=1), 1, 10)
    with store.reading() as db:
        assert dict(db.all("SELECT product, sum(quantity) FROM balance GROUP BY product")) == {1: 190, 2: 80, 3: 10}
        assert db.value("SELECT number FROM lot WHERE product = 3") == "A"
        assert {
            m.consumed
            for product in (1, 2, 3)
            for m in history(db, product, TODAY).months
            if m.month == Month(2026, 10)
        } == {0}
    act(undo, 3, "pas ouvert")
    with store.reading() as db:
        assert dict(db.all("SELECT product, sum(quantity) FROM balance GROUP BY product")) == {1: 200, 2: 50, 3: 0}


def test_a_part_s_own_lot_may_be_named_when_it_adds_up(store: Store, act: Act) -> None:
    act(set_parts, 1, {2: 3, 3: 1})
    kit = Paper(reason="kit_unpacked", place=1)
    with pytest.raises(Refused) as refusal:
        act(unpack, kit, 1, 10, [received(2, 29, "P")])
    assert refusal.value.code == "kit-part"
    act(unpack, kit, 1, 10, [received(2, 20, "P"), received(2, 10, "Q")])
    with store.reading() as db:
        assert dict(db.all("SELECT number, quantity FROM balance b JOIN lot l ON l.id = b.lot WHERE b.product = 2")) == {
            "A": 50, "P": 20, "Q": 10,
        }  # fmt: skip


def test_what_a_kit_holds_is_data_and_a_kit_holds_no_kit(store: Store, act: Act) -> None:
    act(set_parts, 1, {2: 3})
    act(set_parts, 1, {3: 4})
    with store.reading() as db:
        assert [(part.product, part.quantity) for part in parts(db, 1)] == [(3, 4)]
    for kit, wanted, code in (
        (2, {1: 1}, "kit-in-kit"),
        (3, {2: 1}, "kit-in-kit"),
        (1, {1: 2}, "kit-part"),
        (1, {2: 0}, "kit-part"),
    ):
        with pytest.raises(Refused) as refusal:
            act(set_parts, kit, wanted)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        act(unpack, Paper(reason="kit_unpacked", place=1), 2, 1)
    assert refusal.value.code == "kit-empty"
