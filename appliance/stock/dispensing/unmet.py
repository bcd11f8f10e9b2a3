"""Unmet demand: what was asked for and not given, with its cause. One standing row a prescription line.

What is served later withdraws what stood for it, or the same demand would count twice in the consumption (rule A2);
taking that handing-over back puts it up again.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from appliance.core.errors import Refused
from appliance.stock.dispensing.model import CAUSES, DispenseLine
from appliance.storage import Database, Unit

_ROW = "id, product, prescription_line, quantity, cause, substituted_by, occurred_on, dispense"
_STANDS = "reverses IS NULL AND NOT EXISTS (SELECT 1 FROM unmet_demand r WHERE r.reverses = unmet_demand.id)"


def note(unit: Unit, line: DispenseLine, dispense: int, on: date) -> None:
    """Note what a line lacks, in place of what stood for the same line; raises `Refused("unmet-cause")`."""
    if line.prescription_line is not None:
        for row in unit.all(
            f"SELECT {_ROW} FROM unmet_demand WHERE prescription_line = ? AND {_STANDS}", (line.prescription_line,)
        ):
            _write(unit, row, -row[3], reverses=row[0])
    if line.given == line.asked:
        return
    if line.unmet_cause not in CAUSES:
        raise Refused("unmet-cause", product=line.product)
    missing = (
        0,
        line.product,
        line.prescription_line,
        0,
        line.unmet_cause,
        line.substituted_by,
        on.isoformat(),
        dispense,
    )
    _write(unit, missing, line.asked - line.given)


def reverse_of(unit: Unit, dispense: int) -> None:
    """Withdraw what a handing-over noted, and put up again what it had withdrawn."""
    for row in unit.all(f"SELECT {_ROW} FROM unmet_demand WHERE dispense = ? AND {_STANDS}", (dispense,)):
        _write(unit, row, -row[3], reverses=row[0])
    withdrawn = unit.all(
        f"SELECT {_ROW} FROM unmet_demand WHERE reverses IS NOT NULL AND dispense <> ?"
        " AND act = (SELECT act FROM dispense WHERE id = ?) AND prescription_line IN"
        " (SELECT l.id FROM prescription_line l JOIN dispense d ON d.prescription = l.prescription WHERE d.id = ?)",
        (dispense, dispense, dispense),
    )
    for row in withdrawn:
        _write(unit, row, -row[3])


def settled_by_line(db: Database, prescription: int) -> dict[int, int]:
    """By prescription line, the base units that nobody waits for any more: replaced by another product, or not wanted."""
    return dict(
        db.all(
            "SELECT u.prescription_line, sum(u.quantity) FROM unmet_demand u JOIN prescription_line p"
            " ON p.id = u.prescription_line WHERE p.prescription = ? AND u.cause IN ('substituted', 'refused')"
            " GROUP BY u.prescription_line",
            (prescription,),
        )
    )


def _write(unit: Unit, row: tuple[Any, ...], quantity: int, reverses: int | None = None) -> None:
    unit.append(
        "unmet_demand", product=row[1], prescription_line=row[2], dispense=row[7], quantity=quantity, cause=row[4],
        substituted_by=row[5], occurred_on=row[6], reverses=reverses,
    )  # fmt: skip
