"""Beginning an order of our own: the products of a programme of which our calculation wants some, with its quantities."""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger import repository as ledger
from appliance.stock.orders import repository, services
from appliance.stock.orders.choices import choice_of
from appliance.stock.orders.model import FormLine, Model, OrderForm, OrderKind
from appliance.stock.orders.ours import our_proposals
from appliance.storage import Unit

LINES_MAX = 100


def begin(unit: Unit, *, programme: str | None, kind: OrderKind, supplier: str | None = None) -> int:
    """Begin an order with the lines proposed by our own rules; returns its key.

    Products of which nothing ever lay here are left out: they are added by hand. Those of unknown consumption that are
    out of stock stand in it without a quantity. An order with nothing to propose begins with every product that moves.
    `supplier` None: the programme's own choice. Raises `Refused`: "programme-unknown", "order-empty" (nothing moves).
    """
    if programme is not None and programme not in catalogue.programmes(unit):
        raise Refused("programme-unknown", programme=programme[:20])
    moved = ledger.moved(unit)
    products = [p for p in catalogue.listed(unit, limit=catalogue.WHOLE) if p.id in moved]
    if programme is not None:
        products = [p for p in products if programme in p.programmes]
    ours = our_proposals(unit, [p.id for p in products], unit.today, kind)
    wanted = [p for p in products if ours[p.id].quantity is None or ours[p.id].quantity] or products
    costs = repository.last_costs(unit, [p.id for p in wanted])
    lines = [
        FormLine(product=p.id, pack_price_fcfa=costs[p.id] * p.pack_units if p.id in costs else None)
        for p in wanted[:LINES_MAX]
    ]
    form = OrderForm(
        supplier=supplier or choice_of(unit, programme).supplier,
        lines=tuple(lines),
        model=Model.PULL,
        kind=kind,
        programme=programme,
    )
    return services.begin_order(unit, form)
