"""The price list: dated prices, loaded from a CSV, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from appliance.core.datafile import read_text
from appliance.core.errors import DataFileError, Refused
from appliance.core.periods import parse_date
from appliance.storage import Database, Unit

COLUMNS = ("code", "prix_unitaire_fcfa", "a_partir_du")
PRICE_MAX = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """The price of one base unit of a product from a day on."""

    code: str
    unit_price_fcfa: int
    valid_from: date


def read_prices(file: Path) -> list[PriceLine]:
    """Read a price list (`code,prix_unitaire_fcfa,a_partir_du`); raises `Refused("prices-faults", faults=[…])`."""
    reader = csv.reader(io.StringIO(read_text(file)))
    header = [h.strip().lower() for h in next(reader, [])]
    missing = [c for c in COLUMNS if c not in header]
    if missing:
        raise DataFileError(file, 1, f"has no column {', '.join(missing)}")
    lines: list[PriceLine] = []
    faults: list[str] = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(header, (c.strip() for c in row), strict=False))
        try:
            lines.append(_line(cells))
        except (Refused, KeyError) as fault:
            faults.append(f"{file}:{reader.line_num}: {fault}")
    if faults:
        raise Refused("prices-faults", faults=faults)
    return lines


def load_prices(unit: Unit, lines: Sequence[PriceLine], source: str) -> int:
    """Enter dated prices; raises `Refused("price-unknown-product", codes=[…])` and enters none."""
    known: dict[str, int] = dict(unit.all("SELECT code, id FROM product"))
    unknown = sorted({line.code for line in lines} - set(known))
    if unknown:
        raise Refused("price-unknown-product", codes=unknown)
    for line in lines:
        unit.append(
            "price", product=known[line.code], valid_from=line.valid_from.isoformat(),
            unit_price_fcfa=line.unit_price_fcfa, source=source,
        )  # fmt: skip
    return len(lines)


def unit_price(db: Database, product: int, on: date) -> int | None:
    """The price of one base unit on a day, in FCFA; None when the product has none."""
    found: int | None = db.value(
        "SELECT unit_price_fcfa FROM price WHERE product = ? AND valid_from <= ? ORDER BY valid_from DESC, id DESC LIMIT 1",
        (product, on.isoformat()),
    )
    return found


def _line(cells: dict[str, str]) -> PriceLine:
    price = cells["prix_unitaire_fcfa"].replace(" ", "").replace("\u202f", "")
    if not price.isdigit() or int(price) > PRICE_MAX:
        raise Refused("price-not-whole-francs", given=price)
    return PriceLine(code=cells["code"], unit_price_fcfa=int(price), valid_from=parse_date(cells["a_partir_du"]))
