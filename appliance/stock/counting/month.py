"""Which products' stock at the end of a month rests on a count of that month, and which on the ledger alone."""

from __future__ import annotations

from datetime import date

from appliance.storage import Database


def counted_in(db: Database, first: date, last: date) -> dict[int, date]:
    """The products that were counted between two days at every place that holds them on the last one, and since when.

    The day is that of the place counted longest ago: from then on the figure follows what was written. A place counts
    as counted when each of its lots was, but for what came there after its count. A variance that had to be dated
    after `last` (its month was closed meanwhile) is not in the stock of that day, so its count doesn't vouch for it.
    """
    counted: dict[tuple[int, int], tuple[int, str]] = {
        (lot, place): (product, day)
        for product, lot, place, day in db.all(
            "SELECT l.product, r.lot, r.place, max(r.counted_on) FROM place w CROSS JOIN count_result r ON r.place = w.id"
            " AND r.counted_on BETWEEN ?1 AND ?2 JOIN lot l ON l.id = r.lot LEFT JOIN movement m ON m.id = r.movement"
            " WHERE m.id IS NULL OR m.occurred_on <= ?2 GROUP BY r.lot, r.place",
            (first.isoformat(), last.isoformat()),
        )
    }
    if not counted:
        return {}
    days: dict[tuple[int, int], str] = {}
    for (_, place), (product, day) in counted.items():
        days[product, place] = max(day, days.get((product, place), ""))
    unsure = {
        product
        for product, lot, place in _held(db, last)
        if (lot, place) not in counted
        and ((product, place) not in days or _came(db, lot, place) <= days[product, place])
    }
    found: dict[int, date] = {}
    for (product, _), day in sorted(days.items(), key=lambda item: item[1]):
        if product not in unsure:
            found.setdefault(product, date.fromisoformat(day))
    return found


def _held(db: Database, day: date) -> list[tuple[int, int, int]]:
    """Product, lot and place of everything that lay somewhere at the end of a day: balances walked back."""
    held = {
        (product, lot, place): quantity
        for product, lot, place, quantity in db.all("SELECT product, lot, place, quantity FROM balance")
    }
    for product, lot, place, moved in db.all(
        "SELECT m.product, m.lot, m.place, sum(m.quantity) FROM product p CROSS JOIN movement m ON m.product = p.id"
        " AND m.occurred_on > ? GROUP BY m.product, m.lot, m.place",
        (day.isoformat(),),
    ):
        held[product, lot, place] = held.get((product, lot, place), 0) - moved
    return [key for key, quantity in held.items() if quantity > 0]


def _came(db: Database, lot: int, place: int) -> str:
    """The first day on which something of a lot moved at a place."""
    return str(db.value("SELECT min(occurred_on) FROM movement WHERE lot = ? AND place = ?", (lot, place)) or "")
