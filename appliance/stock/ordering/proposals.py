"""The order that this centre would place: every line with the working of its figures.

By supplier and by programme, cost-recovery products and donors' alike; normal, or an emergency of what lies below its
emergency point. The stock card shows the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.cards import StockCard, cards_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import WHOLE, Product
from appliance.stock.demand.expected import expected
from appliance.stock.demand.model import Demand
from appliance.stock.ledger import repository as ledger
from appliance.stock.ordering.bands import Band
from appliance.stock.ordering.levels import LEAD_TIME_MONTH_DAYS
from appliance.stock.ordering.working import Working, work_out
from appliance.stock.orders.model import OrderKind
from appliance.storage import Database

URGENT = (Band.STOCKED_OUT, Band.EMERGENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedLine:
    """One product of an order. `working` holds every figure; `card` what lies on the shelf.

    `people` is what those registered will come for in the next 30 days, to stand beside the CMM: None where nothing is
    known of people for this product.
    """

    product: Product
    supplier: str
    card: StockCard
    working: Working
    people: Demand | None = None

    @property
    def quantity(self) -> int | None:
        """Base units; None where the CMM is unknown and a person types them with a reason."""
        return self.working.quantity

    @property
    def packs(self) -> int | None:
        """Order multiples."""
        return self.working.packs


def propose_order(
    db: Database, as_of: date, *, supplier: str | None = None, programme: str | None = None, kind: str = "normal"
) -> list[ProposedLine]:
    """The lines of an order at a date, by product name, those of quantity 0 too; an emergency has the urgent ones alone.

    `supplier` and `programme` (codes) narrow it; a product of several programmes belongs to each. `kind` is `normal` or
    `emergency`; raises `Refused("order-kind")` for another. Products that never lay here are left out.
    """
    moved = ledger.moved(db)
    products = [
        p
        for p in catalogue.listed(db, limit=WHOLE)
        if p.id in moved and (programme is None or programme in p.programmes)
    ]
    people = expected(db, as_of)
    return [
        replace(line, people=people.get(line.product.code))
        for line in proposed_lines(db, products, as_of, kind)
        if supplier in (None, line.supplier)
        if kind == OrderKind.NORMAL or line.working.band in URGENT
    ]


def proposed_lines(
    db: Database, products: Iterable[Product], as_of: date, kind: str = "normal"
) -> list[ProposedLine]:  # fmt: skip
    """The lines of some products, in their order, without the people; raises `Refused("order-kind")`."""
    if kind not in {k.value for k in OrderKind}:
        raise Refused("order-kind", kind=kind[:20])
    return [_line(card, OrderKind(kind)) for card in cards_of(db, products, as_of)]


def proposed_line(db: Database, code: str, as_of: date, kind: str = "normal") -> ProposedLine:
    """One line with its people; raises `Refused`: "no-such-product", "order-kind"."""
    product = catalogue.by_code(db, code)
    if product is None:
        raise Refused("no-such-product", product=code)
    (line,) = proposed_lines(db, [product], as_of, kind)
    return replace(line, people=expected(db, as_of).get(code))


def _line(card: StockCard, kind: OrderKind) -> ProposedLine:
    working = card.working
    if kind is OrderKind.EMERGENCY:
        days = card.standing.lead_times.emergency_days
        situation = replace(working.case.situation, lead_time_months=days / LEAD_TIME_MONTH_DAYS)
        working = work_out(replace(working.case, kind=kind, lead_time_days=days, situation=situation))
    return ProposedLine(product=card.product, supplier=card.supplier, card=card, working=working)
