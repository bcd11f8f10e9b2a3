"""The money of an invented centre: tills counted each evening, takings handed over each week, the bank and the DRC each month.

One act an evening. Whatever the services refuse (a month that people stated, a box that they emptied) is left out.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from typing import Any

from appliance.billing.accounts import book
from appliance.billing.accounts.expenses import ask_expense, pay_expense
from appliance.billing.accounts.services import move_money, pay_drc, receive_income, solidarity
from appliance.billing.accounts.statement import freeze
from appliance.billing.accounts.valuation import drc_debt
from appliance.billing.till import drawers
from appliance.billing.till.coins import pieces_of, total
from appliance.billing.till.sessions import close_till, count_till
from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.generator.depot import KEEPER
from appliance.storage import Unit
from appliance.storage.store import ActRunner

TREASURER = Actor(staff_id=6, roles=frozenset({Role.TREASURER}), device="T-00d")
WEEKLY_DAY = 5
"""Saturday: the treasurer comes for the takings."""
FLOAT_FCFA = 5_000
SHORT_SHARE = 0.04
BANK_SHARE = 3
"""A third of the treasurer's box goes to the bank, a third to the DRC; the rest pays the expenses of the month."""
MONTHLY = (
    ("salaries", 40, "Indemnités du mois"),
    ("energy", 6, "Recharge et eau"),
    ("supplies", 5, "Imprimés et cahiers"),
)


def evening(runner: ActRunner, seed: int, day: date) -> None:
    """Count the keeper's drawer and close it; on Saturdays hand over, on the first of the week of a month pay and bank."""
    chance = random.Random(f"{seed}/{day}/till")
    with suppress(Refused):
        runner.act("close-till", KEEPER, lambda unit: _close(unit, chance, day))
    if day.weekday() == WEEKLY_DAY and day.day <= 7:
        with suppress(Refused):
            runner.act("month-money", TREASURER, lambda unit: _month(unit, chance, day))


def state_month(runner: ActRunner, month: Month) -> None:
    """The treasurer freezes and signs the month that ended, once the depot's is closed."""
    with suppress(Refused):
        runner.act("freeze-asaco", TREASURER, lambda unit: {"statement": freeze(unit, month)})


def _close(unit: Unit, chance: random.Random, day: date) -> dict[str, Any]:
    mine = drawers.open_of(unit, KEEPER.staff_id)
    if mine is None:
        return {}
    held = max(drawers.expected(unit, mine.session), 0)
    short = chance.random() < SHORT_SHARE and held > 1_000
    pieces = pieces_of(held - 100 if short else held)
    found = count_till(unit, mine.session, pieces)
    given = total(pieces) - FLOAT_FCFA if day.weekday() == WEEKLY_DAY else 0
    reason = "monnaie rendue en trop" if found.variance_fcfa else ""
    close_till(unit, mine.session, reason, hand_over_fcfa=max(given, 0), receiver=TREASURER.staff_id)
    return {"session": mine.session}


def _month(unit: Unit, chance: random.Random, day: date) -> dict[str, Any]:
    """What a treasurer does at the beginning of a month with what the tills gave."""
    held = book.balance(unit, "treasury", day)
    share = held // BANK_SHARE
    if share > 0:
        move_money(unit, "treasury", "bank", share, document=f"VB-{day:%y%m}")
    if due := min(share, drc_debt(unit, day)):
        pay_drc(unit, "treasury", due, document=f"DRC-{day:%y%m}")
    for account, percent, purpose in MONTHLY:
        if amount := share * percent // 100 * chance.randint(7, 10) // 10:
            asked = ask_expense(unit, account, amount, purpose, f"P-{day:%y%m}-{account[:3]}")
            with suppress(Refused):  # above the threshold it waits for the president
                pay_expense(unit, asked, "treasury")
    receive_income(unit, "memberships", "treasury", 500 * chance.randint(5, 25), note="Cotisations")
    solidarity(unit, "contribution", 1_000 * chance.randint(5, 20), note="Villages de l'aire")
    return {"day": day.isoformat()}
