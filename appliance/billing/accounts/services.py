"""Writing the cash book: money that moves outside of a sale. Each entry names both sides, and is undone by its opposite.

A box never goes below zero, on the day of the entry or on any day after it; a month whose statement is frozen takes no entry; what
comes out of a till moves in the open session of whoever acts.
"""

from __future__ import annotations

from datetime import date

from appliance.billing.accounts import book
from appliance.billing.accounts.plan import BOXES, plan
from appliance.billing.accounts.valuation import drc_debt
from appliance.billing.till import drawers
from appliance.billing.till.sessions import session_for
from appliance.core.errors import Refused
from appliance.storage import ConstraintFailed, Unit

DOCUMENT_MAX, NOTE_MAX = 60, 200
SOLIDARITY = {
    "contribution": ("solidarity", "solidarity_fund"), "evacuation": ("solidarity_loans", "solidarity"),
    "aid": ("solidarity_fund", "solidarity"), "repayment": ("solidarity", "solidarity_loans"),
}  # fmt: skip
"""What the solidarity fund does, by kind: the account debited and the one credited. It is no money of the ASACO's."""
MOVES = {
    ("treasury", "bank"): "bank_deposit", ("bank", "treasury"): "bank_withdrawal", ("mobile_money", "bank"): "mobile_to_bank",
    ("mobile_money", "treasury"): "mobile_to_cash", ("treasury", "till"): "float",
}  # fmt: skip


def write(
    unit: Unit, kind: str, debit: str, credit: str, amount_fcfa: int, on: date | None = None, *, document: str = "",
    note: str = "", session: int | None = None, expense: int | None = None,
) -> int:  # fmt: skip
    """Append one entry; returns its id.

    Raises `Refused`: "amount", "date-ahead", "month-stated", "till-today" (what moves in a till moves today),
    "account-too-low" (with what is there), "till-too-low", "text-too-long".
    """
    day = on or unit.today
    if amount_fcfa <= 0:
        raise Refused("amount")
    if day > unit.today:
        raise Refused("date-ahead", on=day.isoformat())
    if len(document) > DOCUMENT_MAX or len(note) > NOTE_MAX:
        raise Refused("text-too-long")
    is_till = "till" in (debit, credit)
    if is_till and day != unit.today:
        raise Refused("till-today")
    if is_till and session is None:
        session = session_for(unit)
    if credit == "till" and session is not None and (held := drawers.expected(unit, session)) < amount_fcfa:
        raise Refused("till-too-low", left=held)
    if credit in (*BOXES, "solidarity"):
        held = book.lowest(unit, credit, day)
        if held < amount_fcfa:
            raise Refused("account-too-low", left=held, account=credit)
    try:
        row = unit.append(
            "account_entry", kind=kind, occurred_on=day.isoformat(), debit=debit, credit=credit, amount_fcfa=amount_fcfa,
            session=session if is_till else None, expense=expense, document=document.strip() or None,
            note=note.strip() or None, reverses=None,
        )  # fmt: skip
    except ConstraintFailed as fault:
        if fault.code in ("month-stated", "till-not-open"):
            raise Refused(fault.code, month=str(day)[:7], session=session) from fault
        raise
    unit.note(entry=row)
    return row


def begin_account(unit: Unit, account: str, amount_fcfa: int, on: date | None = None, note: str = "") -> int:
    """Enter what a box held, or what was owed to the DRC, when the books began. Raises `Refused` ("account-unknown")."""
    if account == "drc":
        return write(unit, "opening_balance", "opening", "drc", amount_fcfa, on, note=note)
    if account not in BOXES:
        raise Refused("account-unknown", account=account[:40])
    return write(unit, "opening_balance", account, "opening", amount_fcfa, on, note=note)


def receive_income(
    unit: Unit, account: str, into: str, amount_fcfa: int, on: date | None = None, *, document: str = "", note: str = ""
) -> int:  # fmt: skip
    """Money that is no sale: a subsidy, memberships. Raises `Refused` ("account-unknown") and those of `write`."""
    known = {a.key for a in plan().of("income")}
    if account not in known or into not in (*BOXES, "till"):
        raise Refused("account-unknown", account=account[:40])
    return write(unit, "income", into, account, amount_fcfa, on, document=document, note=note)


def move_money(
    unit: Unit, source: str, target: str, amount_fcfa: int, on: date | None = None, *, document: str = "",
    session: int | None = None,
) -> int:  # fmt: skip
    """Carry money from one place to another: to the bank, from it, a float into the open `session` of a till.

    Raises `Refused`: "account-unknown", "session-needed", and those of `write`.
    """
    kind = MOVES.get((source, target))
    if kind is None:
        raise Refused("account-unknown", account=source[:40])
    if target == "till" and session is None:
        raise Refused("session-needed")
    return write(unit, kind, target, source, amount_fcfa, on, document=document, session=session)


def pay_drc(unit: Unit, source: str, amount_fcfa: int, on: date | None = None, *, document: str = "") -> int:
    """Pay the DRC what is owed for receipts on credit. Raises `Refused`: "account-unknown", "document-needed", "drc-too-much"."""
    if source not in (*BOXES, "till"):
        raise Refused("account-unknown", account=source[:40])
    if not document.strip():
        raise Refused("document-needed")
    owed = drc_debt(unit, unit.today)
    if amount_fcfa > owed:
        raise Refused("drc-too-much", owed=owed)
    return write(unit, "drc_payment", "drc", source, amount_fcfa, on, document=document)


def solidarity(
    unit: Unit, kind: str, amount_fcfa: int, on: date | None = None, *, document: str = "", note: str = ""
) -> int:
    """A contribution, an evacuation paid (to be repaid), an aid (not to be), a repayment. No patient's name is kept here.

    Raises `Refused`: "account-unknown", "document-needed" (an evacuation has its letter), "repaid-too-much" and those
    of `write`.
    """
    if kind not in SOLIDARITY:
        raise Refused("account-unknown", account=kind[:40])
    debit, credit = SOLIDARITY[kind]
    if kind in ("evacuation", "aid") and not document.strip():
        raise Refused("document-needed")
    if kind == "repayment" and amount_fcfa > (left := book.balance(unit, "solidarity_loans", unit.today)):
        raise Refused("repaid-too-much", left=left)
    return write(unit, f"solidarity_{kind}", debit, credit, amount_fcfa, on, document=document, note=note)


def reverse_entry(unit: Unit, key: int, reason: str) -> int:
    """Undo an entry by its opposite, dated today, once; what left a till comes back into the till of whoever acts.

    Raises `Refused`: "no-such-entry", "is-a-reversal", "already-reversed", "reason-needed", "entry-of-closing" (the
    difference of a count is no entry to undo), "account-too-low", "till-too-low".
    """
    held = book.entry(unit, key)
    if held is None:
        raise Refused("no-such-entry", entry=key)
    if held.reverses is not None:
        raise Refused("is-a-reversal", entry=key)
    if held.reversed_by is not None:
        raise Refused("already-reversed", entry=key)
    if held.kind == "till_variance" or (held.kind == "opening_balance" and held.session is not None):
        raise Refused("entry-of-closing", entry=key)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="reversal")
    left = book.balance(unit, held.debit, unit.today) if held.debit in (*BOXES, "solidarity") else held.amount_fcfa
    if left < held.amount_fcfa:
        raise Refused("account-too-low", left=left, account=held.debit)
    session = session_for(unit) if held.session is not None else None
    if held.debit == "till" and session is not None and (there := drawers.expected(unit, session)) < held.amount_fcfa:
        raise Refused("till-too-low", left=there)
    unit.note(entry=key)
    return unit.append(
        "account_entry", kind=held.kind, occurred_on=unit.today.isoformat(), debit=held.credit, credit=held.debit,
        amount_fcfa=held.amount_fcfa, session=session, expense=held.expense, document=held.document or None,
        note=reason.strip()[:NOTE_MAX], reverses=key,
    )  # fmt: skip
