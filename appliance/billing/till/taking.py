"""Writing payments: the one place where a franc of a sale enters a till, or leaves it again."""

from __future__ import annotations

from datetime import date

from appliance.billing.till.coins import operators
from appliance.billing.till.means import CASH, MEANS, REFERENCE_MAX
from appliance.billing.till.sessions import session_for
from appliance.core.errors import Refused
from appliance.core.french import one_line
from appliance.storage import Unit


def take(
    unit: Unit, sale: int, amount_fcfa: int, means: str = CASH, on: date | None = None, *, operator: str | None = None,
    reference: str | None = None,
) -> int:  # fmt: skip
    """Write a payment of a sale into the open session of whoever acts (one opens by itself); returns its id.

    `operator` and `reference` say of mobile money whose it is and what the message bears; the statement is compared by
    them. What is due is for the caller to look at. Raises `Refused`: "means", "operator", "reference-known" (a message
    that paid for another sale already).
    """
    if means not in MEANS:
        raise Refused("means", means=means)
    named = (one_line(reference or "")[:REFERENCE_MAX] or None) if means != CASH else None
    whose = (operator or None) if means != CASH else None
    if whose is not None and whose not in operators():
        raise Refused("operator", operator=whose[:20])
    if named is not None and _is_known(unit, named, whose):
        raise Refused("reference-known", reference=named)
    return _write(unit, sale, amount_fcfa, means, on or unit.today, None, whose, named)


def give_back(unit: Unit, sale: int, payment: int) -> int:
    """Give a payment back, by the means by which it came, from the till of whoever gives it; returns the new row."""
    row = unit.one("SELECT means, amount_fcfa, operator FROM payment WHERE id = ?", (payment,))
    if row is None:
        raise Refused("no-such-payment", payment=payment)
    return _write(unit, sale, -row[1], row[0], unit.today, payment, row[2], None)


def _is_known(unit: Unit, reference: str, operator: str | None) -> bool:
    """Whether a message has paid for a sale that stands."""
    return bool(
        unit.value(
            "SELECT 1 FROM payment p WHERE p.reference = ? AND p.operator IS ? AND p.reverses IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses = p.id)",
            (reference, operator),
        )
    )


def _write(
    unit: Unit, sale: int, amount: int, means: str, on: date, reverses: int | None, operator: str | None, reference: str | None
) -> int:  # fmt: skip
    return unit.append(
        "payment", sale=sale, means=means, amount_fcfa=amount, occurred_on=on.isoformat(), reverses=reverses,
        session=session_for(unit), operator=operator, reference=reference,
    )  # fmt: skip
