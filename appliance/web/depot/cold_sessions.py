"""The calendar of vaccination sessions and the vials that they need, session by session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.records.facility.services import villages
from appliance.stock.cold_chain import sessions
from appliance.stock.ledger import repository as ledger
from appliance.storage import Database, Unit
from appliance.web.depot.cold import PATH, act_on
from appliance.web.pages import Ask, page, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words.cold import PAGES, SESSION_STATUSES, STRATEGIES

HERE, TEMPLATE = f"{PATH}/seances", "depot/cold/sessions.html"
WEEKS_MAX = 53


@get(HERE, opt={"tab": "froid", "level": "read"})
@in_reader
def sessions_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A month's sessions and what they need."""
    with state_of(request).opened.reading() as db:
        return page(request, TEMPLATE, db, **_view(request, db))


@post(HERE, opt={"tab": "froid", "level": "write"})
async def plan(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Plan a session, or one a week for some weeks."""
    form = await read_form(request)
    on, strategy = form.day("le", required=True), form.choice("strategie", list(STRATEGIES), default="fixed")
    village, weeks = form.integer("village"), form.integer("fois", low=1, high=WEEKS_MAX) or 1

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors or on is None or strategy is None:
            raise Refused("form")
        made = [sessions.plan(unit, on + timedelta(weeks=n), strategy, village) for n in range(weeks)]
        return {"sessions": made}

    back = f"{HERE}?mois={Month.of(on)}" if on else HERE
    return await act_on(request, form, "plan-session", write, back, TEMPLATE, _view)


@post(f"{HERE}/{{session:int}}/etat", opt={"tab": "froid", "level": "write"})
async def status(request: Request[Any, Any, Any], session: int) -> Response[bytes] | Redirect:
    """Say that a session was held, is cancelled, or is planned after all."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        sessions.set_status(unit, session, form.raw("etat"))
        return {"session": session}

    return await act_on(request, form, "session-status", write, HERE, TEMPLATE, _view)


@post(f"{HERE}/attendus", opt={"tab": "froid", "level": "write"})
async def expect(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Type how many children are expected at each session; a figure that did not change stays the target's share."""
    form = await read_form(request)
    code = str(request.query_params.get("vaccin", ""))

    def write(unit: Unit) -> dict[str, Any]:
        month = _month(request)
        held = next((n for n in sessions.session_need(unit, month.first, month.last) if n.code == code), None)
        if held is None:
            raise Refused("no-such-product", product=code[:20])
        for share in held.shares:
            children = form.integer(f"attendu-{share.session.id}", high=sessions.CHILDREN_MAX)
            if children is not None and children != share.children:
                sessions.expect(unit, share.session.id, held.product, children)
        if form.errors:
            raise Refused("form")
        return {}

    back = f"{HERE}?mois={_month(request)}&vaccin={code}"
    return await act_on(request, form, "expect-children", write, back, TEMPLATE, _view)


def _month(request: Ask) -> Month:
    text = str(request.query_params.get("mois", ""))
    return Month.parse(text) if text else Month.of(today_of(request))


def _view(request: Ask, db: Database) -> dict[str, Any]:
    month, code = _month(request), request.query_params.get("vaccin", "")
    needs = sessions.session_need(db, month.first, month.last)
    return {
        "month": month, "before": month.plus(-1), "after": month.plus(1), "needs": needs,
        "sessions": sessions.sessions(db, month.first, month.last), "strategies": STRATEGIES,
        "session_statuses": SESSION_STATUSES, "villages": [(v.id, v.name) for v in villages(db) if v.in_area],
        "usable": ledger.usable_by_product(db, today_of(request)), "detail": next((n for n in needs if n.code == code), None),
        "here_page": HERE, "pages": PAGES,
    }  # fmt: skip


HANDLERS = [sessions_page, plan, status, expect]
