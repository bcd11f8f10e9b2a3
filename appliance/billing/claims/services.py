"""Billing payers and noting what they answered. States are rows that are only ever added."""

from __future__ import annotations

from datetime import date

from appliance.billing.claims.repository import OPEN, batch, billed_amounts, sheet, sheets
from appliance.core.errors import Refused
from appliance.core.french import one_line
from appliance.core.identifiers import new_uuid
from appliance.storage import ConstraintFailed, Unit

TEXT_MAX = 120
MEANS = ("transfer", "cheque", "cash")


def mend_sheet(unit: Unit, key: int, *, reference: str = "", prescriber: str = "", posology: str = "") -> int:
    """Note the number of the paper sheet, the prescriber, that the posology is written on it.

    Raises `Refused`: "no-such-sheet", "sheet-billed" (it went to the payer already).
    """
    held = sheet(unit, key)
    if held is None:
        raise Refused("no-such-sheet", sheet=key)
    if held.state not in OPEN:
        raise Refused("sheet-billed", number=held.number)
    unit.note(sheet=key)
    return unit.append(
        "care_sheet_detail", sheet=key, reference=one_line(reference)[:TEXT_MAX] or None,
        prescriber=one_line(prescriber)[:TEXT_MAX] or None, posology=one_line(posology)[:TEXT_MAX] or None,
    )  # fmt: skip


def bill(unit: Unit, payer: str, first: date, last: date, *, with_faults: bool = False) -> int:
    """Bill a payer for the care of a period: every sheet issued or rejected that has nothing to mend; returns the batch.

    `with_faults`: those with faults too. Raises `Refused`: "batch-days", "batch-empty".
    """
    if last < first or last > unit.today:
        raise Refused("batch-days")
    chosen = [
        one
        for one in sheets(unit, payer, first, last)
        if one.state in OPEN and one.payer_fcfa > 0 and (with_faults or not one.faults)
    ]
    if not chosen:
        raise Refused("batch-empty")
    number = (unit.value("SELECT max(number) FROM claim_batch") or 0) + 1
    made = unit.append(
        "claim_batch", uuid=new_uuid(), number=number, payer=payer, first_day=first.isoformat(), last_day=last.isoformat(),
        billed_on=unit.today.isoformat(),
    )  # fmt: skip
    for one in chosen:
        unit.append(
            "claim_batch_sheet", batch=made, sheet=one.id, total_fcfa=one.total_fcfa, payer_fcfa=one.payer_fcfa,
            patient_fcfa=one.patient_fcfa,
        )  # fmt: skip
        _state(unit, one.id, "rebilled" if one.state == "rejected" else "billed", made)
    unit.note(batch=made)
    return made


def answer_sheet(unit: Unit, batch_key: int, key: int, paid_fcfa: int, reason: str = "") -> str:
    """Note what a payer accepted of a sheet: all of it is paid, less is cut with a reason, nothing is rejected.

    Returns the state. Raises `Refused`: "no-such-sheet" (in that batch), "sheet-answered", "paid-too-much",
    "reason-needed".
    """
    asked = billed_amounts(unit, batch_key).get(key)
    held = sheet(unit, key)
    if asked is None or held is None:
        raise Refused("no-such-sheet", sheet=key)
    if held.state not in ("billed", "rebilled") or held.batch != batch_key:
        raise Refused("sheet-answered", number=held.number)
    if not 0 <= paid_fcfa <= asked[1]:
        raise Refused("paid-too-much", due=asked[1], paid=paid_fcfa)
    state = "paid" if paid_fcfa == asked[1] else "cut" if paid_fcfa else "rejected"
    if state != "paid" and len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="claim")
    _state(unit, key, state, batch_key, paid_fcfa, asked[1] - paid_fcfa, one_line(reason)[:TEXT_MAX] or None)
    return state


def receive_payment(
    unit: Unit, batch_key: int, amount_fcfa: int, means: str, received_on: date, reference: str = ""
) -> int:
    """Note money that a payer sent for a batch; returns the row.

    Raises `Refused`: "no-such-batch", "payment-empty", "paid-too-much", "means", "date-ahead", "month-stated" (its
    statement is frozen: the money is noted on a day that still is open).
    """
    held = batch(unit, batch_key)
    if held is None:
        raise Refused("no-such-batch", batch=batch_key)
    if means not in MEANS:
        raise Refused("means", means=means[:20])
    if received_on > unit.today:
        raise Refused("date-ahead")
    if amount_fcfa <= 0:
        raise Refused("payment-empty")
    if amount_fcfa > held.asked_fcfa - held.received_fcfa:
        raise Refused("paid-too-much", due=held.asked_fcfa - held.received_fcfa, paid=amount_fcfa)
    unit.note(batch=batch_key)
    try:
        return unit.append(
            "claim_receipt", batch=batch_key, amount_fcfa=amount_fcfa, means=means,
            reference=one_line(reference)[:TEXT_MAX] or None, received_on=received_on.isoformat(),
        )  # fmt: skip
    except ConstraintFailed as fault:
        if fault.code == "month-stated":
            raise Refused(fault.code, month=str(received_on)[:7]) from fault
        raise


def _state(
    unit: Unit, key: int, state: str, batch_key: int, paid: int = 0, cut: int = 0, reason: str | None = None
) -> None:
    unit.append(
        "care_sheet_state", sheet=key, state=state, batch=batch_key, paid_fcfa=paid, cut_fcfa=cut, reason=reason,
        occurred_on=unit.today.isoformat(),
    )  # fmt: skip
