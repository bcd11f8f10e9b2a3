"""Taking money for a sale that was not paid, or not wholly, when it was handed over. Payments are only ever added."""

from __future__ import annotations

from appliance.billing.sales.rounding import ROUNDED, settle
from appliance.billing.till.means import CASH, MEANS
from appliance.billing.till.taking import take
from appliance.core.errors import Refused
from appliance.storage import Unit


def pay(
    unit: Unit, sale: int, amount_fcfa: int, means: str = CASH, *, operator: str | None = None, reference: str | None = None
) -> int:  # fmt: skip
    """Take a payment for a sale, dated today; returns its id.

    Raises `Refused`: "no-such-sale", "means", "is-a-reversal", "already-reversed", "payment-empty", "paid-too-much"
    (with what is still due), "operator", "reference-known".
    """
    if means not in MEANS:
        raise Refused("means", means=means)
    row = unit.one(
        f"SELECT due_fcfa + {ROUNDED}, reverses, EXISTS (SELECT 1 FROM sale r WHERE r.reverses = s.id),"
        " (SELECT coalesce(sum(amount_fcfa), 0) FROM payment WHERE sale = s.id) FROM sale s WHERE id = ?",
        (sale,),
    )
    if row is None:
        raise Refused("no-such-sale", sale=sale)
    due, reverses, is_reversed, paid = row
    if reverses is not None:
        raise Refused("is-a-reversal", sale=sale)
    if is_reversed:
        raise Refused("already-reversed", sale=sale)
    if amount_fcfa <= 0:
        raise Refused("payment-empty")
    settle(unit, sale, due - paid, amount_fcfa, means, unit.today)
    unit.note(sale=sale)
    return take(unit, sale, amount_fcfa, means, operator=operator, reference=reference)
