"""Orders: the list with what is to be done on top, a new one of our own, the comparison, the working behind a figure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.orders import repository, services
from appliance.stock.orders.beginning import begin
from appliance.stock.orders.choices import choice_of
from appliance.stock.orders.model import Answer, Order, OrderKind, OrderLine, State
from appliance.stock.orders.tasks import tasks
from appliance.storage import Database, Unit
from appliance.web.depot.order_view import order_view, why_line
from appliance.web.depot.product_choice import choices
from appliance.web.forms import Form
from appliance.web.pages import Ask, fragment, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.words import _, orders

PATH = "/depot/commandes"
YEAR_DAYS = 365
PACKS_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Orders of one kind of state, under a heading."""

    title: str
    orders: list[Order]


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def order_list(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What is to be done now, then the orders under way, then those that ended; lead time and fill rate as learned."""
    today = today_of(request)
    with state_of(request).opened.reading() as db:
        held = repository.orders(db, limit=200)
        under_way = [o for o in held if o.state not in _ENDED]
        ended = [o for o in held if o.state in _ENDED][:40]
        return page(
            request, "depot/orders/list.html", db, tasks=tasks(db, today), words=orders, learned=_learned(db, held, today),
            groups=[Group(title=_("En cours"), orders=under_way), Group(title=_("Terminées"), orders=ended)],
        )  # fmt: skip


@get(f"{PATH}/nouvelle", opt={"tab": "depot", "level": "write"})
@in_reader
def new_page(request: Request[Any, Any, Any], programme: str = "") -> Response[bytes]:
    """An order of our own to begin: for which programme, normal or urgent."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/orders/new.html", db, **_new_view(db, programme))


@post(f"{PATH}/nouvelle", opt={"tab": "depot", "level": "write"})
async def begin_new(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Begin an order with the lines that our calculation proposes."""
    form = await read_form(request)
    kind = form.choice("nature", [k.value for k in OrderKind], default=OrderKind.NORMAL.value) or "normal"
    supplier = form.text("fournisseur", limit=60)
    programme = form.raw("programme") or None

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors:
            raise Refused("form")
        return {"order": begin(unit, programme=programme, kind=OrderKind(kind), supplier=supplier)}

    try:
        done = await state_of(request).opened.act(
            "begin-order", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_new_again, request, form, fault)
    return to(f"{PATH}/{done.result['order']}")


@get(f"{PATH}/{{order:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def order_page(request: Request[Any, Any, Any], order: int) -> Response[bytes]:
    """The comparison of an order, line by line, and where it stands."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/orders/order.html", db, **order_view(request, db, order))


@get(f"{PATH}/{{order:int}}/calcul/{{line:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def line_working(request: Request[Any, Any, Any], order: int, line: int) -> Response[bytes]:
    """How our quantity was computed on the day it was proposed: the snapshot kept with the line."""
    with state_of(request).opened.reading() as db:
        held = repository.order(db, order)
        found = next((one for one in repository.lines(db, order) if one.id == line), None)
        if found is None:
            raise Refused("no-such-order-line", line=line)
        return page(request, "depot/orders/working.html", db, order=held, line=found, w=found.working, words=orders)


@post(f"{PATH}/{{order:int}}", opt={"tab": "depot", "level": "write"})
async def confirm(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """The gérant's signature under the quantities."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        lines = repository.lines(unit, order)
        answers = _answers(form, lines)
        _mark_unexplained(repository.order(unit, order), lines, answers, form)
        if form.errors:
            raise Refused("form")
        services.confirm(unit, order, answers)
        return {"order": order}

    return await on_order(request, order, "confirm-order", form, write, "confirme")


@post(f"{PATH}/{{order:int}}/garder", opt={"tab": "depot", "level": "write"})
async def keep(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """Keep what is typed without signing."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        answers = _answers(form, repository.lines(unit, order))
        if form.errors:
            raise Refused("form")
        services.edit(unit, order, answers)
        return {"order": order}

    return await on_order(request, order, "edit-order", form, write, "enregistre")


@post(f"{PATH}/{{order:int}}/lignes", opt={"tab": "depot", "level": "write"})
async def lines(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """Step a quantity, look for a product, or add the one that was chosen; what is typed is kept."""
    form = await read_form(request)
    added = form.raw("ajoute")
    _step(form)
    if not added:
        return await asyncio.to_thread(_shown, request, order, form)

    def write(unit: Unit) -> dict[str, Any]:
        quiet = Form(form.typed)
        services.edit(unit, order, _answers(quiet, repository.lines(unit, order)))
        return {"line": services.add_line(unit, order, int(added) if added.isdecimal() and len(added) < 10 else 0)}

    return await on_order(request, order, "add-order-line", form, write, "")


@get(f"{PATH}/{{order:int}}/produits", opt={"tab": "depot", "level": "write"})
@in_reader
def product_list(request: Request[Any, Any, Any], order: int, cherche: str = "") -> Response[bytes]:
    """The products that fit what is typed, as buttons that add a line."""
    with state_of(request).opened.reading() as db:
        found = choices(db, cherche, today_of(request))
        return fragment(
            request, "parts/product_buttons.html", found=found, cherche=cherche, path=f"{PATH}/{order}/lignes"
        )


async def on_order(
    request: Ask, order: int, kind: str, form: Form, write: Any, said: str
) -> Response[bytes] | Redirect:
    """Act on an order; refused, its page again with what was typed and what to do."""
    state = state_of(request)
    try:
        await state.opened.act(kind, session_of(request).actor, write, key=act_key(request, form), body=form.plain())
    except Refused as fault:
        if fault.code == "no-such-order":
            raise
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                return refused(
                    request, "depot/orders/order.html", db, form, shown, **order_view(request, db, order, form)
                )

        return await asyncio.to_thread(again)
    state.on_outbox()
    return to(f"{PATH}/{order}", said)


_ENDED = frozenset({State.RECEIVED, State.CANCELLED, State.NEVER_DELIVERED, State.SUPERSEDED})


def _shown(request: Ask, order: int, form: Form) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        view = order_view(request, db, order, form)
        return page(request, "depot/orders/order.html", db, **view, form=form, request_key=form.raw("request_key"))


def _answers(form: Form, lines_: list[OrderLine]) -> list[Answer]:
    """The quantities as typed, in packs, with their reasons; a box that is not there keeps its line out."""
    found = []
    for line in lines_:
        name = f"l-{line.rank}"
        if f"{name}-boites" not in form.typed:
            continue
        packs = form.integer(f"{name}-boites", required=True, high=PACKS_MAX)
        if packs is not None:
            found.append(
                Answer(
                    line=line.id, quantity=packs * line.pack_units, reason=form.raw(f"{name}-motif") or None,
                    note=form.text(f"{name}-note", limit=200),
                )
            )  # fmt: skip
    return found


def _mark_unexplained(order: Order, lines_: list[OrderLine], answers: list[Answer], form: Form) -> None:
    """Each line whose reason is missing is marked at once, not one refusal after the other."""
    given = {answer.line: answer for answer in answers}
    for line in lines_:
        if line.id not in given:
            continue
        try:
            if line.product is None and given[line.id].quantity:
                raise Refused("line-unmatched", line=line.label)
            services.check_reason(order, line, given[line.id])
        except Refused as fault:
            field = "note" if fault.code == "reason-note" else "boites" if fault.code == "line-unmatched" else "motif"
            form.errors[f"l-{line.rank}-{field}"] = why_line(fault.code)


def _step(form: Form) -> None:
    """The − and + buttons of a tablet without script: "l-3-boites+1"."""
    name, sign, by = form.raw("pas").partition("+") if "+" in form.raw("pas") else form.raw("pas").rpartition("-")
    if name in form.typed and by.isdecimal() and len(by) < 4:
        now = Form(form.typed).integer(name, high=PACKS_MAX) or 0
        form.typed[name] = [str(max(0, now + int(by) if sign == "+" else now - int(by)))]


def _new_again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/orders/new.html", db, form, shown, **_new_view(db, form.raw("programme")))


def _new_view(db: Database, programme: str) -> dict[str, Any]:
    return {
        "programme": programme, "programmes": [(p, p) for p in catalogue.programmes(db)],
        "supplier": choice_of(db, programme or None).supplier, "words": orders,
    }  # fmt: skip


def _learned(db: Database, held: list[Order], today: date) -> list[dict[str, Any]]:
    """By supplier: the lead times of its orders in days, and what of a year's orders came."""
    found = []
    for supplier in sorted({o.supplier for o in held}):
        days = repository.lead_times_days(db, supplier)
        rate = repository.fill_rate(db, today - timedelta(days=YEAR_DAYS), today, supplier)
        if days or rate is not None:
            mean = sum(days) / len(days) if days else None
            found.append(
                {
                    "supplier": supplier,
                    "days": mean,
                    "longest": max(days, default=None),
                    "count": len(days),
                    "rate": rate,
                }
            )
    return found


HANDLERS = [order_list, new_page, begin_new, order_page, line_working, confirm, keep, lines, product_list]
