"""Targets of the year: how many pregnancies, births and children the area's population lets expect.

The rates are data; the district's own, where it gave them, replace them by code (setting `target-rates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json
from appliance.core.errors import Refused
from appliance.storage import Database, Unit, settings

FILE = Path(__file__).parent / "data" / "targets.json"
PER = 10_000
_SETTING = "target-rates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """People of a target for each 10,000 inhabitants."""

    code: str
    label: str
    per_10000: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target of a year with its working: `people` is population × rate, rounded half up."""

    rate: Rate
    population: int
    people: int
    is_districts: bool


def load_rates(file: Path = FILE) -> tuple[Rate, ...]:
    """Read and check a rates file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found: list[Rate] = []
    for index in range(len(held.need(("rates",), list))):
        code, label = held.need(("rates", index, "code"), str), held.need(("rates", index, "label"), str)
        rate = held.need(("rates", index, "per_10000"), int)
        if not 0 < rate <= PER:
            held.fault(("rates", index, "per_10000"), f"{rate} is not between 1 and {PER}")
        if code in {r.code for r in found}:
            held.fault(("rates", index, "code"), f"{code} stands twice")
        found.append(Rate(code=code, label=label, per_10000=rate))
    return tuple(found)


@cache
def default_rates() -> tuple[Rate, ...]:
    """The rates that ship with this release, marked à confirmer."""
    return load_rates()


def set_district_rates(unit: Unit, rates: dict[str, int]) -> None:
    """Keep the district's rates per 10,000 by code; raises `Refused("target-rate")` for another code or rate."""
    known = {rate.code for rate in default_rates()}
    for code, rate in rates.items():
        if code not in known or not 0 < rate <= PER:
            raise Refused("target-rate", target=code[:40], rate=rate)
    settings.put(unit, _SETTING, rates)


def targets(db: Database, year: int) -> list[Target]:
    """The targets of a year, from the population of the area's villages (the latest known up to that year)."""
    people = area_population(db, year)
    districts: dict[str, int] = settings.get(db, _SETTING, {})
    found = []
    for rate in default_rates():
        used = Rate(code=rate.code, label=rate.label, per_10000=districts.get(rate.code, rate.per_10000))
        expected = int(Fraction(people * used.per_10000, PER) + Fraction(1, 2))
        found.append(Target(rate=used, population=people, people=expected, is_districts=rate.code in districts))
    return found


def area_population(db: Database, year: int) -> int:
    """Inhabitants of the active villages of the area, each by its latest count not after the year."""
    total: int | None = db.value(
        "SELECT sum((SELECT population FROM village_population p WHERE p.village = v.id AND p.year <= ?"
        " ORDER BY year DESC LIMIT 1)) FROM village v WHERE v.in_area = 1 AND v.is_active = 1",
        (year,),
    )
    return total or 0
