"""What a lot cost: at the price of its own delivery, else at that of the newest delivery of its product."""

from __future__ import annotations

from appliance.storage import Database


def unit_cost(db: Database, product: int, lot: int) -> int | None:
    """FCFA a base unit, as written when the lot came in; None when no delivery of the product has a cost."""
    own = db.value(
        "SELECT unit_cost_fcfa FROM movement WHERE product = ? AND lot = ? AND unit_cost_fcfa IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        (product, lot),
    )
    if own is not None:
        return int(own)
    found = db.one(
        "SELECT unit_cost_fcfa, max(id) FROM movement WHERE product = ? AND unit_cost_fcfa IS NOT NULL", (product,)
    )
    return None if found is None or found[0] is None else int(found[0])
