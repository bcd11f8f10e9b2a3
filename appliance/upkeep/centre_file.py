"""The description of a new centre, read whole or not at all; each fault names its file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from appliance.billing.tariffs.services import PriceLine, read_prices
from appliance.core.actors import Role
from appliance.core.datafile import Located, load_json, parse_json
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.records.facility.services import SUPPLIERS, Facility, FacilityKind
from appliance.stock.catalogue.csv_file import ProductLine
from appliance.stock.catalogue.services import STARTER, read_whole

PAPER_MONTHS_MAX = 12


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
    if not isinstance(held.content, dict):
        held.fault((), "must be an object")
    for part in ("products", "prices"):
        if held.content.get(part):
            held.fault((part,), "can't name a file here: load it afterwards, or use `appliance init`")
    return _centre(held)


def _centre(held: Located) -> CentreFile:
    products = tuple(read_whole(_beside(held, "products") or STARTER))
    codes = {p.code for p in products}
    prices = _beside(held, "prices")
    return CentreFile(
        facility=_facility(held),
        villages=tuple(_village(held, i) for i in range(len(held.need(("villages",), list)))),
        staff=_staff(held),
        products=products,
        prices=tuple(read_prices(prices)) if prices else (),
        opening=tuple(_lot(held, i, codes) for i in range(len(held.content.get("opening_stock") or ()))),
        paper=tuple(p for i in range(len(held.content.get("paper_consumption") or ())) for p in _paper(held, i, codes)),
    )


def _facility(held: Located) -> Facility:
    values = {name: held.need(("facility", name), str) for name in ("name", "code", "district", "kind", "supplier")}
    if values["kind"] not in {k.value for k in FacilityKind}:
        held.fault(("facility", "kind"), f"must be one of {', '.join(k.value for k in FacilityKind)}")
    if values["supplier"] not in SUPPLIERS:
        held.fault(("facility", "supplier"), f"must be one of {', '.join(SUPPLIERS)}")
    return Facility(**values)


def _village(held: Located, index: int) -> tuple[str, bool, dict[int, int], str | None]:
    path = ("villages", index)
    row = held.need(path, dict)
    population = {}
    for year, people in (row.get("population") or {}).items():
        if not re.fullmatch(r"20\d\d", year) or not isinstance(people, int) or people < 0:
            held.fault((*path, "population", year), 'must be people by year, like {"2026": 1200}')
        population[int(year)] = people
    return held.need((*path, "name"), str), bool(row.get("in_area", True)), population, row.get("relais")


def _staff(held: Located) -> tuple[tuple[str, tuple[Role, ...]], ...]:
    found = []
    for index in range(len(held.need(("staff",), list))):
        roles = held.need(("staff", index, "roles"), list)
        for place, role in enumerate(roles):
            if role not in set(Role):
                held.fault(("staff", index, "roles", place), f"{role!r} is no role: {', '.join(Role)}")
        found.append((held.need(("staff", index, "name"), str), tuple(Role(r) for r in roles)))
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
    quantity = held.need((*path, "quantity"), int)
    if quantity < 1:
        held.fault((*path, "quantity"), "must be above zero")
    day = int(found[3]) if found[3] else None
    return OpeningLot(
        code=code,
        number=held.need((*path, "lot"), str),
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
    for name, quantity in months.items():
        try:
            month = Month.parse(name)
        except Refused:
            held.fault((*path, "months"), f"{name!r} is no month")
        if not isinstance(quantity, int) or quantity < 0:
            held.fault((*path, "months", name), "must be a whole number from 0")
        found.append((code, month, quantity))
    return found


def _beside(held: Located, name: str) -> Path | None:
    """A file named in the description, relative to it."""
    given = held.content.get(name)
    return held.file.parent / str(given) if given else None
