"""Inventaire: opening a count, typing it on a tablet held upright, counting again, comparing, deciding.

Until both counts are done no figure of the ledger is on a page, in its source or on its print, for anybody.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.counting import repository, services, shelves
from appliance.stock.counting.model import Scope, Told
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.model import LOT_UNKNOWN
from appliance.stock.ledger.services import ReceivedLot
from appliance.storage import Database, Unit
from appliance.web.depot.counting_view import (
    PATH,
    acted,
    compared_view,
    count_view,
    list_view,
    may_compare,
    on_shelf,
    quantity_in,
    shelves_view,
    typing_path,
    typing_view,
    variances_view,
    view_of,
)
from appliance.web.depot.lot_lines import expiry_in
from appliance.web.pages import Ask, page, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words import _

READ = {"tab": "depot", "level": "read"}
WRITE = {"tab": "depot", "level": "write"}


@get(PATH, opt=READ)
@in_reader
def counts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The counts of the centre, what is owed, and the form that opens one."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/counting/list.html", db, **list_view(request, db))


@post(PATH, opt=WRITE)
async def open_one(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Open a count of a place, of one shelf, or of some products."""
    form = await read_form(request)
    scope = Scope(form.choice("portee", [s.value for s in Scope], default=Scope.FULL.value) or Scope.FULL.value)

    def write(unit: Unit) -> dict[str, Any]:
        place = form.integer("lieu") or ledger.main_place(unit)
        products = [p.id for code in form.many("produit") if (p := catalogue.by_code(unit, code))]
        return {"c": services.open_count(unit, place, scope, shelf=form.raw("rayon"), products=products)}

    return await acted(request, "count-open", form, write, lambda done: f"{PATH}/{done['c']}", list_view, "list.html")


@get(f"{PATH}/rayons", opt=READ)
@in_reader
def shelf_page(request: Request[Any, Any, Any], q: str = "") -> Response[bytes]:
    """On which shelf each product stands."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/counting/shelves.html", db, **shelves_view(request, db, q))


@post(f"{PATH}/rayons", opt=WRITE)
async def set_shelves(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Keep the shelves that were typed."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        wanted = {
            int(name[6:]): form.raw(name) for name in form.typed if name.startswith("rayon-") and _is_key(name[6:])
        }
        known = {p.id for p in catalogue.listed(unit, limit=catalogue.WHOLE)}
        place = ledger.main_place(unit)
        return {"n": shelves.put(unit, place, {k: v for k, v in wanted.items() if k in known})}

    return await acted(
        request, "count-shelves", form, write, lambda _done: f"{PATH}/rayons", shelves_view, "shelves.html"
    )


@get(f"{PATH}/{{count:int}}", opt=READ)
@in_reader
def one(request: Request[Any, Any, Any], count: int) -> Response[bytes]:
    """How far a count is, shelf by shelf, and what comes next."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/counting/count.html", db, **count_view(request, db, count))


@get(f"{PATH}/{{count:int}}/saisie", opt=WRITE)
@in_reader
def typing(request: Request[Any, Any, Any], count: int, lot: int = 0, rayon: str = "") -> Response[bytes]:
    """One lot at a time in large, the others below."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/counting/typing.html", db, **typing_view(db, count, lot, rayon))


@post(f"{PATH}/{{count:int}}/saisie", opt=WRITE)
async def type_line(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """Keep what was counted of a lot, and go to the next."""
    form = await read_form(request)
    lot, shelf = form.integer("lot") or 0, form.raw("rayon")

    def write(unit: Unit) -> dict[str, Any]:
        head = repository.head(unit, count)
        lines = on_shelf(repository.sheet(unit, head), shelf)
        line = next((x for x in lines if x.lot == lot), None)
        if line is None:
            raise Refused("count-lot", lot=lot)
        quantity = quantity_in(form, line.pack_units)
        if quantity is None:
            raise Refused("form")
        services.type_line(unit, count, lot, quantity)
        at = lines.index(line)
        following = [x.lot for x in lines[at + 1 :] + lines[:at] if x.counted is None]
        return {"next": following[0] if following else 0}

    def again(_request: Ask, db: Database) -> dict[str, Any]:
        return typing_view(db, count, lot, shelf)

    return await acted(
        request,
        "count-line",
        form,
        write,
        lambda done: typing_path(count, done["next"], shelf),
        again,
        "typing.html",
        "",
    )


@post(f"{PATH}/{{count:int}}/trouve", opt=WRITE)
async def found(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """Keep a lot that lies there and stands on no list."""
    form = await read_form(request)
    shelf = form.raw("rayon")

    def write(unit: Unit) -> dict[str, Any]:
        product = catalogue.by_code(unit, form.raw("produit"))
        expiry = expiry_in(form, "peremption")
        if product is None:
            form.errors["produit"] = _("Choisissez le produit dans la liste.")
        if expiry is None:
            form.errors.setdefault("peremption", _("À remplir. Illisible ? Mettez la boîte à part, en quarantaine."))
        quantity = quantity_in(form, product.pack_units if product else 1)
        if form.errors or product is None or expiry is None or quantity is None:
            raise Refused("form")
        item = ReceivedLot(
            product=product.id, lot_number=form.raw("numero")[:40] or LOT_UNKNOWN, expires_year=expiry[0],
            expires_month=expiry[1], expires_day=expiry[2], quantity=quantity,
        )  # fmt: skip
        services.found_lot(unit, count, item)
        return {}

    def again(_request: Ask, db: Database) -> dict[str, Any]:
        return typing_view(db, count, 0, shelf)

    return await acted(
        request, "count-found", form, write, lambda _done: typing_path(count, 0, shelf), again, "typing.html"
    )


@post(f"{PATH}/{{count:int}}/clore", opt=WRITE)
async def close(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """End the round under way."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        return {"s": services.close_round(unit, count, form.raw("note")).value}

    return await acted(
        request, "count-close", form, write, lambda _done: f"{PATH}/{count}", view_of(count), "count.html"
    )


@get(f"{PATH}/{{count:int}}/ecarts", opt=READ)
@in_reader
def variances(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """Counted beside written, once both counts are done."""
    with state_of(request).opened.reading() as db:
        head = repository.head(db, count)
        if not may_compare(head):
            return to(f"{PATH}/{count}")
        return page(request, "depot/counting/variances.html", db, **variances_view(request, db, count))


@post(f"{PATH}/{{count:int}}/recompter", opt=WRITE)
async def again(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """Have some lines counted once more."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        services.ask_again(unit, count, [int(v) for v in form.many("recompter") if _is_key(v)])
        return {}

    return await acted(
        request, "count-again", form, write, lambda _done: f"{PATH}/{count}", compared_view(count), "variances.html"
    )


@post(f"{PATH}/{{count:int}}/decider", opt=WRITE)
async def decide(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """Write the variances with their reasons and the decision."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        told = {
            int(name[6:]): Told(reason=form.raw(name), note=form.raw(f"note-{name[6:]}")[:300])
            for name in form.typed
            if name.startswith("motif-") and _is_key(name[6:]) and form.raw(name)
        }
        try:
            return {"n": len(services.finalise(unit, count, told, form.raw("decision")))}
        except Refused as fault:
            for lot in fault.params.get("lots", ()) if isinstance(fault.params.get("lots"), list) else ():  # type: ignore[attr-defined]
                form.errors[f"motif-{lot}"] = _("Choisissez le motif.")
            raise

    return await acted(
        request,
        "count-finalise",
        form,
        write,
        lambda _done: f"{PATH}/{count}/ecarts",
        compared_view(count),
        "variances.html",
    )


@post(f"{PATH}/{{count:int}}/abandonner", opt=WRITE)
async def abandon(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """Give a count up, with its reason."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        services.abandon(unit, count, form.raw("raison"))
        return {}

    return await acted(request, "count-abandon", form, write, lambda _done: PATH, view_of(count), "count.html")


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 12


HANDLERS = [
    counts,
    open_one,
    shelf_page,
    set_shelves,
    one,
    typing,
    type_line,
    found,
    close,
    variances,
    again,
    decide,
    abandon,
]
