"""The month's statement of the ASACO (rule W): what it owns and owes, and why that changed.

`capital = stock at purchase cost + cash + bank + receivable - owed to the DRC`. It changes by the margin of what was
sold, less what nobody pays back (exemptions, what payers cut), less losses, less expenses; what else changes it
(other income, opening balances, donations, stock used by the services, differences of the till, rounding of cash,
loans in kind) stands on lines of its own, so that the change is always explained to the franc. The solidarity fund is
kept apart: it is no capital of the ASACO's.

Freezing needs the depot's month closed, so that no row can come in late; the statement is sealed with a hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from appliance.billing.accounts import book, receivables, valuation
from appliance.billing.accounts.plan import plan
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.ledger.repository import is_closed
from appliance.storage import ConstraintFailed, Database, Unit

ASSETS = ("stock", "till", "treasury", "bank", "mobile_money", "patients", "payers")
CHANGES = (
    "margin", "exemptions", "cuts", "losses", "expenses", "income", "opening", "donations", "services", "cash_variance",
    "rounding", "loans",
)  # fmt: skip
LOSSES = ("loss_expiry", "loss_breakage", "loss_theft", "loss_cold_chain", "count_variance", "adjustment", "gift_out")
STOCK_OF: dict[str, tuple[str, ...]] = {
    "losses": LOSSES, "services": ("service_use",), "donations": ("donation", "gift_in"), "opening": ("opening",),
    "loans": ("loan_out", "loan_return_in", "loan_in", "loan_return_out", "transfer_out", "transfer_in", "kit_out", "kit_in"),
}  # fmt: skip
"""The kinds of movement behind each line; receipts and returns move the debt to the DRC, what is sold the margin."""
SIGNERS = {Role.TREASURER: "tresorier_asaco", Role.PRESIDENT: "president_asaco", Role.HEAD: "dtc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the ASACO owns and owes at the end of a day, in FCFA."""

    assets: dict[str, int]
    drc: int
    unknown_lots: int

    @property
    def capital(self) -> int:
        """Assets less what is owed."""
        return sum(self.assets.values()) - self.drc


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The part of a statement that rows of money alone make: fields of `Statement` by name, and their part of `changes`."""

    facts: dict[str, Any]
    changes: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A month: state before and after, each change, and what stands behind the changes."""

    month: str
    before: State
    after: State
    changes: dict[str, int]
    sold: int
    cost_of_sold: int
    exemptions_by_payer: dict[str, int]
    covers_by_payer: dict[str, int]
    losses_by_kind: dict[str, int]
    expenses_by_account: dict[str, int]
    income_by_account: dict[str, int]
    received_on_credit: int
    paid_to_drc: int
    payers_owe: dict[str, int]
    solidarity: int
    solidarity_loans: int
    unknown_units: dict[str, int]

    @property
    def unexplained(self) -> int:
        """What the changes leave of the difference of capital: 0, or the books are broken."""
        return self.after.capital - self.before.capital - sum(self.changes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A frozen statement: figures as kept, its hash, when it was frozen, and who signed (role: staff id)."""

    id: int
    month: Month
    figures: str
    hash: bytes
    at: int
    signatures: dict[str, int]

    @property
    def statement(self) -> Statement:
        """The figures as they were frozen."""
        return msgspec.json.decode(self.figures, type=Statement)


def statement(db: Database, month: Month) -> Statement:
    """The statement of a month as its rows say now."""
    eve = month.first - timedelta(days=1)
    flows = valuation.stock_flows(db, month.first, month.last)
    worth, money = flows.value_fcfa, money_of(db, month)
    stock = {line: sum(worth.get(kind, 0) for kind in kinds) for line, kinds in STOCK_OF.items()}
    cost = -worth.get("dispense", 0)
    changes = {"margin": money.facts["sold"] - cost, **dict.fromkeys(CHANGES[1:], 0)}
    for line, amount in (*money.changes.items(), *stock.items()):
        changes[line] += amount
    return Statement(
        month=str(month), before=state(db, Month.of(eve)), after=state(db, month), changes=changes, cost_of_sold=cost,
        losses_by_kind={kind: worth[kind] for kind in LOSSES if worth.get(kind)},
        received_on_credit=worth.get("receipt", 0) + worth.get("return_to_supplier", 0),
        unknown_units=dict(flows.unknown), **money.facts,
    )  # fmt: skip


def money_of(db: Database, month: Month) -> Money:
    """What a statement says that no cost of a lot bears on: sales, entries, debts. Late costs change the rest alone."""
    moved = book.totals(db, month.first, month.last)
    sold = receivables.sold(db, month.first, month.last)
    expenses, income = _net(moved, "expense"), _net(moved, "income")
    to_drc = [
        (debit, a)
        for (debit, credit), a in moved.items()
        if {"drc"} < {debit, credit} and "opening" not in (debit, credit)
    ]
    return Money(
        facts={
            "sold": sold.total, "exemptions_by_payer": sold.exemptions, "covers_by_payer": sold.covers,
            "expenses_by_account": expenses, "income_by_account": income,
            "paid_to_drc": sum(amount if debit == "drc" else -amount for debit, amount in to_drc),
            "payers_owe": receivables.payers_owe(db, month.last), "solidarity": book.balance(db, "solidarity", month.last),
            "solidarity_loans": book.balance(db, "solidarity_loans", month.last),
        },
        changes={
            "exemptions": -sold.exempt, "cuts": -sold.cut, "expenses": -sum(expenses.values()), "income": sum(income.values()),
            "opening": moved_of(moved, "opening"), "cash_variance": moved_of(moved, "cash_variance"), "rounding": sold.rounding,
        },
    )  # fmt: skip


def state(db: Database, month: Month) -> State:
    """What the ASACO owns and owes at the end of a month."""
    shelf = valuation.stock_value(db, month.last)
    return State(
        assets={
            "stock": shelf.value_fcfa, **book.cash_balances(db, month.last),
            "patients": receivables.patients_owe(db, month.last),
            "payers": sum(receivables.payers_owe(db, month.last).values()),
        },
        drc=valuation.drc_debt(db, month.last), unknown_lots=len(shelf.unknown),
    )  # fmt: skip


def freeze(unit: Unit, month: Month) -> int:
    """Freeze and sign a month, in the treasurer's name; returns the statement's id.

    Raises `Refused`: "treasurer-only", "month-not-over", "month-stated", "statement-before-open" (an older month of the
    books), "stock-month-open" (the depot's month, closed by the CRGS, comes first).
    """
    if Role.TREASURER not in unit.actor.roles or unit.actor.staff_id is None:
        raise Refused("treasurer-only")
    if month.last >= unit.today:
        raise Refused("month-not-over", month=str(month))
    until = book.stated_until(unit)
    if until is not None and until >= str(month):
        raise Refused("month-stated", month=str(month))
    if until is not None and Month.parse(until).plus(1) < month:
        raise Refused("statement-before-open", month=str(Month.parse(until).plus(1)))
    if not is_closed(unit, month.last):
        raise Refused("stock-month-open", month=str(month))
    figures = msgspec.json.encode(statement(unit, month)).decode()
    made = unit.append("asaco_statement", month=str(month), figures=figures, hash=seal(str(month), figures))
    sign(unit, made)
    unit.note(month=str(month))
    return made


def sign(unit: Unit, key: int) -> None:
    """Sign a frozen statement by the function of whoever acts: treasurer, president, head. Each signs once.

    Raises `Refused`: "signers-only", "already-signed", "no-such-statement".
    """
    role = next((name for role, name in SIGNERS.items() if role in unit.actor.roles), None)
    if role is None or unit.actor.staff_id is None:
        raise Refused("signers-only")
    if not unit.value("SELECT 1 FROM asaco_statement WHERE id = ?", (key,)):
        raise Refused("no-such-statement", statement=key)
    try:
        unit.append("asaco_signature", statement=key, role=role, staff=unit.actor.staff_id)
    except ConstraintFailed as fault:
        raise Refused("already-signed") from fault


def frozen(db: Database, month: Month) -> Frozen | None:
    """The frozen statement of a month."""
    row = db.one(
        "SELECT s.id, s.month, s.figures, s.hash, a.at FROM asaco_statement s LEFT JOIN act a ON a.seq = s.act WHERE s.month = ?",
        (str(month),),
    )
    if row is None:
        return None
    signed: dict[str, int] = dict(
        db.all("SELECT role, staff FROM asaco_signature WHERE statement = ? ORDER BY id", (row[0],))
    )
    return Frozen(id=row[0], month=Month.parse(row[1]), figures=row[2], hash=row[3], at=row[4] or 0, signatures=signed)


def seal(month: str, figures: str) -> bytes:
    """The hash of a statement over its kept JSON."""
    return hashlib.sha256(f"asaco {month}\n{figures}".encode()).digest()


def moved_of(moved: Mapping[tuple[str, str], int], account: str) -> int:
    """What an account of income or difference gave the boxes, signed: credited less debited."""
    return sum(amount * ((credit == account) - (debit == account)) for (debit, credit), amount in moved.items())


def _net(moved: Mapping[tuple[str, str], int], kind: str) -> dict[str, int]:
    """By account of a class, what it took (expense) or gave (income) in the month, net of what was undone."""
    sign = -1 if kind == "expense" else 1
    found: dict[str, int] = {a.key: sign * moved_of(moved, a.key) for a in plan().of(kind)}
    return {key: amount for key, amount in found.items() if amount}


def as_json(made: Statement) -> dict[str, Any]:
    """A statement as plain facts, with its sums."""
    facts: dict[str, Any] = msgspec.to_builtins(made)
    return facts | {
        "capital_before": made.before.capital, "capital_after": made.after.capital, "unexplained": made.unexplained,
    }  # fmt: skip
