"""Selling over the counter: products found by typing, one line each, and what the shelf still has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.sales import services
from appliance.billing.sales.services import SaleForm, price_lines
from appliance.billing.tariffs.free_care import label_of
from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import Take, allocate, usable
from appliance.storage import Database, Unit
from appliance.web.depot.product_choice import choices, keep_lines
from appliance.web.forms import Form
from appliance.web.pages import Ask, fragment, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.sales.place import served_from, serving_view, shown_from
from appliance.web.sales.serving import step
from appliance.web.security import read_form
from appliance.web.writing import shown, written

PATH, PAGE = "/vente-directe", "sales/direct.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterLine:
    """One line of the basket; `amount` None when the product has no price, `over` what the shelf can't give."""

    row: int
    product: int
    label: str
    unit: str
    held: int
    quantity: int
    takes: tuple[Take, ...]
    amount: int | None
    free: str

    @property
    def over(self) -> int:
        """How much of what is typed the shelf can't give."""
        return max(0, self.quantity - self.held)


@get(PATH, opt={"tab": "vente", "level": "write"})
@in_reader
def basket_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """An empty basket."""
    return shown(request, PAGE, lambda ask, db: _view(ask, db, Form({})))


@get(f"{PATH}/produits", opt={"tab": "vente", "level": "write"})
@in_reader
def shelf(request: Request[Any, Any, Any], cherche: str = "") -> Response[bytes]:
    """The products on the shelf that fit what is typed, as buttons that add a line."""
    with state_of(request).opened.reading() as db:
        found = choices(db, cherche, today_of(request), on_shelf=True)
        return fragment(request, "parts/product_buttons.html", found=found, cherche=cherche, path=f"{PATH}/calculer")


@post(f"{PATH}/calculer", opt={"tab": "vente", "level": "write"}, status_code=200)
async def recount(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The basket with a line added, taken away or changed. Nothing is written."""
    form = await read_form(request)
    if not request.headers.get("HX-Request"):  # with script the button has counted already
        step(form)

    def view(ask: Ask, db: Database) -> dict[str, Any]:
        keep_lines(db, form, "ligne", {"quantite": "1"})
        return _view(ask, db, form)

    return await asyncio.to_thread(shown, request, PAGE, view, form)


@post(PATH, opt={"tab": "vente", "level": "write"})
async def sell(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Sell the basket: what the shelf lacks is refused with what is left."""
    form, lines = await read_form(request), []
    for index in form.rows("ligne"):
        product = form.integer(f"ligne-{index}-produit")
        quantity = form.integer(f"ligne-{index}-quantite", low=1, high=100_000)
        if product and quantity:
            lines.append(DispenseLine(product=product, asked=quantity, given=quantity))
        elif product or quantity:
            form.errors.setdefault(f"ligne-{index}-{'quantite' if product else 'produit'}", "À remplir.")
    paid = 0 if form.raw("paiement") == "caisse" else None

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        dispense = DispenseForm(place=served_from(unit, request, form), lines=tuple(lines))
        sale = services.sell(unit, SaleForm(dispense=dispense, paid_fcfa=paid, means=form.raw("moyen") or "cash"))
        return {"sale": sale.sale}

    return await written(
        request, "sell", PAGE, lambda ask, db: _view(ask, db, form), write, "/ventes/{sale}", form=form
    )


def _view(request: Ask, db: Database, form: Form) -> dict[str, Any]:
    today = today_of(request)
    place = shown_from(db, request, form)
    lines = [line for index in form.rows("ligne") if (line := _line(db, form, index, today, place))]
    total = sum(line.amount or 0 for line in lines)
    exempt = sum(line.amount or 0 for line in lines if line.free)
    cherche = form.raw("cherche")
    return {
        "lines": lines, "total": total, "exempt": exempt, "due": total - exempt, "cherche": cherche,
        "found": choices(db, cherche, today, on_shelf=True) if cherche else [],
        "path": f"{PATH}/calculer", **serving_view(db, place), "unpriced": any(line.amount is None for line in lines),
    }  # fmt: skip


def _line(db: Database, form: Form, index: int, today: date, place: int) -> CounterLine | None:
    key, typed = form.raw(f"ligne-{index}-produit"), form.raw(f"ligne-{index}-quantite")
    product = catalogue.by_id(db, int(key)) if key.isdecimal() and len(key) < 10 else None
    if product is None:
        return None
    quantity = int(typed) if typed.isdecimal() and len(typed) < 7 else 0
    shelf = ledger.on_shelf(db, product.id, place)
    line = DispenseLine(product=product.id, asked=max(quantity, 1), given=quantity)
    try:
        priced = price_lines(db, DispenseForm(place=place, lines=(line,)), today)[0]
        amount, free = priced.amount_fcfa, label_of(priced.exemption) if priced.exemption else ""
    except Refused:
        amount, free = None, ""
    return CounterLine(
        row=index, product=product.id, label=product.label, unit=product.base_unit,
        held=sum(lot.quantity for lot in usable(shelf, today)), quantity=quantity,
        takes=allocate(shelf, quantity, today).takes, amount=amount, free=free,
    )  # fmt: skip


HANDLERS = [basket_page, shelf, recount, sell]
