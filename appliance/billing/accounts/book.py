"""Reading the books: what lies where on a day, and the rows of an account. Whole FCFA.

The books are what the rows say together: payments of sales, hand-overs, money of payers, and the entries of the cash
book. What each account moved by on each day is kept beside them by the store's triggers, so that a balance reads a few
rows; `appliance check` sums the rows anew and must find the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.billing.accounts.plan import BOXES
from appliance.storage import Database

ROWS_MAX = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of one account's book. `kind` says what it is, `key` which row; `other` is the account on the other side."""

    kind: str
    key: int
    day: date
    act: int
    amount_fcfa: int
    other: str
    document: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the cash book."""

    id: int
    kind: str
    occurred_on: date
    debit: str
    credit: str
    amount_fcfa: int
    session: int | None
    expense: int | None
    document: str
    note: str
    reverses: int | None
    reversed_by: int | None


_LINES = (
    "SELECT 'payment' kind, p.sale key, p.occurred_on day, p.act act, p.amount_fcfa amount, 'patients' other,"
    " coalesce(p.reference, '') document, '' note"
    # The outer row is not there for the other accounts: their reading goes through no payment.
    "  FROM (SELECT 1 WHERE ?1 IN ('till', 'mobile_money')) CROSS JOIN payment p"
    "  WHERE p.means = CASE ?1 WHEN 'till' THEN 'cash' ELSE 'mobile_money' END AND p.occurred_on BETWEEN ?2 AND ?3"
    " UNION ALL SELECT 'handover', h.id, h.occurred_on, h.act, CASE ?1 WHEN 'till' THEN -h.amount_fcfa ELSE h.amount_fcfa END,"
    "  CASE ?1 WHEN 'till' THEN 'treasury' ELSE 'till' END, CAST(h.number AS TEXT), '' FROM till_handover h"
    "  WHERE h.receiver_session IS NULL AND ?1 IN ('till', 'treasury') AND h.occurred_on BETWEEN ?2 AND ?3"
    " UNION ALL SELECT 'claim', r.batch, r.received_on, r.act, r.amount_fcfa, 'payers', coalesce(r.reference, ''), ''"
    "  FROM claim_receipt r WHERE ((?1 = 'treasury' AND r.means = 'cash') OR (?1 = 'bank' AND r.means <> 'cash'))"
    "  AND r.received_on BETWEEN ?2 AND ?3"
    " UNION ALL SELECT e.kind, e.id, e.occurred_on, e.act, CASE e.debit WHEN ?1 THEN e.amount_fcfa ELSE -e.amount_fcfa END,"
    "  CASE e.debit WHEN ?1 THEN e.credit ELSE e.debit END, coalesce(e.document, ''), coalesce(e.note, '')"
    "  FROM account_entry e WHERE (e.debit = ?1 OR e.credit = ?1) AND e.occurred_on BETWEEN ?2 AND ?3"
)
_ENTRY = (
    "SELECT e.id, e.kind, e.occurred_on, e.debit, e.credit, e.amount_fcfa, e.session, e.expense, coalesce(e.document, ''),"
    " coalesce(e.note, ''), e.reverses, (SELECT r.id FROM account_entry r WHERE r.reverses = e.id) FROM account_entry e"
)


def lines(db: Database, account: str, first: date, last: date) -> list[Line]:
    """The rows of an account between two days, both included, in the order of the days."""
    rows = db.all(
        f"SELECT * FROM ({_LINES}) ORDER BY day, act LIMIT ?4",
        (account, first.isoformat(), last.isoformat(), ROWS_MAX * 20),
    )
    return [
        Line(
            kind=row[0], key=row[1], day=date.fromisoformat(row[2]), act=row[3], amount_fcfa=row[4], other=row[5],
            document=row[6], note=row[7],
        )
        for row in rows
    ]  # fmt: skip


def balance(db: Database, account: str, on: date) -> int:
    """What an account holds at the end of a day; a debt (the DRC's) is not read here but in `drc_debt`."""
    return int(
        db.value("SELECT sum(amount_fcfa) FROM account_day WHERE account = ? AND day <= ?", (account, on.isoformat()))
        or 0
    )


def lowest(db: Database, account: str, since: date) -> int:
    """The least that an account holds at the end of any day from one on: what may still be taken from it on that day."""
    held = least = balance(db, account, since)
    for (moved,) in db.all(
        "SELECT amount_fcfa FROM account_day WHERE account = ? AND day > ? ORDER BY day", (account, since.isoformat())
    ):
        held += moved
        least = min(least, held)
    return least


def cash_balances(db: Database, on: date) -> dict[str, int]:
    """What lies in the tills, the treasurer's box, the bank and mobile money at the end of a day."""
    return {account: balance(db, account, on) for account in ("till", *BOXES)}


def entry(db: Database, key: int) -> Entry | None:
    """One entry."""
    row = db.one(f"{_ENTRY} WHERE e.id = ?", (key,))
    return _entry(row) if row else None


def entries(db: Database, kinds: tuple[str, ...], first: date, last: date) -> list[Entry]:
    """The entries of some kinds between two days, oldest first."""
    return [
        _entry(row)
        for row in db.all(
            f"{_ENTRY} WHERE e.occurred_on BETWEEN ? AND ? ORDER BY e.occurred_on, e.id",
            (first.isoformat(), last.isoformat()),
        )
        if row[1] in kinds
    ]


def totals(db: Database, first: date, last: date) -> dict[tuple[str, str], int]:
    """The entries between two days summed by account debited and account credited."""
    return {
        (debit, credit): amount
        for debit, credit, amount in db.all(
            "SELECT debit, credit, sum(amount_fcfa) FROM account_entry WHERE occurred_on BETWEEN ? AND ?"
            " GROUP BY debit, credit",
            (first.isoformat(), last.isoformat()),
        )
    }


def stated_until(db: Database) -> str | None:
    """The last month whose statement is frozen, as 2026-10."""
    found: str | None = db.value("SELECT max(month) FROM asaco_statement")
    return found


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(
        id=row[0], kind=row[1], occurred_on=date.fromisoformat(row[2]), debit=row[3], credit=row[4], amount_fcfa=row[5],
        session=row[6], expense=row[7], document=row[8], note=row[9], reverses=row[10], reversed_by=row[11],
    )  # fmt: skip
