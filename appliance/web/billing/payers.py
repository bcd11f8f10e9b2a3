"""The payers: rates of the national file, mutuelles and projects of the centre's own, and how cash is rounded."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.payers import repository, services
from appliance.billing.payers.editions import STEPS, edition_on
from appliance.billing.payers.model import BASIS, DIRECTIONS, NumberRule
from appliance.billing.payers.services import OwnPayerForm
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words import labels
from appliance.web.writing import shown, written

PATH, PAGE = "/caisse/payeurs", "billing/payers.html"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def payers_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who pays how much of what on this day, and from where that is known."""
    return shown(request, PAGE, _view)


@post(PATH, opt={"tab": "reglages", "level": "write"})
async def save_payer(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Enter a mutuelle or project, or newer terms of one."""
    form = await read_form(request)
    today = today_of(request)
    rates = {
        care: rate
        for care in edition_on(today).care_types
        if (rate := form.scaled(f"taux-{care}", BASIS // 100, high=100)) is not None
    }
    root = form.integer("racine", low=2, high=10)
    number = NumberRule(
        required=form.ticked("numero_demande"), rule="modulo" if root else "none", root=root or 0,
        length_min=form.integer("longueur", low=1, high=50), length_max=form.integer("longueur", low=1, high=50),
    )  # fmt: skip
    since, until = form.day("du") or today, form.day("au")

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        own = OwnPayerForm(
            code=form.raw("code"), label=form.raw("nom"), kind=form.raw("sorte") or "mutuelle", rates=rates, number=number,
            valid_from=since, valid_to=until,
        )  # fmt: skip
        return {"payer": services.save_own_payer(unit, own)}

    return await written(request, "save-payer", PAGE, _view, write, PATH, form=form)


@post(PATH + "/arrondi", opt={"tab": "reglages", "level": "write"})
async def save_rounding(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set how cash is rounded."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        step = form.integer("pas", required=True, high=100)
        if step is not None:
            services.set_cash_rounding(unit, step, form.raw("sens"))
        return {}

    return await written(request, "set-cash-rounding", PAGE, _view, write, PATH)


def _view(request: Ask, db: Database) -> dict[str, Any]:
    today = today_of(request)
    edition = edition_on(today)
    return {
        "payers": repository.payers_on(db, today), "edition": edition, "own": repository.own_payers(db),
        "rounding": repository.cash_rounding(db), "steps": [(s, str(s)) for s in STEPS],
        "directions": [(code, labels.ROUNDINGS[code]) for code in DIRECTIONS],
    }  # fmt: skip


HANDLERS = [payers_page, save_payer, save_rounding]
