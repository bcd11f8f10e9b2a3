"""Writing the ledger. Every row is one signed movement of one lot at one place; balances follow by trigger.

A row dated before a later row of the same lot and place is backdated: the lot's balance is then summed again
from that day on, and it may not be negative on any day (rules T28, T29). A closed month takes no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.counted import day_of_reversal, never_before_a_count
from appliance.stock.ledger.fefo import last_usable_day
from appliance.stock.ledger.model import EFFECTS, MovementKind
from appliance.stock.ledger.reasons import reason_of
from appliance.storage import ConstraintFailed, Unit

BACKDATE_DAYS_MAX = 62
NEVER_EXPIRED = frozenset(
    {
        MovementKind.DISPENSE, MovementKind.SERVICE_USE, MovementKind.TRANSFER_OUT, MovementKind.TRANSFER_IN,
        MovementKind.LOAN_OUT, MovementKind.LOAN_RETURN_OUT, MovementKind.GIFT_OUT, MovementKind.RETURN_TO_SUPPLIER,
        MovementKind.KIT_OUT,
    }
)  # fmt: skip
"""Kinds that no lot past its last day takes: it leaves the shelf where it lies, before a committee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLot:
    """A lot that came in. `expires_day` None: only the month is printed. `unit_cost_fcfa` per base unit, if known."""

    product: int
    lot_number: str
    expires_year: int
    expires_month: int
    quantity: int
    expires_day: int | None = None
    unit_cost_fcfa: int | None = None
    funder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement to write; `quantity` is signed, in base units.

    `reason_code` is a reason of the data file: it decides the report's column, and the event keeps it. `reason` is
    what a person wrote beside. `destruction` is the destruction of the same act that a loss by expiry belongs to.
    """

    kind: MovementKind
    product: int
    lot: int
    place: int
    quantity: int
    occurred_on: date
    reason_code: str | None = None
    reason: str | None = None
    event: int | None = None
    dispense: int | None = None
    prescription_line: int | None = None
    receipt: int | None = None
    unit_cost_fcfa: int | None = None
    is_campaign: bool = False
    destruction: int | None = None


def write(unit: Unit, movement: Movement) -> int:
    """Append a movement and return its id.

    Raises `Refused`: "quantity-sign", "reason-kind", "reason-needed", "expiry-undestroyed" (a loss by expiry outside of
    a destruction), "expired-stays" (a lot past its last day is given, carried or sent away), "date-ahead", "date-too-old", "period-closed",
    "stock-too-low" (with what is left), "stock-too-low-then" (on the day that would go below zero), "before-count"
    (a count of that lot stands after that day).
    """
    effect = EFFECTS[movement.kind]
    sign, column, needs_text = effect.sign, effect.column, effect.needs_reason
    if movement.reason_code is not None:
        reason = reason_of(movement.reason_code, movement.kind)
        sign, column, needs_text = reason.sign or sign, reason.column, "text" in reason.evidence
    if not movement.quantity or sign * movement.quantity < 0:
        raise Refused("quantity-sign", kind=movement.kind.value)
    if needs_text and len((movement.reason or "").strip()) < 3:
        raise Refused("reason-needed", kind=movement.kind.value)
    if movement.occurred_on > unit.today:
        raise Refused("date-ahead", on=movement.occurred_on.isoformat())
    if (unit.today - movement.occurred_on).days > BACKDATE_DAYS_MAX:
        raise Refused("date-too-old", on=movement.occurred_on.isoformat(), days=BACKDATE_DAYS_MAX)
    _check_expiry(unit, movement)
    later = unit.one("SELECT last_day FROM balance WHERE lot = ? AND place = ?", (movement.lot, movement.place))
    try:
        row = unit.append(
            "movement", product=movement.product, lot=movement.lot, place=movement.place, kind=movement.kind.value,
            report_column=column, quantity=movement.quantity, occurred_on=movement.occurred_on.isoformat(),
            dispense=movement.dispense, prescription_line=movement.prescription_line, receipt=movement.receipt,
            reason=movement.reason, unit_cost_fcfa=movement.unit_cost_fcfa, is_campaign=int(movement.is_campaign),
            reverses=None, event=movement.event,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise _refusal(unit, fault, movement.lot, movement.place) from fault
    if movement.occurred_on < unit.today:
        never_before_a_count(unit, movement.lot, movement.place, movement.occurred_on)
    if later and later[0] > movement.occurred_on.isoformat() and movement.quantity < 0:
        _never_negative(unit, movement.lot, movement.place, movement.occurred_on)
    return row


def reverse(unit: Unit, movement: int, reason: str) -> int:
    """Undo a movement by its opposite, once. Same day while its month is open, else dated today (rule T9).

    A movement older than a count follows `counted.day_of_reversal`. Raises `Refused`: "no-such-movement",
    "is-a-reversal", "already-reversed", "reason-needed", "stock-too-low", "counted-since", "count-stands" (what a count
    found is changed by another count only).
    """
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="reversal")
    row = unit.one(
        "SELECT product, lot, place, kind, report_column, quantity, occurred_on, dispense, prescription_line, receipt,"
        " unit_cost_fcfa, is_campaign, reverses, event FROM movement WHERE id = ?",
        (movement,),
    )
    if row is None:
        raise Refused("no-such-movement", movement=movement)
    if row[12] is not None:
        raise Refused("is-a-reversal", movement=movement)
    if row[3] == MovementKind.COUNT_VARIANCE.value:
        raise Refused("count-stands", movement=movement)
    own = date.fromisoformat(row[6])
    day = day_of_reversal(unit, movement, row[1], row[2], own, comes_back=row[7] is not None)
    try:
        made = unit.append(
            "movement", product=row[0], lot=row[1], place=row[2], kind=row[3], report_column=row[4], quantity=-row[5],
            occurred_on=day.isoformat(), dispense=row[7], prescription_line=row[8], receipt=row[9], reason=reason.strip(),
            unit_cost_fcfa=row[10], is_campaign=row[11], reverses=movement, event=row[13],
        )  # fmt: skip
    except ConstraintFailed as fault:
        if fault.code == "movement.reverses":
            raise Refused("already-reversed", movement=movement) from fault
        raise _refusal(unit, fault, row[1], row[2]) from fault
    if row[5] > 0:
        _never_negative(unit, row[1], row[2], day)
    return made


def open_stock(unit: Unit, place: int, lots: list[ReceivedLot], on: date) -> list[int]:
    """Enter the first stock of the depot: its own kind and column, never a receipt (DESIGN, rules)."""
    return [
        write(
            unit,
            Movement(
                kind=MovementKind.OPENING, product=item.product, lot=lot_of(unit, item), place=place,
                quantity=item.quantity, occurred_on=on, unit_cost_fcfa=item.unit_cost_fcfa,
            ),
        )
        for item in lots
    ]  # fmt: skip


def receive(unit: Unit, place: int, number: str, supplier: str, lots: list[ReceivedLot], on: date) -> int:
    """Take a delivery into the depot; returns the receipt's id.

    Raises `Refused`: "receipt-empty", "lot-expired" (a lot past its day is never put on the shelf).
    """
    if not lots:
        raise Refused("receipt-empty")
    receipt = unit.append(
        "receipt", number=number.strip() or "sans numéro", supplier=supplier, occurred_on=on.isoformat()
    )
    for item in lots:
        if _last_day(item) < on:
            raise Refused("lot-expired", lot=item.lot_number, on=_last_day(item).isoformat())
        write(
            unit,
            Movement(
                kind=MovementKind.RECEIPT, product=item.product, lot=lot_of(unit, item), place=place,
                quantity=item.quantity, occurred_on=on, receipt=receipt, unit_cost_fcfa=item.unit_cost_fcfa,
            ),
        )  # fmt: skip
    return receipt


def lot_of(unit: Unit, item: ReceivedLot) -> int:
    """The lot of a product by number and last day, made when it is new."""
    last = _last_day(item).isoformat()
    number = item.lot_number.strip().upper() or "INCONNU"
    found = unit.value(
        "SELECT id FROM lot WHERE product = ? AND number = ? AND expires_on = ?", (item.product, number, last)
    )
    if found is not None:
        return int(found)
    return unit.insert(
        "lot", product=item.product, number=number, expires_on=last,
        expiry_precision="day" if item.expires_day else "month", funder=item.funder, status="usable", act=unit.act,
    )  # fmt: skip


def _last_day(item: ReceivedLot) -> date:
    try:
        return last_usable_day(item.expires_year, item.expires_month, item.expires_day)
    except ValueError:
        raise Refused("bad-expiry", lot=item.lot_number) from None


def _check_expiry(unit: Unit, movement: Movement) -> None:
    """An expired lot has one way out, the destruction; nothing else may say that a lot expired."""
    if movement.kind is MovementKind.LOSS_EXPIRY and not unit.value(
        "SELECT 1 FROM destruction WHERE id = ? AND act = ?", (movement.destruction, unit.act)
    ):
        raise Refused("expiry-undestroyed")
    if movement.kind in NEVER_EXPIRED and (
        number := unit.value(
            "SELECT number FROM lot WHERE id = ? AND expires_on < ?", (movement.lot, movement.occurred_on.isoformat())
        )
    ):
        raise Refused("expired-stays", lot=number)


def _never_negative(unit: Unit, lot: int, place: int, since: date) -> None:
    """Sum the lot again from a day on; raises when it would have been below zero at the end of some day."""
    row = unit.one(
        "SELECT occurred_on, running FROM (SELECT occurred_on, sum(sum(quantity)) OVER (ORDER BY occurred_on) AS running"
        " FROM movement WHERE lot = ? AND place = ? GROUP BY occurred_on) WHERE occurred_on >= ? AND running < 0 LIMIT 1",
        (lot, place, since.isoformat()),
    )
    if row:
        raise Refused("stock-too-low-then", on=row[0], short=-row[1])


def _refusal(unit: Unit, fault: ConstraintFailed, lot: int, place: int) -> Refused:
    if fault.code == "balance_not_negative":
        left = unit.value("SELECT quantity FROM balance WHERE lot = ? AND place = ?", (lot, place)) or 0
        return Refused("stock-too-low", lot=lot, left=left)
    return Refused(fault.code if fault.code == "period-closed" else "ledger-refused", constraint=fault.code)
