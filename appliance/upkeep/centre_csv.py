"""First stock and paper months as a spreadsheet writes them: every fault with its line, and nothing half-loaded. Pure.

First stock: `produit, lot, peremption, quantite`; paper months: `produit, mois, quantite`. Commas or semicolons.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from appliance.core.csv_lines import NotCsv, read_lines
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.core.periods import Month
from appliance.upkeep.centre_file import PAPER_MONTHS_MAX, OpeningLot

STOCK_COLUMNS = ("produit", "lot", "peremption", "quantite")
PAPER_COLUMNS = ("produit", "mois", "quantite")
PAPER_MONTHS_MIN = 3
QUANTITY_MAX = 10_000_000
LINES_MAX = 5_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFault:
    """What is wrong on a line (from 1, the header's).

    Codes: columns, not-csv, too-long, product, lot, expiry, quantity, month, month-twice, months-count.
    """

    line: int
    code: str


class _Wrong(Exception):
    """A line that can't be read, by its code."""


def read_opening(text: str, codes: set[str]) -> tuple[list[OpeningLot], list[CsvFault]]:
    """The first stock by lot; `codes` are the products of the list."""

    def lot(cells: dict[str, str]) -> OpeningLot:
        year, month, day = _expiry(cells["peremption"])
        if not 1 <= len(cells["lot"]) <= 40:
            raise _Wrong("lot")
        return OpeningLot(
            code=_product(cells, codes), number=cells["lot"], year=year, month=month, day=day,
            quantity=_quantity(cells, 1),
        )  # fmt: skip

    return _read(text, STOCK_COLUMNS, lot)


def read_paper(text: str, codes: set[str]) -> tuple[list[tuple[str, Month, int]], list[CsvFault]]:
    """Past consumption by product and month: from 3 to 12 months of each product."""
    seen: dict[str, set[Month]] = defaultdict(set)

    def consumed(cells: dict[str, str]) -> tuple[str, Month, int]:
        code, month, quantity = _product(cells, codes), _month(cells["mois"]), _quantity(cells, 0)
        if month in seen[code]:
            raise _Wrong("month-twice")
        seen[code].add(month)
        return code, month, quantity

    found, faults = _read(text, PAPER_COLUMNS, consumed)
    if not faults and any(not PAPER_MONTHS_MIN <= len(months) <= PAPER_MONTHS_MAX for months in seen.values()):
        faults.append(CsvFault(line=1, code="months-count"))
    return found, faults


def _read(text: str, columns: tuple[str, ...], read: Callable[[dict[str, str]], T]) -> tuple[list[T], list[CsvFault]]:
    found: list[T] = []
    faults: list[CsvFault] = []
    try:
        for line, cells in _lines(text, columns):
            if line > LINES_MAX:
                return [], [CsvFault(line=line, code="too-long")]
            try:
                found.append(read(cells))
            except _Wrong as wrong:
                faults.append(CsvFault(line=line, code=str(wrong)))
    except _Wrong as wrong:
        return [], [CsvFault(line=1, code=str(wrong))]
    return found, faults


def _lines(text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        held = read_lines(text)
        header = [fold(cell) for cell in next(held, (1, []))[1]]
        if not set(columns) <= set(header):
            raise _Wrong("columns")
        for line, row in held:
            cells = dict(zip(header, row, strict=False))
            yield line, {c: cells.get(c, "") for c in columns}
    except NotCsv:
        raise _Wrong("not-csv") from None


def _product(cells: dict[str, str], codes: set[str]) -> str:
    if cells["produit"] not in codes:
        raise _Wrong("product")
    return cells["produit"]


def _quantity(cells: dict[str, str], low: int) -> int:
    text = re.sub(r"[\s\u202f\u00a0]", "", cells["quantite"])
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= QUANTITY_MAX:
        raise _Wrong("quantity")
    return int(text)


def _expiry(text: str) -> tuple[int, int, int | None]:
    """Year, month, and the day where the box prints one: 2027-03, 03/2027, 2027-03-15, 15/03/2027."""
    iso = re.fullmatch(r"(20\d\d)-(\d{1,2})(?:-(\d{1,2}))?", text)
    french = re.fullmatch(r"(?:(\d{1,2})/)?(\d{1,2})/(20\d\d)", text)
    year, month, day = iso.groups() if iso else french.groups()[::-1] if french else ("0", "0", None)
    if not 1 <= int(month) <= 12 or (day is not None and not 1 <= int(day) <= Month(int(year), int(month)).last.day):
        raise _Wrong("expiry")
    return int(year), int(month), int(day) if day else None


def _month(text: str) -> Month:
    french = re.fullmatch(r"(\d{1,2})/(20\d\d)", text)
    try:
        return Month.parse(f"{french[2]}-{int(french[1]):02d}" if french else text)
    except Refused:
        raise _Wrong("month") from None
