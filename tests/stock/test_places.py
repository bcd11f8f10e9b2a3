"""Places of the centre: what is carried between them changes neither what the centre holds nor what it used."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appliance.access.staff import add_member
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.core.actors import Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.reports.form import form
from appliance.reports.stock_lines import stock_lines
from appliance.stock.consumption.history import history, stockout_count
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import repository, services
from appliance.stock.ledger.events import EventLine, Paper, record
from appliance.stock.ledger.stock_sheet import stock_sheet
from appliance.stock.places.repository import issued_since_filled, levels_at, place_of
from appliance.stock.places.services import add_place, change_place, serve_from, set_level
from appliance.stock.recalls.services import set_lot_status
from appliance.stock.transfers.services import to_fill, transfer
from appliance.stock.undoing import undo
from appliance.storage import Store
from tests.conftest import TODAY, Act
from tests.stock.test_ledger import received, set_up

DEPOT, NIGHT = 1, 2


@pytest.fixture(autouse=True)
def two_places(act: Act, clock: FixedClock) -> None:
    clock.set(date(2026, 10, 1))
    act(set_up)
    act(add_place, "garde", "Garde", "on_call")
    act(services.receive, DEPOT, "BL", "DRC", [received(1, 100)], date(2026, 10, 1))
    clock.set(TODAY)


def carried(quantity: int, start: int = DEPOT, end: int = NIGHT, reason: str = "resupply") -> tuple[Any, ...]:
    paper = Paper(reason=reason, place=start, to_place=end, witness="Awa Diarra")
    return transfer, paper, [EventLine(lot=1, quantity=quantity)]


def given(quantity: int, place: int) -> SaleForm:
    line = DispenseLine(product=1, asked=quantity, given=quantity)
    return SaleForm(dispense=DispenseForm(place=place, lines=(line,)))


def test_a_transfer_is_two_rows_that_change_no_total(store: Store, act: Act) -> None:
    act(*carried(30))
    with store.reading() as db:
        assert db.all("SELECT place, quantity FROM balance ORDER BY place") == [(DEPOT, 70), (NIGHT, 30)]
        assert repository.usable(db, 1, TODAY) == 100
        assert db.value("SELECT sum(quantity) FROM stock_day WHERE report_column = 'QA'") == 0
        assert history(db, 1, TODAY).months[-1].consumed == 0


def test_the_month_s_report_does_not_see_a_transfer(store: Store, act: Act) -> None:
    def line() -> dict[str, Any]:
        with store.reading() as db:
            cells = stock_lines(db, form("CRGS"), Month(2026, 10), TODAY)
        return {c.disaggregation["column"]: c.value for c in cells if c.code == "MLS001"}

    before = line()
    act(*carried(30))
    assert line() == before


def test_an_empty_depot_beside_a_full_night_cupboard_is_no_stockout(store: Store, act: Act, clock: FixedClock) -> None:
    act(*carried(100))
    clock.set(date(2026, 10, 31))
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 10), date(2026, 10, 31)) == 0


def test_one_is_served_from_a_place_by_its_own_lots_only(store: Store, act: Act) -> None:
    act(*carried(30))
    with pytest.raises(Refused) as refusal:
        act(sell, given(31, NIGHT))
    assert refusal.value.params["left"] == 30
    act(sell, given(30, NIGHT))
    with store.reading() as db:
        assert db.all("SELECT place, quantity FROM balance ORDER BY place") == [(DEPOT, 70), (NIGHT, 0)]


def test_a_night_s_issues_are_brought_back_to_their_level_in_the_morning(store: Store, act: Act) -> None:
    act(set_level, NIGHT, 1, 20)
    act(*carried(20))
    act(sell, given(6, NIGHT))
    with store.reading() as db:
        assert [(code, quantity) for code, _, _, quantity in issued_since_filled(db, NIGHT)] == [("MLS001", 6)]
        [(level, takes)] = to_fill(db, DEPOT, NIGHT, TODAY)
        assert (level.level, level.usable, [(t.lot, t.quantity) for t in takes]) == (20, 14, [(1, 6)])
    act(*carried(6))
    with store.reading() as db:
        assert issued_since_filled(db, NIGHT) == []
        assert [one.missing for one in levels_at(db, NIGHT, TODAY)] == [0]


def test_what_was_given_at_night_and_taken_back_is_no_issue(store: Store, act: Act) -> None:
    act(*carried(20))
    done = act(sell, given(6, NIGHT))
    act(reverse_sale, done.sale, "erreur")
    with store.reading() as db:
        assert issued_since_filled(db, NIGHT) == []


def test_a_transfer_is_undone_whole(store: Store, act: Act) -> None:
    act(*carried(30))
    act(undo, 3, "mauvais lieu")
    with store.reading() as db:
        assert db.all("SELECT place, quantity FROM balance ORDER BY place") == [(DEPOT, 100), (NIGHT, 0)]
        assert db.value("SELECT count(*) FROM movement WHERE reverses IS NOT NULL") == 2
    with pytest.raises(Refused):
        act(undo, 2, "encore")


def test_a_transfer_of_which_something_was_given_is_not_undone(store: Store, act: Act) -> None:
    act(*carried(30))
    act(sell, given(5, NIGHT))
    with pytest.raises(Refused) as refusal:
        act(undo, 2, "mauvais lieu")
    assert refusal.value.code == "stock-too-low"
    with store.reading() as db:
        assert db.all("SELECT quantity FROM balance ORDER BY place") == [(70,), (25,)]


def test_a_frozen_lot_goes_to_the_depot_and_nowhere_else(act: Act) -> None:
    act(*carried(30))
    act(set_lot_status, 1, "quarantined", "couleur anormale")
    with pytest.raises(Refused) as refusal:
        act(*carried(5))
    assert refusal.value.code == "lot-not-usable"
    act(*carried(30, NIGHT, DEPOT, "brought_back"))


@pytest.mark.parametrize(("start", "end", "code"), [(1, 1, "transfer-places"), (1, 9, "no-such-place")])
def test_a_transfer_needs_two_places(act: Act, start: int, end: int, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        act(*carried(5, start, end))
    assert refusal.value.code == code


def test_somebody_serves_from_where_he_chose_while_that_place_serves(store: Store, act: Act) -> None:
    who = act(add_member, "Awa Diarra", [Role.NURSE])
    with store.reading() as db:
        assert place_of(db, who) == DEPOT
    act(serve_from, who, NIGHT)
    with store.reading() as db:
        assert place_of(db, who) == NIGHT
    act(change_place, NIGHT, name="Garde", kind="on_call", serves=False, is_active=True)
    with store.reading() as db:
        assert place_of(db, who) == DEPOT
    with pytest.raises(Refused):
        act(serve_from, who, NIGHT)


def test_a_place_that_holds_stock_is_not_ended_and_the_depot_never(act: Act) -> None:
    act(*carried(5))
    for place, code in ((NIGHT, "place-not-empty"), (DEPOT, "place-main")):
        with pytest.raises(Refused) as refusal:
            act(change_place, place, name="Lieu", kind="other", serves=True, is_active=False)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        act(add_place, "x", "dépot", "other")
    assert refusal.value.code == "place-known"


def test_the_paper_card_adds_up_by_product_and_by_lot(store: Store, act: Act, clock: FixedClock) -> None:
    act(services.receive, DEPOT, "BL-2", "DRC", [received(1, 50, "B")], date(2026, 10, 3))
    act(*carried(30))
    act(sell, given(5, DEPOT))
    act(sell, given(2, DEPOT))
    act(record, Paper(reason="broken", place=DEPOT, note="tombé"), [EventLine(lot=1, quantity=4)])
    with store.reading() as db:
        sheet = stock_sheet(db, 1, Month(2026, 10))
        assert [(line.kind, line.entry, line.exit, line.aside, line.balance) for line in sheet.lines] == [
            ("receipt", 100, 0, 0, 100), ("receipt", 50, 0, 0, 150), ("dispense", 0, 7, 0, 143), ("loss_breakage", 0, 0, -4, 139),
        ]  # fmt: skip
        assert (sheet.opening, sheet.entries, sheet.exits, sheet.asides, sheet.closing) == (0, 150, 7, -4, 139)
        assert sheet.lines[2].document == "2 disp."
        of_lot = stock_sheet(db, 1, Month(2026, 10), 1)
        assert (of_lot.opening, of_lot.closing) == (0, 89)
    clock.set(date(2026, 11, 2))
    with store.reading() as db:
        assert (stock_sheet(db, 1, Month(2026, 11)).opening, stock_sheet(db, 1, Month(2026, 11)).lines) == (139, ())
