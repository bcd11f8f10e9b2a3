"""One act for one form: written, or the page again with what was typed and what to do.

Every page that writes does the same. It reads the form; it runs one act with the form's request key, so that the same
sending acts once; when a field is wrong (`form.errors`) or the act is refused it draws the page that was posted again, 422
or 409, with nothing typed lost; and when the act was done it goes where its result is to be seen (303) and says so.
`written` does all that; a handler says only what is its own:

    @post("/depot/prets", opt={"tab": "depot", "level": "write"})
    async def lend(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
        def write(unit: Unit, form: Form) -> dict[str, Any]:
            quantity = form.integer("quantite", required=True, low=1)
            return {"loan": loans.lend(unit, quantity)} if quantity else {}

        return await written(request, "lend", "depot/loans.html", _view, write, "/depot/prets/{loan}")

`write` reads the fields that it needs: a fault that it finds takes back what it wrote. A handler that needs a field before
the act, or for its view, reads the form itself and hands it over; a second person's PIN is tried in `before`. Where what
the page is about is not there, its view says so ("no-such-…") and that is what is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.security import read_form, request_key
from appliance.web.staff.signing import body_of

WRONG_FORM = "form"
"""The code of a refusal that says nothing itself: each fault stands beside its field."""
View = Callable[[Ask, Database], dict[str, Any]]
"""What a template shows, read anew each time that it is drawn."""


async def written(
    request: Ask, kind: str, template: str, view: View, write: Callable[[Unit, Form], dict[str, Any]], path: str, *,
    said: str = "enregistre", form: Form | None = None, before: Callable[[], Awaitable[None]] | None = None,
    of_fault: Callable[[Database, Refused], dict[str, Any]] = lambda _db, _fault: {},
) -> Response[bytes] | Redirect:  # fmt: skip
    """Run `write` as one act of `kind`, then go to `path` filled with what the act returned, as "/ventes/{sale}".

    Refused, `template` comes again with `view` and what was typed. `form`: one that was read already; faults found in it
    stop the act. `before` runs ahead of the act outside of the writer's thread, and may refuse. `of_fault` is what
    the page shows besides of a refusal. A PIN is no part of what a repeated sending is compared by.
    """
    typed = form or await read_form(request)

    def act(unit: Unit) -> dict[str, Any]:
        stop_on_errors(typed)
        made = write(unit, typed)
        stop_on_errors(typed)
        return made

    try:
        if before is not None:
            await before()
        done = await state_of(request).opened.act(
            kind, session_of(request).actor, act, key=request_key(typed), body=body_of(typed)
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, template, view, typed, fault, of_fault)
    return to(path.format(**done.result), "deja" if done.repeated else said)


def shown(request: Ask, template: str, view: View, form: Form | None = None) -> Response[bytes]:
    """A page of a view; with the form as it was typed when nothing was asked to be written yet."""
    typed: dict[str, Any] = {"form": form, "request_key": form.raw("request_key")} if form else {}
    with state_of(request).opened.reading() as db:
        return page(request, template, db, **view(request, db), **typed)


def stop_on_errors(form: Form) -> None:
    """Refuse a form with a wrong field: what the act wrote is taken back, and the page says at each field what to do."""
    if form.errors:
        raise Refused(WRONG_FORM)


def _again(
    request: Ask, template: str, view: View, form: Form, fault: Refused, of_fault: Callable[[Database, Refused], dict[str, Any]]
) -> Response[bytes]:  # fmt: skip
    with state_of(request).opened.reading() as db:
        told = None if fault.code == WRONG_FORM else fault
        return refused(request, template, db, form, told, **view(request, db) | of_fault(db, fault))
