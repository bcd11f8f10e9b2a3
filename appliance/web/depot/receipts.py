"""A delivery, lot by lot: products found by typing, packs or units, every fault at once and nothing lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.facility.services import facility
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger import services
from appliance.stock.ledger.fefo import last_usable_day
from appliance.stock.ledger.model import LOT_UNKNOWN
from appliance.stock.ledger.services import BACKDATE_DAYS_MAX, ReceivedLot
from appliance.storage import Database, Unit
from appliance.web.depot.delivery_codes import keep_packs, take_code
from appliance.web.depot.product_choice import choices, keep_lines
from appliance.web.depot.scanning import raw_code
from appliance.web.forms import Form
from appliance.web.pages import Ask, fragment, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _

PATH = "/depot/reception"
QUANTITY_MAX = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One lot as typed; `units` is the quantity in base units once it can be told, `warning` what to look at again."""

    row: int
    product: Product
    units: int | None
    warning: str


@get(PATH, opt={"tab": "depot", "level": "write"})
@in_reader
def receipt_page(request: Request[Any, Any, Any], produit: str = "") -> Response[bytes]:
    """A delivery to enter; coming from a stock card its product stands there already."""
    form = Form({})
    with state_of(request).opened.reading() as db:
        known = catalogue.by_code(db, produit) if produit else None
        if known:
            form.typed["ajoute"] = [str(known.id)]
            keep_lines(db, form, "lot", {})
        return page(request, "depot/receipt.html", db, **_view(request, db, form), form=form)


@get(f"{PATH}/produits", opt={"tab": "depot", "level": "write"})
@in_reader
def product_list(request: Request[Any, Any, Any], cherche: str = "") -> Response[bytes]:
    """The products of the catalogue that fit what is typed, as buttons that add a lot."""
    with state_of(request).opened.reading() as db:
        found = choices(db, cherche, today_of(request))
        return fragment(request, "parts/product_buttons.html", found=found, cherche=cherche, path=f"{PATH}/lignes")


@post(f"{PATH}/lignes", opt={"tab": "depot", "level": "write"}, status_code=200)
async def lines(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same delivery with a lot more or less, and its quantities worked out. Nothing is written."""
    form = await read_form(request)
    code = await raw_code(request, form)

    def shown() -> Response[bytes]:
        with state_of(request).opened.reading() as db:
            keep_lines(db, form, "lot", {})
            # A code that was read before its product was known waits for the product in its field.
            said = take_code(db, form, code, today_of(request)) if form.raw("ajoute") and code.strip() else []
            view = _view(request, db, form) | {"scan_said": said}
            return page(request, "depot/receipt.html", db, **view, form=form, request_key=form.raw("request_key"))

    return await asyncio.to_thread(shown)


@post(f"{PATH}/code", opt={"tab": "depot", "level": "write"}, status_code=200)
async def code_read(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same delivery with what the code of a box carries filled in. Nothing is written, nothing typed is changed."""
    form = await read_form(request)
    code = await raw_code(request, form)

    def shown() -> Response[bytes]:
        with state_of(request).opened.reading() as db:
            said = take_code(db, form, code, today_of(request))
            view = _view(request, db, form) | {"scan_said": said}
            return page(request, "depot/receipt.html", db, **view, form=form, request_key=form.raw("request_key"))

    return await asyncio.to_thread(shown)


@post(PATH, opt={"tab": "depot", "level": "write"})
async def receive(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Enter the delivery, whole or not at all."""
    state, form = state_of(request), await read_form(request)
    today = today_of(request)
    on = form.day("le") or today
    if on > today:
        form.errors["le"] = _("La date est dans l'avenir.")
    elif (today - on).days > BACKDATE_DAYS_MAX:
        form.errors["le"] = _("Trop ancien : %(n)d jours au plus.") % {"n": BACKDATE_DAYS_MAX}

    def write(unit: Unit) -> dict[str, Any]:
        if ledger.is_closed(unit, on):
            form.errors["le"] = _("Ce mois est clôturé : datez l'entrée dans le mois ouvert.")
        lots = _lots(unit, form, on)
        if form.errors:
            raise Refused("form")
        place = ledger.main_place(unit)
        keep_packs(unit, form)
        return {"receipt": services.receive(unit, place, form.raw("numero"), form.raw("fournisseur"), lots, on)}

    try:
        done = await state.opened.act(
            "receive", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/depot", "deja" if done.repeated else "enregistre")


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/receipt.html", db, form, shown, **_view(request, db, form))


def _view(request: Ask, db: Database, form: Form) -> dict[str, Any]:
    held, cherche, today = facility(db), form.raw("cherche"), today_of(request)
    return {
        "lines": [line for row in form.rows("lot") if (line := _line(db, form, row, today))],
        "supplier": held.supplier if held else "DRC", "cherche": cherche, "path": f"{PATH}/lignes",
        "found": choices(db, cherche, today) if cherche else [], "scan_action": f"{PATH}/code", "scan_target": "#lots", "scan_said": [],
    }  # fmt: skip


def _line(db: Database, form: Form, row: int, today: date) -> DeliveryLine | None:
    product = _product(db, form, row)
    if product is None:
        return None
    # Read on a form of its own: what is wrong is said when the delivery is entered, not while it is typed.
    quiet = Form(form.typed)
    units, expiry = _units(quiet, row, product), _expiry(quiet, f"lot-{row}-peremption")
    warning = ""
    if expiry and (last := _last_day(expiry)) and last < today:
        warning = _("Ce lot est périmé : il n'entre pas en rayon.")
    return DeliveryLine(row=row, product=product, units=units, warning=warning)


def _lots(db: Database, form: Form, on: date) -> list[ReceivedLot]:
    found = []
    for row in form.rows("lot"):
        product = _product(db, form, row)
        if product is None:
            form.errors[f"lot-{row}-produit"] = _("Choisissez le produit dans la liste.")
            continue
        units, expiry = _units(form, row, product), _expiry(form, f"lot-{row}-peremption")
        cost = form.integer(f"lot-{row}-cout", high=QUANTITY_MAX)
        last = _last_day(expiry) if expiry else None
        if units is None:
            form.errors.setdefault(f"lot-{row}-quantite", _("À remplir : unités, ou boîtes."))
        if expiry is None:
            form.errors.setdefault(f"lot-{row}-peremption", _("À remplir."))
        elif last is None:
            form.errors[f"lot-{row}-peremption"] = _("Cette date n'existe pas. Vérifiez la boîte.")
        elif last < on:
            form.errors[f"lot-{row}-peremption"] = _("Ce lot est périmé : il n'entre pas en rayon.")
        if units and expiry and last and last >= on:
            found.append(
                ReceivedLot(
                    product=product.id, lot_number=form.raw(f"lot-{row}-numero")[:40] or LOT_UNKNOWN,
                    expires_year=expiry[0], expires_month=expiry[1], expires_day=expiry[2], quantity=units,
                    unit_cost_fcfa=cost,
                )
            )  # fmt: skip
    return found


def _product(db: Database, form: Form, row: int) -> Product | None:
    key = form.raw(f"lot-{row}-produit")
    return catalogue.by_id(db, int(key)) if key.isdigit() and len(key) < 10 else None


def _units(form: Form, row: int, product: Product) -> int | None:
    """The quantity in base units: typed so, or as packs; both may stand only when they agree."""
    units = form.integer(f"lot-{row}-quantite", low=1, high=QUANTITY_MAX)
    packs = form.integer(f"lot-{row}-boites", low=1, high=QUANTITY_MAX // product.pack_units)
    if packs is None:
        return units
    if units is not None and units != packs * product.pack_units:
        form.errors[f"lot-{row}-boites"] = _("%(packs)d × %(size)d ne font pas %(units)d : videz une des deux cases.") % {
            "packs": packs, "size": product.pack_units, "units": units,
        }  # fmt: skip
        return None
    return packs * product.pack_units


def _last_day(expiry: tuple[int, int, int | None]) -> date | None:
    try:
        return last_usable_day(*expiry)
    except ValueError:
        return None


def _expiry(form: Form, name: str) -> tuple[int, int, int | None] | None:
    """As printed on a box: 03/2027 (usable to the month's end) or 15/03/2027."""
    parts = [p for p in form.raw(name).replace("-", "/").replace(".", "/").replace(" ", "/").split("/") if p]
    if not parts:
        return None
    numbers = [int(p) for p in parts if p.isdigit() and len(p) < 5]
    if len(numbers) == len(parts) and len(numbers) in (2, 3):
        numbers = numbers[::-1] if numbers[-1] > 1000 else numbers
        year, month, day = numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else None
        if 2000 <= year <= 2100 and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            return year, month, day
    form.errors[name] = _("Écrivez mois/année, par exemple 03/2027.")
    return None


HANDLERS = [receipt_page, product_list, lines, code_read, receive]
