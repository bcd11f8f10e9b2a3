"""The price list: what each product costs whom from which day. A change is a new dated row; none is ever edited."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.tariffs import services
from appliance.billing.tariffs.services import PAYERS, PRICE_MAX, PriceLine
from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _

SHOWN_MAX = 200


@get("/depot/tarif", opt={"tab": "depot", "level": "read"})
@in_reader
def price_list(
    request: Request[Any, Any, Any], q: str = "", payeur: str = "", le: str = "", produit: str = ""
) -> Response[bytes]:
    """The prices that hold on a day, and every dated price of the product that was chosen."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/prices.html", db, **_view(request, db, q, payeur, le, produit))


@post("/depot/tarif", opt={"tab": "depot", "level": "write"})
async def set_price(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Enter a price from a day on; an empty price ends it."""
    form = await read_form(request)
    since = form.day("a_partir_du") or today_of(request)
    price = form.integer("prix", high=PRICE_MAX)
    payer = form.choice("payeur", PAYERS, default="patient") or "patient"
    code = form.raw("produit")

    def write(unit: Unit) -> dict[str, Any]:
        if catalogue.by_code(unit, code) is None:
            form.errors["produit"] = _("Choisissez le produit dans la liste.")
        if since < unit.today:
            form.errors["a_partir_du"] = _("Un prix ne change pas le passé : datez d'aujourd'hui ou plus tard.")
        if form.errors:
            raise Refused("form")
        line = PriceLine(code=code, unit_price_fcfa=price, valid_from=since, payer=payer)
        return {"entered": services.load_prices(unit, [line], "saisi")}

    try:
        await state_of(request).opened.act(
            "set-price", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to(f"/depot/tarif?produit={code}", "enregistre")


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        view = _view(request, db, "", "", "", form.raw("produit"))
        return refused(request, "depot/prices.html", db, form, shown, **view)


def _view(request: Ask, db: Database, q: str, payer: str, on: str, code: str) -> dict[str, Any]:
    today = today_of(request)
    day = Form({"le": [on]}).day("le") or today
    product = catalogue.by_code(db, code) if code else None
    return {
        "rows": services.listed(db, day, q, payer if payer in PAYERS else "")[:SHOWN_MAX], "q": q, "payer": payer, "day": day,
        "product": product, "history": services.history(db, product.code)[::-1] if product else [],
        "options": [(p.code, f"{p.label} ({p.base_unit})") for p in catalogue.listed(db, limit=400)],
    }  # fmt: skip


HANDLERS = [price_list, set_price]
