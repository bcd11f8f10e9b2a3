"""The description of a new centre, read whole or not at all; each fault names its file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from appliance.billing.tariffs.services import PriceLine, read_prices
from appliance.core.actors import Role
from appliance.core.datafile import Located, load_json, parse_json
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.core.periods import Month
from appliance.records.facility.services import NAME_MAX, POPULATION_MAX, SUPPLIERS, Facility, FacilityKind
from appliance.stock.catalogue.csv_file import ProductLine
from appliance.stock.catalogue.services import STARTER, read_whole

PAPER_MONTHS_MAX = 12
QUANTITY_MAX = 1_000_000_000
"""Base units of one line: far above any depot, and far below what the store can't hold."""

# What a description may hold. A key misspelt would otherwise be passed over, and with it a whole shelf.
_KEYS: dict[tuple[str, ...], tuple[str, ...]] = {
    (): ("facility", "villages", "staff", "products", "prices", "opening_stock", "paper_consumption"),
    ("facility",): ("name", "code", "district", "kind", "supplier"),
    ("villages",): ("name", "in_area", "population", "relais"),
    ("staff",): ("name", "roles"),
    ("opening_stock",): ("product", "lot", "expires", "quantity"),
    ("paper_consumption",): ("product", "months"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLot:
    """A lot of the first stock; `day` None when the box prints only the month."""

    code: str
    number: str
    year: int
    month: int
    day: int | None
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreFile:
    """A centre as described: villages as (name, in area, population by year, relais), paper as (code, month, quantity)."""

    facility: Facility
    villages: tuple[tuple[str, bool, dict[int, int], str | None], ...]
    staff: tuple[tuple[str, tuple[Role, ...]], ...]
    products: tuple[ProductLine, ...]
    prices: tuple[PriceLine, ...]
    opening: tuple[OpeningLot, ...]
    paper: tuple[tuple[str, Month, int], ...]


def read_centre(file: Path) -> CentreFile:
    """Read a description (`provisioning/centre.example.json`); raises `DataFileError` naming file, line and fault."""
    return _centre(load_json(file))


def parse_centre(text: str, name: str) -> CentreFile:
    """As `read_centre`, from a text that was uploaded; it may name no file beside it, for there is none."""
    held = Located(Path(name), text, parse_json(Path(name), text))
    held.need((), dict)
    for part in ("products", "prices"):
        if held.content.get(part):
            held.fault((part,), "can't name a file here: load it afterwards, or use `appliance init`")
    return _centre(held)


def _centre(held: Located) -> CentreFile:
    _known_keys(held)
    products = tuple(read_whole(_beside(held, "products") or STARTER))
    codes = {p.code for p in products}
    prices = _beside(held, "prices")
    return CentreFile(
        facility=_facility(held),
        villages=_villages(held),
        staff=_staff(held),
        products=products,
        prices=tuple(read_prices(prices)) if prices else (),
        opening=_opening(held, codes),
        paper=_papers(held, codes),
    )


def _known_keys(held: Located) -> None:
    held.need((), dict)
    for path, known in _KEYS.items():
        value = held.content
        for part in path:
            value = value.get(part) or ()
        for index, row in enumerate(value if isinstance(value, list) else [value]):
            place: tuple[str | int, ...] = (*path, index) if isinstance(value, list) else path
            for key in row if isinstance(row, dict) else ():
                if key not in known:
                    held.fault((*place, key), f"is no key of a description here; known are {', '.join(known)}")


def _text(held: Located, path: tuple[str | int, ...], least: int, most: int) -> str:
    """A text of so many characters on one line."""
    text: str = held.need(path, str)
    if not least <= len(text.strip()) <= most or any(not c.isprintable() for c in text):
        held.fault(path, f"must be a text of {least} to {most} characters on one line")
    return text


def _whole(held: Located, path: tuple[str | int, ...], least: int) -> int:
    """A quantity in base units."""
    quantity: int = held.need(path, int)
    if quantity < least:
        held.fault(path, "must be above zero" if least else "must be a whole number from 0")
    if quantity > QUANTITY_MAX:
        held.fault(path, f"must be at most {QUANTITY_MAX}")
    return quantity


def _rows(held: Located, part: str) -> range:
    return range(len(held.need((part,), list))) if held.content.get(part) is not None else range(0)


def _opening(held: Located, codes: set[str]) -> tuple[OpeningLot, ...]:
    lots, seen = [], set()
    for index in _rows(held, "opening_stock"):
        lot = _lot(held, index, codes)
        if (lot.code, fold(lot.number)) in seen:
            held.fault(("opening_stock", index, "lot"), f"{lot.number!r} of {lot.code} stands above already")
        seen.add((lot.code, fold(lot.number)))
        lots.append(lot)
    return tuple(lots)


def _papers(held: Located, codes: set[str]) -> tuple[tuple[str, Month, int], ...]:
    found: list[tuple[str, Month, int]] = []
    for index in _rows(held, "paper_consumption"):
        rows = _paper(held, index, codes)
        if rows[0][0] in {code for code, _, _ in found}:
            held.fault(("paper_consumption", index, "product"), f"{rows[0][0]!r} stands above already")
        found += rows
    return tuple(found)


def _facility(held: Located) -> Facility:
    held.need(("facility",), dict)
    values = {name: held.need(("facility", name), str) for name in ("kind", "supplier")}
    values |= {"name": _text(held, ("facility", "name"), 2, NAME_MAX), "code": _text(held, ("facility", "code"), 2, 40)}
    values["district"] = _text(held, ("facility", "district"), 0, NAME_MAX)
    if values["kind"] not in {k.value for k in FacilityKind}:
        held.fault(("facility", "kind"), f"must be one of {', '.join(k.value for k in FacilityKind)}")
    if values["supplier"] not in SUPPLIERS:
        held.fault(("facility", "supplier"), f"must be one of {', '.join(SUPPLIERS)}")
    return Facility(**values)


def _villages(held: Located) -> tuple[tuple[str, bool, dict[int, int], str | None], ...]:
    held.need(("villages",), list)
    found: list[tuple[str, bool, dict[int, int], str | None]] = []
    for index in _rows(held, "villages"):
        village = _village(held, index)
        if fold(village[0]) in {fold(name) for name, *_ in found}:
            held.fault(("villages", index, "name"), f"{village[0]!r} stands above already")
        found.append(village)
    return tuple(found)


def _village(held: Located, index: int) -> tuple[str, bool, dict[int, int], str | None]:
    path = ("villages", index)
    row = held.need(path, dict)
    population = {}
    for year, people in held.need((*path, "population"), dict).items() if row.get("population") else ():
        if not re.fullmatch(r"20\d\d", year) or type(people) is not int or not 0 <= people <= POPULATION_MAX:
            held.fault((*path, "population", year), 'must be people by year, like {"2026": 1200}')
        population[int(year)] = people
    relais = _text(held, (*path, "relais"), 0, NAME_MAX) if row.get("relais") is not None else None
    is_inside = held.need((*path, "in_area"), bool) if "in_area" in row else True
    return _text(held, (*path, "name"), 2, NAME_MAX), is_inside, population, relais


def _staff(held: Located) -> tuple[tuple[str, tuple[Role, ...]], ...]:
    found: list[tuple[str, tuple[Role, ...]]] = []
    held.need(("staff",), list)
    for index in _rows(held, "staff"):
        roles = held.need(("staff", index, "roles"), list)
        for place, role in enumerate(roles):
            if role not in set(Role):
                held.fault(("staff", index, "roles", place), f"{role!r} is no role: {', '.join(Role)}")
        name = _text(held, ("staff", index, "name"), 2, NAME_MAX)
        if fold(name) in {fold(other) for other, _ in found}:
            held.fault(("staff", index, "name"), f"{name!r} stands above already")
        found.append((name, tuple(Role(r) for r in roles)))
    if not any(Role.HEAD in roles for _, roles in found):
        held.fault(("staff",), "has nobody with the role dtc")
    return tuple(found)


def _lot(held: Located, index: int, codes: set[str]) -> OpeningLot:
    path = ("opening_stock", index)
    code, expiry = held.need((*path, "product"), str), held.need((*path, "expires"), str)
    if code not in codes:
        held.fault((*path, "product"), f"{code!r} is not in the product list")
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])(?:-(\d\d))?", expiry)
    if not found:
        held.fault((*path, "expires"), "must be 2027-03 or 2027-03-15")
    quantity = _whole(held, (*path, "quantity"), 1)
    day = int(found[3]) if found[3] else None
    return OpeningLot(
        code=code,
        number=_text(held, (*path, "lot"), 1, 40),
        year=int(found[1]),
        month=int(found[2]),
        day=day,
        quantity=quantity,
    )


def _paper(held: Located, index: int, codes: set[str]) -> list[tuple[str, Month, int]]:
    path = ("paper_consumption", index)
    code, months = held.need((*path, "product"), str), held.need((*path, "months"), dict)
    if code not in codes:
        held.fault((*path, "product"), f"{code!r} is not in the product list")
    if not 1 <= len(months) <= PAPER_MONTHS_MAX:
        held.fault((*path, "months"), f"must have from 1 to {PAPER_MONTHS_MAX} months")
    found = []
    for name in months:
        try:
            month = Month.parse(name)
        except Refused:
            held.fault((*path, "months"), f"{name!r} is no month")
        found.append((code, month, _whole(held, (*path, "months", name), 0)))
    return found


def _beside(held: Located, name: str) -> Path | None:
    """A file named in the description, relative to it."""
    given = held.content.get(name)
    return held.file.parent / str(given) if given else None
