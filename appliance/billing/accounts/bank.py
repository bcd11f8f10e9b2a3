"""Reconciling the bank and mobile money with what they state: rows of ours that stand there, and those that do not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.billing.accounts import book
from appliance.core.errors import Refused
from appliance.storage import ConstraintFailed, Database, Unit

RECONCILED = ("bank", "mobile_money")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A row of our book of an account. `source` is entry, payment or claim; `statement` where it was found, None for not yet."""

    source: str
    key: int
    day: date
    amount_fcfa: int
    document: str
    kind: str
    statement: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A statement beside our book: stated, ours, what does not stand there yet; `unexplained` must be 0."""

    id: int
    account: str
    stated_on: date
    stated_fcfa: int
    ours_fcfa: int
    waiting_fcfa: int
    document: str

    @property
    def unexplained_fcfa(self) -> int:
        """Stated, and rows on their way, less ours."""
        return self.stated_fcfa + self.waiting_fcfa - self.ours_fcfa


def state_balance(unit: Unit, account: str, on: date, balance_fcfa: int, document: str = "") -> int:
    """Enter what the bank or the operator states; returns the statement. Raises `Refused`: "account-unknown", "date-ahead"."""
    if account not in RECONCILED:
        raise Refused("account-unknown", account=account[:40])
    if on > unit.today:
        raise Refused("date-ahead", on=on.isoformat())
    return unit.append(
        "bank_statement", account=account, stated_on=on.isoformat(), balance_fcfa=balance_fcfa, document=document.strip()[:60] or None
    )  # fmt: skip


def clear(unit: Unit, statement: int, source: str, key: int) -> None:
    """Tick a row of ours as standing on a statement.

    Raises `Refused`: "no-such-statement", "already-cleared", "no-such-entry" (another account's row, or a later day's).
    """
    held = unit.one("SELECT account, stated_on FROM bank_statement WHERE id = ?", (statement,))
    if held is None:
        raise Refused("no-such-statement", statement=statement)
    rows = {(line.source, line.key) for line in bank_lines(unit, held[0], date.fromisoformat(held[1]))}
    if (source, key) not in rows:
        raise Refused("no-such-entry", entry=key)
    try:
        unit.append(
            "bank_cleared", statement=statement, entry=key if source == "entry" else None,
            payment=key if source == "payment" else None, claim_receipt=key if source == "claim" else None,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-cleared") from fault


def bank_lines(db: Database, account: str, on: date) -> list[BankLine]:
    """Every row of an account until a day, with the statement on which it was found, oldest first."""
    rows = db.all(
        "SELECT 'entry', e.id, e.occurred_on, CASE e.debit WHEN ?1 THEN e.amount_fcfa ELSE -e.amount_fcfa END,"
        " coalesce(e.document, ''), e.kind, c.statement FROM account_entry e LEFT JOIN bank_cleared c ON c.entry = e.id"
        " WHERE (e.debit = ?1 OR e.credit = ?1) AND e.occurred_on <= ?2"
        " UNION ALL SELECT 'payment', p.id, p.occurred_on, p.amount_fcfa, coalesce(p.reference, ''), 'payment', c.statement"
        " FROM (SELECT 1 WHERE ?1 = 'mobile_money') CROSS JOIN payment p LEFT JOIN bank_cleared c ON c.payment = p.id"
        " WHERE p.means = 'mobile_money' AND p.occurred_on <= ?2"
        " UNION ALL SELECT 'claim', r.id, r.received_on, r.amount_fcfa, coalesce(r.reference, ''), 'claim', c.statement"
        " FROM claim_receipt r LEFT JOIN bank_cleared c ON c.claim_receipt = r.id"
        " WHERE ?1 = 'bank' AND r.means <> 'cash' AND r.received_on <= ?2 ORDER BY 3, 2",
        (account, on.isoformat()),
    )
    return [
        BankLine(
            source=row[0], key=row[1], day=date.fromisoformat(row[2]), amount_fcfa=row[3], document=row[4], kind=row[5],
            statement=row[6],
        )
        for row in rows
    ]  # fmt: skip


def reconciliations(db: Database, account: str, limit: int = 12) -> list[Reconciliation]:
    """The statements of an account beside our book on their day, newest first."""
    found = []
    for key, on, stated, document in db.all(
        "SELECT id, stated_on, balance_fcfa, coalesce(document, '') FROM bank_statement WHERE account = ?"
        " ORDER BY stated_on DESC, id DESC LIMIT ?",
        (account, limit),
    ):
        day = date.fromisoformat(on)
        found_later = {row[0] for row in db.all("SELECT id FROM bank_statement WHERE stated_on > ?", (on,))}
        waiting = sum(
            line.amount_fcfa
            for line in bank_lines(db, account, day)
            if line.statement is None or line.statement in found_later
        )
        found.append(
            Reconciliation(
                id=key, account=account, stated_on=day, stated_fcfa=stated, ours_fcfa=book.balance(db, account, day),
                waiting_fcfa=waiting, document=document,
            )
        )  # fmt: skip
    return found
