"""A large store made fast: five years of a centre, written row by row as its services would, a week to a commit.

Patients are registered by the real service. Visits and sales are written straight through a unit of work, without
the questions that a service asks first (the shelf, the price, the prescription): every guard, trigger, digest and
link of the chain is real, and a million lines take two minutes. `appliance check` holds on the result.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from appliance.billing.sales.pricing import PricedLine, price_lines
from appliance.billing.till.sessions import session_for
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock, SystemClock
from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.core.periods import Month
from appliance.generator.people import person
from appliance.generator.setup import set_up
from appliance.generator.world import malaria_in_month, visits_in_month
from appliance.records.care.facts import Subject, facts_of
from appliance.records.care.model import CaseType, Consultation, Rdt
from appliance.records.patients.model import birth_from_date
from appliance.records.patients.services import NewPatient, register_patient
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger.services import ReceivedLot, lot_of
from appliance.storage import FileKey, Store, Unit, facts
from appliance.storage.database import connect
from appliance.storage.unit import Intent, Result

YEARS = 5
DAYS = YEARS * 365
DAYS_A_COMMIT = 7
LINES_A_SALE = 3
VISITS_A_DAY_PER_20000 = 35
SHELF_MONTHS = 18
OTHERS = ("ira-haute", "ira-basse", "diarrhee", "plaie", "hta", "anemie", "vers", "autre")
KEEPER = Actor(staff_id=4, roles=frozenset({Role.DEPOT_KEEPER}), device="T-00b")
NURSE = Actor(staff_id=3, roles=frozenset({Role.NURSE}), device="T-00a")


class _Acts:
    """Acts one after another on a connection of their own, many to a commit and without savepoints.

    In a savepoint SQLite keeps each page's older state in a list that it walks at every statement, so a commit of a
    thousand acts takes minutes. Here no act is ever refused, and none needs to be undone alone.
    """

    def __init__(self, connection: sqlite.Connection, clock: FixedClock, chance: random.Random) -> None:
        self.connection = connection
        self.clock = clock
        self.chance = chance

    def act(self, kind: str, actor: Actor, use_case: Callable[[Unit], Result]) -> None:
        """One act, with a request key as a form brings one."""
        key, body_hash = self.chance.randbytes(16), self.chance.randbytes(16)
        unit = Unit(self.connection, Intent(kind=kind, actor=actor, key=key, body_hash=body_hash), self.clock.now())
        unit.close(use_case(unit))


@dataclass(slots=True, kw_only=True)
class _Lot:
    id: int
    left: int


@dataclass(slots=True, kw_only=True)
class _Loader:
    """The state of one loading: who is known, what lies on the shelf, how much is due by each day."""

    chance: random.Random
    patients: int
    lines: int
    prices: dict[int, PricedLine] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    products: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    shelf: dict[int, list[_Lot]] = field(default_factory=dict)
    people: list[tuple[int, date, str]] = field(default_factory=list)
    written: int = 0
    number: int = 0
    seen: int = 0

    def day(self, runner: _Acts, clock: FixedClock, day: date, done: float) -> None:
        """One day; `done` is the share of the span that lies behind at its end."""
        clock.set(datetime(day.year, day.month, day.day, 8, tzinfo=UTC))
        if day.day == 1 or not self.shelf:
            runner.act("receive", KEEPER, partial(self._deliver, day))
        while len(self.people) < self.patients * min(done * 4, 1):
            runner.act("register-patient", NURSE, partial(self._register, day))
        visits = int(VISITS_A_DAY_PER_20000 * self.patients / 20_000 * DAYS * done)
        lines = int(self.lines * done)
        while self.seen < visits or self.written < lines:
            clock.advance(seconds=20)
            cured = self._seen(runner, day) if self.seen < visits and self.people else None
            if self.written < lines:
                runner.act("sell", KEEPER, partial(self._sell, day, cured))

    def _deliver(self, day: date, unit: Unit) -> dict[str, Any]:
        month_lines = self.lines / (YEARS * 12)
        receipt = unit.append("receipt", number=f"BL-{day:%Y-%m-%d}", supplier="DRC", occurred_on=day.isoformat())
        ends = Month.of(day).plus(SHELF_MONTHS)
        for product, weight in zip(self.products, self.weights, strict=True):
            held = self.shelf.setdefault(product, [])
            wanted = int(month_lines * weight * 20) + 400 - sum(lot.left for lot in held)
            if wanted <= 0:
                continue
            item = ReceivedLot(
                product=product, lot_number=f"{day:%y%m}", expires_year=ends.year, expires_month=ends.month,
                quantity=wanted,
            )  # fmt: skip
            lot = lot_of(unit, item)
            _move(unit, day, product, lot, wanted, kind="receipt", column="QR", receipt=receipt)
            held.append(_Lot(id=lot, left=wanted))
        return {"receipt": receipt}

    def _register(self, day: date, unit: Unit) -> dict[str, Any]:
        name, sex, born, mother = person(self.chance, day)
        form = NewPatient(
            names=(("civil", name),), sex=sex, birth=birth_from_date(born, day), village=self.chance.randint(1, 9),
            mother_name=mother,
        )  # fmt: skip
        patient = register_patient(unit, form, is_other=True)
        self.people.append((patient, born, sex))
        return {"patient": patient}

    def _seen(self, runner: _Acts, day: date) -> tuple[int, int, list[tuple[int, int]]] | None:
        """A visit with its prescription; returns patient, prescription and (line, product) to serve."""
        kept: list[Any] = []
        runner.act("record-visit", NURSE, partial(self._visit, day, kept))
        self.seen += 1
        return kept[0] if kept else None

    def _visit(self, day: date, kept: list[Any], unit: Unit) -> dict[str, Any]:
        patient, born, sex = self.chance.choice(self.people)
        on = day.isoformat()
        visit = unit.insert(
            "visit", uuid=new_uuid(), patient=patient, occurred_on=on, opened_at=unit.now.ms, station="done",
            station_since=unit.now.ms, motive="Consultation", strategy="fixe", priority=0, act=unit.act,
        )  # fmt: skip
        unit.run("UPDATE patient SET last_visit_on = ? WHERE id = ?", (on, patient))
        is_malaria = self.chance.random() < malaria_in_month(day.month) / visits_in_month(day.month)
        found = Consultation(
            case_type=CaseType.NEW if self.chance.random() < 0.8 else CaseType.FOLLOW_UP, motive="Consultation",
            diagnosis="palu-simple" if is_malaria else self.chance.choice(OTHERS),
            rdt=Rdt.POSITIVE if is_malaria else Rdt.NOT_DONE, malaria_suspected=is_malaria,
        )  # fmt: skip
        unit.append(
            "consultation", visit=visit, replaces=None, reason=None, case_type=found.case_type.value, motive=found.motive,
            signs="[]", diagnosis=found.diagnosis, other_diagnoses="[]", malaria_suspected=int(is_malaria),
            rdt=found.rdt.value, microscopy=found.microscopy.value, pregnant=found.pregnant, outcome=found.outcome.value,
            died_on=None, notes=None,
        )  # fmt: skip
        for one in facts_of(found, Subject(born_on=born, sex=sex, zone="AIRE", strategy="fixe"), day):
            facts.write(unit, one, visit=visit)
        kept.append((patient, *self._prescribe(unit, visit, patient, on)))
        return {"visit": visit}

    def _prescribe(self, unit: Unit, visit: int, patient: int, on: str) -> tuple[int, list[tuple[int, int]]]:
        made = unit.insert(
            "prescription", uuid=new_uuid(), visit=visit, patient=patient, occurred_on=on, state="served", act=unit.act
        )
        lines = []
        for rank, product in enumerate(self._some(), start=1):
            line = unit.append(
                "prescription_line", prescription=made, rank=rank, product=self.codes[product], quantity=20,
                dosage="selon protocole", days=3,
            )  # fmt: skip
            lines.append((line, product))
        return made, lines

    def _sell(self, day: date, cured: tuple[int, int, list[tuple[int, int]]] | None, unit: Unit) -> dict[str, Any]:
        on = day.isoformat()
        patient, prescription, served = cured or (None, None, [])
        asked: list[tuple[int | None, int]] = [*served] if cured else [(None, p) for p in self._some()]
        document = unit.append(
            "dispense", uuid=new_uuid(), prescription=prescription, patient=patient, place=1, occurred_on=on,
            reverses=None, reason=None,
        )  # fmt: skip
        priced = []
        for line, product in asked:
            quantity = self.chance.randint(1, 20)
            lot = next((x for x in self.shelf[product] if x.left >= quantity), None)
            if lot is None:
                continue
            lot.left -= quantity
            if not lot.left:
                self.shelf[product].remove(lot)
            _move(unit, day, product, lot.id, -quantity, kind="dispense", column="QU", dispense=document, line=line)
            priced.append((product, quantity, self.prices[product].unit_price_fcfa, self.prices[product].exemption))
            self.written += 1
        total = sum(quantity * price for _, quantity, price, _ in priced)
        due = sum(quantity * price for _, quantity, price, rule in priced if rule is None)
        self.number += 1
        sale = unit.append(
            "sale", number=self.number, dispense=document, occurred_on=on, total_fcfa=total, exempt_fcfa=total - due,
            due_fcfa=due, reverses=None,
        )  # fmt: skip
        for product, quantity, price, rule in priced:
            unit.append(
                "sale_line", sale=sale, product=product, quantity=quantity, unit_price_fcfa=price,
                amount_fcfa=quantity * price, exemption=rule,
            )  # fmt: skip
        if due:
            unit.append(
                "payment",
                sale=sale,
                means="cash",
                amount_fcfa=due,
                occurred_on=on,
                reverses=None,
                session=session_for(unit),
            )
        return {"sale": sale}

    def _some(self) -> list[int]:
        chosen = self.chance.choices(self.products, self.weights, k=LINES_A_SALE + 2)
        return list(dict.fromkeys(chosen))[:LINES_A_SALE]


def load(directory: Path, *, patients: int, lines: int, said: Callable[[str], None] = lambda _: None) -> None:
    """Make a store of `patients` people, five years of their visits and `lines` ledger lines, the newest of them today."""
    directory.mkdir(parents=True, exist_ok=True)
    key = FileKey(directory / "store.key").create()
    Store.create(directory, key)
    store = Store.open(directory, key, SystemClock())
    try:
        today = store.clock.today()
        first = today - timedelta(days=DAYS - 1)
        clock = FixedClock(first)
        set_up(store, clock, Month.of(first), {}, 1.0)
        loader = _Loader(chance=random.Random(2), patients=patients, lines=lines)
        _learn_products(store, loader, first)
    finally:
        store.close()
    connection = connect(directory / "store.db", key, writer=True)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    acts = _Acts(connection, clock, random.Random(3))
    for start in range(0, DAYS, DAYS_A_COMMIT):
        connection.execute("BEGIN IMMEDIATE")
        for index in range(start, min(start + DAYS_A_COMMIT, DAYS)):
            loader.day(acts, clock, first + timedelta(days=index), (index + 1) / DAYS)
        connection.execute("COMMIT")
        if start % (DAYS_A_COMMIT * 26) == 0:
            said(f"{first + timedelta(days=start)}: {len(loader.people)} patients, {loader.written} lines")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.close()


def _learn_products(store: Store, loader: _Loader, first: date) -> None:
    """Every product with a price, the usual ones asked for far more often than the rare ones."""
    with store.reading() as db:
        for product, code in db.all("SELECT id, code FROM product ORDER BY id"):
            form = DispenseForm(place=1, lines=(DispenseLine(product=product, asked=1, given=1),))
            try:
                loader.prices[product] = price_lines(db, form, first)[0]
            except Refused:
                continue
            loader.codes[product] = code
    loader.products = sorted(loader.prices)
    raw = [1 / (rank + 3) for rank in range(len(loader.products))]
    loader.weights = [weight / sum(raw) for weight in raw]


def _move(
    unit: Unit, day: date, product: int, lot: int, quantity: int, *, kind: str, column: str,
    receipt: int | None = None, dispense: int | None = None, line: int | None = None,
) -> None:  # fmt: skip
    unit.append(
        "movement", product=product, lot=lot, place=1, kind=kind, report_column=column, quantity=quantity,
        occurred_on=day.isoformat(), dispense=dispense, prescription_line=line, receipt=receipt, reason=None,
        unit_cost_fcfa=None, is_campaign=0, reverses=None,
    )  # fmt: skip
