"""What a month's report says of money: receipts on the day they came in, expenses on the day they were paid. Whole FCFA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.periods import Month
from appliance.storage import Database

MEASURES = ("medicines", "acts", "other", "spent")
"""Medicines sold and acts of care as they were paid for; other receipts (subsidies, memberships, payers); expenses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """A row behind a figure. `key` is a payment for medicines and acts, else an entry; a payer's receipt has it negative."""

    key: int
    day: date
    kind: str
    document: str
    amount_fcfa: int


def is_kept(db: Database, month: Month) -> bool:
    """Whether the centre's money of a month was kept here: a payment or an entry stands in it."""
    span = (month.first.isoformat(), month.last.isoformat())
    return bool(
        db.value("SELECT 1 FROM payment WHERE occurred_on BETWEEN ? AND ? LIMIT 1", span)
        or db.value("SELECT 1 FROM account_entry WHERE occurred_on BETWEEN ? AND ? LIMIT 1", span)
    )


def money_rows(db: Database, measure: str, month: Month) -> list[MoneyRow]:
    """The rows behind a measure of a month."""
    if measure in ("medicines", "acts"):
        return _paid(db, measure, month)
    return _entered(db, "expense" if measure == "spent" else "income", month) + (
        _claims(db, month) if measure == "other" else []
    )


def _paid(db: Database, measure: str, month: Month) -> list[MoneyRow]:
    """What was paid for sales. A payment for both is shared as their amounts, the acts' part rounded half up."""
    found = []
    for key, day, reference, amount, sold, acted in db.all(
        "SELECT p.id, p.occurred_on, coalesce(p.reference, ''), p.amount_fcfa,"
        " coalesce((SELECT sum(l.amount_fcfa) FROM sale_line l WHERE l.sale = p.sale AND l.exemption IS NULL), 0),"
        " coalesce((SELECT sum(c.amount_fcfa) FROM sale_act c WHERE c.sale = p.sale AND c.exemption IS NULL), 0)"
        " FROM payment p WHERE p.occurred_on BETWEEN ? AND ? ORDER BY p.id",
        (month.first.isoformat(), month.last.isoformat()),
    ):
        whole = abs(sold) + abs(acted)
        acts = (2 * amount * abs(acted) + whole) // (2 * whole) if whole else 0
        if part := acts if measure == "acts" else amount - acts:
            found.append(
                MoneyRow(key=key, day=date.fromisoformat(day), kind="payment", document=reference, amount_fcfa=part)
            )
    return found


def _entered(db: Database, kind: str, month: Month) -> list[MoneyRow]:
    """Entries of a kind; one that was undone counts with its opposite, each on its own day."""
    return [
        MoneyRow(key=key, day=date.fromisoformat(day), kind=kind, document=document, amount_fcfa=amount)
        for key, day, document, amount in db.all(
            "SELECT id, occurred_on, coalesce(document, ''), CASE WHEN reverses IS NULL THEN amount_fcfa ELSE -amount_fcfa END"
            " FROM account_entry WHERE kind = ? AND occurred_on BETWEEN ? AND ? ORDER BY id",
            (kind, month.first.isoformat(), month.last.isoformat()),
        )
    ]


def _claims(db: Database, month: Month) -> list[MoneyRow]:
    return [
        MoneyRow(key=-key, day=date.fromisoformat(day), kind="claim", document=reference, amount_fcfa=amount)
        for key, day, reference, amount in db.all(
            "SELECT id, received_on, coalesce(reference, ''), amount_fcfa FROM claim_receipt WHERE received_on BETWEEN ? AND ?"
            " ORDER BY id",
            (month.first.isoformat(), month.last.isoformat()),
        )
    ]
