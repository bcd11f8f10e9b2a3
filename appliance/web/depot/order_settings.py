"""How the centre orders: who proposes, from whom, by which way; one choice for all, another for a programme."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.orders import choices
from appliance.stock.orders.choices import Choice
from appliance.storage import Database, Unit
from appliance.web.depot.orders import PATH
from appliance.web.pages import page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form
from appliance.web.words import _, orders


@get(f"{PATH}/reglages", opt={"tab": "depot", "level": "read"})
@in_reader
def settings_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The choices that hold, and a form for another."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/orders/settings.html", db, **_view(db))


@post(f"{PATH}/reglages", opt={"tab": "depot", "level": "write"})
async def set_choice(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set how a programme is ordered, or take its own choice back."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        programme = form.raw("programme")
        if programme and programme not in catalogue.programmes(unit):
            form.errors["programme"] = _("Choisissez dans la liste.")
            raise Refused("form")
        if form.ticked("comme_les_autres"):
            choices.set_choice(unit, programme, None)
        else:
            held = Choice(model=form.raw("modele"), supplier=form.raw("fournisseur"), way=form.raw("voie"))
            choices.set_choice(unit, programme, held)
        return {}

    try:
        await state_of(request).opened.act(
            "supply-choice", session_of(request).actor, write, key=act_key(request, form), body=form.plain()
        )
    except Refused as fault:
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with state_of(request).opened.reading() as db:
                return refused(request, "depot/orders/settings.html", db, form, shown, **_view(db))

        return await asyncio.to_thread(again)
    return to(f"{PATH}/reglages", "enregistre")


def _view(db: Database) -> dict[str, Any]:
    return {
        "held": choices.choices(db), "programmes": [(p, p) for p in catalogue.programmes(db)], "words": orders,
        "default": choices.choices(db)[choices.DEFAULT],
    }  # fmt: skip


HANDLERS = [settings_page, set_choice]
