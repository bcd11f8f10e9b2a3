"""Reading the ledger: what lies where, a product's card, its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.cold_chain.policy import policy
from appliance.stock.ledger.fefo import LotOnShelf
from appliance.storage import Database, settings

_ON_SHELF = (
    "SELECT l.id, l.number, l.expires_on, b.quantity, l.status FROM balance b JOIN lot l ON l.id = b.lot"
    " WHERE b.product = ? AND b.quantity > 0"
)
_MONITORS = "SELECT v.lot, v.stage FROM lot l JOIN vvm_reading v ON v.lot = l.id WHERE l.product = ? ORDER BY v.id"
VVM_RANKING = "vvm-before-expiry"
"""Setting: whether the lot whose vial monitor went further is given first, before the one that expires first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """One movement on the stock card, with the product's balance after it over all places."""

    id: int
    occurred_on: date
    recorded_at: int
    kind: str
    reason: str | None
    document: str
    lot_number: str
    expires_on: date
    quantity: int
    balance: int
    reverses: int | None
    is_reversed: bool
    dispense: int | None
    event: int | None = None


def on_shelf(db: Database, product: int, place: int | None = None) -> list[LotOnShelf]:
    """The lots of a product with something left, at one place or summed over all of them."""
    sql, parameters = _ON_SHELF, [product]
    if place is not None:
        sql, parameters = f"{sql} AND b.place = ?", [product, place]
    found: dict[int, LotOnShelf] = {}
    # Few products have a monitor: for all others this is one look into an index.
    read: dict[int, int] = dict(db.all(_MONITORS, (product,)))
    stages = read if read and is_vvm_ranked(db) else {}
    for lot, number, expires, quantity, status in db.all(sql, parameters):
        held = found[lot].quantity if lot in found else 0
        found[lot] = LotOnShelf(
            lot=lot, number=number, expires_on=date.fromisoformat(expires), quantity=held + quantity,
            is_usable=status == "usable", vvm=stages.get(lot, 0),
        )  # fmt: skip
    return list(found.values())


def vvm_stage(db: Database, lot: int) -> int | None:
    """The last stage (1 to 4) read on a lot's vial monitor; None when it was never read."""
    found: int | None = db.value("SELECT stage FROM vvm_reading WHERE lot = ? ORDER BY id DESC LIMIT 1", (lot,))
    return found


def is_vvm_ranked(db: Database) -> bool:
    """Whether the stage of a vial monitor ranks before the expiry: the centre's setting, else the policy's."""
    return bool(settings.get(db, VVM_RANKING, policy().is_vvm_ranked))


def main_place(db: Database) -> int:
    """The place from which medicines are handed over; raises `Refused("facility-missing")` before the set-up."""
    found = db.value("SELECT id FROM place WHERE is_active = 1 ORDER BY id LIMIT 1")
    if found is None:
        raise Refused("facility-missing")
    return int(found)


def is_closed(db: Database, day: date) -> bool:
    """Whether the ledger takes no more rows of a day: its month, or a later one, is closed."""
    closed: str | None = db.value("SELECT max(month) FROM stock_period")
    return closed is not None and str(Month.of(day)) <= closed


def moved(db: Database) -> set[int]:
    """The products of which something ever lay here."""
    return {
        row[0] for row in db.all("SELECT id FROM product p WHERE EXISTS (SELECT 1 FROM stock_day WHERE product = p.id)")
    }


def usable_by_product(db: Database, on: date) -> dict[int, int]:
    """Usable stock of every product over all places: not expired, not quarantined, not recalled."""
    return dict(
        db.all(
            "SELECT b.product, sum(b.quantity) FROM balance b JOIN lot l ON l.id = b.lot"
            " WHERE b.quantity > 0 AND l.status = 'usable' AND l.expires_on >= ? GROUP BY b.product",
            (on.isoformat(),),
        )
    )


def usable(db: Database, product: int, on: date) -> int:
    """Usable stock of one product over all places."""
    return int(
        db.value(
            "SELECT sum(b.quantity) FROM balance b JOIN lot l ON l.id = b.lot WHERE b.product = ? AND b.quantity > 0"
            " AND l.status = 'usable' AND l.expires_on >= ?",
            (product, on.isoformat()),
        )
        or 0
    )


def card(db: Database, product: int, limit: int = 25, before: int | None = None) -> list[CardLine]:
    """The newest movements of a product, newest first, paged by movement id, each with the balance after it.

    The balance walks back from the one the triggers keep, so that nothing scans the product's history.
    """
    total = db.value("SELECT sum(quantity) FROM balance WHERE product = ?", (product,)) or 0
    last = before or 1 << 62
    if before:
        total -= db.value("SELECT sum(quantity) FROM movement WHERE product = ? AND id >= ?", (product, before)) or 0
    lines = []
    for row in db.all(
        "SELECT m.id, m.occurred_on, a.at, m.kind, m.reason, m.dispense, m.receipt, r.number, l.number, l.expires_on,"
        " m.quantity, m.reverses, EXISTS (SELECT 1 FROM movement x WHERE x.reverses = m.id),"
        " m.event FROM movement m JOIN lot l ON l.id = m.lot JOIN act a ON a.seq = m.act LEFT JOIN receipt r ON r.id = m.receipt"
        " WHERE m.product = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?",
        (product, last, limit),
    ):
        document = f"Disp. {row[5]}" if row[5] else str(row[7] or "") if row[6] else ""
        lines.append(
            CardLine(
                id=row[0], occurred_on=date.fromisoformat(row[1]), recorded_at=row[2], kind=row[3], reason=row[4],
                document=document, lot_number=row[8], expires_on=date.fromisoformat(row[9]), quantity=row[10],
                balance=total, reverses=row[11], is_reversed=bool(row[12]), dispense=row[5],
                event=row[13],
            )
        )  # fmt: skip
        total -= row[10]
    return lines


def daily_balance(db: Database, product: int, since: date, until: date) -> list[tuple[date, int]]:
    """The balance of a product at the end of each day on which it moved, and at both ends."""
    now = db.value("SELECT sum(quantity) FROM balance WHERE product = ?", (product,)) or 0
    days = db.all(
        "SELECT day, sum(quantity) FROM stock_day WHERE product = ? AND day >= ? GROUP BY day ORDER BY day DESC",
        (product, since.isoformat()),
    )
    points: list[tuple[date, int]] = []
    for day, moved in days:
        if date.fromisoformat(day) <= until:
            points.append((date.fromisoformat(day), now))
        now -= moved
    points.append((since, now))
    if points[0][0] < until:
        points.insert(0, (until, points[0][1]))
    return points[::-1]
