"""The invented world as data: volumes, seasons, names, illnesses and what is prescribed for them."""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located, load_json

FILE = Path(__file__).parent / "data" / "centre.json"
AGE_GROUPS = ((60, "under5"), (216, "child"), (10_000, "adult"))
"""Upper limit in completed months of each age group by which illnesses are drawn."""

AGES_PROBED = 6
"""Ages of a band at which the expected use of products is read; doses go by age."""


@cache
def world() -> dict[str, Any]:
    """The data file, checked for the parts that the generator reads. Raises `Refused` naming file and line."""
    held = load_json(FILE)
    for name in ("facility", "treatments", "prices", "motives", "seasons", "ages", "shares"):
        held.need((name,), dict)
    for name in ("villages", "family_names", "women", "men", "twins", "nicknames", "staff", "illnesses"):
        held.need((name,), list)
    for name in ("malaria_percent_by_month", "suspected_share_by_month", "other_visits_per_month_per_12000"):
        _twelve(held, (name,))
    for name in held.content["seasons"]:
        _twelve(held, ("seasons", name))
    for index, illness in enumerate(held.content["illnesses"]):
        if len(illness) != 5 or illness[4] not in held.content["seasons"]:
            held.fault(("illnesses", index), "must be [code, under 5, child, adult, season]")
        if illness[0] not in held.content["treatments"]:
            held.fault(("illnesses", index), "has no treatment")
    for code, lines in held.content["treatments"].items():
        for index, line in enumerate(lines):
            if len(line) != 3 or not 0 < line[2] <= 1:
                held.fault(("treatments", code, index), "must be [product, quantity, probability]")
    content: dict[str, Any] = held.content
    return content


def weighted(chance: random.Random, pairs: list[list[Any]]) -> Any:
    """One of [value, weight] pairs."""
    return chance.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def share(name: str) -> float:
    """A share of the world, 0 to 1."""
    held: float = world()["shares"][name]
    return held


def malaria_in_month(month: int) -> float:
    """Cases of malaria expected in a calendar month (1 to 12) among 12,000 people."""
    held = world()
    cases: float = held["malaria_cases_per_year_per_12000"] * held["malaria_percent_by_month"][month - 1] / 100
    return cases


def visits_in_month(month: int) -> float:
    """Visits expected in a calendar month among 12,000 people, malaria included."""
    others: float = world()["other_visits_per_month_per_12000"][month - 1]
    return malaria_in_month(month) + others


def age_group(months: int) -> str:
    """The age group of completed months: under5, child (5 to 17 years), adult."""
    return next(name for limit, name in AGE_GROUPS if months < limit)


def product_for(name: str, quantity: int, months: int) -> tuple[str, int]:
    """The product for an age: ACT by weight band, syrup or tablets of paracetamol, amoxicillin and metronidazole."""
    if name == "ACT":
        bands = ((36, "MLS001"), (96, "MLS002"), (144, "MLS003"))
        return next((code for limit, code in bands if months < limit), "MLS004"), quantity
    if name == "PARA":
        return ("MLS042", 1) if months < 60 else ("MLS069", 15)
    if name == "AMOX":
        return ("MLS037", 20) if months < 120 else ("MLS072", 21)
    if name == "METRO":
        return ("MLS078", 1) if months < 60 else ("MLS077", 14)
    return name, quantity


@cache
def expected_monthly_use() -> dict[str, int]:
    """Base units of each product that a mean month takes among 12,000 people: first stock and paper months rest on it."""
    held = world()
    use: dict[str, float] = {}
    malaria, others = held["malaria_cases_per_year_per_12000"] / 12, sum(held["other_visits_per_month_per_12000"]) / 12
    severe = share("severe_of_malaria")
    flows = [("palu-simple", "malaria", malaria * (1 - severe)), ("palu-grave", "malaria", malaria * severe)]
    for code, *weights, _ in held["illnesses"]:
        for rank, (_, group) in enumerate(AGE_GROUPS):
            total = sum(row[1 + rank] for row in held["illnesses"])
            flows.append((code, f"others:{group}", others * weights[rank] / total))
    for code, whose, cases in flows:
        kind, _, group = whose.partition(":")
        for low, high, weight in held["ages"][kind]:
            if group and age_group(low) != group:
                continue
            for name, quantity, probability in held["treatments"][code]:
                for part in range(AGES_PROBED):
                    months = low + (high - low) * (2 * part + 1) // (2 * AGES_PROBED)
                    product, units = product_for(name, quantity, months)
                    use[product] = use.get(product, 0) + cases * weight * probability * units / AGES_PROBED
    use[held["malaria_test"]] = (malaria + others) * sum(held["suspected_share_by_month"]) / 12
    return {code: max(round(units), 1) for code, units in sorted(use.items())}


def day_weight(day: date) -> float:
    """How many of a month's visits fall on a day; the weights of a month sum to 1."""
    weights = world()["weekday_weights"]
    month_days = [date(day.year, day.month, n) for n in range(1, 32) if _is_day(day, n)]
    return float(weights[day.weekday()] / sum(weights[d.weekday()] for d in month_days))


def _is_day(day: date, number: int) -> bool:
    try:
        day.replace(day=number)
    except ValueError:
        return False
    return True


def _twelve(held: Located, where: tuple[str, ...]) -> None:
    if len(held.need(where, list)) != 12:
        held.fault(where, "must have twelve months")
