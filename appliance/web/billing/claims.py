"""What payers owe: sheets to mend and to bill, invoices with their papers, what came back paid, cut or rejected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.claims import repository, services
from appliance.billing.claims.paper import csv_of, invoice_of
from appliance.billing.payers.repository import payer_label
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.core.printing.child import drawn_by_child
from appliance.records.patients import repository as patients
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, sees, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words import labels
from appliance.web.writing import shown, stop_on_errors, written

PATH = "/caisse/tiers-payants"
MODULE = "appliance.core.printing.slip"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def claims_page(request: Request[Any, Any, Any], payeur: str = "", du: str = "", au: str = "") -> Response[bytes]:
    """The sheets of a payer and a period, what each lacks, the invoices, and what payers owe by age."""
    asked = Form({"payeur": [payeur], "du": [du], "au": [au]})
    return shown(request, "billing/claims.html", lambda ask, db: _view(ask, db, asked))


@post(PATH, opt={"tab": "caisse", "level": "write"})
async def bill_period(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Bill a payer for a period."""
    form = await read_form(request)
    first, last = form.day("du", required=True), form.day("au", required=True)

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        if first is None or last is None:
            return {}
        return {"batch": services.bill(unit, form.raw("payeur"), first, last, with_faults=form.ticked("tout"))}

    return await written(
        request, "bill-payer", "billing/claims.html", lambda ask, db: _view(ask, db, form), write,
        f"{PATH}/factures/{{batch}}", form=form,
    )  # fmt: skip


@get(PATH + "/feuilles/{sheet:int}", opt={"tab": "caisse", "level": "read"})
@in_reader
def sheet_page(request: Request[Any, Any, Any], sheet: int) -> Response[bytes]:
    """One sheet: its shares, what it lacks; what was done stands there for those who may read prescriptions."""
    return shown(request, "billing/sheet.html", lambda ask, db: _sheet_view(ask, db, sheet))


@post(PATH + "/feuilles/{sheet:int}", opt={"tab": "caisse", "level": "write"})
async def mend(request: Request[Any, Any, Any], sheet: int) -> Response[bytes] | Redirect:
    """Note what was missing on a sheet."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        return {
            "detail": services.mend_sheet(
                unit, sheet, reference=form.raw("reference"), prescriber=form.raw("prescripteur"), posology=form.raw("posologie")
            )
        }  # fmt: skip

    return await written(
        request, "mend-sheet", "billing/sheet.html", lambda ask, db: _sheet_view(ask, db, sheet), write, f"{PATH}/feuilles/{sheet}"
    )  # fmt: skip


@get(PATH + "/factures/{batch:int}", opt={"tab": "caisse", "level": "read"})
@in_reader
def batch_page(request: Request[Any, Any, Any], batch: int) -> Response[bytes]:
    """One invoice: its sheets as billed, what the payer answered to each, what came in."""
    return shown(request, "billing/batch.html", lambda _, db: _batch_view(db, batch))


@post(PATH + "/factures/{batch:int}", opt={"tab": "caisse", "level": "write"})
async def note_answers(request: Request[Any, Any, Any], batch: int) -> Response[bytes] | Redirect:
    """Note what the payer accepted of each sheet that is filled in, and the money that came."""
    form = await read_form(request)
    amount, on = form.integer("recu", high=1_000_000_000), form.day("le") or today_of(request)

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        answered = 0
        for one in repository.sheets_of_batch(unit, batch):
            asked = repository.billed_amounts(unit, batch)[one.id][1]
            paid = form.integer(f"accepte-{one.id}", high=1_000_000_000)
            if form.ticked("tout_paye") and one.state in ("billed", "rebilled") and paid is None:
                paid = asked
            if paid is not None:
                services.answer_sheet(unit, batch, one.id, paid, form.raw(f"motif-{one.id}"))
                answered += 1
        if amount:
            services.receive_payment(unit, batch, amount, form.raw("moyen") or "transfer", on, form.raw("reference"))
        stop_on_errors(form)
        if not (answered or amount):
            raise Refused("claim-empty")
        return {"answered": answered}

    return await written(
        request, "answer-claim", "billing/batch.html", lambda _, db: _batch_view(db, batch), write,
        f"{PATH}/factures/{batch}", form=form,
    )  # fmt: skip


@get(PATH + "/factures/{batch:int}/pdf", opt={"tab": "caisse", "level": "read"})
async def invoice_pdf(request: Request[Any, Any, Any], batch: int) -> Response[bytes]:
    """The facture with its bordereau, drawn by a short-lived child without the key."""

    def describe() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return invoice_of(db, batch)

    content = await drawn_by_child(MODULE, await asyncio.to_thread(describe))
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": f"inline; filename=facture-{batch}.pdf"}
    )


@get(PATH + "/factures/{batch:int}/csv", opt={"tab": "caisse", "level": "read"})
@in_reader
def invoice_csv(request: Request[Any, Any, Any], batch: int) -> Response[bytes]:
    """The bordereau as CSV."""
    with state_of(request).opened.reading() as db:
        content = csv_of(db, batch).encode()
    headers = {"Content-Disposition": f"attachment; filename=bordereau-{batch}.csv"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _view(request: Ask, db: Database, form: Form) -> dict[str, Any]:
    today = today_of(request)
    waiting = repository.payers_with_sheets(db)
    chosen = form.raw("payeur") if form.raw("payeur") in waiting else next(iter(waiting), "")
    before = Month.of(today).plus(-1)
    first, last = form.day("du") or before.first, min(form.day("au") or today, today)
    found = repository.sheets(db, chosen, first, last) if chosen else []
    return {
        "waiting": [(code, payer_label(db, code, today), count) for code, count in waiting.items()], "chosen": chosen,
        "first": first, "last": last, "sheets": found, "batches": repository.batches(db), "label": _label(db, today),
        "faulty": sum(bool(s.faults) and s.state in repository.OPEN for s in found),
        "ready": sum(not s.faults and s.state in repository.OPEN for s in found), "ageing": repository.ageing(db, today),
        "states": labels.SHEET_STATES, "fault_words": labels.SHEET_FAULTS,
    }  # fmt: skip


def _sheet_view(request: Ask, db: Database, key: int) -> dict[str, Any]:
    held = repository.sheet(db, key)
    if held is None:
        raise Refused("no-such-sheet", sheet=key)
    person = patients.get(db, held.patient) if sees(request, db, "patients") else None
    return {
        "sheet": held, "name": person.name if person else "", "label": _label(db, held.occurred_on),
        "contents": repository.contents(db, key) if sees(request, db, "ordonnances") else None,
        "by": staff.name_of(db, held.prescribed_by) if held.prescribed_by else "", "is_open": held.state in repository.OPEN,
        "states": labels.SHEET_STATES, "fault_words": labels.SHEET_FAULTS,
    }  # fmt: skip


def _batch_view(db: Database, key: int) -> dict[str, Any]:
    held = repository.batch(db, key)
    if held is None:
        raise Refused("no-such-batch", batch=key)
    return {
        "batch": held, "sheets": repository.sheets_of_batch(db, key), "amounts": repository.billed_amounts(db, key),
        "label": _label(db, held.last_day), "states": labels.SHEET_STATES, "claim_means": labels.CLAIM_MEANS,
        "receipts": repository.receipts(db, key),
    }  # fmt: skip


def _label(db: Database, day: date) -> Callable[[str], str]:
    return lambda code: payer_label(db, code, day)


HANDLERS = [claims_page, bill_period, sheet_page, mend, batch_page, note_answers, invoice_pdf, invoice_csv]
