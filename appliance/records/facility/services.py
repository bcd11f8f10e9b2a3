"""Setting up the centre, its villages and who lives there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from appliance.core.errors import Refused
from appliance.core.french import fold, one_line
from appliance.records.facility.tables import VillagePopulationRow, VillageRow
from appliance.storage import ConstraintFailed, Database, Unit, settings

_NAME = "facility"
NAME_MAX = 80
POPULATION_MAX = 200_000
DISTANCE_MAX_KM = 500


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
    relais_phone: str | None = None
    distance_km: int | None = None
    is_active: bool = True


def set_facility(unit: Unit, facility: Facility) -> None:
    """Set what the centre is, at its set-up or later; raises `Refused` ("facility-name", "facility-code", "facility-kind", "facility-supplier")."""
    if not 2 <= len(facility.name.strip()) <= 80:
        raise Refused("facility-name")
    if not 2 <= len(facility.code.strip()) <= 40:
        raise Refused("facility-code")
    if facility.kind not in {k.value for k in FacilityKind}:
        raise Refused("facility-kind", kind=facility.kind)
    if facility.supplier not in SUPPLIERS:
        raise Refused("facility-supplier", supplier=facility.supplier)
    kept = replace(
        facility, name=one_line(facility.name), code=one_line(facility.code), district=one_line(facility.district)
    )
    settings.put(unit, _NAME, asdict(kept))


def facility(db: Database) -> Facility | None:
    """The centre, or None before the first set-up."""

    def read() -> Facility | None:
        held = settings.get(db, _NAME)
        return Facility(**held) if held else None

    return db.kept(_NAME, read)


def add_village(
    unit: Unit, name: str, *, in_area: bool = True, population: dict[int, int] | None = None, relais: str | None = None,
    distance_km: int | None = None, relais_phone: str | None = None,
) -> int:  # fmt: skip
    """Add a village; returns its id. Raises `Refused` ("village-name", "village-known", "population", "phone")."""
    columns = _columns(name, in_area, relais, relais_phone, distance_km)
    _refuse_namesake(unit, columns, None)
    try:
        village = unit.insert("village", **columns, is_active=1, act=unit.act)
    except ConstraintFailed as fault:
        raise Refused("village-known", name=columns["name"]) from fault
    for year, people in (population or {}).items():
        set_population(unit, village, year, people)
    unit.note(village=village)
    return village


def edit_village(
    unit: Unit, village: int, name: str, *, in_area: bool = True, relais: str | None = None,
    distance_km: int | None = None, relais_phone: str | None = None, is_active: bool = True,
) -> None:  # fmt: skip
    """Change a village; one that is no longer active leaves the lists and stays on the files that name it.

    Facts already written keep the zone in which they were counted. Raises as `add_village`, and "no-such-village".
    """
    columns = _columns(name, in_area, relais, relais_phone, distance_km)
    _refuse_namesake(unit, columns, village)
    wanted = VillageRow.update(**columns, is_active=int(is_active), act=unit.act).where(VillageRow.id == village)
    try:
        changed = unit.change(wanted)
    except ConstraintFailed as fault:
        raise Refused("village-known", name=columns["name"]) from fault
    if not changed:
        raise Refused("no-such-village", village=village)
    unit.note(village=village)


def set_population(unit: Unit, village: int, year: int, people: int) -> None:
    """Say how many people live in a village in a year; said again, the new count stands.

    Raises `Refused` ("population" outside 0 to 200,000 people or 1990 to 2100, "no-such-village").
    """
    if not (0 <= people <= POPULATION_MAX and 1990 <= year <= 2100):
        raise Refused("population", people=people, year=year)
    if unit.value("SELECT 1 FROM village WHERE id = ?", (village,)) is None:
        raise Refused("no-such-village", village=village)
    unit.run(
        "INSERT INTO village_population (village, year, population, act) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (village, year) DO UPDATE SET population = excluded.population, act = excluded.act",
        (village, year, people, unit.act),
    )


def villages(db: Database, *, with_retired: bool = False) -> list[Village]:
    """Every active village by name (retired ones too when asked), with its latest population."""
    rows = VillageRow.select(
        VillageRow.id, VillageRow.name, VillageRow.in_area, VillageRow.relais, VillageRow.relais_phone,
        VillageRow.distance_km, VillageRow.is_active,
    ).order_by(VillageRow.folded)  # fmt: skip
    if not with_retired:
        rows = rows.where(VillageRow.is_active == 1)
    people = populations(db)
    return [
        Village(
            id=row["id"], name=row["name"], in_area=bool(row["in_area"]), relais=row["relais"],
            population=people[row["id"]][max(people[row["id"]])] if row["id"] in people else None,
            relais_phone=row["relais_phone"], distance_km=row["distance_km"], is_active=bool(row["is_active"]),
        )
        for row in db.rows(rows)
    ]  # fmt: skip


def populations(db: Database) -> dict[int, dict[int, int]]:
    """Population by year of every village that has one, by village id."""
    found: dict[int, dict[int, int]] = {}
    for row in db.rows(VillagePopulationRow.select().order_by(VillagePopulationRow.year)):
        found.setdefault(row["village"], {})[row["year"]] = row["population"]
    return found


def _columns(
    name: str, in_area: bool, relais: str | None, relais_phone: str | None, distance_km: int | None
) -> dict[str, object]:
    text = one_line(name)
    if not 1 <= len(text) <= NAME_MAX or not any(c.isalnum() for c in text):
        raise Refused("village-name")
    if len(relais or "") > NAME_MAX or not 0 <= (distance_km or 0) <= DISTANCE_MAX_KM:
        raise Refused("village-name")
    if relais_phone and not 6 <= sum(c in "0123456789" for c in relais_phone) <= 15:
        raise Refused("phone")
    return {
        "name": text, "folded": fold(text), "in_area": int(in_area), "distance_km": distance_km, "relais": relais,
        "relais_phone": relais_phone,
    }  # fmt: skip


def _refuse_namesake(unit: Unit, columns: dict[str, object], village: int | None) -> None:
    """Two villages that differ only by an accent are one typed twice."""
    other = unit.value("SELECT id FROM village WHERE folded = ? AND id IS NOT ?", (columns["folded"], village))
    if other is not None:
        raise Refused("village-known", name=columns["name"])
