"""The arithmetic of sales: whole francs, shares that add up, payments that never pass what is due, prices by day and payer."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.billing import checks
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.billing.tariffs import services as tariffs
from appliance.billing.tariffs.csv_file import PAYERS, PriceLine, parse_prices, write_prices
from appliance.billing.till import repository as till
from appliance.billing.till.services import pay
from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError, Refused
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger.services import ReceivedLot, receive, reverse
from appliance.stock.places.services import add_place
from appliance.storage import Store, Unit
from tests.conftest import KEY, TODAY, Act

PAID, FREE = "MLS069", "MLS001"
"""Paracetamol is paid; the antimalarial of a child has a price and is free for no stranger over the counter."""


def stocked(unit: Unit, prices: dict[str, int]) -> dict[str, int]:
    place = add_place(unit, "depot", "Dépôt")
    load_list(unit, [p for p in read_whole(STARTER) if p.code in prices])
    keys: dict[str, int] = dict(unit.all("SELECT code, id FROM product"))
    tariffs.load_prices(
        unit, [PriceLine(code=c, unit_price_fcfa=p, valid_from=date(2020, 1, 1)) for c, p in prices.items()], "essai"
    )
    lots = [
        ReceivedLot(product=key, lot_number="A", expires_year=2029, expires_month=1, quantity=1_000)
        for key in keys.values()
    ]
    receive(unit, place, "BL", "DRC", lots, TODAY - timedelta(days=1))
    return keys


def basket(*lines: tuple[int, int]) -> DispenseForm:
    return DispenseForm(place=1, lines=tuple(DispenseLine(product=p, asked=q, given=q) for p, q in lines))


@settings(max_examples=12, deadline=None)
@given(
    prices=st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)), quantities=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    shares=st.lists(st.integers(1, 50_000), max_size=5), is_taken_back=st.booleans(),
)  # fmt: skip
def test_shares_add_up_whatever_is_sold_and_paid(
    prices: tuple[int, int], quantities: tuple[int, int], shares: list[int], is_taken_back: bool
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        Store.create(Path(scratch) / "c", KEY)
        store = Store.open(Path(scratch) / "c", KEY, FixedClock(TODAY))

        def do(service: Any, *args: Any, **kwargs: Any) -> Any:
            kept: list[Any] = []
            store.act_now("t", MACHINE, lambda unit: kept.append(service(unit, *args, **kwargs)) or {})
            return kept[-1]

        keys = do(stocked, {PAID: prices[0], FREE: prices[1]})
        sale = do(
            sell, SaleForm(dispense=basket((keys[PAID], quantities[0]), (keys[FREE], quantities[1])), paid_fcfa=0)
        )
        assert sale.total_fcfa == prices[0] * quantities[0] + prices[1] * quantities[1]
        assert sale.total_fcfa == sale.exempt_fcfa + sale.due_fcfa
        left = sale.due_fcfa
        for share in shares:
            if share > left:
                with pytest.raises(Refused, match="paid-too-much"):
                    do(pay, sale.sale, share)
            else:
                do(pay, sale.sale, share, "mobile_money" if share % 2 else "cash")
                left -= share
        with store.reading() as db:
            held = till.sale(db, sale.sale)
            assert held is not None and held.left_fcfa == left
            assert sum(t.amount_fcfa for t in till.takings(db, TODAY)) == sale.due_fcfa - left
        if is_taken_back:
            do(reverse_sale, sale.sale, "rendu")
            with store.reading() as db:
                assert sum(t.amount_fcfa for t in till.takings(db, TODAY)) == 0
                assert till.day_totals(db, TODAY) == (0, 0, 0)
        with store.reading() as db:
            assert {n: f for n, c in checks.CHECKS.items() if (f := c(db))} == {}
        store.close()


def test_a_sale_undone_only_on_the_shelf_is_found(store: Store, act: Act) -> None:
    keys = act(stocked, {PAID: 10})
    act(sell, SaleForm(dispense=basket((keys[PAID], 5))))
    with store.reading() as db:
        movement = db.value("SELECT id FROM movement WHERE kind = 'dispense'")
    act(reverse, movement, "par derrière")
    with store.reading() as db:
        assert checks.taken_back_sales_took_everything_back(db) == ["sale 1: 1 of 1 movements undone, standing"]


def test_a_handing_over_without_a_sale_is_found(store: Store, act: Act) -> None:
    from appliance.stock.dispensing.services import dispense

    keys = act(stocked, {PAID: 10})
    act(dispense, basket((keys[PAID], 5)))
    with store.reading() as db:
        assert checks.every_handing_over_was_sold(db) == ["dispense 1"]


def test_nobody_pays_a_sale_that_was_taken_back(act: Act) -> None:
    keys = act(stocked, {PAID: 10})
    act(sell, SaleForm(dispense=basket((keys[PAID], 5)), paid_fcfa=0))
    act(reverse_sale, 1, "rendu")
    with pytest.raises(Refused, match="already-reversed"):
        act(pay, 1, 50)


def test_a_price_holds_until_the_day_before_the_next_and_each_payer_has_its_own(store: Store, act: Act) -> None:
    keys = act(stocked, {PAID: 10})
    day = date(2026, 11, 1)
    lines = [
        PriceLine(code=PAID, unit_price_fcfa=12, valid_from=day), PriceLine(code=PAID, unit_price_fcfa=3, valid_from=day, payer="amo"),
        PriceLine(code=PAID, unit_price_fcfa=None, valid_from=date(2026, 12, 1)),
    ]  # fmt: skip
    assert act(tariffs.load_prices, lines, "arrêté") == 3
    assert act(tariffs.load_prices, lines, "arrêté") == 0
    with store.reading() as db:
        told = [
            tariffs.unit_price(db, keys[PAID], d)
            for d in (date(2026, 10, 31), day, date(2026, 11, 30), date(2026, 12, 1))
        ]
        assert told == [10, 12, 12, None]
        assert tariffs.unit_price(db, keys[PAID], day, "amo") == 3
        assert tariffs.unit_price(db, keys[PAID], day, "ramed") == 12
        told = [(row.payer, row.valid_from, row.valid_to) for row in tariffs.history(db, PAID)]
        assert told[0] == ("patient", date(2020, 1, 1), date(2026, 10, 31))
        assert told[-1] == ("amo", day, None)


@given(
    st.lists(
        st.builds(
            PriceLine, code=st.from_regex(r"[A-Z]{3}[0-9]{3}", fullmatch=True), unit_price_fcfa=st.none() | st.integers(0, 10_000_000),
            valid_from=st.dates(date(2000, 1, 1), date(2100, 1, 1)), payer=st.sampled_from(PAYERS),
        ),
        unique_by=lambda p: (p.code, p.payer, p.valid_from), max_size=20,
    )
)  # fmt: skip
def test_what_is_exported_is_read_back_the_same(lines: list[PriceLine]) -> None:
    assert parse_prices(write_prices(lines), "p.csv") == lines


def test_every_bad_line_of_a_price_list_is_named() -> None:
    text = "code,prix_unitaire_fcfa,a_partir_du,payeur\nA1,x,2026-01-01,\nA2,5,2026-13-01,\nA3,5,2026-01-01,roi\nA4,5,2026-01-01,\nA4,6,01/01/2026,\n"
    with pytest.raises(Refused) as told:
        parse_prices(text, "p.csv")
    faults = told.value.params["faults"]
    assert [f.split(": ")[0] for f in faults] == ["p.csv:2", "p.csv:3", "p.csv:4", "p.csv:6"]
    with pytest.raises(DataFileError, match=r"p.csv:1: has no column a_partir_du"):
        parse_prices("code,prix_unitaire_fcfa\n", "p.csv")


@pytest.mark.parametrize(
    ("second", "line"), [('PAR001,"12,2026-11-01\n', 2), ("PAR001,12,2026-11-01\nPAR\r002,3,2026-11-01\n", 3)]
)
def test_a_price_list_that_is_no_csv_names_the_line(second: str, line: int) -> None:
    with pytest.raises(DataFileError) as fault:
        parse_prices("code,prix_unitaire_fcfa,a_partir_du\n" + second, "prix.csv")
    assert fault.value.line == line
