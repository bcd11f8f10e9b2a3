"""The depot of an invented centre: deliveries that come late or short, handing over, the tests used up in a day."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from appliance.billing.sales.pricing import ChargedAct
from appliance.billing.sales.services import SaleForm, sell
from appliance.billing.sales.visit_bill import care_type_of
from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.generator import payers, supplying
from appliance.generator.world import share, world
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import CaseType, Station
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import usable
from appliance.storage import Database, Unit
from appliance.storage.store import ActRunner

KEEPER = Actor(staff_id=4, roles=frozenset({Role.DEPOT_KEEPER}), device="T-00b")
ORDER_MONTHS = Fraction(3)
DELIVERY_DAY, LATE_DAYS = 10, (18, 24)
Note = Callable[[Unit], None]


class Depot:
    """The shelf as the generator sees it: product ids by code, and how many base units are in a pack."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._products: dict[str, tuple[int, int]] = {}

    def load(self, db: Database) -> None:
        """Learn the catalogue."""
        self._products = {code: (key, pack) for code, key, pack in db.all("SELECT code, id, pack_units FROM product")}

    def has_tests(self, db: Database, day: date) -> bool:
        """Whether a malaria test lies on the shelf."""
        return ledger.usable(db, self._products[world()["malaria_test"]][0], day) > 0

    def deliver(self, runner: ActRunner, day: date, note: Note) -> None:
        """The month's order on its day, what comes of it on another: late or not at all, some lines short or missing."""
        is_order_day = day.day == supplying.ORDER_DAY
        if not is_order_day and day.day != self._delivery_day(Month.of(day)):
            return
        chance = random.Random(f"{self._seed}/{day}/delivery")
        people = [name for name, *_ in world()["staff"]]
        signers = supplying.Signers(head=people[0], keeper=people[3], asaco=supplying.ASACO_MEMBER)

        def write(unit: Unit) -> dict[str, Any]:
            note(unit)
            if is_order_day:
                return {"order": supplying.place_order(unit)}
            return {"proof": supplying.deliver(unit, chance, day, signers)}

        # A month that someone closed meanwhile takes no delivery.
        with suppress(Refused):
            runner.act("order" if is_order_day else "sign-reception", KEEPER, write)

    def serve(
        self, runner: ActRunner, chance: random.Random, prescription: int, patient: int, visit: int, day: date
    ) -> None:
        """Hand a prescription over as far as the shelf and the purse go; the rest is unmet demand with its cause."""
        held = prescriptions.get(runner.db, prescription)
        lines = []
        for line, code, quantity, _, _ in held.lines if held else ():
            product = self._products[code][0]
            there = _here(runner.db, product, day)
            bought = quantity if chance.random() >= share("too_expensive") else 0
            given = min(bought, there)
            cause = None if given == quantity else "stockout" if there < bought or not there else "too_expensive"
            lines.append(
                DispenseLine(product=product, asked=quantity, given=given, prescription_line=line, unmet_cause=cause)
            )

        def write(given: list[DispenseLine], unit: Unit) -> dict[str, Any]:
            form = DispenseForm(place=1, prescription=prescription, patient=patient, lines=tuple(given))
            sale = sell(
                unit,
                SaleForm(
                    dispense=form, acts=(ChargedAct(code="CONSULTATION"),), visit=visit, care_type=care_type_of(unit, visit),
                    paid_fcfa=payers.paid_at_once(self._seed, visit),
                ),
            )  # fmt: skip
            visits.move_visit(unit, visit, Station.DONE)
            return {"sale": sale.sale}

        _sell_or_note(runner, lines, write)

    def use_tests(self, runner: ActRunner, day: date, note: Note) -> None:
        """The tests that the consultations of a day used, handed over to the service at its end."""
        product = self._products[world()["malaria_test"]][0]
        used = runner.db.value(
            "SELECT count(*) FROM visit v JOIN consultation c ON c.visit = v.id WHERE v.occurred_on = ? AND c.rdt <> 'not_done'"
            " AND c.case_type = ?",
            (day.isoformat(), CaseType.NEW.value),
        )
        given = min(used, _here(runner.db, product, day))
        if not used:
            return
        line = DispenseLine(product=product, asked=used, given=given, unmet_cause="stockout" if given < used else None)

        def write(given: list[DispenseLine], unit: Unit) -> dict[str, Any]:
            note(unit)
            return {"sale": sell(unit, SaleForm(dispense=DispenseForm(place=1, lines=tuple(given)))).sale}

        _sell_or_note(runner, [line], write)

    def _delivery_day(self, month: Month) -> int | None:
        """The day on which a month's delivery comes: the 10th, sometimes late, sometimes never."""
        chance = random.Random(f"{self._seed}/{month}/delivery-day")
        draw = chance.random()
        if draw < share("delivery_missed"):
            return None
        return chance.choice(LATE_DAYS) if draw < share("delivery_missed") + share("delivery_late") else DELIVERY_DAY


def _here(db: Database, product: int, day: date) -> int:
    """What the depot itself may give: the night cupboard's is not for the day."""
    return sum(lot.quantity for lot in usable(ledger.on_shelf(db, product, 1), day))


def _sell_or_note(
    runner: ActRunner, lines: list[DispenseLine], write: Callable[[list[DispenseLine], Unit], dict[str, Any]]
) -> None:
    """Sell; where the ledger refuses, nothing is handed over and all of it is unmet demand.

    It refuses when people worked on days that come later: what they took is gone, a month they closed takes no
    movement, and a lot they received was not there yet.
    """
    try:
        runner.act("sell", KEEPER, lambda unit: write(lines, unit))
    except Refused:
        unmet = [replace(line, given=0, unmet_cause="stockout") for line in lines]
        with suppress(Refused):
            runner.act("sell", KEEPER, lambda unit: write(unmet, unit))
