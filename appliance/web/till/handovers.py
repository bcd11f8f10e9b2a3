"""Handing money over to the treasurer while the till stays open, and the receipt that both keep."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.till import drawers
from appliance.billing.till.sessions import hand_over
from appliance.core.errors import Refused
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, session_of, state_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.staff.signing import may_sign, signed_by
from appliance.web.words import _
from appliance.web.writing import shown, stop_on_errors, written

PATH, PAGE = "/caisse/remises", "till/handovers.html"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def handover_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The hand-overs, newest first, and the form of the next one."""
    return shown(request, PAGE, _view)


@post(PATH, opt={"tab": "caisse", "level": "write"})
async def give(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Hand money of one's own till over to the treasurer, who signs with the own PIN."""
    form, me = await read_form(request), session_of(request).staff
    amount = form.integer("montant", required=True, low=1, high=1_000_000_000)
    receiver = form.integer("receveur", required=True)

    async def signature() -> None:
        if receiver is not None and receiver not in await asyncio.to_thread(_receivers, request):
            form.errors["receveur"] = _("Choisissez qui reçoit l'argent.")
        stop_on_errors(form)
        await signed_by(request, receiver or 0, form.raw("pin"))

    def write(unit: Unit, _form: Form) -> dict[str, Any]:
        mine = drawers.open_of(unit, me)
        if mine is None:
            raise Refused("till-not-open", session=0)
        return {"handover": hand_over(unit, mine.session, amount or 0, receiver=receiver)}

    return await written(
        request, "hand-over", PAGE, _view, write, f"{PATH}/{{handover}}", said="remis", form=form, before=signature
    )


@get(f"{PATH}/{{handover:int}}", opt={"tab": "caisse", "level": "read"})
@in_reader
def receipt(request: Request[Any, Any, Any], handover: int) -> Response[bytes]:
    """The receipt of a hand-over, with both names."""
    with state_of(request).opened.reading() as db:
        held = drawers.handover(db, handover)
        if held is None:
            raise Refused("no-such-handover", handover=handover)
        given = drawers.drawer(db, held.session)
        taken = drawers.drawer(db, held.receiver_session) if held.receiver_session else None
        return page(
            request, "till/handover.html", db, held=held, giver=staff.name_of(db, held.giver), given=given, taken=taken,
            receiver=staff.name_of(db, held.receiver),
        )  # fmt: skip


def _receivers(request: Ask) -> list[int]:
    """Who may take money for the treasurer's box."""
    with state_of(request).opened.reading() as db:
        return [member.id for member in may_sign(request, db, "comptes")]


def _view(request: Ask, db: Database) -> dict[str, Any]:
    me = session_of(request).staff
    found = drawers.handovers(db)
    return {
        "found": found, "names": {who: staff.name_of(db, who) for h in found for who in (h.giver, h.receiver)},
        "mine": drawers.open_of(db, me),
        "receivers": [(m.id, m.name) for m in may_sign(request, db, "comptes") if m.id != me],
    }  # fmt: skip


HANDLERS = [handover_page, give, receipt]
