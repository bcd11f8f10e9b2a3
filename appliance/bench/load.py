"""A large store, made by a bulk loader: a generated centre, then ledger lines as real sales, many to a commit."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from appliance.billing.sales.services import SaleForm, sell
from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock, SystemClock
from appliance.generator.centre import Plan, generate
from appliance.generator.people import person
from appliance.records.patients.model import birth_from_date
from appliance.records.patients.services import NewPatient, register_patient
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.storage import FileKey, Store, Unit
from appliance.storage.store import ActRunner

IN_ONE_COMMIT = 200
LINES_A_SALE = 3


def load(directory: Path, *, patients: int, lines: int, said: Callable[[str], None] = lambda _: None) -> None:
    """Make a store of `patients` people and at least `lines` ledger lines, the newest of them today."""
    directory.mkdir(parents=True, exist_ok=True)
    key = FileKey(directory / "store.key").create()
    Store.create(directory, key)
    store = Store.open(directory, key, SystemClock())
    try:
        today = store.clock.today()
        generate(store, Plan(seed=1, population=3_000, months=2, until=today))
        clock = FixedClock(today)
        chance = random.Random(2)
        with store.reading() as db:
            products = [r[0] for r in db.all("SELECT DISTINCT product FROM stock_day ORDER BY product")]
        _deliver(store, clock, products, today)
        clock.set(today)
        said("people")
        for first in range(0, patients, IN_ONE_COMMIT):
            store.in_writer(partial(_people, min(IN_ONE_COMMIT, patients - first), chance, today), clock)
        said("ledger")
        sales = lines // LINES_A_SALE
        for first in range(0, sales, IN_ONE_COMMIT):
            clock.set(today - timedelta(days=20 - 20 * first // max(sales, 1)))
            store.in_writer(partial(_sales, min(IN_ONE_COMMIT, sales - first), chance, products), clock)
    finally:
        store.close()


def _deliver(store: Store, clock: FixedClock, products: list[int], today: date) -> None:
    lots = [
        ReceivedLot(product=p, lot_number="BENCH", expires_year=today.year + 4, expires_month=12, quantity=100_000_000)
        for p in products
    ]
    clock.set(today - timedelta(days=21))
    store.in_writer(
        lambda r: r.act("receive", MACHINE, lambda u: {"r": receive(u, 1, "BENCH", "DRC", lots, u.today)}), clock
    )


def _people(count: int, chance: random.Random, today: date, runner: ActRunner) -> None:
    for _ in range(count):
        name, sex, born, mother = person(chance, today)
        form = NewPatient(
            names=(("civil", name),),
            sex=sex,
            birth=birth_from_date(born, today),
            village=chance.randint(1, 9),
            mother_name=mother,
        )
        runner.act("register-patient", MACHINE, partial(_register, form))


def _sales(count: int, chance: random.Random, products: list[int], runner: ActRunner) -> None:
    for _ in range(count):
        lines = tuple(DispenseLine(product=p, asked=5, given=5) for p in chance.sample(products, LINES_A_SALE))
        form = SaleForm(dispense=DispenseForm(place=1, lines=lines))
        runner.act("sell", MACHINE, partial(_sell, form))


def _register(form: NewPatient, unit: Unit) -> dict[str, int]:
    return {"patient": register_patient(unit, form, is_other=True)}


def _sell(form: SaleForm, unit: Unit) -> dict[str, int]:
    return {"sale": sell(unit, form).sale}
