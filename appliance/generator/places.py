"""The places of an invented centre: a night cupboard filled to its level and served from on Sundays, a loan now and then."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from appliance.billing.sales.services import SaleForm, sell
from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.generator.world import expected_monthly_use
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger.events import EventLine, Paper
from appliance.stock.ledger.fefo import allocate
from appliance.stock.ledger.repository import on_shelf
from appliance.stock.ledger.services import ReceivedLot
from appliance.stock.loans.repository import loans
from appliance.stock.loans.services import lend, take_back
from appliance.stock.places.services import add_place, set_level
from appliance.stock.transfers.services import to_fill, transfer
from appliance.storage import Unit
from appliance.storage.store import ActRunner

KEEPER = Actor(staff_id=4, roles=frozenset({Role.DEPOT_KEEPER}), device="T-00b")
DEPOT, NIGHT = 1, 2
NIGHT_PRODUCTS = 3
LEVEL_SHARE, NIGHT_SHARE = 20, 4
"""The night cupboard holds a twentieth of a month's use, and a night gives a quarter of it at most."""
FIRST_FILL_DAY, LOAN_DAY, RETURN_DAY, LOAN_MONTHS = 3, 15, 27, 3
SUNDAY, MONDAY = 6, 0
NEIGHBOUR = "CSCom de Tiendougou"


def set_up_places(unit: Unit, codes: dict[str, int], monthly: dict[str, int]) -> None:
    """The night cupboard with its levels, the maternity and the vaccination room."""
    night = add_place(unit, "garde", "Garde", "on_call")
    add_place(unit, "maternite", "Maternité", "maternity", serves=False)
    add_place(unit, "pev", "PEV", "vaccination", serves=False)
    for code in sorted(monthly, key=lambda c: (-monthly[c], c))[:NIGHT_PRODUCTS]:
        set_level(unit, night, codes[code], max(monthly[code] // LEVEL_SHARE, NIGHT_SHARE))


def morning(runner: ActRunner, seed: int, day: date) -> None:
    """What the depot does before people come. What the ledger refuses (a month that someone closed) is left undone.

    A morning that was cut is lived again: what it did already is not done twice.
    """
    chance = random.Random(f"{seed}/{day}/places")
    with suppress(Refused):
        if day.day == FIRST_FILL_DAY or day.weekday() == MONDAY:
            _fill(runner, day)
        elif day.weekday() == SUNDAY:
            _night(runner, chance, day)
    with suppress(Refused):
        if day.month % LOAN_MONTHS == 0 and day.day == LOAN_DAY:
            _lend(runner, chance, day)
        elif day.day == RETURN_DAY:
            _settle(runner)


def _fill(runner: ActRunner, day: date) -> None:
    lines = [
        EventLine(lot=take.lot, quantity=take.quantity)
        for _, takes in to_fill(runner.db, DEPOT, NIGHT, day)
        for take in takes
    ]
    paper = Paper(reason="resupply", place=DEPOT, to_place=NIGHT, witness="Garde")
    if lines:
        runner.act("move", KEEPER, lambda unit: {"event": transfer(unit, paper, lines)})


def _night(runner: ActRunner, chance: random.Random, day: date) -> None:
    held = runner.db.all(
        "SELECT product, sum(quantity) FROM balance WHERE place = ? AND quantity > 0 GROUP BY 1", (NIGHT,)
    )
    if not held or runner.db.value(
        "SELECT 1 FROM dispense WHERE place = ? AND occurred_on = ?", (NIGHT, day.isoformat())
    ):
        return
    product, quantity = chance.choice(held)
    given = min(quantity, chance.randint(1, max(quantity // NIGHT_SHARE, 1)))
    form = DispenseForm(place=NIGHT, lines=(DispenseLine(product=product, asked=given, given=given),))

    def write(unit: Unit) -> dict[str, Any]:
        return {"sale": sell(unit, SaleForm(dispense=form)).sale}

    if not allocate(on_shelf(runner.db, product, NIGHT), given, day).missing:
        runner.act("sell", KEEPER, write)


def _lend(runner: ActRunner, chance: random.Random, day: date) -> None:
    if runner.db.value("SELECT 1 FROM stock_event WHERE reason = 'lent' AND occurred_on = ?", (day.isoformat(),)):
        return
    codes: dict[str, int] = dict(runner.db.all("SELECT code, id FROM product"))
    use = expected_monthly_use()
    product = codes[chance.choice(sorted(use, key=lambda c: (-use[c], c))[:NIGHT_PRODUCTS])]
    shelf = on_shelf(runner.db, product, DEPOT)
    takes = allocate(shelf, sum(lot.quantity for lot in shelf) // LEVEL_SHARE, day).takes
    paper = Paper(reason="lent", place=DEPOT, counterpart=NEIGHBOUR, witness="Gérant voisin")
    lines = [EventLine(lot=take.lot, quantity=take.quantity) for take in takes]
    if lines:
        runner.act("move", KEEPER, lambda unit: {"loan": lend(unit, paper, lines, day.replace(day=RETURN_DAY))})


def _settle(runner: ActRunner) -> None:
    for loan in loans(runner.db, open_only=True):
        lots = [
            ReceivedLot(
                product=line.product, lot_number=f"V{loan.number:03d}", expires_year=loan.occurred_on.year + 1,
                expires_month=loan.occurred_on.month, quantity=line.due,
            )
            for line in loan.lines
            if line.due
        ]  # fmt: skip
        runner.act("move", KEEPER, partial(_take_back, loan.id, lots))


def _take_back(loan: int, lots: list[ReceivedLot], unit: Unit) -> dict[str, Any]:
    return {"event": take_back(unit, loan, Paper(reason="lent_returned", place=DEPOT), lots)}
