"""The orders of an invented centre: one a month by its own calculation, signed by two, delivered late, short or not at all."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.generator.world import share, world
from appliance.stock.orders import repository, services
from appliance.stock.orders.beginning import begin
from appliance.stock.orders.model import AWAITED, Answer, OrderKind, OrderLine, State, Way
from appliance.stock.reception.model import CountedLine, ReceptionForm
from appliance.stock.reception.services import sign
from appliance.storage import Database, Unit

ORDER_DAY = 2
HEAD = 1
ASACO_MEMBER = "Bakary Diarra"
UNKNOWN_PACKS = 1
"""What a gérant asks of a product whose consumption nobody knows yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """The three names under a procès-verbal."""

    head: str
    keeper: str
    asaco: str


def place_order(unit: Unit) -> int | None:
    """Give up what has not come of earlier orders, then order for the month; returns the order, None when nothing moves."""
    for held in repository.orders(unit, states=AWAITED):
        if held.state is State.RECEIVED_PARTLY:
            services.close_short(unit, held.id, "le reste n'est pas venu")
        else:
            services.never_delivered(unit, held.id, "pas de livraison ce mois")
    try:
        order = begin(unit, programme=None, kind=OrderKind.NORMAL)
        lines = repository.lines(unit, order)
        services.confirm(unit, order, [_answer(line) for line in lines])
    except Refused as fault:
        if fault.code in ("order-empty", "order-nothing"):
            return None
        raise
    services.countersign(unit, order, signer=HEAD)
    services.hand_over(unit, order, Way.PAPER, recipient="DRC")
    return order


def deliver(unit: Unit, chance: random.Random, day: date, signers: Signers) -> int | None:
    """Receive what the supplier brings of the open order; returns the proof, None when it brings nothing."""
    held = open_order(unit)
    if held is None:
        return None
    lines = [counted for line in repository.lines(unit, held) if (counted := _counted(chance, line, day))]
    if not lines:
        return None
    form = ReceptionForm(
        supplier=repository.order(unit, held).supplier, slip=f"BL-{day:%Y-%m}", lines=tuple(lines), head_name=signers.head,
        keeper_name=signers.keeper, asaco_name=signers.asaco, order=held,
    )  # fmt: skip
    return sign(unit, form)


def open_order(db: Database) -> int | None:
    """The newest order that is on its way."""
    found = repository.orders(db, states=AWAITED, limit=1)
    return found[0].id if found else None


def cost_of(code: str) -> int:
    """What a base unit costs at the DRC: seven tenths of its price, in whole francs."""
    price: int = world()["prices"].get(code, 100)
    return price * 7 // 10


def _answer(line: OrderLine) -> Answer:
    if line.ours is None:
        return Answer(line=line.id, quantity=UNKNOWN_PACKS * line.pack_units, reason="new_use")
    return Answer(line=line.id, quantity=line.ours)


def _counted(chance: random.Random, line: OrderLine, day: date) -> CountedLine | None:
    draw, months = chance.random(), chance.randint(9, 24)
    if line.product is None or not line.missing or draw < share("line_missing"):
        return None
    short = draw < share("line_missing") + share("line_short")
    came = max(line.missing // 3, 1) if short else line.missing
    expires = Month.of(day).plus(months)
    return CountedLine(
        product=line.product, counted=came, accepted=came, refused=0, lot_number=f"{line.product_code[-3:]}{day:%y%m}",
        expires_year=expires.year, expires_month=expires.month, unit_cost_fcfa=cost_of(line.product_code),
    )  # fmt: skip
