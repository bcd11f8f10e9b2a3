"""The payers' files: each an edition that holds between two dates. A rate is read by the day of care.

An edition is a file of `data/`; an edition that changes in mid-month changes the shares of the care given from that day on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from appliance.billing.payers.model import BASIS, DIRECTIONS, CashRounding, NumberRule, Payer, Rate, holds_on
from appliance.core.datafile import Located, Path_, load_json
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.core.periods import parse_date

FOLDER = Path(__file__).parent / "data"
ROUNDING_FILE = FOLDER / "cash-rounding.json"
KINDS = ("amo", "ramed", "mutuelle", "gratuite", "projet")
TARIFFS = ("patient", "amo", "ramed", "mutuelle", "projet")
STEPS = (1, 5, 10, 25, 50, 100)
LENGTH_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One payers' file: its payers by code, the types of care with their labels, and the days on which it holds."""

    edition: str
    source: str
    is_confirmed: bool
    valid_from: date
    valid_to: date | None
    care_types: dict[str, str]
    payers: dict[str, Payer]


def load_edition(file: Path) -> Edition:
    """Read and check a payers' file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    edition = held.need(("edition",), str)
    care_types: dict[str, str] = {}
    for index in range(len(held.need(("care_types",), list))):
        code = held.need(("care_types", index, "code"), str)
        if code in care_types:
            held.fault(("care_types", index, "code"), f"{code} stands twice")
        care_types[code] = held.need(("care_types", index, "label"), str)
    payers: dict[str, Payer] = {}
    for index in range(len(held.need(("payers",), list))):
        payer = _payer(held, ("payers", index), edition, care_types)
        if payer.code in payers:
            held.fault(("payers", index, "code"), f"{payer.code} stands twice")
        payers[payer.code] = payer
    return Edition(
        edition=edition, source=held.need(("source",), str), is_confirmed=held.content.get("status") != "à confirmer",
        valid_from=_day(held, ("valid_from",)),
        valid_to=None if held.content.get("valid_to") is None else _day(held, ("valid_to",)),
        care_types=care_types, payers=payers,
    )  # fmt: skip


def load_rounding(file: Path = ROUNDING_FILE) -> CashRounding:
    """Read and check how cash is rounded; raises `DataFileError`."""
    held = load_json(file)
    step = held.need(("step_fcfa",), int)
    if step not in STEPS:
        held.fault(("step_fcfa",), f"must be one of {STEPS}")
    direction = held.need(("direction",), str)
    if direction not in DIRECTIONS:
        held.fault(("direction",), f"must be one of {DIRECTIONS}")
    return CashRounding(step_fcfa=step, direction=direction)


@cache
def default_rounding() -> CashRounding:
    """How cash is rounded unless the centre says otherwise."""
    return load_rounding()


@cache
def editions() -> tuple[Edition, ...]:
    """Every payers' file of this release, oldest first."""
    return tuple(sorted((load_edition(f) for f in FOLDER.glob("payers-*.json")), key=lambda e: e.valid_from))


def edition_on(day: date, held: tuple[Edition, ...] | None = None) -> Edition:
    """The newest edition that holds on a day; raises `Refused("payers-no-edition")`."""
    found = [e for e in held or editions() if holds_on(e.valid_from, e.valid_to, day)]
    if not found:
        raise Refused("payers-no-edition", on=day.isoformat())
    return found[-1]


def national_payer(code: str, day: date, held: tuple[Edition, ...] | None = None) -> Payer:
    """A payer of the national file on a day; case and accents of the code do not count.

    Raises `Refused`: "payer-unknown", "payers-no-edition".
    """
    wanted = fold(code).upper()
    payer = edition_on(day, held).payers.get(wanted)
    if payer is None:
        raise Refused("payer-unknown", payer=code[:40], on=day.isoformat())
    return payer


def rates_of(held: Located, path: Path_, care_types: dict[str, str]) -> tuple[Rate, ...]:
    """The rates of a payer as a file or a setting gives them."""
    rates = []
    for index in range(len(held.need(path, list))):
        here = (*path, index)
        care = held.need((*here, "care"), str)
        if care not in care_types:
            held.fault((*here, "care"), f"{care!r} is no type of care")
        percent = str(held.need((*here, "percent"), (int, str)))
        scaled = Fraction(percent) * (BASIS // 100) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", percent) else None
        if scaled is None or scaled > BASIS:
            held.fault((*here, "percent"), 'must be from 0 to 100; decimals as a text, "62.5", two at most')
        row = held.need(here, dict)
        if row.get("age_months_max") is not None:
            held.need((*here, "age_months_max"), int)
        rates.append(
            Rate(
                care=care, basis_points=int(scaled), age_months_max=row.get("age_months_max"),
                pregnant=bool(row.get("pregnant", False)),
            )
        )  # fmt: skip
    return tuple(rates)


def number_rule_of(held: Located, path: Path_) -> NumberRule:
    """What a payer asks of the number on its cards."""
    row = held.need(path, dict)
    rule = held.need((*path, "rule"), str)
    if rule not in ("none", "modulo"):
        held.fault((*path, "rule"), "must be none or modulo")
    root = held.need((*path, "root"), int) if rule == "modulo" else 0
    if rule == "modulo" and not 2 <= root <= 10:
        held.fault((*path, "root"), "must be from 2 to 10")
    for name in ("length_min", "length_max"):
        if row.get(name) is not None and not 1 <= held.need((*path, name), int) <= LENGTH_MAX:
            held.fault((*path, name), f"must be from 1 to {LENGTH_MAX}")
    return NumberRule(
        required=held.need((*path, "required"), bool), rule=rule, root=root, length_min=row.get("length_min"),
        length_max=row.get("length_max"),
    )  # fmt: skip


def _payer(held: Located, path: Path_, edition: str, care_types: dict[str, str]) -> Payer:
    code = held.need((*path, "code"), str)
    if fold(code).upper() != code:
        held.fault((*path, "code"), "must be in capital letters without accents")
    kind, tariff = held.need((*path, "kind"), str), held.need((*path, "tariff"), str)
    if kind not in KINDS:
        held.fault((*path, "kind"), f"must be one of {KINDS}")
    if tariff not in TARIFFS:
        held.fault((*path, "tariff"), f"must be one of {TARIFFS}")
    return Payer(
        code=code, label=held.need((*path, "label"), str), kind=kind, tariff=tariff, edition=edition,
        rates=rates_of(held, (*path, "rates"), care_types), number=number_rule_of(held, (*path, "number")),
        products=_codes(held, (*path, "covers", "products")), acts=_codes(held, (*path, "covers", "acts")),
        pays_within_days=held.need((*path, "billing", "pays_within_days"), int),
        is_confirmed=held.need((*path, "confirmed"), bool),
    )  # fmt: skip


def _codes(held: Located, path: Path_) -> frozenset[str] | None:
    value: Any = held.need(path, (str, list))
    if value == "all":
        return None
    if isinstance(value, str) or not all(isinstance(code, str) for code in value):
        held.fault(path, 'must be "all" or a list of codes')
    return frozenset(value)


def _day(held: Located, path: Path_) -> date:
    text = held.need(path, str)
    try:
        return parse_date(text)
    except Refused:
        held.fault(path, f"must be a date like 2026-11-01, not {text!r}")
