"""On which shelf each product stands, as the centre says: a count by shelf walks along it."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.core.errors import Refused
from appliance.core.french import one_line
from appliance.storage import Database, Unit

SHELF_LETTERS_MAX = 40


def shelves(db: Database, place: int) -> dict[int, str]:
    """The shelf of each product that has one at a place."""
    return dict(
        db.all(
            "SELECT product, shelf FROM product_shelf WHERE id IN"
            " (SELECT max(id) FROM product_shelf WHERE place = ? GROUP BY product) AND shelf <> ''",
            (place,),
        )
    )


def names(db: Database, place: int) -> list[str]:
    """The shelves of a place, in order."""
    return sorted(set(shelves(db, place).values()))


def put(unit: Unit, place: int, wanted: Mapping[int, str]) -> int:
    """Set the shelf of some products ('' takes one off); returns how many changed. Raises `Refused("shelf-name")`."""
    now = shelves(unit, place)
    changed = 0
    for product, text in wanted.items():
        shelf = one_line(text)
        if len(shelf) > SHELF_LETTERS_MAX:
            raise Refused("shelf-name", limit=SHELF_LETTERS_MAX)
        if shelf != now.get(product, ""):
            unit.append("product_shelf", place=place, product=product, shelf=shelf)
            changed += 1
    return changed
