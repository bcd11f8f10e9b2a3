"""Entering a price from a day on, of a product or of an act: what is typed, checked and written is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response
from litestar.response import Redirect

from appliance.billing.tariffs import services
from appliance.billing.tariffs.services import PAYERS, PRICE_MAX, PriceLine
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, today_of
from appliance.web.security import read_form
from appliance.web.words import _
from appliance.web.writing import stop_on_errors, written


async def enter_price(
    request: Ask, path: str, template: str, field: str, misfit: Callable[[Database, str], str],
    view: Callable[[Ask, Database, str], dict[str, Any]],
) -> Response[bytes] | Redirect:  # fmt: skip
    """Write the price typed; an empty one ends the price.

    `field` holds the code priced, `misfit` says in French what is wrong with it (empty: nothing), `view` is what the
    page shows again, with all that was typed, when something is refused.
    """
    form = await read_form(request)
    since = form.day("a_partir_du") or today_of(request)
    price = form.integer("prix", high=PRICE_MAX)
    payer = form.choice("payeur", PAYERS, default="patient") or "patient"
    code = form.raw(field)

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        if wrong := misfit(unit, code):
            form.errors[field] = wrong
        if since < unit.today:
            form.errors["a_partir_du"] = _("Un prix ne change pas le passé : datez d'aujourd'hui ou plus tard.")
        stop_on_errors(form)
        line = PriceLine(code=code, unit_price_fcfa=price, valid_from=since, payer=payer)
        return {"code": code, "entered": services.load_prices(unit, [line], "saisi")}

    return await written(
        request,
        "set-price",
        template,
        lambda ask, db: view(ask, db, code),
        write,
        f"{path}?{field}={{code}}",
        form=form,
    )
