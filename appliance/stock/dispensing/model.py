"""What is asked for at the counter, and why it may not be given. Pure."""

from __future__ import annotations

from dataclasses import dataclass

CAUSES = ("stockout", "too_expensive", "refused", "substituted", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseLine:
    """One product asked for. `given` base units leave the shelf; what is asked and not given is unmet demand.

    `unmet_cause` must be given when `given` is less than `asked`. `lots` overrides the proposal and needs a reason.
    """

    product: int
    asked: int
    given: int
    prescription_line: int | None = None
    unmet_cause: str | None = None
    substituted_by: int | None = None
    lots: tuple[tuple[int, int], ...] = ()
    lots_reason: str | None = None
