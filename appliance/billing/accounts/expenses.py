"""Expenses: asked for with their line of the budget and their document, approved where they must be, paid once.

Above the centre's threshold the treasurer and the president both approve before a franc leaves; below it whoever keeps
a till or the treasurer pays at once. The threshold of the plan's file holds until the centre sets its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.billing.accounts.plan import BOXES, plan
from appliance.billing.accounts.services import DOCUMENT_MAX, NOTE_MAX, write
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.storage import Database, Unit, settings

SETTING = "expense_approval_above_fcfa"
APPROVERS = (Role.TREASURER, Role.PRESIDENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """An expense and where it stands: `approved` and `refused` by function; `paid` is the entry that paid it."""

    id: int
    number: int
    account: str
    amount_fcfa: int
    document: str
    purpose: str
    occurred_on: date
    needs_approval: bool
    staff: int | None
    approved: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    paid: int | None
    paid_from: str

    @property
    def state(self) -> str:
        """`paid`, `refused`, `waiting` (for approval) or `to_pay`."""
        if self.paid is not None:
            return "paid"
        if self.refused:
            return "refused"
        return "waiting" if self.needs_approval and len(self.approved) < len(APPROVERS) else "to_pay"


_EXPENSE = (
    "SELECT x.id, x.number, x.account, x.amount_fcfa, coalesce(x.document, ''), x.purpose, x.occurred_on, x.needs_approval,"
    " a.staff, e.id, coalesce(e.credit, '') FROM expense x LEFT JOIN act a ON a.seq = x.act LEFT JOIN account_entry e"
    " ON e.expense = x.id AND e.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM account_entry r WHERE r.reverses = e.id)"
)


def threshold(db: Database) -> int:
    """Above this an expense needs both approvals, in FCFA."""
    return int(settings.get(db, SETTING, plan().approval_above_fcfa))


def set_threshold(unit: Unit, amount_fcfa: int) -> None:
    """Set the centre's own threshold. Raises `Refused("amount")`."""
    if not 0 <= amount_fcfa <= 100_000_000:
        raise Refused("amount")
    settings.put(unit, SETTING, amount_fcfa)


def ask_expense(
    unit: Unit, account: str, amount_fcfa: int, purpose: str, document: str = "", on: date | None = None
) -> int:
    """Ask for an expense; returns its id. Raises `Refused`: "account-unknown", "amount", "purpose", "text-too-long", "date-ahead"."""
    day = on or unit.today
    if account not in {a.key for a in plan().of("expense")}:
        raise Refused("account-unknown", account=account[:40])
    if amount_fcfa <= 0:
        raise Refused("amount")
    if len(purpose.strip()) < 3:
        raise Refused("purpose")
    if len(document) > DOCUMENT_MAX or len(purpose) > NOTE_MAX:
        raise Refused("text-too-long")
    if day > unit.today:
        raise Refused("date-ahead", on=day.isoformat())
    number = (unit.value("SELECT max(number) FROM expense") or 0) + 1
    unit.note(expense=number)
    return unit.append(
        "expense", number=number, account=account, amount_fcfa=amount_fcfa, document=document.strip() or None,
        purpose=purpose.strip(), occurred_on=day.isoformat(), needs_approval=int(amount_fcfa > threshold(unit)),
    )  # fmt: skip


def approve(unit: Unit, key: int, *, is_approved: bool, reason: str = "") -> None:
    """The treasurer's or the president's word; a refusal has its reason.

    Raises `Refused`: "no-such-expense", "approvers-only", "expense-paid", "reason-needed".
    """
    held = expense(unit, key)
    if held is None:
        raise Refused("no-such-expense", expense=key)
    role = next((role for role in APPROVERS if role in unit.actor.roles), None)
    if role is None:
        raise Refused("approvers-only")
    if held.paid is not None:
        raise Refused("expense-paid")
    if not is_approved and len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="expense")
    unit.append(
        "expense_approval", expense=key, role=role.value, is_approved=int(is_approved), reason=reason.strip() or None,
        staff=unit.actor.staff_id,
    )  # fmt: skip
    unit.note(expense=key, approved=is_approved)


def pay_expense(unit: Unit, key: int, source: str, on: date | None = None, document: str = "") -> int:
    """Pay an expense once, from a till (of whoever acts) or a box; returns the entry.

    Raises `Refused`: "no-such-expense", "expense-paid", "expense-waits" (for an approval), "expense-refused",
    "document-needed" (the receipt or the invoice), "account-unknown", and those of `write`.
    """
    held = expense(unit, key)
    if held is None:
        raise Refused("no-such-expense", expense=key)
    if held.state == "paid":
        raise Refused("expense-paid")
    if held.state in ("waiting", "refused"):
        raise Refused("expense-waits" if held.state == "waiting" else "expense-refused")
    if source not in (*BOXES, "till"):
        raise Refused("account-unknown", account=source[:40])
    evidence = document.strip() or held.document
    if not evidence:
        raise Refused("document-needed")
    return write(
        unit, "expense", held.account, source, held.amount_fcfa, on, document=evidence, note=held.purpose, expense=key
    )


def expense(db: Database, key: int) -> Expense | None:
    """One expense."""
    row = db.one(f"{_EXPENSE} WHERE x.id = ?", (key,))
    return _made(db, row) if row else None


def expenses(db: Database, first: date, last: date) -> list[Expense]:
    """The expenses asked for between two days, newest first."""
    rows = db.all(
        f"{_EXPENSE} WHERE x.occurred_on BETWEEN ? AND ? ORDER BY x.id DESC LIMIT 300",
        (first.isoformat(), last.isoformat()),
    )
    return [_made(db, row) for row in rows]


def set_budget(unit: Unit, year: int, account: str, amount_fcfa: int) -> None:
    """What a year's budget gives an account of income or expense. Raises `Refused`: "account-unknown", "amount", "year"."""
    if account not in {a.key for a in plan().of("expense", "income")} | {"sales"}:
        raise Refused("account-unknown", account=account[:40])
    if not 2000 <= year <= 2200:
        raise Refused("year")
    if amount_fcfa < 0:
        raise Refused("amount")
    if budget(unit, year).get(account) != amount_fcfa:
        unit.append("budget_line", year=year, account=account, amount_fcfa=amount_fcfa)


def budget(db: Database, year: int) -> dict[str, int]:
    """A year's budget by account: the last row of each counts."""
    return dict(db.all("SELECT account, amount_fcfa FROM budget_line WHERE year = ? ORDER BY id", (year,)))


def _made(db: Database, row: tuple[Any, ...]) -> Expense:
    words: dict[str, tuple[int, str]] = {
        role: (approved, reason)
        for role, approved, reason in db.all(
            "SELECT role, is_approved, coalesce(reason, '') FROM expense_approval WHERE expense = ? ORDER BY id",
            (row[0],),
        )
    }
    return Expense(
        id=row[0], number=row[1], account=row[2], amount_fcfa=row[3], document=row[4], purpose=row[5],
        occurred_on=date.fromisoformat(row[6]), needs_approval=bool(row[7]), staff=row[8],
        approved=tuple(role for role, (yes, _) in words.items() if yes),
        refused=tuple((role, why) for role, (yes, why) in words.items() if not yes), paid=row[9], paid_from=row[10],
    )  # fmt: skip
