"""The villages of the area: relais, people by year, and the targets that follow from them, with their working."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.facility import services
from appliance.records.facility.services import Village, populations, villages
from appliance.records.facility.targets import set_district_rates, targets
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.words import _

YEARS_SHOWN = 4


@get("/villages", opt={"tab": "reglages", "level": "read"})
@in_reader
def overview(request: Request[Any, Any, Any], annee: int = 0) -> Response[bytes]:
    """Every village, and the targets of a year."""
    with state_of(request).opened.reading() as db:
        return page(request, "admin/villages.html", db, **_view(request, db, annee), form=Form({}))


@post("/villages", opt={"tab": "reglages", "level": "write"})
async def add(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Add a village."""
    form, year = await read_form(request), today_of(request).year
    wanted, people = _read(form), form.integer("population", high=services.POPULATION_MAX)
    if form.errors:
        return await asyncio.to_thread(_again, request, form, None)

    def write(unit: Any) -> dict[str, Any]:
        counted = {year: people} if people is not None else None
        return {"village": services.add_village(unit, form.raw("nom"), population=counted, **wanted)}

    try:
        await state_of(request).opened.act(
            "add-village", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/villages", "enregistre")


@get("/villages/{village:int}", opt={"tab": "reglages", "level": "read"})
@in_reader
def village_page(request: Request[Any, Any, Any], village: int) -> Response[bytes]:
    """One village, with its people by year."""
    with state_of(request).opened.reading() as db:
        held = _held(db, village)
        typed = {
            "nom": [held.name], "relais": [held.relais or ""], "relais_telephone": [held.relais_phone or ""],
            "distance": ["" if held.distance_km is None else str(held.distance_km)],
            "aire": ["1" if held.in_area else ""], "actif": ["1" if held.is_active else ""],
        }  # fmt: skip
        counted = populations(db).get(village, {})
        typed |= {f"population-{year}": [str(people)] for year, people in counted.items()}
        return page(request, "admin/village.html", db, village=held, years=_years(request, counted), form=Form(typed))


@post("/villages/{village:int}", opt={"tab": "reglages", "level": "write"})
async def edit(request: Request[Any, Any, Any], village: int) -> Response[bytes] | Redirect:
    """Change a village and its counts; facts already written keep the zone in which they were counted."""
    form = await read_form(request)
    wanted, this_year = _read(form), today_of(request).year
    counts = {
        year: people
        for year in range(1990, this_year + 2)
        if (people := form.integer(f"population-{year}", high=services.POPULATION_MAX)) is not None
    }
    if form.errors:
        return await asyncio.to_thread(_village_again, request, village, form, None)

    def write(unit: Any) -> dict[str, Any]:
        services.edit_village(unit, village, form.raw("nom"), is_active=form.ticked("actif"), **wanted)
        for year, people in counts.items():
            services.set_population(unit, village, year, people)
        return {"village": village}

    try:
        await state_of(request).opened.act(
            "edit-village", session_of(request).actor, write, key=request_key(form),
            body=form.plain() | {"village": [str(village)]},
        )  # fmt: skip
    except Refused as fault:
        if fault.code == "no-such-village":
            raise
        return await asyncio.to_thread(_village_again, request, village, form, fault)
    return to("/villages", "enregistre")


@post("/villages/taux", opt={"tab": "reglages", "level": "write"})
async def rates(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Keep the rates that the district gave, in per cent of the population; an empty box takes the general rate."""
    form = await read_form(request)
    given = {
        name.removeprefix("taux-"): rate
        for name in form.typed
        if name.startswith("taux-") and (rate := form.scaled(name, 100, high=100)) is not None
    }
    if form.errors:
        return await asyncio.to_thread(_again, request, form, None)

    def write(unit: Any) -> dict[str, Any]:
        set_district_rates(unit, given)
        return {}

    try:
        await state_of(request).opened.act("set-rates", session_of(request).actor, write, key=act_key(request, form))
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/villages", "enregistre")


def _read(form: Form) -> dict[str, Any]:
    """The particulars of a village as keywords of `add_village`."""
    form.text("nom", required=True, limit=services.NAME_MAX)
    return {
        "in_area": form.ticked("aire"), "relais": form.text("relais", limit=services.NAME_MAX),
        "relais_phone": form.text("relais_telephone", limit=30),
        "distance_km": form.integer("distance", high=services.DISTANCE_MAX_KM),
    }  # fmt: skip


def _view(request: Ask, db: Database, year: int) -> dict[str, Any]:
    this_year = today_of(request).year
    shown = year if 1990 <= year <= this_year + 1 else this_year
    counted = populations(db)
    return {
        "villages": [(v, counted.get(v.id, {}).get(shown)) for v in villages(db, with_retired=True)],
        "year": shown, "years": range(this_year + 1, this_year - YEARS_SHOWN, -1), "targets": targets(db, shown),
    }  # fmt: skip


def _years(request: Ask, counted: dict[int, int]) -> list[int]:
    this_year = today_of(request).year
    return sorted({*range(this_year + 1, this_year - YEARS_SHOWN, -1), *counted}, reverse=True)


def _held(db: Database, village: int) -> Village:
    held = next((v for v in villages(db, with_retired=True) if v.id == village), None)
    if held is None:
        raise Refused("no-such-village", village=village)
    return held


def _say_beside(form: Form, fault: Refused | None) -> None:
    field = {"village-name": "nom", "village-known": "nom", "phone": "relais_telephone", "population": "population"}
    if fault and fault.code in field:
        form.errors[field[fault.code]] = _("Vérifiez cette case.")


def _again(request: Ask, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        _say_beside(form, fault)
        return refused(request, "admin/villages.html", db, form, fault, **_view(request, db, 0))


def _village_again(request: Ask, village: int, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        _say_beside(form, fault)
        years = _years(request, populations(db).get(village, {}))
        return refused(request, "admin/village.html", db, form, fault, village=_held(db, village), years=years)


HANDLERS = [overview, add, village_page, edit, rates]
