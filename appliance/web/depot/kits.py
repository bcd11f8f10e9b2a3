"""What each kit holds: a product of the catalogue and its parts, changed whole."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.kits.services import PART_MAX, kits, parts, set_parts
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _

PATH = "/depot/kits"
SPARE = 3


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def kit_page(request: Request[Any, Any, Any], kit: str = "") -> Response[bytes]:
    """The kits known, and what the one chosen holds."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/kits.html", db, **_view(db, kit))


@post(PATH, opt={"tab": "depot", "level": "write"})
async def change(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Say what a kit holds; an emptied line takes its part out."""
    state, form = state_of(request), await read_form(request)
    code = form.raw("kit")

    def write(unit: Unit) -> dict[str, Any]:
        kit = catalogue.by_code(unit, code)
        if kit is None:
            form.errors["kit"] = _("Choisissez le produit dans la liste.")
        wanted: dict[int, int] = {}
        for row in form.rows("part"):
            part = catalogue.by_code(unit, form.raw(f"part-{row}-produit"))
            quantity = form.integer(f"part-{row}-quantite", low=1, high=PART_MAX)
            if part is None and quantity:
                form.errors[f"part-{row}-produit"] = _("Choisissez le produit dans la liste.")
            elif part is not None and part.id in wanted:
                form.errors[f"part-{row}-produit"] = _("Ce produit est déjà dans le kit.")
            elif part is not None and quantity:
                wanted[part.id] = quantity
        if form.errors or kit is None:
            raise Refused("form")
        set_parts(unit, kit.id, wanted)
        return {}

    try:
        await state.opened.act("set-kit", session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                return refused(request, "depot/kits.html", db, form, shown, **_view(db, code))

        return await asyncio.to_thread(again)
    return to(f"{PATH}?kit={code}", "enregistre")


def _view(db: Database, code: str) -> dict[str, Any]:
    kit = catalogue.by_code(db, code) if code else None
    held = parts(db, kit.id) if kit else []
    known = Form({f"part-{n}-{name}": [str(value)] for n, part in enumerate(held) for name, value in (("produit", part.code), ("quantite", part.quantity))})  # fmt: skip
    found = kits(db)
    everything = catalogue.listed(db, limit=400)
    return {
        "kit": kit, "known": known, "rows": range(len(held) + SPARE), "kits": [p for p in everything if p.id in found],
        "options": [(p.code, f"{p.label} ({p.base_unit})") for p in everything],
    }  # fmt: skip


HANDLERS = [kit_page, change]
