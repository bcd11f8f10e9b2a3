"""An invented centre with three villages, and people said in one line."""

from __future__ import annotations

from datetime import date
from typing import Any

from appliance.records.facility.services import Facility, add_village, set_facility
from appliance.records.patients.model import birth_from_age, birth_from_date
from appliance.records.patients.services import NewPatient
from appliance.storage import Unit

VILLAGES = ("Farabani", "Toura-Peulh", "Sananfara")


def open_centre(unit: Unit) -> list[int]:
    """Set the centre up; the third village lies outside its area. Returns the villages' ids."""
    set_facility(unit, Facility(name="CSCom de Farabani", code="ML-0417", district="Kati"))
    return [add_village(unit, name, in_area=name != "Sananfara", population={2026: 4_000}) for name in VILLAGES]


def person(
    name: str, *, sex: str = "F", age: int = 30, unit: str = "year", born: str | None = None, **more: Any
) -> NewPatient:
    """A registration as typed on 15 October 2026."""
    today = date(2026, 10, 15)
    birth = birth_from_date(date.fromisoformat(born), today) if born else birth_from_age(age, unit, today)
    return NewPatient(names=(("civil", name),), sex=sex, birth=birth, **more)
