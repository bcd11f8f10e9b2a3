"""What must hold of the books: sales against payments, tills against the book, a capital whose every change is explained."""

from __future__ import annotations

from datetime import date

from appliance.billing.accounts import book, entry_checks, receivables
from appliance.billing.accounts.statement import seal, statement
from appliance.billing.till import drawers
from appliance.core.periods import Month
from appliance.storage import Database

MONTHS_CHECKED = 2


def tills_are_the_book(db: Database) -> list[str]:
    """What the drawers must hold together is what the cash book says of them."""
    if not db.value("SELECT 1 FROM till_session LIMIT 1"):
        return []
    latest = "9999-12-31"
    before = int(db.value("SELECT sum(amount_fcfa) FROM payment WHERE session IS NULL AND means = 'cash'") or 0)
    held = sum(drawers.expected(db, row[0]) for row in db.all("SELECT session FROM till_open"))
    held += sum(
        row[0]
        for row in db.all(
            "SELECT c.left_fcfa FROM till t JOIN till_session s ON s.id = (SELECT max(x.id) FROM till_session x WHERE x.till = t.id)"
            " JOIN till_closing c ON c.session = s.id"
        )
    )
    said = book.balance(db, "till", date.fromisoformat(latest)) - before
    return [] if held == said else [f"drawers {held}, book {said}"]


def debts_are_what_was_not_paid(db: Database) -> list[str]:
    """What patients owe, sale by sale, is what the books say they owe; nobody owes for a sale that was taken back."""
    by_sale = int(
        db.value(
            "SELECT sum(owed) FROM (SELECT coalesce(s.reverses, s.id) sale, s.due_fcfa"
            " + coalesce((SELECT sum(r.amount_fcfa) FROM sale_rounding r WHERE r.sale = s.id), 0)"
            " - coalesce((SELECT sum(p.amount_fcfa) FROM payment p WHERE p.sale = s.id), 0) owed FROM sale s)"
        )
        or 0
    )
    said = receivables.patients_owe(db, date.fromisoformat("9999-12-31"))
    found = [] if by_sale == said else [f"sales {by_sale}, books {said}"]
    return found + [
        f"sale {sale}: {owed} owed for what was taken back"
        for sale, owed in db.all(
            "SELECT r.reverses, sum(x.due_fcfa + coalesce((SELECT sum(o.amount_fcfa) FROM sale_rounding o WHERE o.sale = x.id), 0)"
            " - coalesce((SELECT sum(p.amount_fcfa) FROM payment p WHERE p.sale = x.id), 0)) owed FROM sale r"
            " JOIN sale x ON x.id IN (r.id, r.reverses) WHERE r.reverses IS NOT NULL GROUP BY r.reverses HAVING owed <> 0"
        )
    ]


def capital_is_explained(db: Database) -> list[str]:
    """Of the newest months, what capital changed by is margin, exemptions, losses, expenses and the lines named, to the franc."""
    newest = db.value(
        "SELECT max(day) FROM (SELECT max(occurred_on) day FROM sale UNION ALL SELECT max(occurred_on) FROM account_entry)"
    )
    if newest is None:
        return []
    months = [Month.of(date.fromisoformat(newest)).plus(-back) for back in range(MONTHS_CHECKED)]
    return [f"{month}: {gap} FCFA unexplained" for month in months if (gap := statement(db, month).unexplained)]


def expenses_were_approved(db: Database) -> list[str]:
    """No expense above the threshold was paid without both approvals, and none twice."""
    found = [
        f"expense {expense} paid {times} times"
        for expense, times in db.all(
            "SELECT e.expense, count(*) FROM account_entry e WHERE e.expense IS NOT NULL AND e.reverses IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM account_entry r WHERE r.reverses = e.id) GROUP BY e.expense HAVING count(*) > 1"
        )
    ]
    return found + [
        f"expense {expense} paid without both approvals"
        for (expense,) in db.all(
            "SELECT DISTINCT x.id FROM expense x JOIN account_entry e ON e.expense = x.id WHERE x.needs_approval = 1"
            " AND (SELECT count(DISTINCT a.role) FROM expense_approval a WHERE a.expense = x.id AND a.is_approved = 1) < 2"
        )
    ]


def statements_are_sealed(db: Database) -> list[str]:
    """Each frozen statement has the hash of its figures."""
    return [
        f"statement {month}"
        for month, figures, held in db.all("SELECT month, figures, hash FROM asaco_statement")
        if seal(month, figures) != held
    ]


CHECKS = {
    "till-and-book": tills_are_the_book,
    "debts": debts_are_what_was_not_paid,
    "capital": capital_is_explained,
    "expenses": expenses_were_approved,
    "asaco-statements": statements_are_sealed,
    **entry_checks.CHECKS,
}
