"""What must hold of destructions; each check returns the entries that offend, none when it holds."""

from __future__ import annotations

from appliance.storage import Database


def destructions_are_written(db: Database) -> list[str]:
    """Each line of a destruction is one movement out of that lot and place, of a lot past its last day."""
    return [
        f"destruction line {line} against movement {movement}"
        for line, movement in db.all(
            "SELECT d.id, d.movement FROM destruction_line d JOIN movement m ON m.id = d.movement JOIN lot l ON l.id = d.lot"
            " WHERE m.kind <> 'loss_expiry' OR m.lot <> d.lot OR m.place <> d.place OR m.quantity <> -d.quantity"
            " OR l.expires_on >= m.occurred_on"
        )
    ]


CHECKS = {"destructions": destructions_are_written}
