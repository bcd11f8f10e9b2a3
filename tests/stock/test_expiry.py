"""What expires: usable to the end of its day, at risk by rule X, and out by a destruction before a committee only."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError, Refused
from appliance.core.periods import Month
from appliance.stock.cards import card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.services import load_list
from appliance.stock.consumption.history import stockout_count
from appliance.stock.expiry import repository, services
from appliance.stock.expiry.rules import FILE, load_destruction
from appliance.stock.expiry.services import Destroyed
from appliance.stock.ledger.services import ReceivedLot, receive, reverse
from appliance.storage import Store, Unit
from tests.conftest import Act
from tests.stock.counted import PRODUCTS, given

COMMITTEE = [("Mariam Sanogo", "DTC"), ("Moussa Keita", "Gérant de dépôt"), ("Issa Dembélé", "Trésorier ASACO")]
GONE = Destroyed(lot=1, place=1, quantity=40, cause="slow")


def stocked(act: Act, clock: FixedClock, year: int, month: int, day: int | None = None) -> None:
    """A lot of 40 that came in June."""
    clock.set(date(2026, 6, 1))
    act(lambda unit: bare(unit, year, month, day))


def bare(unit: Unit, year: int, month: int, day: int | None) -> None:
    unit.insert("place", code="depot", name="Dépôt", is_active=1, act=unit.act)
    load_list(unit, PRODUCTS)
    lot = ReceivedLot(
        product=1,
        lot_number="P1",
        expires_year=year,
        expires_month=month,
        expires_day=day,
        quantity=40,
        unit_cost_fcfa=15,
    )
    receive(unit, 1, "BL", "DRC", [lot], unit.today)


def test_t30_a_month_is_usable_to_its_last_day_and_not_on_the_next(act: Act, store: Store, clock: FixedClock) -> None:
    stocked(act, clock, 2026, 9)
    clock.set(date(2026, 9, 30))
    act(given, 1, 1)
    clock.set(date(2026, 10, 1))
    with pytest.raises(Refused, match="stock-too-low"):
        act(given, 1, 1)


def test_t13_only_an_expired_lot_all_july_is_31_days_without_stock(act: Act, store: Store, clock: FixedClock) -> None:
    stocked(act, clock, 2026, 6)
    clock.set(date(2026, 8, 1))
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 7), date(2026, 7, 31)) == 31
        product = catalogue.by_id(db, 1)
        assert product is not None
        card = card_of(db, product, date(2026, 7, 31))
        assert (card.usable, card.months) == (0, None)


def test_the_bands_tell_what_expired_what_will_and_what_is_at_risk(act: Act, store: Store, clock: FixedClock) -> None:
    stocked(act, clock, 2026, 9)
    for day in (date(2026, 6, 10), date(2026, 7, 10), date(2026, 8, 10)):
        clock.set(day)
        act(given, 1, 3)
    clock.set(date(2026, 9, 1))
    with store.reading() as db:
        found = repository.bands(db, date(2026, 9, 1))
        assert [lot.number for lot in found.soon] == ["P1"]
        cmm = found.at_risk[0].cmm
        assert cmm is not None and found.at_risk[0].at_risk == 31 - Fraction(30) * cmm / 30
        late = repository.bands(db, date(2026, 10, 1))
        assert [(lot.number, lot.quantity, lot.value_fcfa) for lot in late.expired] == [("P1", 31, 465)]
        assert late.at_risk == []


def test_a_destruction_writes_its_losses_and_its_committee_in_one_act(
    act: Act, store: Store, clock: FixedClock
) -> None:
    stocked(act, clock, 2026, 9)
    clock.set(date(2026, 10, 2))
    made = act(services.destroy, [GONE], COMMITTEE, "burnt_here")
    with store.reading() as db:
        found = repository.destruction(db, made)
        assert found.value_fcfa == 600
        assert [name for name, _ in found.members] == [name for name, _ in COMMITTEE]
        assert db.one("SELECT kind, report_column, quantity FROM movement ORDER BY id DESC LIMIT 1") == (
            "loss_expiry",
            "QP",
            -40,
        )
        assert repository.expired_count(db, date(2026, 10, 2)) == 0
        movement = db.value("SELECT max(id) FROM movement")
    act(reverse, movement, "mauvais lot")
    with store.reading() as db:
        assert [line.is_undone for line in repository.destruction(db, made).lines] == [True]


@pytest.mark.parametrize(
    ("line", "members", "destination", "code"),
    [
        (GONE, COMMITTEE[:2], "burnt_here", "destruction-committee"),
        (GONE, [*COMMITTEE[:2], COMMITTEE[0]], "burnt_here", "destruction-committee"),
        (GONE, COMMITTEE, "river", "destruction-destination"),
        (Destroyed(lot=1, place=1, quantity=40, cause="?"), COMMITTEE, "burnt_here", "destruction-cause"),
        (Destroyed(lot=1, place=1, quantity=41, cause="slow"), COMMITTEE, "burnt_here", "stock-too-low"),
    ],
)  # fmt: skip
def test_a_destruction_is_refused_whole(
    act: Act,
    store: Store,
    clock: FixedClock,
    line: Destroyed,
    members: list[tuple[str, str]],
    destination: str,
    code: str,
) -> None:
    stocked(act, clock, 2026, 9)
    clock.set(date(2026, 10, 2))
    with pytest.raises(Refused, match=code):
        act(services.destroy, [line], members, destination)
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM destruction") == 0


def test_what_may_still_be_used_is_not_destroyed_as_expired(act: Act, clock: FixedClock) -> None:
    stocked(act, clock, 2026, 10)
    clock.set(date(2026, 10, 31))
    with pytest.raises(Refused, match="not-expired"):
        act(services.destroy, [GONE], COMMITTEE, "burnt_here")


def test_a_wrong_file_of_destructions_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "destruction.json"
    file.write_text(FILE.read_text("utf-8").replace('"members_min": 3', '"members_min": 9'), "utf-8")
    with pytest.raises(DataFileError, match="from 1 to 6") as told:
        load_destruction(file)
    assert told.value.line > 1
