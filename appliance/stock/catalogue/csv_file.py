"""Reading a product list: every fault with its line, and nothing half-loaded. Pure.

The columns are those of `data/products-mali-starter.csv`; extra columns are ignored.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from appliance.core.datafile import read_text
from appliance.core.errors import DataFileError

COLUMNS = (
    "code", "dci_fr", "forme", "dosage", "unite_base", "conditionnement_typique", "unites_par_conditionnement",
    "programme", "traceur", "ven", "chaine_froid", "regime_prix", "source",
)  # fmt: skip
TEXT_MAX = 200
SOURCE_MAX = 2_000
"""Where a line comes from may quote several papers."""
PACK_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """One product of a list. `pack_units` is how many base units a pack holds."""

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
    cold_chain: bool
    price_regime: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """What is wrong on a line of the file (from 1, the header's)."""

    line: int
    fault: str


def read_products(file: Path) -> tuple[list[ProductLine], list[LineFault]]:
    """The products of a file and every fault found in it; raises `DataFileError` when it is no such list at all."""
    return parse_products(read_text(file), file)


def parse_products(text: str, file: Path) -> tuple[list[ProductLine], list[LineFault]]:
    """As `read_products`, from text already read."""
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [h.strip().lower() for h in next(reader, [])]
    except csv.Error as error:
        raise DataFileError(file, 1, f"is not CSV: {error}") from None
    missing = [c for c in COLUMNS if c not in header]
    if missing:
        raise DataFileError(file, 1, f"has no column {', '.join(missing)}")
    products: list[ProductLine] = []
    faults: list[LineFault] = []
    seen: dict[str, int] = {}
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            faults.append(LineFault(line=line, fault=f"is not CSV: {error}"))
            break
        if row is None:
            break
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            faults.append(LineFault(line=line, fault=f"has {len(row)} cells, the header {len(header)}"))
            continue
        found = _line(dict(zip(header, (c.strip() for c in row), strict=True)))
        if isinstance(found, str):
            faults.append(LineFault(line=line, fault=found))
        elif found.code in seen:
            faults.append(LineFault(line=line, fault=f"code {found.code} stands on line {seen[found.code]} already"))
        else:
            seen[found.code] = line
            products.append(found)
    return products, faults


def _line(cells: dict[str, str]) -> ProductLine | str:
    for column in ("code", "dci_fr", "unite_base"):
        if not cells[column]:
            return f"{column} is empty"
    for column in COLUMNS:
        limit = SOURCE_MAX if column == "source" else TEXT_MAX
        if len(cells[column]) > limit:
            return f"{column} is longer than {limit} characters"
    if not cells["code"].replace("-", "").replace("_", "").isalnum():
        return f"code {cells['code']!r} has characters other than letters, digits, - and _"
    units = cells["unites_par_conditionnement"]
    if not units.isdigit() or not 1 <= int(units) <= PACK_MAX:
        return f"unites_par_conditionnement must be a whole number from 1, not {units!r}"
    if cells["ven"] not in ("V", "E", "N", ""):
        return f"ven must be V, E, N or empty, not {cells['ven']!r}"
    cold = cells["chaine_froid"].lower()
    if not cold.startswith(("oui", "non")) and cold:
        return f"chaine_froid must begin with oui or non, not {cells['chaine_froid']!r}"
    return ProductLine(
        code=cells["code"], name=cells["dci_fr"], form=cells["forme"], strength=cells["dosage"],
        base_unit=cells["unite_base"], pack_label=cells["conditionnement_typique"], pack_units=int(units),
        programme=cells["programme"], tracer=cells["traceur"], ven=cells["ven"], cold_chain=cold.startswith("oui"),
        price_regime=cells["regime_prix"], source=cells["source"],
    )  # fmt: skip
