"""Setting up the centre and its villages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.storage import ConstraintFailed, Database, Unit, settings

_NAME = "facility"


class FacilityKind(StrEnum):
    """Who runs the centre."""

    CSCOM_ASACO = "cscom_asaco"
    PRIVATE = "prive"
    FAITH_BASED = "confessionnel"
    ASSOCIATION = "association"
    CSREF = "csref"


SUPPLIERS = ("DRC", "PPM", "MEDEXIS", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """The centre as it signs its reports. `code` is its code in the national instance."""

    name: str
    code: str
    district: str
    kind: str = FacilityKind.CSCOM_ASACO
    supplier: str = "DRC"
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A village of the area (or outside it)."""

    id: int
    name: str
    in_area: bool
    relais: str | None
    population: int | None


def set_facility(unit: Unit, facility: Facility) -> None:
    """Set what the centre is; raises `Refused` ("facility-name", "facility-code", "facility-kind", "facility-supplier")."""
    if not 2 <= len(facility.name.strip()) <= 80:
        raise Refused("facility-name")
    if not 2 <= len(facility.code.strip()) <= 40:
        raise Refused("facility-code")
    if facility.kind not in {k.value for k in FacilityKind}:
        raise Refused("facility-kind", kind=facility.kind)
    if facility.supplier not in SUPPLIERS:
        raise Refused("facility-supplier", supplier=facility.supplier)
    settings.put(unit, _NAME, asdict(facility))


def facility(db: Database) -> Facility | None:
    """The centre, or None before the first set-up."""
    held = settings.get(db, _NAME)
    return Facility(**held) if held else None


def add_village(
    unit: Unit, name: str, *, in_area: bool = True, population: dict[int, int] | None = None, relais: str | None = None,
    distance_km: int | None = None,
) -> int:  # fmt: skip
    """Add a village; raises `Refused` ("village-name", "village-known")."""
    text = " ".join(name.split())
    if not 1 <= len(text) <= 80:
        raise Refused("village-name")
    try:
        village = unit.insert(
            "village", name=text, folded=fold(text), in_area=int(in_area), distance_km=distance_km, relais=relais,
            relais_phone=None, is_active=1, act=unit.act,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("village-known", name=text) from fault
    for year, people in (population or {}).items():
        unit.insert("village_population", village=village, year=year, population=people, act=unit.act)
    return village


def villages(db: Database) -> list[Village]:
    """Every active village by name, with its latest population."""
    return [
        Village(id=row[0], name=row[1], in_area=bool(row[2]), relais=row[3], population=row[4])
        for row in db.all(
            "SELECT v.id, v.name, v.in_area, v.relais, (SELECT population FROM village_population p WHERE p.village = v.id"
            " ORDER BY year DESC LIMIT 1) FROM village v WHERE v.is_active = 1 ORDER BY v.folded"
        )
    ]
