"""Handing over on a prescription: who waits, what each line gives, the short line noted in one tap."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.sales import services
from appliance.billing.sales.services import SaleForm
from appliance.billing.sales.visit_bill import care_type_of
from appliance.billing.till import repository as till
from appliance.core.errors import Refused
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import Station
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.dispensing.services import DispenseForm
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.sales.place import served_from, serving_view, shown_from
from appliance.web.sales.serving import asked_lines, lines_to_serve, step, totals, waiting
from appliance.web.security import read_form, request_key
from appliance.web.writing import shown, stop_on_errors, written

PAGE = "sales/serve.html"


@get("/vente", opt={"tab": "vente", "level": "read"})
@in_reader
def counter(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who waits at the depot, and what was sold last."""
    with state_of(request).opened.reading() as db:
        return page(request, "sales/counter.html", db, **_counter_view(request, db), sales=till.latest(db))


@get("/vente/{prescription:int}", opt={"tab": "vente", "level": "read"})
@in_reader
def serve_page(request: Request[Any, Any, Any], prescription: int) -> Response[bytes]:
    """A prescription with the lots that expire first already chosen."""
    return shown(request, PAGE, lambda ask, db: _serve_view(ask, db, prescription, None))


@post("/vente/{prescription:int}/calculer", opt={"tab": "vente", "level": "write"}, status_code=200)
async def recount(request: Request[Any, Any, Any], prescription: int) -> Response[bytes]:
    """The same page for other quantities: lots, causes and prices follow. Nothing is written."""
    form = await read_form(request)
    if not request.headers.get("HX-Request"):  # with script the button has counted already
        step(form)
    return await asyncio.to_thread(shown, request, PAGE, lambda ask, db: _serve_view(ask, db, prescription, form), form)


@post("/vente/{prescription:int}", opt={"tab": "vente", "level": "write"})
async def serve(request: Request[Any, Any, Any], prescription: int) -> Response[bytes] | Redirect:
    """Hand over, sell and take the money in one act; what is not given is unmet demand with its cause."""
    form = await read_form(request)
    at_cashier = form.raw("paiement") == "caisse"

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        held = prescriptions.get(unit, prescription)
        if held is None:
            raise Refused("prescription-not-open", state="none")
        prescriptions.require_open(unit, prescription)
        place = served_from(unit, request, form)
        lines = asked_lines(lines_to_serve(unit, held, place, unit.today, form), form)
        stop_on_errors(form)
        given = DispenseForm(place=place, prescription=prescription, patient=held.patient, lines=tuple(lines))
        paid = 0 if at_cashier else form.integer("paye")
        sale = services.sell(
            unit,
            SaleForm(
                dispense=given,
                care_type=care_type_of(unit, held.visit),
                paid_fcfa=paid,
                means=form.raw("moyen") or "cash",
            ),
        )
        visit = visits.get(unit, held.visit)
        if visit and visit.station is Station.PHARMACY:
            owes = sale.paid_fcfa < sale.due_fcfa
            visits.move_visit(unit, held.visit, Station.CASHIER if owes else Station.DONE)
        return {"sale": sale.sale}

    def of_fault(db: Database, fault: Refused) -> dict[str, Any]:
        return {"other": _product_of(db, fault)}

    # Whoever lost the last box reads what is left beside the line, and of which product the refusal speaks.
    return await written(
        request, "sell", PAGE, lambda ask, db: _serve_view(ask, db, prescription, form), write, "/ventes/{sale}",
        form=form, of_fault=of_fault,
    )  # fmt: skip


@post("/vente/{prescription:int}/clore", opt={"tab": "vente", "level": "write"})
async def leave_rest(request: Request[Any, Any, Any], prescription: int) -> Redirect:
    """Take a prescription off the queue: the rest will not be served here."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        prescriptions.close(unit, prescription)
        held = prescriptions.get(unit, prescription)
        visit = visits.get(unit, held.visit) if held else None
        if held and visit and visit.station is Station.PHARMACY:
            visits.move_visit(unit, held.visit, Station.DONE)
        return {}

    await state_of(request).opened.act(
        "close-prescription", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    return to("/vente", "enregistre")


def _counter_view(request: Ask, db: Database) -> dict[str, Any]:
    state = state_of(request)
    return {
        "waiting": waiting(db, today_of(request), state.opened.clock.now().ms),
        "chosen": None,
        **serving_view(db, shown_from(db, request, None)),
    }


def _serve_view(request: Ask, db: Database, prescription: int, form: Form | None) -> dict[str, Any]:
    held = prescriptions.get(db, prescription)
    if held is None:
        raise Refused("prescription-not-open", state="none")
    today, place = today_of(request), shown_from(db, request, form)
    is_open = held.state in ("issued", "part_served")
    lines = lines_to_serve(db, held, place, today, form) if is_open else []
    return {
        **_counter_view(request, db), "chosen": prescription, "prescription": held, "patient": patients.get(db, held.patient),
        "lines": lines, **totals(db, held, place, today, lines), "other": None, **serving_view(db, place),
    }  # fmt: skip


def _product_of(db: Database, fault: Refused) -> str | None:
    key = fault.params.get("product")
    found = catalogue.by_id(db, key) if isinstance(key, int) else None
    return found.label if found else None


HANDLERS = [counter, serve_page, recount, serve, leave_rest]
