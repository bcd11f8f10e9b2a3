"""From a dose table to what lies on the shelf: how many tablets make a dose, or which blister is a whole treatment. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import load_json
from appliance.records.rules.dosing.doses import Dosage, Person, dosage, drugs

FILE = Path(__file__).parent / "data" / "products.json"
DAY_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """A product of the catalogue: `per_unit` of the table's unit in one base unit, which can be cut into `parts`; or a
    blister that is the whole treatment of who takes `treatment_of` at a time."""

    drug: str
    per_unit: Fraction | None
    parts: int
    treatment_of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the table says of a product for a person.

    `take` base units at a time, `times` a day, `days`; or, `is_whole`, one base unit for the whole treatment. `is_other`:
    for this weight the table asks another blister. `refused` as in `Dosage`.
    """

    dosage: Dosage
    take: Fraction | None = None
    times: int = 1
    is_whole: bool = False
    is_other: bool = False

    @property
    def refused(self) -> str | None:
        """The code for which the table gives no dose."""
        return self.dosage.refused


def told(product: str, person: Person) -> Told | None:
    """What the table says of a product, by its code; None when no table knows it."""
    held = strengths().get(product)
    if held is None:
        return None
    found = dosage(held.drug, person)
    if found.quantity is None:
        return Told(dosage=found)
    if held.treatment_of is not None:
        return Told(dosage=found, take=Fraction(1), is_whole=True, is_other=held.treatment_of != found.quantity)
    per_unit = held.per_unit or Fraction(1)
    take = Fraction(int(found.quantity / per_unit * held.parts), held.parts)  # never more than the table
    return Told(dosage=found, take=take, times=_times_a_day(found), is_other=not take)


def load_strengths(file: Path = FILE) -> dict[str, Strength]:
    """Read and check the file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    known = set(drugs())
    found: dict[str, Strength] = {}
    for index in range(len(held.need(("products",), list))):
        at = ("products", index)
        row: dict[str, Any] = held.need(at, dict)
        code, drug = held.need((*at, "product"), str), held.need((*at, "drug"), str)
        if code in found:
            held.fault((*at, "product"), f"{code} stands twice")
        if drug not in known:
            held.fault((*at, "drug"), f"{drug} has no dose table")
        if ("per_unit" in row) == ("treatment_of" in row):
            held.fault(at, "must have per_unit or treatment_of, and not both")
        found[code] = Strength(
            drug=drug, per_unit=Fraction(held.need((*at, "per_unit"), int)) if "per_unit" in row else None,
            parts=int(row.get("parts", 1)), treatment_of=row.get("treatment_of"),
        )  # fmt: skip
    return found


@cache
def strengths() -> dict[str, Strength]:
    """The products that ship with a table."""
    return load_strengths()


def _times_a_day(found: Dosage) -> int:
    return sum(1 for hour in found.times_hours if hour < DAY_HOURS)
