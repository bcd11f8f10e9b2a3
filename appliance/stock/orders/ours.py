"""Our own proposal for the lines of an order, with a snapshot of everything it was computed from.

The snapshot is kept with the line, so that the figure opens a year later as it was when somebody signed for it. Exact
numbers stand in it as text ("1812/5"), days as ISO dates, quantities in base units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ordering.proposals import ProposedLine, proposed_lines
from appliance.stock.orders.model import OrderKind
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What we propose of a product in base units (None: the consumption is unknown), and its working."""

    quantity: int | None
    working: dict[str, Any]


def our_proposals(
    db: Database, products: Iterable[int], as_of: date, kind: OrderKind = OrderKind.NORMAL
) -> dict[int, Ours]:
    """Our proposal for some products at a day, by product."""
    known = [product for key in products if (product := catalogue.by_id(db, key)) is not None]
    return {
        line.product.id: Ours(quantity=line.quantity, working=snapshot(line))
        for line in proposed_lines(db, known, as_of, kind.value)
    }


def snapshot(line: ProposedLine) -> dict[str, Any]:
    """The working of a proposed line as plain JSON values."""
    use, working = line.card.consumption, line.working
    proposal, case = working.proposal, working.case.situation
    return {
        "as_of": line.card.as_of.isoformat(), "cmm": _exact(working.cmm), "rule": use.rule, "naive": _exact(use.naive),
        "window": [
            {
                "month": str(m.month), "consumed": _exact(m.consumed), "unmet": _exact(m.unmet), "days": m.month.days,
                "unavailable_days": m.unavailable_days, "note": m.note,
            }
            for m in use.window
        ],
        "max_months": _exact(case.max_months), "season_index": _exact(case.season_index), "target": _exact(proposal.target),
        "usable": _exact(proposal.usable), "at_risk": _exact(proposal.at_risk), "held": line.card.usable,
        "on_order": _exact(case.on_order), "loans_due_in": _exact(case.loans_due_in),
        "loans_due_out": _exact(case.loans_due_out), "reserved": _exact(case.reserved), "need": _exact(proposal.need),
        "pack": case.pack, "packs": proposal.packs, "quantity": proposal.quantity,
        "gaps": [{"reason": gap.reason, "units": _exact(gap.units)} for gap in working.gaps],
        "warnings": list(working.warnings),
    }  # fmt: skip


def _exact(value: object) -> str | None:
    return None if value is None else str(value)
