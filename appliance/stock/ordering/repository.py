"""Reading what the ordering rules are set to, and who set it when."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.records.facility.services import facility
from appliance.stock.catalogue.repository import Product
from appliance.stock.ordering.parameters import About, Typed
from appliance.stock.ordering.tables import OrderSettingRow
from appliance.storage import Database

FALLBACK_SUPPLIER = "DRC"
CHANGES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a value: by whom (staff id, None: the machine), at which instant (ms UTC); `value` None: back to the default."""

    scope: str
    subject: str
    name: str
    value: str | None
    staff: int | None
    at_ms: int


def typed(db: Database) -> Typed:
    """The values that people set and that stand."""

    def read() -> Typed:
        rows = db.rows(OrderSettingRow.select().order_by(OrderSettingRow.id))
        last = {(row["scope"], row["subject"], row["name"]): row["value"] for row in rows}
        return {key: value for key, value in last.items() if value is not None}

    return db.kept("order-settings", read)


def changes(db: Database, limit: int = CHANGES_SHOWN) -> list[Change]:
    """The newest changes first."""
    return [
        Change(scope=scope, subject=subject, name=name, value=value, staff=staff, at_ms=at)
        for scope, subject, name, value, staff, at in db.all(
            "SELECT s.scope, s.subject, s.name, s.value, a.staff, a.at FROM order_setting s JOIN act a ON a.seq = s.act"
            " ORDER BY s.id DESC LIMIT ?",
            (limit,),
        )
    ]


def supplier_of_facility(db: Database) -> str:
    """Who supplies the centre where no product, programme or catalogue says otherwise."""
    held = facility(db)
    return held.supplier if held and held.supplier != "none" else FALLBACK_SUPPLIER


def about(product: Product) -> About:
    """What of a product decides which values are its own."""
    return About(
        code=product.code, programmes=tuple(part for part in product.programme.split("/") if part),
        supplier=product.supplier, minimum_months=product.min_months, maximum_months=product.max_months,
    )  # fmt: skip
