"""How much of a medicine, how often, how long: by weight or age, from the table beside. Pure, exact.

A weight or an age outside of the table is refused with its code: no dose is stretched beyond what its source gives. A weight
that is needed and was not taken today is asked for, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.records.rules import pack

FILE = Path(__file__).parent / "data" / "doses.json"
NAMES = {"weight_kg": "weight", "age_months": "age"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a dose goes by: kilograms, completed months, completed weeks of pregnancy; None where it is not known."""

    weight_kg: Fraction | None = None
    age_months: int | None = None
    pregnancy_week: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosage:
    """A dosage, or the code for which it is refused.

    `quantity` of `unit` at each of `doses` taken at `times_hours` after the first; `quantity_to` where the source gives a
    span instead of one quantity: up to so much. `volume_ml` by route, for an injection
    prepared as the table says. Codes: `weight-needed`, `age-needed`, `weight-too-low`, `weight-too-high`, `age-too-low`,
    `age-too-high`, `pregnancy-too-early`.
    """

    label: str
    unit: str
    quantity: Fraction | None = None
    quantity_to: Fraction | None = None
    times_hours: tuple[int, ...] = ()
    days: int = 0
    volume_ml: Mapping[str, Fraction] | None = None
    advice: str = ""
    refused: str | None = None

    @property
    def doses(self) -> int:
        """How many doses in all."""
        return len(self.times_hours)


def dosage(drug: str, person: Person, held: Located | None = None) -> Dosage:
    """The dosage of a medicine of the table for a person; raises `Refused("dose-unknown-drug")`."""
    row = next((r for r in (held or default_rules()).content["drugs"] if r["drug"] == drug), None)
    if row is None:
        raise Refused("dose-unknown-drug", drug=drug[:40], known=", ".join(drugs(held)))
    why, quantity, most = _quantity(row, person)
    if why or quantity is None:
        return Dosage(label=row["label"], unit=row["unit"], refused=why)
    times = row.get("times_hours") or range(0, row["days"] * 24, row["every_hours"])
    return Dosage(
        label=row["label"], unit=row["unit"], quantity=quantity, quantity_to=most, times_hours=tuple(times), days=row["days"],
        volume_ml=_volumes(row, person, quantity), advice=row.get("advice", ""),
    )  # fmt: skip


def drugs(held: Located | None = None) -> list[str]:
    """The medicines of the table, by code."""
    return [row["drug"] for row in (held or default_rules()).content["drugs"]]


def number(value: Fraction) -> int | float:
    """An exact quantity as a plain number."""
    return int(value) if value.denominator == 1 else float(value)


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors."""
    weight = case.get("weight_kg")
    person = Person(
        weight_kg=None if weight is None else Fraction(weight), age_months=case.get("age_months"),
        pregnancy_week=case.get("pregnancy_week"),
    )  # fmt: skip
    found = dosage(case["drug"], person, held)
    return {
        "quantity": None if found.quantity is None else number(found.quantity), "doses": found.doses, "days": found.days,
        "times": list(found.times_hours), "refused": found.refused,
        "volume_ml": {route: number(ml) for route, ml in found.volume_ml.items()} if found.volume_ml else None,
    }  # fmt: skip


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError` with file, line and fault."""
    header, held = pack.load(file)
    seen: set[str] = set()
    for index in range(len(held.need(("drugs",), list))):
        at = ("drugs", index)
        name = held.need((*at, "drug"), str)
        if name in seen:
            held.fault((*at, "drug"), f"{name} stands twice")
        seen.add(name)
        row = held.content["drugs"][index]
        for key in ("label", "unit"):
            held.need((*at, key), str)
        held.need((*at, "days"), int)
        if bool(row.get("times_hours")) == bool(row.get("every_hours")):
            held.fault(at, "must have times_hours or every_hours, and not both")
        if "quantity" in row:
            continue
        if row.get("by") not in NAMES:
            held.fault((*at, "by"), f"must be one of {', '.join(NAMES)}")
        _check_bands(held, (*at, "bands"))
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _check_bands(held: Located, at: tuple[str | int, ...]) -> None:
    """Bands stand in order and touch: a gap would refuse a child that its source serves."""
    end: float | None = None
    for index in range(len(held.need(at, list))):
        start = held.need((*at, index, "from"), (int, float))
        if end is not None and start != end:
            held.fault((*at, index, "from"), f"must begin where the band before ends ({end})")
        band = held.content
        for part in (*at, index):
            band = band[part]
        if ("quantity" in band) == ("per_kg" in band):
            held.fault((*at, index), "must have quantity or per_kg, and not both")
        end = band.get("below")


def _quantity(row: Mapping[str, Any], person: Person) -> tuple[str | None, Fraction | None, Fraction | None]:
    """The code of a refusal, or the quantity of one dose and up to how much it may be."""
    if why := _refusal(row, person):
        return why, None, None
    if "quantity" in row:
        return None, Fraction(row["quantity"]), None
    by, bands = row["by"], row["bands"]
    if getattr(person, by) is None and "or_by" in row and getattr(person, row["or_by"]) is not None:
        by, bands = row["or_by"], row["or_bands"]
    value = getattr(person, by)
    if value is None:
        return f"{NAMES[by]}-needed", None, None
    band = _band(bands, value)
    if band is None:
        return f"{NAMES[by]}-too-{'low' if value < _exact(bands[0]['from']) else 'high'}", None, None
    return None, _of_band(row, band, person), _exact(band["quantity_to"]) if "quantity_to" in band else None


def _refusal(row: Mapping[str, Any], person: Person) -> str | None:
    """Why a medicine is not for a person whatever the table's bands say."""
    least, weight = row.get("age_months_min"), person.weight_kg
    if least is not None and person.age_months is not None and person.age_months < least:
        return "age-too-low"
    if person.age_months is None and weight is not None and weight < row.get("age_needed_below_kg", 0):
        return "age-needed"
    if person.pregnancy_week is not None and person.pregnancy_week < row.get("pregnancy_week_min", 0):
        return "pregnancy-too-early"
    if weight is not None and "weight_kg_max" in row and weight > row["weight_kg_max"]:
        return "weight-too-high"
    return None


def _of_band(row: Mapping[str, Any], band: Mapping[str, Any], person: Person) -> Fraction:
    if "per_kg" in band and person.weight_kg is not None:
        quantity = _exact(band["per_kg"]) * person.weight_kg
        return min(quantity, Fraction(band["cap"])) if "cap" in band else quantity
    quantity = _exact(band["quantity"])
    if "exact_per_kg" in row and person.weight_kg is not None:
        exact = _exact(row["exact_per_kg"]) * person.weight_kg
        return min(max(exact, quantity), _exact(band["quantity_to"]))
    return quantity


def _band(bands: list[dict[str, Any]], value: Fraction | int) -> dict[str, Any] | None:
    for band in bands:
        above = value >= _exact(band["from"])
        under = (
            value < _exact(band["below"]) if "below" in band else value <= _exact(band["to"]) if "to" in band else True
        )
        if above and under:
            return band
    return None


def _volumes(row: Mapping[str, Any], person: Person, quantity: Fraction) -> dict[str, Fraction] | None:
    """Millilitres by route: as the source's table gives them, else worked out and rounded up to what a syringe shows."""
    if "volumes" not in row or person.weight_kg is None:
        return None
    named = _band(row["volume_bands"], person.weight_kg)
    found = {}
    for route, how in row["volumes"].items():
        step = _exact(how["up_to_ml"])
        exact = quantity / how["mg_per_ml"] / step
        found[route] = _exact(named[route]) if named else -(-exact // 1) * step
    return found


def _exact(value: float) -> Fraction:
    """A number of the file as it is written, not as the machine rounds it."""
    return Fraction(str(value))
