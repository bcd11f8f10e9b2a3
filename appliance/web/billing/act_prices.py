"""What each act of care costs whom from which day. A change is a new dated row; none is ever edited."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.tariffs import services
from appliance.billing.tariffs.acts import care_acts
from appliance.storage import Database
from appliance.web.billing.price_entry import enter_price
from appliance.web.pages import Ask, page, state_of, today_of
from appliance.web.reading import in_reader
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
    return await enter_price(request, PATH, "billing/acts.html", "acte", _misfit, _view)


def _misfit(_db: Database, code: str) -> str:
    return "" if code in care_acts() else _("Choisissez l'acte dans la liste.")


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
