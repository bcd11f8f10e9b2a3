"""The printed numbers of the depot's papers: a prefix, the year, a rank within it."""

from __future__ import annotations

from appliance.storage import Database

_LAST = {
    "BC": "SELECT max(CAST(substr(number, 9) AS INTEGER)) FROM supply_order WHERE number LIKE ?",
    "PVR": "SELECT max(CAST(substr(number, 10) AS INTEGER)) FROM proof_of_delivery WHERE number LIKE ?",
}


def next_number(db: Database, prefix: str, year: int) -> str:
    """The next number of a paper, e.g. `BC-2026-0007` for an order, `PVR-2026-0003` for a reception."""
    last = db.value(_LAST[prefix], (f"{prefix}-{year}-%",)) or 0
    return f"{prefix}-{year}-{last + 1:04d}"
