"""Reading places: which there are, what lies there, what is missing to their level, who serves from where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.repository import main_place
from appliance.storage import Database

KINDS = ("store", "on_call", "care_room", "maternity", "vaccination", "nutrition", "laboratory", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the centre. `is_main`: the depot itself, where deliveries come in."""

    id: int
    code: str
    name: str
    kind: str
    is_active: bool
    serves: bool
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotHere:
    """A lot at a place."""

    product: int
    code: str
    label: str
    unit: str
    lot: int
    number: str
    expires_on: date
    status: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelHere:
    """A product with a level at a place: what is to lie there, and what of it may be given today. In base units."""

    product: int
    code: str
    label: str
    unit: str
    level: int
    usable: int

    @property
    def missing(self) -> int:
        """What is to be brought."""
        return max(self.level - self.usable, 0)


def places(db: Database, *, active_only: bool = True) -> list[Place]:
    """The places of the centre, the depot first."""
    rows = db.all("SELECT id, code, name, kind, is_active, serves FROM place ORDER BY is_active DESC, id")
    main = next((row[0] for row in rows if row[4]), None)
    return [
        Place(
            id=row[0], code=row[1], name=row[2], kind=row[3], is_active=bool(row[4]), serves=bool(row[5]),
            is_main=row[0] == main,
        )
        for row in rows
        if row[4] or not active_only
    ]  # fmt: skip


def place(db: Database, identity: int) -> Place:
    """One place, active or not; raises `Refused("no-such-place")`."""
    for one in places(db, active_only=False):
        if one.id == identity:
            return one
    raise Refused("no-such-place", place=identity)


def place_of(db: Database, staff: int) -> int:
    """From which place somebody serves: the one chosen last while it is active and serves, else the depot."""
    chosen = db.value(
        "SELECT p.id FROM server_place s JOIN place p ON p.id = s.place WHERE s.staff = ? AND p.is_active = 1"
        " AND p.serves = 1 AND s.id = (SELECT max(id) FROM server_place WHERE staff = ?)",
        (staff, staff),
    )
    return main_place(db) if chosen is None else int(chosen)


def serving_place(db: Database, identity: str) -> int:
    """The place that a page named, while it serves; raises `Refused("place-not-serving")`."""
    found = db.value("SELECT id FROM place WHERE id = ? AND is_active = 1 AND serves = 1", (identity,))
    if found is None:
        raise Refused("place-not-serving", place=identity)
    return int(found)


def lots_at(db: Database, identity: int) -> list[LotHere]:
    """Everything that lies at a place, by product, what expires first before the rest."""
    return [
        LotHere(
            product=row[0], code=row[1], label=f"{row[2]} {row[3]}".strip(), unit=row[4], lot=row[5], number=row[6],
            expires_on=date.fromisoformat(row[7]), status=row[8], quantity=row[9],
        )
        for row in db.all(
            "SELECT p.id, p.code, p.name, p.strength, p.base_unit, l.id, l.number, l.expires_on, l.status, b.quantity"
            " FROM balance b JOIN lot l ON l.id = b.lot JOIN product p ON p.id = b.product"
            " WHERE b.quantity > 0 AND b.place = ? ORDER BY p.folded, l.expires_on, l.id",
            (identity,),
        )
    ]  # fmt: skip


def levels_at(db: Database, identity: int, on: date) -> list[LevelHere]:
    """The products that a place is filled with, what lacks most first."""
    found = [
        LevelHere(
            product=row[0], code=row[1], label=f"{row[2]} {row[3]}".strip(), unit=row[4], level=row[5], usable=row[6]
        )
        for row in db.all(
            "SELECT p.id, p.code, p.name, p.strength, p.base_unit, v.quantity, coalesce((SELECT sum(b.quantity) FROM balance b"
            " JOIN lot l ON l.id = b.lot WHERE b.product = p.id AND b.place = ?1 AND b.quantity > 0 AND l.status = 'usable'"
            " AND l.expires_on >= ?2), 0) FROM place_level v JOIN product p ON p.id = v.product WHERE v.place = ?1"
            " AND v.quantity > 0 AND v.id = (SELECT max(w.id) FROM place_level w WHERE w.place = ?1 AND w.product = p.id)"
            " ORDER BY p.folded",
            (identity, on.isoformat()),
        )
    ]
    return sorted(found, key=lambda one: one.missing == 0)


def issued_since_filled(db: Database, identity: int) -> list[tuple[str, str, date, int]]:
    """What a place handed over since stock was last brought to it: code, label, day, base units net of what came back.

    The night's issues that the depot regularises in the morning.
    """
    filled = db.value(
        "SELECT max(id) FROM movement WHERE kind = 'transfer_in' AND kind <> 'dispense' AND place = ?", (identity,)
    )
    since = db.value("SELECT act FROM movement WHERE id = ?", (filled,)) if filled else 0
    return [
        (row[0], f"{row[1]} {row[2]}".strip(), date.fromisoformat(row[3]), row[4])
        for row in db.all(
            "SELECT p.code, p.name, p.strength, d.occurred_on, -sum(m.quantity) FROM dispense d JOIN movement m"
            " ON m.dispense = d.id JOIN product p ON p.id = m.product WHERE d.place = ? AND d.act > ?"
            " GROUP BY p.id, d.occurred_on HAVING sum(m.quantity) < 0 ORDER BY d.occurred_on, p.folded",
            (identity, since),
        )
    ]
