"""What the dashboard reads: the kept cards, the stock-out days of the tracers, expiry losses, orders that ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from appliance.core.periods import Month, add_months
from appliance.stock.cards import StockCard, cards_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.consumption.history import stockouts
from appliance.stock.dashboard.figures import (
    TRACER,
    Board,
    LotValue,
    SupplierTimes,
    TracerMonth,
    Tracers,
    most_value_first,
    units_at_risk,
)
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.costs import unit_cost
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import OrderKind
from appliance.storage import Database

MONTHS_BACK = 12


def board(db: Database, as_of: date, month: Month, programme: str = "") -> Board:
    """The dashboard on a day: stock as it lies, the tracers over `month` (up to that day), a year of losses and orders.

    `programme` keeps the products that it follows. Lead times are a supplier's: no programme changes them.
    """
    products = [p for p in catalogue.listed(db, limit=catalogue.WHOLE) if not programme or programme in p.programmes]
    here = ledger.moved(db)
    cards = tuple(cards_of(db, [p for p in products if p.id in here], as_of))
    since = add_months(as_of, -MONTHS_BACK) + timedelta(days=1)
    return Board(
        as_of=as_of, month=month, programme=programme, cards=cards,
        tracers=Tracers(
            lines=tuple(_tracer(db, card, month) for card in cards if card.product.tracer in TRACER),
            never_here=sum(1 for p in products if p.tracer in TRACER and p.id not in here),
        ),
        at_risk=most_value_first(
            LotValue(
                product=card.product, number=lot.number, expires_on=lot.expires_on, quantity=quantity,
                unit_cost_fcfa=unit_cost(db, card.product.id, lot.lot),
            )
            for card in cards for lot, quantity in units_at_risk(card)
        ),
        on_shelf_expired=most_value_first(
            LotValue(
                product=card.product, number=lot.number, expires_on=lot.expires_on, quantity=Fraction(lot.quantity),
                unit_cost_fcfa=unit_cost(db, card.product.id, lot.lot),
            )
            for card in cards for lot in card.lots if lot.quantity > 0 and lot.expires_on < as_of
        ),
        expired=_expired(db, since, as_of, {p.id: p for p in products}),
        fills=tuple(orders.fills(db, since, as_of, products={p.id for p in products} if programme else None)),
        times=_times(db, cards),
    )  # fmt: skip


def _tracer(db: Database, card: StockCard, month: Month) -> TracerMonth:
    """A tracer over the days of a month on which it was followed: from its first movement on, never beyond the day asked."""
    first_day = db.value("SELECT min(day) FROM stock_day WHERE product = ?", (card.product.id,))
    first, last = max(month.first, date.fromisoformat(first_day)), min(month.last, card.as_of)
    days = max((last - first).days + 1, 0)
    out = stockouts(db, card.product.id, [month], last)[month] if days else set()
    return TracerMonth(
        product=card.product, usable=card.usable, days=days, days_out=sum(1 for day in out if day >= first)
    )


def _expired(db: Database, since: date, until: date, products: dict[int, Product]) -> tuple[LotValue, ...]:
    """What was written off as expired, by lot, net of what was taken back."""
    rows = db.all(
        "SELECT m.product, m.lot, l.number, l.expires_on, -sum(m.quantity) FROM movement m JOIN lot l ON l.id = m.lot"
        " WHERE m.kind = 'loss_expiry' AND m.occurred_on BETWEEN ? AND ? GROUP BY m.product, m.lot"
        " HAVING sum(m.quantity) < 0",
        (since.isoformat(), until.isoformat()),
    )
    return most_value_first(
        LotValue(
            product=products[product], number=number, expires_on=date.fromisoformat(expires),
            quantity=Fraction(quantity), unit_cost_fcfa=unit_cost(db, product, lot),
        )
        for product, lot, number, expires, quantity in rows
        if product in products
    )  # fmt: skip


def _times(db: Database, cards: Sequence[StockCard]) -> tuple[SupplierTimes, ...]:
    """What each supplier took, with what the cards reckon with today."""
    reckoned = {card.supplier: card.standing.lead_times for card in cards}
    found = []
    for supplier in sorted(orders.suppliers(db)):
        for kind in OrderKind:
            days = tuple(orders.lead_times_days(db, supplier, kind))
            held = reckoned.get(supplier)
            if days:
                found.append(
                    SupplierTimes(
                        supplier=supplier, kind=kind, days=days,
                        used_days=None if held is None else held.days if kind is OrderKind.NORMAL else held.emergency_days,
                        is_learned=held is not None and held.is_learned and kind is OrderKind.NORMAL,
                    )
                )  # fmt: skip
    return tuple(found)
