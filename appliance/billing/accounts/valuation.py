"""The stock at purchase cost: each lot at what it cost when it came in, and what each kind of movement was worth.

A lot that came in at one cost is worth quantity times cost. One that came in at several is worth their running mean,
each row that leaves rounded half up to a franc and the last one taking what is left, so that what came in is what left
and what remains, to the franc. A lot of which no cost is known has no value: it is counted apart, never as 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from appliance.storage import Database

Row = tuple[int, str, str, int, int | None]
"""Lot, day, kind, quantity, own unit cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What lies on the shelves at the end of a day: value of the lots with a cost, and the lots without one."""

    value_fcfa: int
    by_lot: dict[int, int]
    unknown: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What moved between two days, by kind: its value (signed), and base units of lots without a cost."""

    value_fcfa: dict[str, int]
    unknown: dict[str, int]


def stock_value(db: Database, on: date) -> Stock:
    """The stock at the end of a day, walked back from the balances that the triggers keep."""
    costs, mixed = _costs(db)
    held: dict[int, int] = defaultdict(int)
    held |= dict(db.all("SELECT lot, sum(quantity) FROM balance GROUP BY lot"))
    for lot, moved in db.all(
        "SELECT d.lot, sum(d.quantity) FROM product p CROSS JOIN stock_day d ON d.product = p.id AND d.day > ? GROUP BY d.lot",
        (on.isoformat(),),
    ):
        held[lot] -= moved
    by_lot = {lot: quantity * costs[lot] for lot, quantity in held.items() if quantity and lot in costs}
    for lot in mixed:
        if value := sum(value for day, _, value in _running(db, lot) if day <= on.isoformat()):
            by_lot[lot] = value
    unknown = {lot: q for lot, q in held.items() if q and lot not in costs and lot not in mixed}
    return Stock(value_fcfa=sum(by_lot.values()), by_lot=by_lot, unknown=unknown)


def stock_flows(db: Database, first: date, last: date) -> Flows:
    """What moved between two days, both included, by kind of movement."""
    costs, mixed = _costs(db)
    values: dict[str, int] = defaultdict(int)
    unknown: dict[str, int] = defaultdict(int)
    for kind, lot, quantity in db.all(
        "SELECT m.kind, m.lot, sum(m.quantity) FROM product p CROSS JOIN movement m ON m.product = p.id"
        " AND m.occurred_on BETWEEN ? AND ? GROUP BY m.kind, m.lot",
        (first.isoformat(), last.isoformat()),
    ):
        if lot in costs:
            values[kind] += quantity * costs[lot]
        elif lot not in mixed:
            unknown[kind] += abs(quantity)
    for lot in mixed:
        for day, kind, value in _running(db, lot):
            if first.isoformat() <= day <= last.isoformat():
                values[kind] += value
    return Flows(value_fcfa=dict(values), unknown=dict(unknown))


def drc_debt(db: Database, on: date) -> int:
    """What is owed to the DRC at the end of a day: receipts on credit at cost, less returns, less what was paid."""
    costs, mixed = _costs(db)
    received: int = sum(
        quantity * costs.get(lot, 0)
        for lot, quantity in db.all(
            "SELECT lot, sum(quantity) FROM movement WHERE receipt IS NOT NULL AND kind = 'receipt' AND occurred_on <= ?1"
            " GROUP BY lot UNION ALL SELECT lot, sum(quantity) FROM movement WHERE kind = 'return_to_supplier'"
            " AND occurred_on <= ?1 GROUP BY lot",
            (on.isoformat(),),
        )
    )
    for lot in mixed:
        received += sum(
            value
            for day, kind, value in _running(db, lot)
            if kind in ("receipt", "return_to_supplier") and day <= on.isoformat()
        )
    paid = int(
        db.value(
            "SELECT sum(CASE debit WHEN 'drc' THEN amount_fcfa ELSE -amount_fcfa END) FROM account_entry"
            " WHERE (debit = 'drc' OR credit = 'drc') AND occurred_on <= ?",
            (on.isoformat(),),
        )
        or 0
    )
    return received - paid


def movements_of(
    db: Database, kinds: Iterable[str], first: date, last: date, limit: int = 300
) -> list[tuple[int, date, str, str, str, int, int | None]]:
    """The movements behind a figure: id, day, kind, product, lot number, quantity, cost of one unit where it is one."""
    costs, _ = _costs(db)
    asked = tuple(kinds)
    marks = ",".join("?" * len(asked))
    rows = db.all(
        "SELECT m.id, m.occurred_on, m.kind, trim(t.name || ' ' || t.strength), l.number, m.quantity, m.lot FROM product p"
        " CROSS JOIN movement m ON m.product = p.id AND m.occurred_on BETWEEN ? AND ? JOIN product t ON t.id = m.product"
        f" JOIN lot l ON l.id = m.lot WHERE m.kind IN ({marks}) ORDER BY m.occurred_on, m.id LIMIT ?",
        (first.isoformat(), last.isoformat(), *asked, limit),
    )
    return [(row[0], date.fromisoformat(row[1]), row[2], row[3], row[4], row[5], costs.get(row[6])) for row in rows]


def _costs(db: Database) -> tuple[dict[int, int], list[int]]:
    """The cost of each lot that came in at one cost, and the lots that came in at several."""
    costs, mixed = {}, []
    for lot, low, high in db.all(
        "SELECT m.lot, min(m.unit_cost_fcfa), max(m.unit_cost_fcfa) FROM movement m WHERE m.unit_cost_fcfa IS NOT NULL"
        " AND m.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM movement r WHERE r.reverses = m.id) GROUP BY m.lot"
    ):
        if low == high:
            costs[lot] = low
        else:
            mixed.append(lot)
    return costs, mixed


def _running(db: Database, lot: int) -> list[tuple[str, str, int]]:
    """Day, kind and value of each movement of a lot that came in at several costs."""
    rows = db.all(
        "SELECT occurred_on, kind, quantity, unit_cost_fcfa FROM movement WHERE lot = ? ORDER BY occurred_on, id",
        (lot,),
    )
    return running(rows)


def running(rows: Iterable[tuple[str, str, int, int | None]]) -> list[tuple[str, str, int]]:
    """Values of rows (day, kind, quantity, own cost) at the running mean; pure.

    What bears a cost is worth it; what bears none takes its part of what is there, all of it when it takes the last unit.
    """
    found: list[tuple[str, str, int]] = []
    quantity = value = 0
    mean = (0, 1)
    for day, kind, moved, cost in rows:
        if cost is not None:
            worth = moved * cost
        elif quantity + moved == 0:
            worth = -value
        else:
            total, units = (value, quantity) if quantity > 0 else mean
            worth = (2 * moved * total + units) // (2 * units)
        quantity, value = quantity + moved, value + worth
        mean = (value, quantity) if quantity > 0 else mean
        found.append((day, kind, worth))
    return found
