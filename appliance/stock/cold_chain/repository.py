"""Reading the cold chain: fridges and their readings, stages of lots, open vials, doses by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.stock.cold_chain.excursions import Temperature
from appliance.stock.cold_chain.policy import Vaccine, policy
from appliance.stock.cold_chain.tables import ColdEquipmentRow
from appliance.stock.cold_chain.wastage import MonthOfDoses
from appliance.storage import Database

READINGS_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A fridge, freezer or cooler; its band in tenths of a degree."""

    id: int
    name: str
    kind: str
    low_tenths: int
    high_tenths: int
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdLot:
    """A lot of a product of the cold chain with what lies of it at a place. `stage` 0: its monitor was never read."""

    lot: int
    number: str
    expires_on: date
    status: str
    product: int
    code: str
    label: str
    unit: str
    pack_units: int
    place: int
    place_name: str
    quantity: int
    stage: int

    @property
    def vaccine(self) -> Vaccine | None:
        """What the policy says of it."""
        return policy().vaccines.get(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVial:
    """An opening of which doses are left; instants in ms."""

    id: int
    product: int
    code: str
    label: str
    lot: int
    lot_number: str
    session: int | None
    vials: int
    doses: int
    left: int
    occurred_on: date
    opened_at: int
    use_until: int

    @property
    def vaccine(self) -> Vaccine | None:
        """What the policy says of it."""
        return policy().vaccines.get(self.code)


def equipment(db: Database, *, with_retired: bool = False) -> list[Equipment]:
    """The fridges of the centre by name; retired ones when asked."""
    query = ColdEquipmentRow.select().order_by(ColdEquipmentRow.name)
    if not with_retired:
        query = query.where(ColdEquipmentRow.is_active == 1)
    return [_equipment(row) for row in db.rows(query)]


def one_equipment(db: Database, key: int) -> Equipment | None:
    """A fridge by its key."""
    rows = db.rows(ColdEquipmentRow.select().where(ColdEquipmentRow.id == key))
    return _equipment(rows[0]) if rows else None


def _equipment(row: dict[str, Any]) -> Equipment:
    return Equipment(
        id=row["id"], name=row["name"], kind=row["kind"], low_tenths=row["low_tenths"], high_tenths=row["high_tenths"],
        is_active=bool(row["is_active"]),
    )  # fmt: skip


def readings(db: Database, key: int, since: date, until: date) -> list[Temperature]:
    """The readings of a fridge that count, in their order: of one day and moment the last row, every extra one."""
    rows = db.all(
        "SELECT r.id, r.occurred_on, r.moment, r.hour, r.tenths, r.low_tenths, r.high_tenths, r.is_alarm, r.measure,"
        " coalesce(s.name, '') FROM temperature_reading r JOIN act a ON a.seq = r.act LEFT JOIN staff s ON s.id = a.staff"
        " WHERE r.equipment = ? AND r.occurred_on BETWEEN ? AND ? AND (r.moment = 'extra' AND NOT EXISTS ("
        " SELECT 1 FROM temperature_reading n WHERE n.equipment = r.equipment AND n.occurred_on = r.occurred_on"
        " AND n.moment = 'extra' AND n.hour = r.hour AND n.id > r.id) OR r.moment <> 'extra' AND NOT EXISTS ("
        " SELECT 1 FROM temperature_reading n WHERE n.equipment = r.equipment AND n.occurred_on = r.occurred_on"
        " AND n.moment = r.moment AND n.id > r.id)) ORDER BY r.occurred_on, r.hour, r.id LIMIT ?",
        (key, since.isoformat(), until.isoformat(), READINGS_MAX),
    )
    return [
        Temperature(
            id=row[0], occurred_on=date.fromisoformat(row[1]), moment=row[2], hour=row[3], tenths=row[4],
            low_tenths=row[5], high_tenths=row[6], is_alarm=bool(row[7]), measure=row[8], by=row[9],
        )
        for row in rows
    ]  # fmt: skip


def first_reading(db: Database, key: int) -> date | None:
    """The day of a fridge's first reading: before it nothing is missed."""
    found = db.value("SELECT min(occurred_on) FROM temperature_reading WHERE equipment = ?", (key,))
    return date.fromisoformat(found) if found else None


def cold_lots(db: Database) -> list[ColdLot]:
    """What lies of the cold chain's products, by product and expiry, place by place."""
    rows = db.all(
        "SELECT l.id, l.number, l.expires_on, l.status, p.id, p.code, trim(p.name || ' ' || p.strength), p.base_unit,"
        " p.pack_units, b.place, w.name, b.quantity, coalesce((SELECT v.stage FROM vvm_reading v WHERE v.lot = l.id"
        " ORDER BY v.id DESC LIMIT 1), 0) FROM product p JOIN balance b ON b.product = p.id JOIN lot l ON l.id = b.lot"
        " JOIN place w ON w.id = b.place WHERE p.cold_chain = 1 AND b.quantity > 0 ORDER BY p.folded, l.expires_on, l.id, w.id"
    )
    return [
        ColdLot(
            lot=row[0], number=row[1], expires_on=date.fromisoformat(row[2]), status=row[3], product=row[4], code=row[5],
            label=row[6], unit=row[7], pack_units=row[8], place=row[9], place_name=row[10], quantity=row[11], stage=row[12],
        )
        for row in rows
    ]  # fmt: skip


_OPENED = (
    "SELECT o.id, o.product, p.code, trim(p.name || ' ' || p.strength), o.lot, l.number, o.session, o.vials,"
    " o.vials * o.doses_per_vial, o.vials * o.doses_per_vial - coalesce((SELECT sum(x.given + x.wasted) FROM vial_outcome x"
    " WHERE x.opening = o.id), 0) AS rest, o.occurred_on, o.opened_at, o.use_until FROM vial_opening o"
    " JOIN product p ON p.id = o.product JOIN lot l ON l.id = o.lot"
    " WHERE NOT EXISTS (SELECT 1 FROM movement r WHERE r.reverses = o.movement)"
)


def open_vials(db: Database) -> list[OpenVial]:
    """Openings of which something is left, the first to end first."""
    rows = db.all(f"SELECT * FROM ({_OPENED}) WHERE rest > 0 ORDER BY use_until, id")
    return [_open(row) for row in rows]


def opening(db: Database, key: int) -> OpenVial | None:
    """One opening that was not undone, whatever is left of it."""
    row = db.one(f"{_OPENED} AND o.id = ?", (key,))
    return _open(row) if row else None


def _open(row: tuple[Any, ...]) -> OpenVial:
    return OpenVial(
        id=row[0], product=row[1], code=row[2], label=row[3], lot=row[4], lot_number=row[5], session=row[6], vials=row[7],
        doses=row[8], left=row[9], occurred_on=date.fromisoformat(row[10]), opened_at=row[11], use_until=row[12],
    )  # fmt: skip


def administered_doses(db: Database, product: int, year: int) -> dict[int, int]:
    """Doses of a product given to people by month (1 to 12): what is typed when vials are closed.

    The one place that says what was administered: a register of vaccinations by name is to be read here, and nowhere else.
    """
    return dict(
        db.all(
            "SELECT CAST(substr(x.occurred_on, 6, 2) AS INTEGER), sum(x.given) FROM vial_opening o"
            " JOIN vial_outcome x ON x.opening = o.id WHERE o.product = ? AND x.occurred_on BETWEEN ? AND ? GROUP BY 1",
            (product, f"{year}-01-01", f"{year}-12-31"),
        )
    )


def opened_doses(db: Database, product: int, year: int) -> dict[int, int]:
    """Doses of the vials opened by month (1 to 12), undone openings left out."""
    return dict(
        db.all(
            "SELECT CAST(substr(o.occurred_on, 6, 2) AS INTEGER), sum(o.vials * o.doses_per_vial) FROM vial_opening o"
            " WHERE o.product = ? AND o.occurred_on BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM movement r WHERE r.reverses = o.movement) GROUP BY 1",
            (product, f"{year}-01-01", f"{year}-12-31"),
        )
    )


def doses_by_month(db: Database, product: int, year: int) -> list[MonthOfDoses]:
    """Opened and administered doses of a product, month by month, for rule V."""
    opened, given = opened_doses(db, product, year), administered_doses(db, product, year)
    return [
        MonthOfDoses(month=month, opened=opened.get(month, 0), administered=given.get(month, 0))
        for month in range(1, 13)
        if month in opened or month in given
    ]


def vial_days(db: Database, product: int, year: int) -> list[tuple[date, str, int, int, int]]:
    """The rows behind a year's wastage: day, lot, doses opened, given, thrown away; in order of the opening."""
    return [
        (date.fromisoformat(row[0]), row[1], row[2], row[3], row[4])
        for row in db.all(
            "SELECT o.occurred_on, l.number, o.vials * o.doses_per_vial,"
            " coalesce((SELECT sum(x.given) FROM vial_outcome x WHERE x.opening = o.id), 0),"
            " coalesce((SELECT sum(x.wasted) FROM vial_outcome x WHERE x.opening = o.id), 0)"
            " FROM vial_opening o JOIN lot l ON l.id = o.lot WHERE o.product = ? AND o.occurred_on BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM movement r WHERE r.reverses = o.movement) ORDER BY o.occurred_on, o.id",
            (product, f"{year}-01-01", f"{year}-12-31"),
        )
    ]
