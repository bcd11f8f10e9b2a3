"""Learning which pack a GTIN names: told once by a person who holds the box, withdrawn by a person who sees it is wrong."""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.stock.barcodes.model import has_check_digit
from appliance.stock.barcodes.repository import by_gtin
from appliance.storage import Unit

UNITS_MAX = 1_000_000
MULTIPLE_MAX = 10_000
LABEL_MAX = 80


def learn(unit: Unit, product: int, label: str, base_units: int, gtin: str, order_multiple: int = 1) -> int:
    """Keep that a GTIN of 14 digits is a pack of a product; the same told again changes nothing. Returns its id.

    Raises `Refused`: "gtin-wrong" (digits or check digit), "gtin-of-another" (it names another product, which is to be
    withdrawn first), "pack-units", "no-such-product".
    """
    if len(gtin) != 14 or not has_check_digit(gtin):
        raise Refused("gtin-wrong", gtin=gtin[:20])
    if not 1 <= base_units <= UNITS_MAX or not 1 <= order_multiple <= MULTIPLE_MAX:
        raise Refused("pack-units", units=base_units)
    if unit.value("SELECT 1 FROM product WHERE id = ?", (product,)) is None:
        raise Refused("no-such-product", product=product)
    known = by_gtin(unit, gtin)
    if known and known.product != product:
        raise Refused("gtin-of-another", gtin=gtin)
    if known and (known.base_units, known.order_multiple) == (base_units, order_multiple):
        return known.id
    return unit.append(
        "packaging", product=product, label=label.strip()[:LABEL_MAX] or "?", base_units=base_units, gtin=gtin,
        order_multiple=order_multiple, is_withdrawn=0,
    )  # fmt: skip


def withdraw(unit: Unit, gtin: str) -> None:
    """Forget what a GTIN names, because it was told wrongly; raises `Refused("no-such-pack")`."""
    known = by_gtin(unit, gtin)
    if known is None:
        raise Refused("no-such-pack", gtin=gtin[:20])
    unit.append(
        "packaging", product=known.product, label=known.label, base_units=known.base_units, gtin=gtin,
        order_multiple=known.order_multiple, is_withdrawn=1,
    )  # fmt: skip
