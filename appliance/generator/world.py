"""The invented world as data: volumes, seasons, names, treatments."""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import load_json

FILE = Path(__file__).parent / "data" / "centre.json"


@cache
def world() -> dict[str, Any]:
    """The data file, checked for the parts that the generator reads."""
    held = load_json(FILE)
    for name in ("facility", "treatments", "prices"):
        held.need((name,), dict)
    for name in ("villages", "family_names", "women", "men", "staff", "ages", "other_diagnoses"):
        held.need((name,), list)
    for name in ("visit_season", "malaria_share"):
        if len(held.need((name,), list)) != 12:
            held.fault((name,), "must have twelve months")
    content: dict[str, Any] = held.content
    return content


def weighted(chance: random.Random, pairs: list[list[Any]]) -> Any:
    """One of [value, weight] pairs."""
    return chance.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def person(chance: random.Random, on: date) -> tuple[str, str, date, str]:
    """A name, a sex, a birth date and a mother's name."""
    held = world()
    sex = "F" if chance.random() < held["female_share"] else "M"
    first = chance.choice(held["women" if sex == "F" else "men"])
    low, high, _ = chance.choices(held["ages"], [a[2] for a in held["ages"]])[0]
    days = chance.randint(low * 30 + (5 if low == 0 else 0), high * 30 + 29)
    born = date.fromordinal(on.toordinal() - days)
    mother = f"{chance.choice(held['women'])} {weighted(chance, held['family_names'])}"
    return f"{first} {weighted(chance, held['family_names'])}", sex, born, mother
