"""What moves stock, and what each movement means for the month's report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MovementKind(StrEnum):
    """Every kind of movement. A reversal keeps the kind of what it undoes."""

    OPENING = "opening"
    RECEIPT = "receipt"
    DONATION = "donation"
    DISPENSE = "dispense"
    SERVICE_USE = "service_use"
    LOSS_EXPIRY = "loss_expiry"
    LOSS_BREAKAGE = "loss_breakage"
    LOSS_THEFT = "loss_theft"
    LOSS_COLD_CHAIN = "loss_cold_chain"
    ADJUSTMENT = "adjustment"
    COUNT_VARIANCE = "count_variance"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    LOAN_OUT = "loan_out"
    LOAN_RETURN_IN = "loan_return_in"
    LOAN_IN = "loan_in"
    LOAN_RETURN_OUT = "loan_return_out"
    GIFT_OUT = "gift_out"
    GIFT_IN = "gift_in"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    KIT_OUT = "kit_out"
    KIT_IN = "kit_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a kind does to stock and to the month's report.

    `sign` is +1, -1, or 0 for either. `column` is where the report counts it when no reason says otherwise;
    `or_column` another that a reason of this kind may name. Without a reason's code a text is needed when
    `needs_reason`. Consumption is the column QU and nothing else (rule A6).
    """

    sign: int
    column: str
    or_column: str | None = None
    needs_reason: bool = False

    @property
    def is_consumption(self) -> bool:
        """Whether it counts in the CMM."""
        return self.column == "QU"


# What moves between two places of the centre, or from a kit into its parts, stands twice in the same column: a
# transfer adds up to 0 there, is neither received nor consumed, and the month's identity holds.
EFFECTS: dict[MovementKind, Effect] = {
    MovementKind.OPENING: Effect(sign=1, column="SI"),
    MovementKind.RECEIPT: Effect(sign=1, column="QR"),
    MovementKind.DONATION: Effect(sign=1, column="QR"),
    MovementKind.DISPENSE: Effect(sign=-1, column="QU"),
    MovementKind.SERVICE_USE: Effect(sign=-1, column="QU"),
    MovementKind.LOSS_EXPIRY: Effect(sign=-1, column="QP"),
    MovementKind.LOSS_BREAKAGE: Effect(sign=-1, column="QP", needs_reason=True),
    MovementKind.LOSS_THEFT: Effect(sign=-1, column="QP", needs_reason=True),
    MovementKind.LOSS_COLD_CHAIN: Effect(sign=-1, column="QP", needs_reason=True),
    MovementKind.ADJUSTMENT: Effect(sign=0, column="QA", needs_reason=True),
    MovementKind.COUNT_VARIANCE: Effect(sign=0, column="QA", needs_reason=True),
    MovementKind.TRANSFER_OUT: Effect(sign=-1, column="QA"),
    MovementKind.TRANSFER_IN: Effect(sign=1, column="QA"),
    MovementKind.LOAN_OUT: Effect(sign=-1, column="QA"),
    MovementKind.LOAN_RETURN_IN: Effect(sign=1, column="QA"),
    MovementKind.LOAN_IN: Effect(sign=1, column="QA"),
    MovementKind.LOAN_RETURN_OUT: Effect(sign=-1, column="QA"),
    MovementKind.GIFT_OUT: Effect(sign=-1, column="QA"),
    MovementKind.GIFT_IN: Effect(sign=1, column="QA", or_column="QR"),
    MovementKind.RETURN_TO_SUPPLIER: Effect(sign=-1, column="QA", or_column="QP"),
    MovementKind.KIT_OUT: Effect(sign=-1, column="QA"),
    MovementKind.KIT_IN: Effect(sign=1, column="QA"),
}
PAIRS = {
    MovementKind.TRANSFER_OUT: MovementKind.TRANSFER_IN,
    MovementKind.KIT_OUT: MovementKind.KIT_IN,
}
"""Kinds that are written together, in one act: what goes out and what comes in."""

LOT_UNKNOWN = "INCONNU"
"""The number of a lot whose box can't be read; it stands on the supervisor's list."""
