"""Payers of an invented centre: who is covered, the consultation charged with the medicines, a bordereau each month."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from appliance.billing.claims import repository, services
from appliance.billing.payers.model import NumberRule
from appliance.billing.payers.repository import covers_of
from appliance.billing.payers.services import CoverForm, OwnPayerForm, record_cover, save_own_payer
from appliance.billing.tariffs.services import PriceLine, load_prices
from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.generator.world import share, world
from appliance.storage import Unit
from appliance.storage.store import ActRunner

CASHIER = Actor(staff_id=4, roles=frozenset({Role.DEPOT_KEEPER}), device="T-00b")
BILLING_DAY, ANSWER_DAY = 3, 20


def set_payers(unit: Unit, since: date) -> None:
    """The prices of acts and the mutuelle of the centre's own."""
    prices = [PriceLine(code=c, unit_price_fcfa=p, valid_from=since) for c, p in world()["act_prices"].items()]
    load_prices(unit, prices, "tarif inventé")
    save_own_payer(
        unit, OwnPayerForm(kind="mutuelle", number=NumberRule(required=True), valid_from=since, **world()["mutuelle"])
    )


def cover_some(unit: Unit, seed: int, patient: int, day: date) -> None:
    """Note at a first visit what covers a person, where something does; the same persons at every run of a seed."""
    chance = random.Random(f"{seed}/{patient}/cover")
    if chance.random() >= share("covered") or covers_of(unit, patient):
        return
    payers = world()["payers"]
    code = chance.choices(list(payers), list(payers.values()))[0]
    number = f"{chance.randint(10**8, 10**9 - 1)}"
    verified = day if chance.random() < share("cover_verified") else None
    record_cover(
        unit,
        CoverForm(
            patient=patient, payer=code, number=number, valid_from=day, verified_on=verified,
            verified_how="liste" if verified else "",
        ),
    )  # fmt: skip


def paid_at_once(seed: int, visit: int) -> int | None:
    """None for a sale that is paid when it is made, 0 for one that leaves a debt."""
    return 0 if random.Random(f"{seed}/{visit}/debt").random() < share("paid_later") else None


def bill_and_settle(runner: ActRunner, seed: int, day: date) -> None:
    """On the 3rd the payers are billed for last month; on the 20th the invoices of before are answered."""
    if day.day == BILLING_DAY:
        for payer in repository.payers_with_sheets(runner.db):
            _act(runner, "bill-payer", partial(_bill, payer, Month.of(day).plus(-1)))
    elif day.day == ANSWER_DAY:
        for batch in repository.batches(runner.db):
            if not batch.received_fcfa and (day - batch.billed_on).days > BILLING_DAY:
                _act(runner, "answer-claim", partial(_answer, seed, batch.id, day))


def _act(runner: ActRunner, kind: str, write: Callable[[Unit], dict[str, Any]]) -> None:
    # A payer without a sheet that is ready, or an invoice that somebody answered, is passed over.
    with suppress(Refused):
        runner.act(kind, CASHIER, write)


def _bill(payer: str, month: Month, unit: Unit) -> dict[str, Any]:
    return {"batch": services.bill(unit, payer, month.first, month.last)}


def _answer(seed: int, batch: int, day: date, unit: Unit) -> dict[str, Any]:
    chance = random.Random(f"{seed}/{batch}/answer")
    received = 0
    for key, (_, asked, _) in repository.billed_amounts(unit, batch).items():
        draw = chance.random()
        rejected, cut = share("claim_rejected"), share("claim_cut")
        paid = 0 if draw < rejected else asked // 2 if draw < rejected + cut else asked
        services.answer_sheet(unit, batch, key, paid, "" if paid == asked else "posologie illisible")
        received += paid
    if received:
        services.receive_payment(unit, batch, received, "transfer", day, f"VIR {batch}")
    return {"batch": batch}
