"""Writing into the books from a page: one act for one form, what was typed given back on a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from litestar import Response
from litestar.response import Redirect

from appliance.billing.accounts.plan import BOXES, plan
from appliance.billing.till import drawers
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.security import read_form, request_key
from appliance.web.staff.signing import body_of

AMOUNT_MAX = 1_000_000_000
View = Callable[[Ask, Database], dict[str, Any]]


def month_of(request: Ask, text: str) -> Month:
    """The month asked for, not later than this one."""
    current = Month.of(today_of(request))
    return min(Month.parse(text), current) if text else current


def around(request: Ask, month: Month) -> dict[str, Any]:
    """The month shown, the one before and the one after if it has begun."""
    following = month.plus(1)
    return {
        "month": month, "before": month.plus(-1), "after": following if following <= Month.of(today_of(request)) else None,
    }  # fmt: skip


def boxes(*, with_till: bool = False) -> list[tuple[str, str]]:
    """Where money lies, as options; the till is the own open one."""
    keys = (("till",) if with_till else ()) + BOXES
    return [(key, plan().accounts[key].label) for key in keys]


def keeps_till(request: Ask, db: Database) -> bool:
    """Whether this person has a till open: what lies in it is not shown before it is counted, whatever the function."""
    return drawers.open_of(db, session_of(request).staff) is not None


def amount(form: Form, name: str = "montant") -> int:
    """A sum typed in whole francs; a fault stands beside its field."""
    return form.integer(name, required=True, low=1, high=AMOUNT_MAX) or 0


def day(form: Form, name: str = "le") -> date | None:
    """The day typed; None: today."""
    return form.day(name)


async def written(
    request: Ask, kind: str, template: str, view: View, write: Callable[[Unit, Form], dict[str, Any]], path: str,
    read: Callable[[Form], None] = lambda _: None,
) -> Response[bytes] | Redirect:  # fmt: skip
    """Run one act from a form and go to `path`; refused, the page `template` comes again with what was typed."""
    form = await read_form(request)
    read(form)

    def act(unit: Unit) -> dict[str, Any]:
        made = write(unit, form)
        if form.errors:
            raise Refused("form")
        return made

    try:
        done = await state_of(request).opened.act(
            kind, session_of(request).actor, act, key=request_key(form), body=body_of(form)
        )
    except Refused as fault:
        if fault.code.startswith("no-such"):
            raise
        return await asyncio.to_thread(_again, request, template, view, form, fault)
    return to(path, "deja" if done.repeated else "enregistre")


def shown(request: Ask, template: str, view: View) -> Response[bytes]:
    """A page of the books."""
    with state_of(request).opened.reading() as db:
        return page(request, template, db, **view(request, db))


def _again(request: Ask, template: str, view: View, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, template, db, form, None if fault.code == "form" else fault, **view(request, db))
