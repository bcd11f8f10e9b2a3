"""The invented year of `bench replenishment`: who asks for what on each day, and what the supplier does to each order.

Drawn once for a seed, before any rule orders anything: both ways of ordering meet the same people and the same lorry.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from appliance.core.datafile import load_json
from appliance.core.periods import Month
from appliance.generator.world import world

FILE = Path(__file__).parent / "data" / "replenishment.json"
FIRST = Month(2025, 1)
MONTHS_BEFORE, MONTHS_MEASURED = 12, 12
SESSION_WEEKDAY = 2
KINDS = ("seasonal", "steady", "slow", "vaccine", "new", "short", "falling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product of the bench. Quantities in base units, money in FCFA, lives in days at arrival."""

    code: str
    label: str
    kind: str
    pack: int
    cost_fcfa: int
    shelf_days: tuple[int, int]
    monthly: float = 0
    per_session: float = 0
    doses: int = 1
    starts_month: int = 0
    first_units: int = 0
    dry_days: int = 0
    dry_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What happens to an order of a month: days until it comes, the share that comes, the life that it brings."""

    lead_days: int
    share: float
    shelf_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Everything drawn for one seed: by product the units asked for on each day, and the fate of each month's order."""

    seed: int
    days: tuple[date, ...]
    asked: dict[str, list[int]]
    deliveries: dict[str, list[Delivery]]


def items() -> list[Item]:
    """The products of the bench; raises `DataFileError` with file, line and fault."""
    held = load_json(FILE)
    found = []
    for index, row in enumerate(held.need(("products",), list)):
        if row.get("kind") not in KINDS:
            held.fault(("products", index, "kind"), f"is none of {', '.join(KINDS)}")
        found.append(
            Item(**{**row, "shelf_days": tuple(row["shelf_days"]), "dry_months": tuple(row.get("dry_months", ()))})
        )
    return found


def year(seed: int) -> Year:
    """The people and the supplier of one seed."""
    supply = load_json(FILE).content["supply"]
    last = FIRST.plus(MONTHS_BEFORE + MONTHS_MEASURED - 1).last
    days = tuple(FIRST.first + timedelta(days=n) for n in range((last - FIRST.first).days + 1))
    lorry = random.Random(f"{seed}/lorry")
    leads = [_lead(lorry, supply) for _ in range(MONTHS_BEFORE + MONTHS_MEASURED)]
    asked, deliveries = {}, {}
    for item in items():
        chance = random.Random(f"{seed}/{item.code}")
        asked[item.code] = [_asked(chance, item, day) for day in days]
        deliveries[item.code] = [
            Delivery(lead_days=lead, share=_share(chance, supply), shelf_days=chance.randint(*item.shelf_days))
            for lead in leads
        ]
    return Year(seed=seed, days=days, asked=asked, deliveries=deliveries)


def begins_on(item: Item) -> date:
    """The day from which people ask for a product."""
    if item.kind != "new":
        return FIRST.first
    return FIRST.plus(MONTHS_BEFORE + item.starts_month).first


def _asked(chance: random.Random, item: Item, day: date) -> int:
    if item.kind == "vaccine":
        children = _poisson(chance, item.per_session)
        # A vial once opened is used up or thrown away at the session's end: what goes out are whole vials.
        return -(-children // item.doses) * item.doses if day.weekday() == SESSION_WEEKDAY else 0
    drawn = _poisson(chance, item.monthly * _weight(item, day) * _open(day) / 26)
    return drawn if day >= begins_on(item) else 0


def _weight(item: Item, day: date) -> float:
    if item.kind == "seasonal":
        share: float = world()["malaria_percent_by_month"][day.month - 1] / 100 * 12
        return share
    if item.kind == "falling":
        return max(1 - (day - FIRST.first).days / 900, 0.1)
    return 1


def _open(day: date) -> float:
    return 0 if day.weekday() == 6 else 1


def _poisson(chance: random.Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > 30:
        return max(round(chance.gauss(mean, math.sqrt(mean))), 0)
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _lead(chance: random.Random, supply: dict[str, Any]) -> int:
    late = chance.random() < supply["late_share"]
    return chance.randint(*(supply["late_days"] if late else supply["lead_days"]))


def _share(chance: random.Random, supply: dict[str, Any]) -> float:
    draw = chance.random()
    if draw < supply["line_missing_share"]:
        return 0
    return 1 / 3 if draw < supply["line_missing_share"] + supply["line_third_share"] else 1
