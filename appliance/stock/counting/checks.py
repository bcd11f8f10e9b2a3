"""What must hold of counts; each check returns the entries that offend, none when it holds."""

from __future__ import annotations

from appliance.storage import Database


def counts_are_written_as_found(db: Database) -> list[str]:
    """Each variance of a finalised count is one movement of that lot, place and quantity, and no such movement stands alone."""
    return [
        f"count result {result} against movement {movement}"
        for result, movement in db.all(
            "SELECT r.id, r.movement FROM count_result r LEFT JOIN movement m ON m.id = r.movement WHERE r.variance <> 0"
            " AND (m.id IS NULL OR m.kind <> 'count_variance' OR m.lot <> r.lot OR m.place <> r.place OR m.quantity <> r.variance)"
            " UNION ALL SELECT 0, m.id FROM movement m WHERE m.kind = 'count_variance'"
            " AND NOT EXISTS (SELECT 1 FROM count_result r WHERE r.movement = m.id)"
        )
    ]


def one_count_a_place(db: Database) -> list[str]:
    """At no place are two counts under way: their lines would hold against one another."""
    return [
        f"place {place}: {counts} counts under way"
        for place, counts in db.all(
            "SELECT c.place, count(*) FROM stock_count c WHERE NOT EXISTS (SELECT 1 FROM stock_count_status s"
            " WHERE s.stock_count = c.id AND s.status IN ('finalised', 'abandoned')) GROUP BY c.place HAVING count(*) > 1"
        )
    ]


CHECKS = {"counts": counts_are_written_as_found, "counts-under-way": one_count_a_place}
