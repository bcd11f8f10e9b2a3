"""Reading the packs that are known by their GTIN."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """A pack: how many base units it holds, and how many packs are ordered together."""

    id: int
    product: int
    label: str
    base_units: int
    gtin: str | None
    order_multiple: int


def by_gtin(db: Database, gtin: str) -> Packaging | None:
    """The pack that a GTIN of 14 digits names here; None when nobody told, or it was withdrawn."""
    row = db.one(
        "SELECT id, product, label, base_units, gtin, order_multiple, is_withdrawn FROM packaging WHERE gtin = ?"
        " ORDER BY id DESC LIMIT 1",
        (gtin,),
    )
    if row is None or row[6]:
        return None
    return Packaging(
        id=row[0], product=row[1], label=row[2], base_units=row[3], gtin=row[4], order_multiple=row[5]
    )  # fmt: skip


def of_product(db: Database, product: int) -> list[Packaging]:
    """The packs of a product that stand, the latest first."""
    return [
        Packaging(id=row[0], product=row[1], label=row[2], base_units=row[3], gtin=row[4], order_multiple=row[5])
        for row in db.all(
            "SELECT id, product, label, base_units, gtin, order_multiple FROM packaging p WHERE product = ?"
            " AND is_withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM packaging n WHERE n.gtin = p.gtin AND n.id > p.id)"
            " ORDER BY id DESC",
            (product,),
        )
    ]


def listed(db: Database, limit: int = 500) -> list[Packaging]:
    """Every pack that is known by a code, the latest first."""
    products = [row[0] for row in db.all("SELECT DISTINCT product FROM packaging ORDER BY product")]
    found = [pack for product in products for pack in of_product(db, product)]
    return sorted(found, key=lambda pack: -pack.id)[:limit]
