"""What has expired, what will soon, and what consumption will not reach in time (rule X), with its value and who could use it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from appliance.core.errors import Refused
from appliance.stock.cards import card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger.costs import unit_cost
from appliance.stock.ordering.expiry import LotAhead, usable_before_expiry
from appliance.storage import Database

SOON_DAYS = 91
PRESCRIBED_DAYS = 30
LISTED_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringLot:
    """A lot at a place. `days_left` counts today and the last usable day; `at_risk` are base units that consumption does
    not reach (None while the CMM is unknown), `cmm` that by which it was reckoned, `before` what the lots before it take."""

    lot: int
    place: int
    place_name: str
    product: int
    code: str
    label: str
    unit: str
    number: str
    expires_on: date
    quantity: int
    unit_cost_fcfa: int | None
    days_left: int
    is_usable: bool = True
    cmm: Fraction | None = None
    before: Fraction = Fraction(0)
    at_risk: Fraction | None = None
    people: int = 0
    asked: int = 0

    @property
    def value_fcfa(self) -> int | None:
        """The whole lot at cost."""
        return None if self.unit_cost_fcfa is None else self.unit_cost_fcfa * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The three bands of the page; a lot may stand in the last two."""

    expired: list[ExpiringLot]
    soon: list[ExpiringLot]
    at_risk: list[ExpiringLot]


def bands(db: Database, today: date) -> Bands:
    """Every lot on a shelf that has expired, expires within three months, or will not be used in time by rule X."""
    lots = [_lot(db, row, today) for row in db.all(
        "SELECT b.lot, b.place, w.name, p.id, p.code, trim(p.name || ' ' || p.strength), p.base_unit, l.number, l.expires_on,"
        " b.quantity, l.status FROM balance b JOIN lot l ON l.id = b.lot JOIN product p ON p.id = b.product"
        " JOIN place w ON w.id = b.place WHERE b.quantity > 0 ORDER BY l.expires_on, b.lot, b.place"
    )]  # fmt: skip
    risky = at_risk(db, today, [lot for lot in lots if lot.days_left > 0 and lot.is_usable])
    return Bands(
        expired=[lot for lot in lots if lot.days_left <= 0],
        soon=[lot for lot in lots if 0 < lot.days_left <= SOON_DAYS + 1], at_risk=risky,
    )  # fmt: skip


def at_risk(db: Database, today: date, lots: list[ExpiringLot]) -> list[ExpiringLot]:
    """The lots of which consumption leaves something over at their last day, most value first. Lots serve by expiry."""
    by_product: dict[int, list[ExpiringLot]] = {}
    for lot in lots:
        by_product.setdefault(lot.product, []).append(lot)
    found = []
    for product, held in by_product.items():
        known = catalogue.by_id(db, product)
        cmm = card_of(db, known, today).consumption.cmm if known else None
        if cmm is None:
            continue
        ahead: list[LotAhead] = []
        used = risk = Fraction(0)
        for lot in held:
            ahead.append(LotAhead(quantity=lot.quantity, days_left=lot.days_left))
            whole = usable_before_expiry(ahead, cmm)
            if whole.at_risk > risk:
                people, asked = _prescribed(db, product, today)
                found.append(
                    replace(lot, cmm=cmm, before=used, at_risk=whole.at_risk - risk, people=people, asked=asked)
                )
            used, risk = whole.usable, whole.at_risk
    return sorted(found, key=lambda lot: -(lot.at_risk or 0) * (lot.unit_cost_fcfa or 1))


def expired_count(db: Database, today: date) -> int:
    """How many lots past their day still lie on a shelf."""
    return int(
        db.value(
            "SELECT count(DISTINCT b.lot) FROM balance b JOIN lot l ON l.id = b.lot WHERE b.quantity > 0 AND l.expires_on < ?",
            (today.isoformat(),),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyedLot:
    """A line of a destruction, as printed; `is_undone` when its movement was reversed since."""

    label: str
    unit: str
    number: str
    expires_on: date
    place_name: str
    quantity: int
    value_fcfa: int | None
    cause: str
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """A destruction with its committee (name and quality) and lines."""

    id: int
    number: int
    occurred_on: date
    destination: str
    note: str
    members: tuple[tuple[str, str], ...]
    lines: tuple[DestroyedLot, ...]

    @property
    def value_fcfa(self) -> int:
        """What is known of its value at cost."""
        return sum(line.value_fcfa or 0 for line in self.lines if not line.is_undone)


def destruction(db: Database, key: int) -> Destruction:
    """One destruction; raises `Refused("no-such-destruction")`."""
    row = db.one(
        "SELECT id, number, occurred_on, destination, coalesce(note, '') FROM destruction WHERE id = ?", (key,)
    )
    if row is None:
        raise Refused("no-such-destruction", destruction=key)
    lines = [
        DestroyedLot(
            label=r[0], unit=r[1], number=r[2], expires_on=date.fromisoformat(r[3]), place_name=r[4], quantity=r[5],
            value_fcfa=r[6], cause=r[7], is_undone=bool(r[8]),
        )
        for r in db.all(
            "SELECT trim(p.name || ' ' || p.strength), p.base_unit, l.number, l.expires_on, w.name, d.quantity, d.value_fcfa,"
            " d.cause, EXISTS (SELECT 1 FROM movement x WHERE x.reverses = d.movement) FROM destruction_line d"
            " JOIN lot l ON l.id = d.lot JOIN product p ON p.id = l.product JOIN place w ON w.id = d.place"
            " WHERE d.destruction = ? ORDER BY d.id", (key,),
        )
    ]  # fmt: skip
    members = db.all("SELECT name, title FROM destruction_member WHERE destruction = ? ORDER BY id", (key,))
    return Destruction(
        id=row[0], number=row[1], occurred_on=date.fromisoformat(row[2]), destination=row[3], note=row[4],
        members=tuple(members), lines=tuple(lines),
    )  # fmt: skip


def destructions(db: Database) -> list[Destruction]:
    """The newest destructions, newest first."""
    keys = db.all("SELECT id FROM destruction ORDER BY id DESC LIMIT ?", (LISTED_MAX,))
    return [destruction(db, key) for (key,) in keys]


def _prescribed(db: Database, product: int, today: date) -> tuple[int, int]:
    """How many people have an open prescription of the product, of the last thirty days, and how many base units are left on them."""
    row = db.one(
        "SELECT count(DISTINCT r.patient), coalesce(sum(x.quantity), 0) FROM prescription r JOIN prescription_line x"
        " ON x.prescription = r.id JOIN product p ON p.code = x.product WHERE p.id = ? AND r.occurred_on >= ?"
        " AND r.state IN ('issued', 'part_served')",
        (product, (today - timedelta(days=PRESCRIBED_DAYS)).isoformat()),
    )
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _lot(db: Database, row: tuple[int, int, str, int, str, str, str, str, str, int, str], today: date) -> ExpiringLot:
    expires = date.fromisoformat(row[8])
    return ExpiringLot(
        lot=row[0], place=row[1], place_name=row[2], product=row[3], code=row[4], label=row[5], unit=row[6], number=row[7],
        expires_on=expires, quantity=row[9], unit_cost_fcfa=unit_cost(db, row[3], row[0]),
        days_left=(expires - today).days + 1, is_usable=row[10] == "usable",
    )  # fmt: skip
