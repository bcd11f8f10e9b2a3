"""What moves stock, and what each movement means for the month's report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MovementKind(StrEnum):
    """Every kind of movement. A reversal keeps the kind of what it undoes."""

    OPENING = "opening"
    RECEIPT = "receipt"
    DISPENSE = "dispense"
    SERVICE_USE = "service_use"
    LOSS_EXPIRY = "loss_expiry"
    LOSS_BREAKAGE = "loss_breakage"
    LOSS_THEFT = "loss_theft"
    LOSS_COLD_CHAIN = "loss_cold_chain"
    ADJUSTMENT = "adjustment"
    COUNT_VARIANCE = "count_variance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Sign (+1, -1, 0 for either), report column, whether it is consumption, whether a reason must be given."""

    sign: int
    column: str
    is_consumption: bool = False
    needs_reason: bool = False


EFFECTS: dict[MovementKind, Effect] = {
    MovementKind.OPENING: Effect(sign=1, column="SI"),
    MovementKind.RECEIPT: Effect(sign=1, column="QR"),
    MovementKind.DISPENSE: Effect(sign=-1, column="QU", is_consumption=True),
    MovementKind.SERVICE_USE: Effect(sign=-1, column="QU", is_consumption=True),
    MovementKind.LOSS_EXPIRY: Effect(sign=-1, column="QP"),
    MovementKind.LOSS_BREAKAGE: Effect(sign=-1, column="QP", needs_reason=True),
    MovementKind.LOSS_THEFT: Effect(sign=-1, column="QP", needs_reason=True),
    MovementKind.LOSS_COLD_CHAIN: Effect(sign=-1, column="QP", needs_reason=True),
    MovementKind.ADJUSTMENT: Effect(sign=0, column="QA", needs_reason=True),
    MovementKind.COUNT_VARIANCE: Effect(sign=0, column="QA", needs_reason=True),
}

LOT_UNKNOWN = "INCONNU"
"""The number of a lot whose box can't be read; it stands on the supervisor's list."""
