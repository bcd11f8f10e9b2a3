"""Which printing of a receipt is the original: a fact that is kept, so that no second original can be had."""

from __future__ import annotations

from appliance.billing.sales.receipt_paper import PAPERS
from appliance.core.errors import Refused
from appliance.storage import Database, Unit

PAGE = "page"
"""Printed by the browser from the screen; the others of `PAPERS` are PDFs."""


def is_printed(db: Database, sale: int) -> bool:
    """Whether the receipt was printed as it stands: since its last payment, which makes another receipt of it."""
    return bool(
        db.value(
            "SELECT 1 FROM receipt_print p WHERE p.sale = ?1 AND p.is_copy = 0"
            " AND p.act > coalesce((SELECT max(act) FROM payment WHERE sale = ?1), 0)",
            (sale,),
        )
    )


def print_receipt(unit: Unit, sale: int, paper: str, *, may_be_original: bool = True) -> bool:
    """Keep a printing of a receipt; returns whether it is a copy.

    `paper`: "page" or one of `PAPERS`. `may_be_original`: whoever only reads sales prints copies, and leaves the original
    to those who sell and take the money. Raises `Refused`: "no-such-sale", "receipt-paper".
    """
    if paper not in (PAGE, *PAPERS):
        raise Refused("receipt-paper", paper=paper[:20])
    if not unit.value("SELECT 1 FROM sale WHERE id = ?", (sale,)):
        raise Refused("no-such-sale", sale=sale)
    is_copy = not may_be_original or is_printed(unit, sale)
    unit.append("receipt_print", sale=sale, paper=paper, is_copy=int(is_copy))
    unit.note(sale=sale)
    return is_copy
