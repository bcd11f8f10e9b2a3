"""Setting up places, what they should hold, and who serves from them."""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.stock.places.repository import KINDS, place, places
from appliance.storage import ConstraintFailed, Unit

LEVEL_MAX = 1_000_000
NAME_MAX = 40


def add_place(unit: Unit, code: str, name: str, kind: str = "store", *, serves: bool = True) -> int:
    """Add a place where stock lies (dépôt, garde, salle de soins…).

    Raises `Refused`: "place-kind", "place-name" (2 to 40 letters), "place-known".
    """
    if kind not in KINDS:
        raise Refused("place-kind", kind=kind)
    _named(unit, name, None)
    try:
        return unit.insert(
            "place", code=code, name=name.strip(), is_active=1, kind=kind, serves=int(serves), act=unit.act
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("place-known", name=name) from fault


def new_place(unit: Unit, name: str, kind: str, *, serves: bool) -> int:
    """Add a place under a code made of its name; raises as `add_place`."""
    return add_place(unit, "-".join(fold(name).split())[:NAME_MAX], name, kind, serves=serves)


def change_place(unit: Unit, identity: int, *, name: str, kind: str, serves: bool, is_active: bool) -> None:
    """Rename a place, say what it is for, or end it.

    Raises `Refused`: "no-such-place", "place-kind", "place-name", "place-known", "place-not-empty" (something still lies
    there), "place-main" (the depot stays).
    """
    held = place(unit, identity)
    if kind not in KINDS:
        raise Refused("place-kind", kind=kind)
    _named(unit, name, identity)
    if held.is_main and not (is_active and serves):
        raise Refused("place-main", place=identity)
    if not is_active and unit.value("SELECT 1 FROM balance WHERE place = ? AND quantity > 0 LIMIT 1", (identity,)):
        raise Refused("place-not-empty", place=identity)
    unit.run(
        "UPDATE place SET name = ?, kind = ?, serves = ?, is_active = ?, act = ? WHERE id = ?",
        (name.strip(), kind, int(serves), int(is_active), unit.act, identity),
    )


def set_level(unit: Unit, identity: int, product: int, quantity: int) -> None:
    """Say to how many base units a place is filled with a product; 0 ends it.

    Raises `Refused`: "no-such-place", "place-main" (the depot's own need is worked out, not set), "quantity-sign".
    """
    if place(unit, identity).is_main:
        raise Refused("place-main", place=identity)
    if not 0 <= quantity <= LEVEL_MAX:
        raise Refused("quantity-sign", quantity=quantity)
    unit.append("place_level", place=identity, product=product, quantity=quantity)


def serve_from(unit: Unit, staff: int, identity: int) -> None:
    """Serve from a place from now on; raises `Refused`: "no-such-place", "place-not-serving"."""
    held = place(unit, identity)
    if not (held.is_active and held.serves):
        raise Refused("place-not-serving", place=identity)
    unit.append("server_place", staff=staff, place=identity)


def _named(unit: Unit, name: str, own: int | None) -> None:
    if not 2 <= len(name.strip()) <= NAME_MAX:
        raise Refused("place-name")
    if any(fold(one.name) == fold(name) and one.id != own for one in places(unit)):
        raise Refused("place-known", name=name)
