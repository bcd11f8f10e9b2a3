"""Reading a product list: every fault with its line, and nothing half-loaded. Pure.

The columns are those of `data/products-mali-starter.csv`; extra columns are ignored.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
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
    """What is wrong on a line of the file (from 1, the header's): for engineers in English, and as a code for pages.

    `code` is one of not-csv, cells, code-twice, empty, too-long, code-letters, pack-units, ven, cold-chain;
    `params` holds what the sentence of that code names (column, found, wanted).
    """

    line: int
    fault: str
    code: str
    params: dict[str, str | int] = field(default_factory=dict)


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
            faults.append(LineFault(line=line, fault=f"is not CSV: {error}", code="not-csv"))
            break
        if row is None:
            break
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            told = f"has {len(row)} cells, the header {len(header)}"
            params: dict[str, str | int] = {"found": len(row), "wanted": len(header)}
            faults.append(LineFault(line=line, fault=told, code="cells", params=params))
            continue
        found = _line(line, dict(zip(header, (c.strip() for c in row), strict=True)))
        if isinstance(found, LineFault):
            faults.append(found)
        elif found.code in seen:
            told = f"code {found.code} stands on line {seen[found.code]} already"
            params = {"found": found.code, "wanted": seen[found.code]}
            faults.append(LineFault(line=line, fault=told, code="code-twice", params=params))
        else:
            seen[found.code] = line
            products.append(found)
    return products, faults


def _line(line: int, cells: dict[str, str]) -> ProductLine | LineFault:
    def wrong(code: str, told: str, **params: str | int) -> LineFault:
        return LineFault(line=line, fault=told, code=code, params=params)

    for column in ("code", "dci_fr", "unite_base"):
        if not cells[column]:
            return wrong("empty", f"{column} is empty", column=column)
    for column in COLUMNS:
        limit = SOURCE_MAX if column == "source" else TEXT_MAX
        if len(cells[column]) > limit:
            return wrong("too-long", f"{column} is longer than {limit} characters", column=column, wanted=limit)
    code, units, ven, cold = (cells[c] for c in ("code", "unites_par_conditionnement", "ven", "chaine_froid"))
    if not code.replace("-", "").replace("_", "").isalnum():
        return wrong("code-letters", f"code {code!r} has characters other than letters, digits, - and _", found=code)
    if not units.isdecimal() or not 1 <= int(units) <= PACK_MAX:
        return wrong(
            "pack-units", f"unites_par_conditionnement must be a whole number from 1, not {units!r}", found=units
        )
    if ven not in ("V", "E", "N", ""):
        return wrong("ven", f"ven must be V, E, N or empty, not {ven!r}", found=ven)
    if not cold.lower().startswith(("oui", "non")) and cold:
        return wrong("cold-chain", f"chaine_froid must begin with oui or non, not {cold!r}", found=cold)
    cold = cold.lower()
    return ProductLine(
        code=cells["code"], name=cells["dci_fr"], form=cells["forme"], strength=cells["dosage"],
        base_unit=cells["unite_base"], pack_label=cells["conditionnement_typique"], pack_units=int(units),
        programme=cells["programme"], tracer=cells["traceur"], ven=cells["ven"], cold_chain=cold.startswith("oui"),
        price_regime=cells["regime_prix"], source=cells["source"],
    )  # fmt: skip
