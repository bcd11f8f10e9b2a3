"""The journal of movements, and each paper of it to print, to sign and to undo."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger.journal import journal, paper_of
from appliance.stock.loans.repository import loan_of_event
from appliance.stock.undoing import undo_event
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import labels

PATH = "/depot/mouvements"
SHOWN = 30


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def movements(
    request: Request[Any, Any, Any], nature: str = "", le: str = "", produit: str = "", avant: int | None = None
) -> Response[bytes]:
    """The movements, newest first; dispensing only when it is asked for."""
    form = Form({"nature": [nature], "le": [le], "produit": [produit]})
    kind, day = form.choice("nature", list(labels.MOVEMENTS), default="") or "", form.day("le")
    with state_of(request).opened.reading() as db:
        product = catalogue.by_code(db, produit.strip()) if produit.strip() else None
        rows = journal(db, kind=kind, day=day, product=product.id if product else None, before=avant, limit=SHOWN)
        return page(
            request, "depot/journal.html", db, rows=rows, form=form, errors=form.errors, product=product,
            more=rows[-1].id if len(rows) == SHOWN else None,
            who={row.staff: staff.name_of(db, row.staff) for row in rows if row.staff is not None},
            options=[(p.code, p.label) for p in catalogue.listed(db, limit=400)],
        )  # fmt: skip


@get("/depot/pieces/{event:int}", opt={"tab": "depot", "level": "read"})
@in_reader
def paper(request: Request[Any, Any, Any], event: int) -> Response[bytes]:
    """One paper, to print and to sign."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/piece.html", db, **_view(db, event))


@post("/depot/pieces/{event:int}/annuler", opt={"tab": "depot", "level": "write"})
async def undo(request: Request[Any, Any, Any], event: int) -> Response[bytes] | Redirect:
    """Undo a whole paper by opposite rows, once, with a reason."""
    state, form = state_of(request), await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        undo_event(unit, event, form.raw("raison"))
        return {}

    try:
        await state.opened.act("undo-paper", session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault, event)
    return to(f"/depot/pieces/{event}", "annule")


def _again(request: Ask, form: Form, fault: Refused, event: int) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "depot/piece.html", db, form, fault, **_view(db, event))


def _view(db: Database, event: int) -> dict[str, Any]:
    held = paper_of(db, event)
    return {
        "paper": held, "loan": loan_of_event(db, event),
        "writer": staff.name_of(db, held.staff) if held.staff is not None else "",
    }  # fmt: skip


HANDLERS = [movements, paper, undo]
