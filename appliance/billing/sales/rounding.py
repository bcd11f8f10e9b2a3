"""What cash can't pay to the franc: a row of its own, written when the last of a sale is paid in cash."""

from __future__ import annotations

from datetime import date

from appliance.billing.payers.repository import cash_rounding
from appliance.billing.till.means import CASH
from appliance.core.errors import Refused
from appliance.storage import Database, Unit

ROUNDED = "(SELECT coalesce(sum(r.amount_fcfa), 0) FROM sale_rounding r WHERE r.sale = s.id)"
"""What was rounded of a sale `s`; left = due + rounded - paid."""


def payable(db: Database, left_fcfa: int, means: str) -> int:
    """What settles an amount that is left, by a means of payment."""
    return cash_rounding(db).payable(left_fcfa) if means == CASH else left_fcfa


def settle(unit: Unit, sale: int, left_fcfa: int, amount_fcfa: int | None, means: str, on: date) -> int:
    """How much of what is left a payment takes (None: what settles it), after writing the rounding that it brings.

    Raises `Refused("paid-too-much")` with what is still due.
    """
    rule = cash_rounding(unit)
    last = rule.payable(left_fcfa) if means == CASH else left_fcfa
    amount = last if amount_fcfa is None else amount_fcfa
    if not 0 <= amount <= max(left_fcfa, last):
        raise Refused("paid-too-much", due=left_fcfa, paid=amount)
    # Nothing typed as paid is a debt, though cash would round it to nothing; exact change needs no rounding.
    if amount == last != left_fcfa and (amount or amount_fcfa is None):
        unit.append(
            "sale_rounding",
            sale=sale,
            amount_fcfa=last - left_fcfa,
            rule=rule.rule,
            occurred_on=on.isoformat(),
            reverses=None,
        )
    return amount


def reverse_roundings(unit: Unit, sale: int, made: int, on: date) -> None:
    """Take back, on a reversing sale, what was rounded of a sale."""
    for key, amount, rule in unit.all("SELECT id, amount_fcfa, rule FROM sale_rounding WHERE sale = ?", (sale,)):
        unit.append(
            "sale_rounding", sale=made, amount_fcfa=-amount, rule=rule, occurred_on=on.isoformat(), reverses=key
        )
