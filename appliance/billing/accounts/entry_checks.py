"""What must hold of each entry of the cash book, and of the books against their kept days and their frozen months."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from appliance.billing.accounts import book, receivables
from appliance.billing.accounts.plan import BOXES, NEEDED, plan
from appliance.billing.accounts.services import MOVES, SOLIDARITY
from appliance.billing.accounts.statement import Frozen, frozen, money_of
from appliance.core.periods import Month
from appliance.storage import Database

MONTHS_CHECKED = 2
MONEY = ("till", *BOXES)
MONEY_CHANGES = ("exemptions", "cuts", "expenses", "income", "cash_variance", "rounding")
"""The lines of a statement's change that money alone makes; the opening is of the shelf too."""


def days_are_the_sum_of_the_books(db: Database) -> list[str]:
    """What is kept of each account by day equals its payments, hand-overs, payers' money and entries, summed anew."""
    return [
        f"{account} on {day}: {amount} FCFA and {rows} rows apart"
        for account, day, amount, rows in db.all(
            "SELECT account, day, sum(amount), sum(rows) FROM ("
            " SELECT account, day, -amount_fcfa amount, -rows rows FROM account_day"
            " UNION ALL SELECT debit, occurred_on, amount_fcfa, 1 FROM account_entry"
            " UNION ALL SELECT credit, occurred_on, -amount_fcfa, 1 FROM account_entry"
            " UNION ALL SELECT iif(means = 'cash', 'till', means), occurred_on, sum(amount_fcfa), count(*) FROM payment"
            "  GROUP BY occurred_on, means"
            " UNION ALL SELECT 'till', occurred_on, -amount_fcfa, 1 FROM till_handover WHERE receiver_session IS NULL"
            " UNION ALL SELECT 'treasury', occurred_on, amount_fcfa, 1 FROM till_handover WHERE receiver_session IS NULL"
            " UNION ALL SELECT iif(means = 'cash', 'treasury', 'bank'), received_on, amount_fcfa, 1 FROM claim_receipt"
            ") GROUP BY account, day HAVING sum(amount) <> 0 OR sum(rows) <> 0"
        )
    ]


def boxes_were_never_below_zero(db: Database) -> list[str]:
    """At the end of no day the treasurer's box, the bank or the solidarity fund held less than nothing."""
    return [
        f"{account}: {held} on {day}"
        for account, day, held in db.all(
            "SELECT account, day, held FROM (SELECT account, day, sum(amount_fcfa) OVER (PARTITION BY account ORDER BY day) held"
            " FROM account_day WHERE account IN ('treasury', 'bank', 'solidarity')) WHERE held < 0"
        )
    ]


def entries_go_where_their_kind_goes(db: Database) -> list[str]:
    """The two sides of an entry are those of its kind; what undoes one has them the other way round."""
    kept: dict[str, set[tuple[str, str]]] = {}
    for (source, target), kind in MOVES.items():
        kept.setdefault(kind, set()).add((target, source))
    for name, sides in SOLIDARITY.items():
        kept[f"solidarity_{name}"] = {sides}
    kept["opening_balance"] = {*((box, "opening") for box in MONEY), ("opening", "drc")}
    kept["till_variance"] = {("till", "cash_variance"), ("cash_variance", "till")}
    kept["drc_payment"] = {("drc", box) for box in MONEY}
    found = []
    for kind, debit, credit, is_undone, first in db.all(
        "SELECT kind, debit, credit, reverses IS NOT NULL, min(id) FROM account_entry GROUP BY kind, debit, credit, reverses IS NOT NULL"
    ):
        sides = (credit, debit) if is_undone else (debit, credit)
        if kind == "income":
            is_right = sides[0] in MONEY and _is_of(sides[1], "income")
        elif kind == "expense":
            is_right = sides[1] in MONEY and _is_of(sides[0], "expense")
        else:
            is_right = sides in kept.get(kind, ())
        if not is_right:
            found.append(f"entry {first}: {kind} from {credit} to {debit}")
    return found


def undone_entries_mirror(db: Database) -> list[str]:
    """What undoes an entry has its sides the other way round, its amount, its kind and its expense."""
    return [
        f"entry {key} against {undone}"
        for key, undone in db.all(
            "SELECT r.id, r.reverses FROM account_entry r LEFT JOIN account_entry o ON o.id = r.reverses WHERE r.reverses IS NOT NULL"
            " AND (o.id IS NULL OR o.reverses IS NOT NULL OR (r.debit, r.credit, r.amount_fcfa, r.kind) IS NOT"
            " (o.credit, o.debit, o.amount_fcfa, o.kind) OR r.expense IS NOT o.expense OR r.occurred_on < o.occurred_on)"
        )
    ]


def expenses_are_their_entries(db: Database) -> list[str]:
    """What was paid for an expense is what was asked for, from the line of the budget that was named."""
    return [
        f"entry {entry} of expense {expense}"
        for entry, expense in db.all(
            "SELECT e.id, e.expense FROM account_entry e LEFT JOIN expense x ON x.id = e.expense"
            " WHERE (e.kind = 'expense') <> (e.expense IS NOT NULL) OR (e.expense IS NOT NULL AND (x.id IS NULL"
            " OR e.amount_fcfa <> x.amount_fcfa OR x.account <> CASE WHEN e.reverses IS NULL THEN e.debit ELSE e.credit END))"
        )
    ]


def differences_are_their_counts(db: Database) -> list[str]:
    """What brings a drawer to what was counted in it is written once, by the count's opening or closing, to the franc."""
    return [
        f"session {session}, act {act}: {written} written, {found} found"
        for session, act, written, found in db.all(
            "SELECT session, act, sum(written), sum(found) FROM ("
            " SELECT session, act, iif(debit = 'till', amount_fcfa, -amount_fcfa) written, 0 found FROM account_entry"
            "  WHERE kind = 'till_variance' OR (kind = 'opening_balance' AND session IS NOT NULL)"
            " UNION ALL SELECT session, act, 0, counted_fcfa - expected_fcfa FROM till_count WHERE kind = 'opening'"
            " UNION ALL SELECT session, act, 0, variance_fcfa FROM till_closing"
            ") GROUP BY session, act HAVING sum(written) <> sum(found)"
        )
    ]


def frozen_months_are_their_rows(db: Database) -> list[str]:
    """The newest frozen statements say of money what their rows say now, and each begins with what the one before ended with."""
    found = []
    months = [Month.parse(row[0]) for row in db.all("SELECT month FROM asaco_statement ORDER BY month DESC")]
    held = [one for month in months if (one := frozen(db, month)) is not None]
    for later, earlier in itertools.pairwise(held):
        if earlier.month.plus(1) == later.month and _money(later, "before") != _money(earlier, "after"):
            found.append(f"{later.month} does not begin with what {earlier.month} left")
    for one in held[:MONTHS_CHECKED]:
        found += [f"{one.month} {name}: frozen {kept}, now {now}" for name, kept, now in _told_apart(db, one)]
    return found


def _told_apart(db: Database, one: Frozen) -> Iterator[tuple[str, Any, Any]]:
    made, month = one.statement, one.month
    now = money_of(db, month)
    kept = {name: getattr(made, name) for name in now.facts} | {name: made.changes[name] for name in MONEY_CHANGES}
    for name, amount in {**now.facts, **{name: now.changes[name] for name in MONEY_CHANGES}}.items():
        if kept[name] != amount:
            yield name, kept[name], amount
    for side, day in (("before", month.first - timedelta(days=1)), ("after", month.last)):
        held = book.cash_balances(db, day) | {
            "patients": receivables.patients_owe(db, day), "payers": sum(receivables.payers_owe(db, day).values()),
        }  # fmt: skip
        if _money(one, side) != held:
            yield side, _money(one, side), held


def _money(one: Frozen, side: str) -> dict[str, int]:
    """The assets of a frozen statement that are money or owed as money; what stock is worth follows costs that come later."""
    return {name: amount for name, amount in getattr(one.statement, side).assets.items() if name != "stock"}


def _is_of(account: str, kind: str) -> bool:
    """Whether an account is of a class; one that the plan no longer has may have been."""
    known = plan().accounts.get(account)
    return known.kind == kind if known else account not in NEEDED


CHECKS = {
    "account-days": days_are_the_sum_of_the_books,
    "boxes": boxes_were_never_below_zero,
    "entry-sides": entries_go_where_their_kind_goes,
    "undone-entries": undone_entries_mirror,
    "expense-entries": expenses_are_their_entries,
    "till-differences": differences_are_their_counts,
    "frozen-months": frozen_months_are_their_rows,
}
