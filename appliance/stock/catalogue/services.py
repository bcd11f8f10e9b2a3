"""Changing the catalogue: by a list, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.stock.catalogue.csv_file import ProductLine, read_products
from appliance.stock.catalogue.tables import ProductRow
from appliance.storage import Database, Unit

STARTER = Path(__file__).parent / "data" / "products-mali-starter.csv"


def load_list(unit: Unit, products: Sequence[ProductLine]) -> int:
    """Add the products of a list, or bring those with a known code up to date; none is ever removed."""
    for line in products:
        values = {**asdict(line), "cold_chain": int(line.cold_chain)}
        values["folded"] = fold(f"{line.name} {line.strength} {line.form} {line.code}")
        names = ", ".join(f"{name} = excluded.{name}" for name in values if name != "code")
        unit.run(
            f"INSERT INTO product ({', '.join(values)}, is_active, act) VALUES ({', '.join('?' * len(values))}, 1, ?)"
            f" ON CONFLICT (code) DO UPDATE SET {names}, act = excluded.act",
            (*values.values(), unit.act),
        )
    unit.note(products=len(products))
    return len(products)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """What a list would change: a new product, or the fields of a known one as (name, before, after)."""

    code: str
    label: str
    is_new: bool
    fields: tuple[tuple[str, str, str], ...] = ()


def changes(db: Database, products: Sequence[ProductLine]) -> list[ListChange]:
    """What loading a list would change, in its order; products that it does not name stay as they are."""
    names = list(ProductLine.__dataclass_fields__)
    held = {row["code"]: row for row in db.rows(ProductRow.select(*[getattr(ProductRow, name) for name in names]))}
    found = []
    for line in products:
        wanted = {**asdict(line), "cold_chain": int(line.cold_chain)}
        before = held.get(line.code)
        fields = () if before is None else tuple(
            (name, str(before[name]), str(value)) for name, value in wanted.items() if before[name] != value
        )  # fmt: skip
        if before is None or fields:
            label = f"{line.name} {line.strength}".strip()
            found.append(ListChange(code=line.code, label=label, is_new=before is None, fields=fields))
    return found


def read_whole(file: Path) -> list[ProductLine]:
    """The products of a file without any fault; raises `Refused("catalogue-faults", faults=[…])` naming each line."""
    products, faults = read_products(file)
    if faults:
        raise Refused("catalogue-faults", file=str(file), faults=[f"{file}:{f.line}: {f.fault}" for f in faults])
    return products
