"""Reading the rules of demand from people: a data file that ministry letters change."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located, load_json
from appliance.stock.demand.model import DemandRule, Fallback

FILE = Path(__file__).parent / "data" / "demand.json"
SOURCES = ("pregnancy", "refill", "sessions")
NUMBERS = ("units", "from_week", "until_week", "every_days", "days_per_unit", "most", "least_times")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRules:
    """The rules of an edition. `usual_attendance` holds until enough appointments have passed here."""

    edition: str
    source: str
    usual_attendance: Fraction
    week_at_notice: int
    rules: tuple[DemandRule, ...]


@cache
def load_rules(file: Path = FILE) -> DemandRules:
    """Read and check a file of rules; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    percent = held.need(("usual_attendance_percent",), int)
    if not 0 < percent <= 100:
        held.fault(("usual_attendance_percent",), "must be from 1 to 100")
    rules = tuple(_rule(held, index) for index in range(len(held.need(("rules",), list))))
    codes = [rule.code for rule in rules]
    if len(set(codes)) < len(codes):
        held.fault(("rules",), "name a code twice")
    return DemandRules(
        edition=held.need(("edition",), str), source=held.need(("source",), str), rules=rules,
        usual_attendance=Fraction(percent, 100), week_at_notice=held.need(("week_at_notice",), int),
    )  # fmt: skip


def _rule(held: Located, index: int) -> DemandRule:
    path: tuple[str | int, ...] = ("rules", index)
    row: dict[str, Any] = held.need(path, dict)
    source = held.need((*path, "source"), str)
    if source not in SOURCES:
        held.fault((*path, "source"), f"{source!r} is none of {', '.join(SOURCES)}")
    numbers = {name: row[name] for name in NUMBERS if name in row}
    for name, value in numbers.items():
        if not isinstance(value, int) or value < 0:
            held.fault((*path, name), "must be a whole number from 0")
    if source == "pregnancy" and not row.get("units"):
        held.fault(path, "has no 'units'")
    fallback = row.get("fallback")
    if fallback is not None:
        held.need((*path, "fallback", "target"), str)
        held.need((*path, "fallback", "times"), int)
    return DemandRule(
        code=held.need((*path, "code"), str), label=held.need((*path, "label"), str), source=source,
        products=tuple(held.need((*path, "products"), list)), fallback=Fallback(**fallback) if fallback else None,
        sachets_by_weight=tuple((grams, n) for grams, n in row.get("sachets_by_weight", ())), **numbers,
    )  # fmt: skip
