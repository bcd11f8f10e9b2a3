"""What must hold of the cold chain; each check returns the entries that offend, none when it holds."""

from __future__ import annotations

from appliance.stock.cold_chain.policy import policy
from appliance.storage import Database


def vials_add_up(db: Database) -> list[str]:
    """No opening was given and thrown away beyond its doses, its movement took just those out, and one undone gave none."""
    return [
        f"opening {opening}: {doses} doses, {used} accounted for, movement {quantity}"
        for opening, doses, used, quantity in db.all(
            "SELECT o.id, o.vials * o.doses_per_vial AS doses, coalesce((SELECT sum(x.given + x.wasted) FROM vial_outcome x"
            " WHERE x.opening = o.id), 0) AS used, m.quantity FROM vial_opening o JOIN movement m ON m.id = o.movement"
            " WHERE used > doses OR m.quantity <> -doses OR m.lot <> o.lot"
            " OR (used > 0 AND EXISTS (SELECT 1 FROM movement r WHERE r.reverses = o.movement))"
        )
    ]


def turned_monitors_are_set_aside(db: Database) -> list[str]:
    """A lot whose vial monitor says that it is spoiled is not usable."""
    return [
        f"lot {lot}: stage {stage}, {status}"
        for lot, stage, status in db.all(
            "SELECT l.id, v.stage, l.status FROM vvm_reading v JOIN lot l ON l.id = v.lot WHERE v.stage >= ?"
            " AND l.status = 'usable' AND NOT EXISTS (SELECT 1 FROM vvm_reading n WHERE n.lot = v.lot AND n.id > v.id)",
            (policy().vvm_unusable_from,),
        )
    ]
