"""Reading the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.core.french import fold
from appliance.stock.catalogue.tables import ProductRow
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the catalogue."""

    id: int
    code: str
    name: str
    form: str
    strength: str
    base_unit: str
    pack_label: str
    pack_units: int
    programme: str
    tracer: str
    ven: str
    price_regime: str
    supplier: str | None
    min_months: str | None
    max_months: str | None

    @property
    def label(self) -> str:
        """As on a prescription: name, strength, form."""
        return " ".join(part for part in (self.name, self.strength) if part)

    @property
    def programmes(self) -> frozenset[str]:
        """The programmes that follow it, e.g. {"PALU", "SMI"}."""
        return frozenset(self.programme.split("/"))


WHOLE = 5_000
_FIELDS = tuple(f for f in Product.__dataclass_fields__)
_COLUMNS = ", ".join(_FIELDS)


def by_code(db: Database, code: str) -> Product | None:
    """A product by its code, active or not."""
    return _product(db.one(f"SELECT {_COLUMNS} FROM product WHERE code = ?", (code,)))


def by_id(db: Database, product: int) -> Product | None:
    """A product by its key."""
    return _product(db.one(f"SELECT {_COLUMNS} FROM product WHERE id = ?", (product,)))


def of_name(db: Database, name: str, limit: int = 20) -> list[Product]:
    """Active products of one DCI, whatever their form and strength."""
    rows = db.rows(
        ProductRow.select(*[getattr(ProductRow, f) for f in _FIELDS])
        .where((ProductRow.is_active == 1) & (ProductRow.name == name))
        .order_by(ProductRow.folded)
        .limit(limit)
    )
    return [Product(**row) for row in rows]


def labels(db: Database) -> dict[str, str]:
    """How each product is called, by code: name and strength."""
    rows = db.rows(ProductRow.select(ProductRow.code, ProductRow.name, ProductRow.strength))
    return {row["code"]: f"{row['name']} {row['strength']}".strip() for row in rows}


def programmes(db: Database) -> list[str]:
    """The programmes that follow some active product, in order."""
    rows = db.rows(ProductRow.select(ProductRow.programme).distinct().where(ProductRow.is_active == 1))
    return sorted({part for row in rows for part in row["programme"].split("/") if part})


def listed(db: Database, text: str = "", programme: str = "", limit: int = 200) -> list[Product]:
    """Active products by name; every word of `text` must stand in name, strength, form or code."""
    if text.strip() or programme:
        return _listed(db, text, programme, limit)
    # The whole list is asked for by every page that prescribes, and changes by a letter of the ministry.
    kept = db.lasting("catalogue", dict[str, Any])
    state = db.one("SELECT count(*), max(act), sum(is_active) FROM product")
    if kept.get("state") != state:
        kept |= {"state": state, "products": _listed(db, "", "", WHOLE)}
    return list(kept["products"][:limit])


def _listed(db: Database, text: str, programme: str, limit: int) -> list[Product]:
    query = ProductRow.select(*[getattr(ProductRow, f) for f in _FIELDS]).where(ProductRow.is_active == 1)
    for word in fold(text).split()[:6]:
        query = query.where(ProductRow.folded.contains(word))
    if programme:
        query = query.where(ProductRow.programme.contains(programme))
    rows = db.rows(query.order_by(ProductRow.folded).limit(limit))
    return [Product(**row) for row in rows]


def _product(row: tuple[Any, ...] | None) -> Product | None:
    return Product(**dict(zip(_FIELDS, row, strict=True))) if row else None
