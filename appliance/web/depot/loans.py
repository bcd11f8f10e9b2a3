"""Loans with neighbours: what is owed to the centre and by it, until it is settled in kind or given up."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.loans.repository import Loan, loans
from appliance.stock.loans.services import give_up
from appliance.storage import Database, Unit
from appliance.web.pages import page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key

PATH = "/depot/prets"
SHOWN = 50


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def loan_list(request: Request[Any, Any, Any], avant: int | None = None) -> Response[bytes]:
    """The loans: those that wait first."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/loans.html", db, **_view(db, avant))


@post(f"{PATH}/{{loan:int}}/abandon", opt={"tab": "depot", "level": "write"})
async def abandon(request: Request[Any, Any, Any], loan: int) -> Response[bytes] | Redirect:
    """Wait no longer for the rest of a loan, with a reason."""
    state, form = state_of(request), await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        give_up(unit, loan, form.raw("raison"))
        return {}

    try:
        await state.opened.act(
            "give-up-loan", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        known = fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                return refused(request, "depot/loans.html", db, form, known, **_view(db, None))

        return await asyncio.to_thread(again)
    return to(PATH, "enregistre")


def _view(db: Database, before: int | None) -> dict[str, Any]:
    newest = loans(db, limit=SHOWN, before=before)
    found: list[Loan] = sorted(newest, key=lambda one: not one.is_open)
    return {"loans": found, "more": newest[-1].id if len(newest) == SHOWN else None}


HANDLERS = [loan_list, abandon]
