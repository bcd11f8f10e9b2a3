"""The web application: every handler behind the gate, every fault a page that says what to do."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from appliance.core.errors import ApplianceError, InvariantBroken
from appliance.web.billing import act_prices, bills, claims, covers, debts, payers, sales_register
from appliance.web.care import drafts, home, laboratory, lookups, registers, visits
from appliance.web.centre import more, setup, upkeep, villages
from appliance.web.depot import (
    cold,
    cold_incidents,
    cold_sessions,
    cold_vials,
    counting,
    counting_papers,
    dashboard,
    depot,
    expiry,
    journal,
    kits,
    loans,
    lots,
    movements,
    order_acts,
    order_papers,
    order_settings,
    ordering,
    orders,
    papers,
    people,
    places,
    prices,
    proofs,
    receipts,
    scanning,
    shipments,
)
from appliance.web.pages import environment, frame
from appliance.web.patients import cards, family, identity, merging, patients, registration
from appliance.web.reports import reports
from appliance.web.sales import direct_sales, sales, till
from appliance.web.security import BODY_BYTES_MAX, closing_headers, gate, guard, who_knocks
from appliance.web.sending import exchange, medexis
from appliance.web.staff import admin, auth, emergency, interrupted, matrix
from appliance.web.state import AppState
from appliance.web.static_files import static_file
from appliance.web.till import asaco, bank, books, budget, closing, expenses, handovers, opening
from appliance.web.visitor import visitor_of
from appliance.web.words.refusals import SENTENCES, sentence

log = logging.getLogger(__name__)
MODULES = (
    auth, setup, home, patients, registration, identity, cards, family, merging, emergency, visits, laboratory, registers, lookups, drafts, depot, dashboard, receipts,
    scanning, movements, journal, places, loans, lots, kits,
    cold, cold_vials, cold_sessions, cold_incidents,
    counting, counting_papers, expiry,
    ordering,
    people,
    papers, orders, order_acts, order_papers, order_settings, proofs, shipments,
    prices, sales, direct_sales, till, opening, closing, handovers, reports, exchange, medexis,
    books, expenses, bank, budget, asaco,
    act_prices, bills, claims, covers, debts, payers, sales_register,
    admin, matrix, villages, upkeep,
    more, interrupted,
)  # fmt: skip


def create_app(state: AppState) -> Litestar:
    """The application over an open store (or over one that could not be opened: then every page says so)."""
    handlers: list[Any] = [static_file, *(h for module in MODULES for h in module.HANDLERS)]
    for handler in handlers:
        _require_tab(handler)
    app = Litestar(
        route_handlers=handlers, guards=[guard], middleware=[gate], openapi_config=None, state=State({"appliance": state}),
        exception_handlers={ApplianceError: _refusal, HTTPException: _http, Exception: _fault},
        request_max_body_size=BODY_BYTES_MAX, logging_config=None,
    )  # fmt: skip
    environment()
    return app


def _require_tab(handler: HTTPRouteHandler) -> None:
    opt = handler.opt
    if not (
        opt.get("public")
        or opt.get("own")
        or opt.get("signed")
        or ("tab" in opt and opt.get("level") in ("read", "write"))
    ):
        raise InvariantBroken("handler-without-tab", paths=sorted(handler.paths))


def _refusal(request: Request[Any, Any, Any], fault: ApplianceError) -> Response[bytes]:
    status = 503 if isinstance(fault, InvariantBroken) else 404 if fault.code.startswith("no-such") else 409
    if isinstance(fault, InvariantBroken):
        log.error("fault %s", fault.code)
    return _say(request, status, sentence(fault))


def _http(request: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes] | Redirect:
    if isinstance(fault, NotAuthorizedException):
        if isinstance(fault.extra, dict) and fault.extra.get("pin"):
            return Redirect("/mon-code", status_code=303)
        if request.method == "POST":
            interrupted.keep(request, visitor_of(request).body)
        return Redirect(_door(request), status_code=303)
    code = {403: "forbidden", 404: "not-found", 405: "not-found", 413: "too-large-body"}.get(fault.status_code, "form")
    closed = fault.extra if fault.status_code == 403 and isinstance(fault.extra, dict) else {}
    return _say(request, fault.status_code, SENTENCES[code], closed)


def _door(request: Request[Any, Any, Any]) -> str:
    """The sign-in page; a person whose tablet locked itself is led back to the page that was open."""
    token = visitor_of(request).token
    who = request.app.state.appliance.sessions.who_was(token) if token else None
    if who is None or request.method != "GET" or request.headers.get("hx-request"):
        return "/entrer"
    return f"/entrer?{urlencode({'de': who, 'ou': request.url.path})}"


def _fault(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    log.exception("a handler failed", exc_info=fault)
    return _say(request, 500, SENTENCES["internal"])


def _say(
    request: Request[Any, Any, Any], status: int, text: str, closed: dict[str, Any] | None = None
) -> Response[bytes]:
    state: AppState = request.app.state.appliance
    try:
        request.scope["state"].setdefault("visitor", who_knocks(request))
        with state.opened.reading() as db:
            body = (
                environment()
                .get_template("said.html")
                .render(
                    **frame(request, db),
                    text=text,
                    status=status,
                    closed=closed or {},
                    path=request.url.path,
                    stale=visitor_of(request).stale,
                )
            )
    except Exception:
        body = environment().get_template("damaged.html").render(why=text)
    # An address that leads nowhere is answered before the gate: the headers are given here too.
    return Response(body.encode(), status_code=status, media_type="text/html; charset=utf-8", headers=closing_headers())
