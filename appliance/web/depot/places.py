"""The places of the centre: what lies in each, the level it is filled to, the night's issues, who serves from where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.places import repository, services
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _, labels

PATH = "/depot/lieux"


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def place_list(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The places, with what lies there and what the night gave out."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/places.html", db, **_list_view(request, db))


@get(f"{PATH}/{{place:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def place_page(request: Request[Any, Any, Any], place: int) -> Response[bytes]:
    """One place."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/place.html", db, **_view(request, db, place))


@post(PATH, opt={"tab": "depot", "level": "write"})
async def add(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Add a place."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        serves = form.ticked("sert")
        return {"place": services.new_place(unit, form.raw("nom"), form.raw("genre"), serves=serves)}

    return await _act(request, "add-place", form, write, None)


@post(f"{PATH}/{{place:int}}", opt={"tab": "depot", "level": "write"})
async def change(request: Request[Any, Any, Any], place: int) -> Response[bytes] | Redirect:
    """Rename a place, say what it is for, end it."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        services.change_place(
            unit, place, name=form.raw("nom"), kind=form.raw("genre"), serves=form.ticked("sert"),
            is_active=not form.ticked("ferme"),
        )  # fmt: skip
        return {}

    return await _act(request, "change-place", form, write, place)


@post(f"{PATH}/{{place:int}}/dotation", opt={"tab": "depot", "level": "write"})
async def level(request: Request[Any, Any, Any], place: int) -> Response[bytes] | Redirect:
    """Say to how much of a product a place is filled."""
    form = await read_form(request)
    quantity = form.integer("niveau", required=True, high=services.LEVEL_MAX)

    def write(unit: Unit) -> dict[str, Any]:
        product = catalogue.by_code(unit, form.raw("produit"))
        if product is None:
            form.errors["produit"] = _("Choisissez le produit dans la liste.")
        if form.errors or product is None or quantity is None:
            raise Refused("form")
        services.set_level(unit, place, product.id, quantity)
        return {}

    return await _act(request, "place-level", form, write, place)


@post(f"{PATH}/{{place:int}}/servir", opt={"tab": "vente", "level": "write"})
async def serve_here(request: Request[Any, Any, Any], place: int) -> Response[bytes] | Redirect:
    """Serve from this place from now on."""
    form = await read_form(request)
    staff = session_of(request).staff

    def write(unit: Unit) -> dict[str, Any]:
        services.serve_from(unit, staff, place)
        return {}

    await state_of(request).opened.act(
        "serve-from", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    return to(form.raw("vers") if form.raw("vers") in ("/vente", "/vente-directe") else "/vente", "enregistre")


async def _act(
    request: Ask, kind: str, form: Form, write: Callable[[Unit], dict[str, Any]], place: int | None
) -> Response[bytes] | Redirect:
    state = state_of(request)
    try:
        done = await state.opened.act(kind, session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        if fault.code == "no-such-place":
            raise
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                if place is None:
                    return refused(request, "depot/places.html", db, form, shown, **_list_view(request, db))
                return refused(request, "depot/place.html", db, form, shown, **_view(request, db, place))

        return await asyncio.to_thread(again)
    return to(f"{PATH}/{place or done.result['place']}", "deja" if done.repeated else "enregistre")


def _list_view(request: Ask, db: Database) -> dict[str, Any]:
    today = today_of(request)
    found = []
    for one in repository.places(db, active_only=False):
        lots = repository.lots_at(db, one.id)
        short = [] if one.is_main else [held for held in repository.levels_at(db, one.id, today) if held.missing]
        given = [] if one.is_main else repository.issued_since_filled(db, one.id)
        found.append((one, len({lot.product for lot in lots}), len(short), len(given)))
    return {"rows": found, "kinds": labels.PLACES.items()}


def _view(request: Ask, db: Database, place: int) -> dict[str, Any]:
    held, today = repository.place(db, place), today_of(request)
    main = next(one for one in repository.places(db) if one.is_main)
    return {
        "place": held, "main": main, "lots": repository.lots_at(db, place), "kinds": labels.PLACES.items(),
        "levels": [] if held.is_main else repository.levels_at(db, place, today),
        "given": [] if held.is_main else repository.issued_since_filled(db, place),
        "options": [(p.code, f"{p.label} ({p.base_unit})") for p in catalogue.listed(db, limit=400)],
    }  # fmt: skip


HANDLERS = [place_list, place_page, add, change, level, serve_here]
