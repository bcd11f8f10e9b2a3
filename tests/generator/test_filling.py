"""An example centre that fills behind the pages: cut anywhere it goes on, nothing lost, nothing twice; people's acts stay."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appliance.billing.sales.services import SaleForm, sell
from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.errors import ApplianceError
from appliance.core.periods import Month
from appliance.generator.centre import Centre, Plan, generate
from appliance.generator.plan import kept
from appliance.generator.today import open_today
from appliance.reports.closing.services import close_month
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import usable
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.storage import FileKey, Store, Unit
from appliance.upkeep.checks import digest, run_checks

TODAY = date(2026, 11, 6)
PLAN = Plan(seed=3, population=1_200, months=3, until=TODAY)


def opened(directory: Path) -> Store:
    key = FileKey(directory / "store.key")
    if not key.path.exists():
        directory.mkdir()
        Store.create(directory, key.create())
    return Store.open(directory, key.key(), FixedClock(datetime(2026, 11, 6, 9, tzinfo=UTC)))


def meaning(store: Store) -> str:
    with store.reading() as db:
        return digest(db)


def test_a_centre_lived_in_small_steps_and_cut_again_and_again_is_the_one_lived_in_one_go(tmp_path: Path) -> None:
    whole = opened(tmp_path / "whole")
    assert generate(whole, PLAN).refused == []
    wanted = meaning(whole)
    whole.close()
    starts = 0
    while True:
        store = opened(tmp_path / "cut")
        centre = Centre(store, PLAN)
        centre.prepare()
        for _ in range(37):
            centre.live(seconds=0)
        starts += 1
        found, is_done = meaning(store) if centre.is_done else "", centre.is_done
        store.close()
        if is_done:
            break
    assert starts > 3
    assert found == wanted


def test_a_step_that_was_lost_with_its_commit_is_lived_again_once(tmp_path: Path) -> None:
    """On a full disk the writer runs a job anew: what the first run remembered must not count."""
    store = opened(tmp_path / "centre")
    centre = Centre(store, PLAN)
    centre.prepare()
    while centre.position.day <= PLAN.first.first.replace(day=12):
        centre.live()
        with store.reading() as db:
            before = kept(db)
    store._writer.submit(
        lambda c: c.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON act BEGIN SELECT RAISE(ABORT, 'full'); END")
    )
    with pytest.raises(ApplianceError):
        centre.live()
    store._writer.submit(lambda c: c.execute("DROP TRIGGER full")).result()
    with store.reading() as db:
        assert kept(db) == before
    while not centre.is_done:
        centre.live()
    found = meaning(store)
    store.close()
    other = opened(tmp_path / "other")
    generate(other, PLAN)
    assert meaning(other) == found
    other.close()


def test_people_work_while_the_past_arrives_and_nothing_they_did_is_lost(tmp_path: Path) -> None:
    """They empty shelves, receive, and close a month that is not lived yet: the past gives way, the ledger holds."""
    store = opened(tmp_path / "centre")
    centre = Centre(store, PLAN)
    centre.prepare()
    while centre.position.day < date(2026, 8, 20):
        centre.live()
    assert open_today(store, seed=1) == 6
    with store.reading() as db:
        shelf = [
            (
                product,
                sum(lot.quantity for lot in usable(ledger.on_shelf(db, product, 1), TODAY)),
            )  # not the night cupboard's
            for (product,) in db.all("SELECT DISTINCT product FROM stock_day")
        ]

    def empty(unit: Unit) -> dict[str, int]:
        lines = tuple(DispenseLine(product=p, asked=n, given=n) for p, n in shelf[:25] if n)
        return {"sale": sell(unit, SaleForm(dispense=DispenseForm(place=1, lines=lines))).sale}

    sale = store.act_now("sell", MACHINE, empty).result["sale"]
    lots = [ReceivedLot(product=shelf[0][0], lot_number="P1", expires_year=2027, expires_month=9, quantity=500)]
    store.act_now("receive", MACHINE, lambda unit: {"r": receive(unit, 1, "BL-P", "DRC", lots, TODAY)})
    store.act_now("close", MACHINE, lambda unit: {"v": close_month(unit, "CRGS", Month(2026, 9)).version})
    while not centre.is_done:
        centre.live(seconds=0.01)
    checks = run_checks(store)["checks"]
    assert {name: faults for name, faults in checks.items() if faults} == {}
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM sale_line WHERE sale = ?", (sale,)) > 10
        assert db.value("SELECT count(*) FROM unmet_demand WHERE cause = 'stockout' AND occurred_on < '2026-09-01'") > 0
        assert db.value("SELECT count(*) FROM movement WHERE occurred_on LIKE '2026-09-%'") == 0
        assert db.value("SELECT count(*) FROM visit WHERE occurred_on LIKE '2026-09-%'") > 10
        assert db.value("SELECT count(*) FROM movement WHERE occurred_on LIKE '2026-10-%'") > 10
    store.close()


def test_the_rest_of_the_year_is_lived_to_yesterday_and_only_once(tmp_path: Path) -> None:
    plan = Plan(seed=3, population=600, months=1, until=TODAY, is_lived_on=True)
    store = opened(tmp_path / "centre")
    centre = generate(store, plan)
    assert centre.is_done
    with store.reading() as db:
        assert db.value("SELECT max(occurred_on) FROM visit") == "2026-11-05"
        acts = db.value("SELECT max(seq) FROM act")
    again = Centre(store, Plan(seed=9, population=99, months=7, until=date(2026, 12, 24)))
    again.prepare()
    again.live()
    with store.reading() as db:
        assert db.value("SELECT max(seq) FROM act") == acts
    store.close()


def test_a_refusal_does_not_stop_a_life(tmp_path: Path) -> None:
    """Someone's file is corrected by a person so that a step no longer fits: the step is left out and said."""
    store = opened(tmp_path / "centre")
    centre = Centre(store, PLAN)
    centre.prepare()
    while centre.position.day < date(2026, 8, 12):
        centre.live()
    store.act_now(
        "erase",
        MACHINE,
        lambda unit: {"n": unit.run("UPDATE patient SET deceased_on = '2026-08-01', last_visit_on = NULL")},
    )
    while centre.position.day < date(2026, 8, 20):
        centre.live()
    assert set(centre.refused) <= {"deceased"}
    assert centre.refused
    store.close()
