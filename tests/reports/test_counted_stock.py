"""What the CRGS says its closing stock rests on: a count of the month, at every place that holds the product, or the ledger."""

from __future__ import annotations

from datetime import date

from appliance.core.clock import FixedClock
from appliance.core.periods import Month
from appliance.reports.closing.model import ReportCell, frozen, thawed
from appliance.reports.form import form
from appliance.reports.paper import paper_of
from appliance.reports.stock_lines import stock_lines
from appliance.stock.counting import services
from appliance.stock.counting.model import Scope
from appliance.stock.ledger.events import EventLine, Paper
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.stock.places.services import add_place
from appliance.stock.transfers.services import transfer
from appliance.storage import Store
from tests.conftest import TODAY, Act
from tests.stock.counted import HEAD, KEEPER, PRODUCTS, depot

OCTOBER, ENDED = Month(2026, 10), date(2026, 11, 2)


def basis(store: Store, month: Month = OCTOBER, product: int = 0) -> str | None:
    with store.reading() as db:
        cells = stock_lines(db, form("CRGS"), month, ENDED)
    [cell] = [c for c in cells if (c.code, c.disaggregation["column"]) == (PRODUCTS[product].code, "SDU")]
    assert all(c.basis is None for c in cells if c.disaggregation["column"] != "SDU")
    return cell.basis


def count(act: Act, place: int, found: dict[int, int]) -> None:
    """A count of a place that finds the ledger right."""
    key = act(services.open_count, place, Scope.FULL)
    for lot, quantity in found.items():
        act(services.type_line, key, lot, quantity, actor=KEEPER)
    act(services.close_round, key, "le reste demain", actor=KEEPER)
    act(services.finalise, key, {}, "juste", actor=HEAD)


def test_a_stock_that_nobody_counted_is_theoretical_and_one_counted_says_the_day(act: Act, store: Store) -> None:
    act(depot, 100, 50)
    assert (basis(store), basis(store, product=1), basis(store, product=2)) == ("ledger", "ledger", None)
    count(act, 1, {1: 100})
    assert (basis(store), basis(store, product=1)) == ("2026-10-15", "ledger")


def test_a_count_of_another_month_vouches_for_none(act: Act, store: Store, clock: FixedClock) -> None:
    act(depot, 100)
    count(act, 1, {1: 100})
    clock.set(ENDED)
    assert basis(store, Month(2026, 11)) == "ledger"


def test_every_place_that_holds_it_must_have_been_counted(act: Act, store: Store, clock: FixedClock) -> None:
    act(depot, 100)
    night = act(add_place, "garde", "Garde", "on_call")
    paper = Paper(reason="resupply", place=1, to_place=night, witness="Awa Diarra")
    act(transfer, paper, [EventLine(lot=1, quantity=30)])
    count(act, 1, {1: 70})
    assert basis(store) == "ledger"
    clock.set(date(2026, 10, 20))
    count(act, night, {1: 30})
    assert basis(store) == TODAY.isoformat()  # the older of the two: what came after it is written, not counted


def test_a_lot_left_out_takes_the_count_away_and_one_that_came_later_does_not(
    act: Act, store: Store, clock: FixedClock
) -> None:
    act(depot, 100)
    later = ReceivedLot(product=1, lot_number="N", expires_year=2028, expires_month=9, quantity=10)
    act(receive, 1, "BL-2", "DRC", [later], TODAY)
    count(act, 1, {1: 100})
    assert basis(store) == "ledger"
    clock.set(date(2026, 10, 16))
    count(act, 1, {1: 100, 2: 10})
    clock.set(date(2026, 10, 20))
    act(receive, 1, "BL-3", "DRC", [ReceivedLot(product=1, lot_number="M", expires_year=2028, expires_month=9, quantity=5)], date(2026, 10, 20))  # fmt: skip
    assert basis(store) == "2026-10-16"


def test_the_paper_says_it_beside_the_figure_and_a_closing_keeps_it(act: Act, store: Store) -> None:
    act(depot, 100, 50)
    count(act, 1, {1: 100})
    with store.reading() as db:
        described = paper_of(db, "CRGS", OCTOBER, ENDED)["tables"][0]
        cells = stock_lines(db, form("CRGS"), OCTOBER, ENDED)
    at = described["heads"][0].index("Source de la SDU")
    assert described["heads"][0][at - 1] == "Stock disponible utilisable"
    assert {row[at - 1]: row[at] for row in described["rows"]} == {"100": "inventaire 15/10/2026", "50": "théorique"}
    assert all(len(row) == described["columns"] + 1 for row in described["rows"])
    assert thawed(frozen(cells)) == cells
    plain = ReportCell(code="A", disaggregation={}, value=1, source=cells[0].source)
    assert "basis" not in frozen([plain])
