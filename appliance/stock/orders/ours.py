"""Our own proposal for the lines of an order, with a snapshot of everything it was computed from.

The snapshot is kept with the line, so that the figure opens a year later as it was when somebody signed for it. Exact
numbers stand in it as text ("1812/5"), days as ISO dates, quantities in base units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.stock.cards import StockCard, card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What we propose of a product in base units (None: the consumption is unknown), and its working."""

    quantity: int | None
    working: dict[str, Any]


def our_proposals(db: Database, products: Iterable[int], as_of: date) -> dict[int, Ours]:
    """Our proposal for some products at a day, by product."""
    found = {}
    for key in products:
        product = catalogue.by_id(db, key)
        if product is not None:
            card = card_of(db, product, as_of)
            found[key] = Ours(quantity=card.proposal.quantity, working=snapshot(card))
    return found


def snapshot(card: StockCard) -> dict[str, Any]:
    """The working of a stock card's proposal as plain JSON values."""
    use, proposal = card.consumption, card.proposal
    return {
        "as_of": card.as_of.isoformat(), "cmm": _exact(use.cmm), "rule": use.rule, "naive": _exact(use.naive),
        "window": [
            {
                "month": str(m.month), "consumed": _exact(m.consumed), "unmet": _exact(m.unmet),
                "days": m.month.days, "unavailable_days": m.unavailable_days, "note": m.note,
            }
            for m in use.window
        ],
        "max_months": _exact(card.limits.maximum), "target": _exact(proposal.target),
        "usable": _exact(proposal.usable), "at_risk": _exact(proposal.at_risk), "held": card.usable,
        "need": _exact(proposal.need), "pack": card.product.pack_units, "packs": proposal.packs,
        "quantity": proposal.quantity, "warnings": list(proposal.warnings),
    }  # fmt: skip


def _exact(value: object) -> str | None:
    return None if value is None else str(value)
