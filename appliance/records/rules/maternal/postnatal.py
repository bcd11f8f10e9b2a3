"""When a mother and her newborn are seen after birth: the visits of the pack beside, with their windows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.periods import parse_date
from appliance.records.rules import pack

FILE = Path(__file__).parent / "data" / "postnatal.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit due `due_on`, from `opens_on` on; after `until` it can't be made up for. `code` as CPON1."""

    code: str
    opens_on: date
    due_on: date
    until: date


def visits(born_on: date, weight_grams: int | None = None, held: Located | None = None) -> list[Visit]:
    """The visits of a birth in order; those of a small child, `weight_grams` known, stand among them."""
    rules = (held or default_rules()).content
    found = [_visit(row, born_on) for row in rules["visits"]]
    small = rules["small"]
    if weight_grams is not None and weight_grams < small["below_grams"]:
        found += [_visit(row, born_on) for row in small["visits"]]
    return sorted(found, key=lambda visit: visit.due_on)


def next_visit(
    born_on: date, seen: list[date], on: date, weight_grams: int | None = None, held: Located | None = None
) -> Visit | None:
    """The first visit that no day of `seen` fell into and that can still be made on a day; None when all are over."""
    for visit in visits(born_on, weight_grams, held):
        if visit.until >= on and not any(visit.opens_on <= day <= visit.until for day in seen):
            return visit
    return None


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors."""
    born, weight = parse_date(case["born"]), case.get("weight_grams")
    seen = [parse_date(day) for day in case.get("seen", [])]
    found = next_visit(born, seen, parse_date(case.get("on", case["born"])), weight, held)
    return {
        "due": [visit.due_on.isoformat() for visit in visits(born, weight, held)],
        "next": found.code if found else None, "next_on": found.due_on.isoformat() if found else None,
    }  # fmt: skip


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`."""
    header, held = pack.load(file)
    held.need(("small", "below_grams"), int)
    for at in (("visits",), ("small", "visits")):
        for index in range(len(held.need(at, list))):
            held.need((*at, index, "code"), str)
            days = [held.need((*at, index, key), int) for key in ("from_day", "due_day", "until_day")]
            if days != sorted(days):
                held.fault((*at, index), "must have from_day, due_day and until_day in order")
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _visit(row: Mapping[str, Any], born_on: date) -> Visit:
    opens, due, until = (born_on + timedelta(days=row[key]) for key in ("from_day", "due_day", "until_day"))
    return Visit(code=row["code"], opens_on=opens, due_on=due, until=until)
