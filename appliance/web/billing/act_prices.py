"""What each act of care costs whom from which day. A change is a new dated row; none is ever edited."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.tariffs import services
from appliance.billing.tariffs.acts import care_acts
from appliance.billing.tariffs.services import PAYERS, PRICE_MAX, PriceLine
from appliance.core.errors import Refused
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _, labels

PATH = "/caisse/actes"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def act_price_list(request: Request[Any, Any, Any], acte: str = "") -> Response[bytes]:
    """Every act by group with its prices of today, and every dated price of the one that was chosen."""
    with state_of(request).opened.reading() as db:
        return page(request, "billing/acts.html", db, **_view(request, db, acte))


@post(PATH, opt={"tab": "caisse", "level": "write"})
async def set_act_price(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Enter a price from a day on; an empty price ends it."""
    form = await read_form(request)
    since = form.day("a_partir_du") or today_of(request)
    price = form.integer("prix", high=PRICE_MAX)
    payer = form.choice("payeur", PAYERS, default="patient") or "patient"
    code = form.raw("acte")

    def write(unit: Unit) -> dict[str, Any]:
        if code not in care_acts():
            form.errors["acte"] = _("Choisissez l'acte dans la liste.")
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
    return to(f"{PATH}?acte={code}", "enregistre")


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "billing/acts.html", db, form, shown, **_view(request, db, form.raw("acte")))


def _view(request: Ask, db: Database, chosen: str) -> dict[str, Any]:
    today = today_of(request)
    prices: dict[str, list[services.PriceRow]] = {}
    for row in services.listed(db, today):
        if row.is_act and row.unit_price_fcfa is not None:
            prices.setdefault(row.code, []).append(row)
    groups = {group: [act for act in care_acts().values() if act.group == group] for group in labels.ACT_GROUPS}
    return {
        "groups": groups, "prices": prices, "chosen": care_acts().get(chosen),
        "history": services.history(db, chosen)[::-1] if chosen in care_acts() else [],
        "options": [(act.code, act.label) for act in care_acts().values()],
    }  # fmt: skip


HANDLERS = [act_price_list, set_act_price]
