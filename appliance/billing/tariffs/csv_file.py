"""A price list as a CSV file: every fault with its line, and nothing half-loaded. Pure.

Columns `code,prix_unitaire_fcfa,a_partir_du`, and `payeur` where a third party has its own price (empty or
`patient`: the patient). An empty price ends the product's price on that day. Dates 2026-11-01 or 01/11/2026.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from appliance.core.csv_lines import NotCsv, read_lines
from appliance.core.datafile import read_text
from appliance.core.errors import DataFileError, Refused

COLUMNS = ("code", "prix_unitaire_fcfa", "a_partir_du")
PAYERS = ("patient", "amo", "ramed", "mutuelle", "projet")
PRICE_MAX = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """The price of one base unit of a product from a day on; None ends it. `payer` is one of `PAYERS`."""

    code: str
    unit_price_fcfa: int | None
    valid_from: date
    payer: str = "patient"


def read_prices(file: Path) -> list[PriceLine]:
    """Read a price list; raises `Refused("prices-faults", faults=["FILE:LINE: what", …])`."""
    return parse_prices(read_text(file), file)


def parse_prices(text: str, file: Path | str) -> list[PriceLine]:
    """As `read_prices`, from text already read; raises `DataFileError` when it is no such list at all."""
    try:
        held = list(read_lines(text))
    except NotCsv as fault:
        raise DataFileError(file, fault.line, f"is not CSV: {fault}") from None
    header = [cell.lower() for cell in held[0][1]] if held else []
    missing = [c for c in COLUMNS if c not in header]
    if missing:
        raise DataFileError(file, 1, f"has no column {', '.join(missing)}")
    lines: list[PriceLine] = []
    faults: list[str] = []
    seen: dict[tuple[str, str, date], int] = {}
    for number, row in held[1:]:
        found = _line(header, row)
        if isinstance(found, PriceLine):
            key = (found.code, found.payer, found.valid_from)
            if key in seen:
                found = f"{found.code} has a price from that day on line {seen[key]} already"
            else:
                seen[key] = number
                lines.append(found)
        if isinstance(found, str):
            faults.append(f"{file}:{number}: {found}")
    if faults:
        raise Refused("prices-faults", faults=faults)
    return lines


def write_prices(lines: Sequence[PriceLine]) -> str:
    """A price list as `read_prices` reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "payeur", "prix_unitaire_fcfa", "a_partir_du"))
    for line in lines:
        price = "" if line.unit_price_fcfa is None else line.unit_price_fcfa
        writer.writerow((line.code, line.payer, price, line.valid_from.isoformat()))
    return out.getvalue()


def _line(header: list[str], row: list[str]) -> PriceLine | str:
    if len(row) != len(header):
        return f"has {len(row)} cells, the header {len(header)}"
    cells = dict(zip(header, row, strict=True))
    if not cells["code"]:
        return "code is empty"
    price = re.sub(r"[\s\u202f\u00a0]", "", cells["prix_unitaire_fcfa"])
    if price and (not re.fullmatch(r"[0-9]{1,9}", price) or int(price) > PRICE_MAX):
        return (
            f"prix_unitaire_fcfa must be whole francs up to {PRICE_MAX} or empty, not {cells['prix_unitaire_fcfa']!r}"
        )
    payer = cells.get("payeur", "").lower() or "patient"
    if payer not in PAYERS:
        return f"payeur must be one of {', '.join(PAYERS)}, not {payer!r}"
    day = _day(cells["a_partir_du"])
    if day is None:
        return f"a_partir_du must be a date such as 2026-11-01 or 01/11/2026, not {cells['a_partir_du']!r}"
    return PriceLine(code=cells["code"], unit_price_fcfa=int(price) if price else None, valid_from=day, payer=payer)


def _day(text: str) -> date | None:
    french = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    parts = (french[3], french[2], french[1]) if french else iso.groups() if iso else None
    try:
        return date(*(int(p) for p in parts)) if parts else None
    except ValueError:
        return None
