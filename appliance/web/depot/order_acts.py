"""What is done to an order besides its quantities: the second signature, handing over, the supplier's answer, how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.orders import repository, services
from appliance.stock.orders.model import Answer, Way
from appliance.storage import Unit
from appliance.web.depot.order_view import order_view
from appliance.web.depot.orders import PACKS_MAX, PATH, on_order
from appliance.web.forms import Form
from appliance.web.pages import Ask, refused, session_of, state_of
from appliance.web.security import read_form
from appliance.web.staff.auth import try_pin

Verb = Callable[[Unit, Form], None]


@post(f"{PATH}/{{order:int}}/contresigner", opt={"tab": "depot", "level": "write"})
async def countersign(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """The second signature: of the head who is signed in here, or who types a code on this tablet."""
    form, session, state = await read_form(request), session_of(request), state_of(request)
    signer, chosen = session.staff, form.integer("signataire")
    if chosen is not None and chosen != session.staff:
        async with state.doors.setdefault(chosen, asyncio.Lock()):
            member, fault = await try_pin(request, chosen, form.raw("code"))
        if fault is not None or member is None:
            return await asyncio.to_thread(_again, request, order, form, fault or Refused("pin-wrong"))
        signer = member.id

    def write(unit: Unit) -> dict[str, Any]:
        services.countersign(unit, order, signer=signer)
        return {"order": order}

    form.typed.pop("code", None)
    return await on_order(request, order, "countersign-order", form, write, "contresigne")


@post(f"{PATH}/{{order:int}}/remettre", opt={"tab": "depot", "level": "write"})
async def hand_over(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """How the order reached its supplier: by message, by stick, on paper; to whom and when."""

    def verb(unit: Unit, form: Form) -> None:
        way = form.choice("voie", [w.value for w in Way], required=True)
        on = form.day("le")
        if form.errors or way is None:
            raise Refused("form")
        services.hand_over(unit, order, Way(way), recipient=form.raw("a_qui"), on=on)

    return await _done(request, order, "hand-over-order", verb)


@post(f"{PATH}/{{order:int}}/reponse", opt={"tab": "depot", "level": "write"})
async def approve(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """What the supplier grants of an order of ours, in packs; an empty box leaves the line as asked."""

    def verb(unit: Unit, form: Form) -> None:
        answers = []
        for line in repository.lines(unit, order):
            packs = form.integer(f"a-{line.rank}-boites", high=PACKS_MAX)
            if packs is not None:
                answers.append(Answer(line=line.id, quantity=packs * line.pack_units))
        on = form.day("reponse_le")
        if form.errors:
            raise Refused("form")
        services.approve(unit, order, answers, on=on)

    return await _done(request, order, "approve-order", verb)


@post(f"{PATH}/{{order:int}}/produit/{{line:int}}", opt={"tab": "depot", "level": "write"})
async def match(request: Request[Any, Any, Any], order: int, line: int) -> Response[bytes] | Redirect:
    """Say which product of ours a line of the form is."""

    def verb(unit: Unit, form: Form) -> None:
        product = form.integer(f"produit-{line}", required=True)
        if product is None:
            raise Refused("form")
        services.match_line(unit, line, product)

    return await _done(request, order, "match-order-line", verb)


@post(f"{PATH}/{{order:int}}/acte/{{verb:str}}", opt={"tab": "depot", "level": "write"})
async def end(request: Request[Any, Any, Any], order: int, verb: str) -> Response[bytes] | Redirect:
    """The acts that need a reason and nothing more: reopen, cancel, never delivered, close; and a correction decided."""
    form = await read_form(request)
    wanted = _VERBS.get(verb)
    if wanted is None:
        raise NotFoundException
    return await _done(
        request, order, f"{verb}-order", lambda unit, form: wanted(unit, order, form.raw("raison")), form
    )


_VERBS: dict[str, Callable[[Unit, int, str], None]] = {
    "rouvrir": services.reopen, "annuler": services.cancel, "jamais": services.never_delivered,
    "solder": services.close_short, "garder-confirmee": services.refuse_correction,
    "recalculer": lambda unit, order, _reason: services.recompute(unit, order),
    "prendre-correction": lambda unit, order, _reason: services.accept_correction(unit, order),
}  # fmt: skip


async def _done(
    request: Ask, order: int, kind: str, verb: Verb, typed: Form | None = None
) -> Response[bytes] | Redirect:
    form = typed or await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        verb(unit, form)
        return {"order": order}

    return await on_order(request, order, kind, form, write, "enregistre")


def _again(request: Ask, order: int, form: Form, fault: Refused) -> Response[bytes]:
    form.typed.pop("code", None)
    with state_of(request).opened.reading() as db:
        return refused(request, "depot/orders/order.html", db, form, fault, **order_view(request, db, order, form))


HANDLERS = [countersign, hand_over, approve, match, end]
