"""Opening a till: which one, and its float counted."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.till import drawers
from appliance.billing.till.coins import coins
from appliance.billing.till.sessions import add_till, open_till
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, session_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.till.counting import counted
from appliance.web.words import _
from appliance.web.writing import shown, written

PATH, PAGE = "/caisse/ouverture", "till/opening.html"
NEW = "nouvelle"


@get(PATH, opt={"tab": "caisse", "level": "write"})
@in_reader
def opening_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The free tills with what was left in each, and the count of the float."""
    return shown(request, PAGE, _view)


@post(PATH, opt={"tab": "caisse", "level": "write"})
async def open_one(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Open the till, kept by whoever is signed in."""
    form = await read_form(request)
    pieces = counted(form)
    chosen = form.raw("caisse")
    till = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None
    if till is None and chosen not in ("", NEW):
        form.errors["caisse"] = _("Choisissez la caisse.")

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        key = add_till(unit, form.raw("nom") or _("Caisse")) if till is None else till
        return {"session": open_till(unit, key, pieces, form.raw("raison"))}

    return await written(request, "open-till", PAGE, _view, write, "/caisse", said="caisse-ouverte", form=form)


def _view(request: Ask, db: Database) -> dict[str, Any]:
    who = session_of(request).staff
    return {"mine": drawers.open_of(db, who), "tills": drawers.free_tills(db, who), "coins": coins(), "new": NEW}


HANDLERS = [opening_page, open_one]
