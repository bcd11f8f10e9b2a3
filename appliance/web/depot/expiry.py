"""Péremptions: what has expired, what will, what will not be used in time, and the destruction before a committee."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.expiry import paper, repository, services
from appliance.stock.expiry.rules import destruction_rules
from appliance.stock.expiry.services import Destroyed
from appliance.stock.ledger.journal import counterparts
from appliance.storage import Database, Unit
from appliance.web.depot.order_papers import DRAWING, download
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _

PATH = "/depot/peremptions"
READ = {"tab": "depot", "level": "read"}
MEMBERS = 4
NEIGHBOURS = 4
"""Of the centres with which something was lent or given before, so many are offered by name."""


@get(PATH, opt=READ)
@in_reader
def expiries(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The three bands, the destructions written, and the form that writes one."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/expiry.html", db, **_view(request, db))


@post(PATH, opt={"tab": "depot", "level": "write"})
async def destroy(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Write the destruction of the lots that were ticked."""
    form = await read_form(request)
    members = [(form.raw(f"nom-{n}"), form.raw(f"qualite-{n}")) for n in range(MEMBERS)]
    lines = _lines(form)

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors:
            raise Refused("form")
        return {"d": services.destroy(unit, lines, members, form.raw("destination"), form.raw("note"))}

    try:
        done = await state_of(request).opened.act(
            "destroy-expired", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to(f"{PATH}/{done.result['d']}", "enregistre")


@get(f"{PATH}/{{destruction:int}}", opt=READ)
@in_reader
def printed(request: Request[Any, Any, Any], destruction: int) -> Response[bytes]:
    """The PV of a destruction as it prints."""
    with state_of(request).opened.reading() as db:
        described = paper.destruction_paper(db, destruction)
        return page(request, "depot/orders/paper.html", db, paper=described, back=PATH, files=f"{PATH}/{destruction}")


@get(f"{PATH}/{{destruction:int}}/pdf", opt=READ)
async def pdf(request: Request[Any, Any, Any], destruction: int) -> Response[bytes]:
    """The PV of a destruction as PDF."""
    from appliance.core.printing.child import drawn_by_child

    def describe() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return paper.destruction_paper(db, destruction)

    content = await drawn_by_child(DRAWING, await asyncio.to_thread(describe))
    return download(content, "application/pdf", f"destruction-{destruction}.pdf")


def _lines(form: Form) -> list[Destroyed]:
    """The lots ticked, as lot-place, each with its quantity and cause."""
    found = []
    for value in form.many("detruire"):
        lot, _dash, place = value.partition("-")
        if not (lot.isdecimal() and place.isdecimal() and len(value) < 20):
            continue
        quantity = form.integer(f"quantite-{value}", required=True, low=1)
        cause = form.choice(f"cause-{value}", list(destruction_rules().causes), required=True)
        if quantity is not None and cause is not None:
            found.append(Destroyed(lot=int(lot), place=int(place), quantity=quantity, cause=cause))
    return found


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/expiry.html", db, form, shown, **_view(request, db))


def _view(request: Ask, db: Database) -> dict[str, Any]:
    rules = destruction_rules()
    return {
        "bands": repository.bands(db, today_of(request)), "destructions": repository.destructions(db), "rules": rules,
        "members": range(MEMBERS), "titles": [(t, _(t)) for t in rules.titles], "causes": list(rules.causes.items()),
        "destinations": list(rules.destinations.items()),
        "neighbours": counterparts(db)[:NEIGHBOURS],
    }  # fmt: skip


HANDLERS = [expiries, destroy, printed, pdf]
