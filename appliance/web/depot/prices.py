"""The price list: what each product costs whom from which day. A change is a new dated row; none is ever edited."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.tariffs import services
from appliance.billing.tariffs.services import PAYERS
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database
from appliance.web.billing.price_entry import enter_price
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, state_of, today_of
from appliance.web.reading import in_reader
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
    return await enter_price(request, "/depot/tarif", "depot/prices.html", "produit", _misfit, _view_of)


def _misfit(db: Database, code: str) -> str:
    return "" if catalogue.by_code(db, code) else _("Choisissez le produit dans la liste.")


def _view_of(request: Ask, db: Database, code: str) -> dict[str, Any]:
    return _view(request, db, "", "", "", code)


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
