"""The bill of a visit: the acts it charges, who is exempted by hand, and everything it owes paid in one act."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.payers import repository as payers
from appliance.billing.sales import visit_bill
from appliance.billing.sales.pricing import Buyer, ChargedAct, buyer, price_acts
from appliance.billing.sales.rounding import payable
from appliance.billing.sales.services import HandExemption, SaleForm, sell
from appliance.billing.sales.shares import Parts, parts_of
from appliance.billing.sales.visit_bill import BillLine
from appliance.billing.tariffs.free_care import default_rules, label_of
from appliance.billing.till import repository as till
from appliance.billing.till.coins import operators
from appliance.billing.till.services import pay
from appliance.core.errors import Refused
from appliance.records.care import visits
from appliance.records.care.model import Station
from appliance.records.patients import repository as patients
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, sees, session_of, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words import _, labels
from appliance.web.words.refusals import sentence
from appliance.web.writing import shown, stop_on_errors, written

PATH, PAGE = "/caisse/visites", "billing/bill.html"


@get(PATH, opt={"tab": "caisse", "level": "write"})
@in_reader
def to_bill_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The visits of today of which something waits to be charged."""
    with state_of(request).opened.reading() as db:
        found = visit_bill.to_bill(db, today_of(request))
        names = (
            {p.id: p.name for p in patients.lines(db, [v.patient for v in found])}
            if sees(request, db, "patients")
            else {}
        )
        return page(request, "billing/to_bill.html", db, visits=found, names=names)


@get(PATH + "/{visit:int}", opt={"tab": "caisse", "level": "write"})
@in_reader
def bill_page(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """What a visit charges: what was done is there already, the rest is added."""
    return shown(request, PAGE, lambda ask, db: _view(ask, db, visit))


@post(PATH + "/{visit:int}/calculer", opt={"tab": "caisse", "level": "write"}, status_code=200)
async def recount(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """The same page with the sums of what is typed. Nothing is written."""
    form = await read_form(request)
    return await asyncio.to_thread(shown, request, PAGE, lambda ask, db: _view(ask, db, visit, form), form)


@post(PATH + "/{visit:int}", opt={"tab": "caisse", "level": "write"})
async def charge(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Charge the acts, and take what the other receipts of the visit still owe, in one act."""
    form = await read_form(request)
    means, at_once = form.raw("moyen") or "cash", form.raw("paiement") != "dette"
    paid = form.integer("paye", high=100_000_000) if at_once else 0
    staff = session_of(request).staff

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        held = visits.get(unit, visit)
        if held is None:
            raise Refused("no-such-visit", visit=visit)
        who = buyer(unit, held.patient, held.occurred_on)
        acts = _acts(form, visit_bill.bill_lines(unit, visit, held.occurred_on, who))
        hand = _hand(form, staff)
        stop_on_errors(form)
        others = [k for k in visit_bill.sales_of_visit(unit, visit) if form.ticked(f"avec-{k}") and at_once]
        made = None
        if acts:
            sale = SaleForm(
                acts=acts, patient=held.patient, visit=visit, care_type=visit_bill.care_type_of(unit, visit),
                care_day=held.occurred_on, exemption=hand, paid_fcfa=paid, means=means,
                operator=form.raw("operateur") or None, reference=form.raw("reference") or None,
            )  # fmt: skip
            made = sell(unit, sale).sale
        elif not others:
            raise Refused("sale-empty")
        for key in others:
            other = till.sale(unit, key)
            if other and other.left_fcfa:
                pay(unit, key, payable(unit, other.left_fcfa, means), means, operator=form.raw("operateur") or None)
        if held.station is Station.CASHIER and not _owes(unit, visit):
            visits.move_visit(unit, visit, Station.DONE)
        return {"sale": made or others[0]}

    return await written(
        request, "sell", PAGE, lambda ask, db: _view(ask, db, visit, form), write, "/ventes/{sale}", form=form
    )


def _acts(form: Form, lines: list[BillLine]) -> tuple[ChargedAct, ...]:
    return tuple(
        ChargedAct(code=line.code, quantity=count, lab_order=line.lab_order)
        for line in lines
        if (count := form.integer(line.field, high=100))
    )


def _hand(form: Form, staff: int) -> HandExemption | None:
    forgiven = form.integer("exonere", low=1, high=100_000_000)
    if not form.raw("supporte_par"):
        if forgiven or form.raw("motif"):
            form.errors["supporte_par"] = _("Dites qui supporte l'exonération.")
        return None
    return HandExemption(
        bearer=form.raw("supporte_par"), reason=form.raw("motif"), authorised_by=staff, amount_fcfa=forgiven
    )


def _owes(db: Database, visit: int) -> bool:
    return any((sale := till.sale(db, key)) and sale.left_fcfa for key in visit_bill.sales_of_visit(db, visit))


def _view(request: Ask, db: Database, visit: int, form: Form | None = None) -> dict[str, Any]:
    held = visits.get(db, visit)
    if held is None:
        raise Refused("no-such-visit", visit=visit)
    who = buyer(db, held.patient, held.occurred_on)
    person = patients.get(db, held.patient)
    sales = [sale for key in visit_bill.sales_of_visit(db, visit) if (sale := till.sale(db, key))]
    care, lines = visit_bill.care_type_of(db, visit), visit_bill.bill_lines(db, visit, held.occurred_on, who)
    typed = form or Form({line.field: ["1"] for line in lines if line.is_due})
    parts, fault = _parts(db, typed, lines, held.occurred_on, who, care, session_of(request).staff)
    others = sum(s.left_fcfa for s in sales if form is None or form.ticked(f"avec-{s.id}"))
    means = typed.raw("moyen") or "cash"
    return {
        "visit": held, "name": person.name if person and sees(request, db, "patients") else "",
        "lines": lines, "due_lines": [x for x in lines if x.is_due], "other_lines": [x for x in lines if not x.is_due], "parts": parts, "parts_fault": fault, "others": others,
        "to_take": sum(payable(db, s.left_fcfa, means) for s in sales if form is None or form.ticked(f"avec-{s.id}"))
        + (payable(db, parts.due_fcfa, means) if parts else 0), "charged": visit_bill.charged_lines(db, visit),
        "sales": sales, "payer": who.payer, "cover": who.cover, "care": care,
        "care_label": payers.care_label(care, held.occurred_on), "label_of": label_of,
        "bearers": list(default_rules().bearers.items()), "means": labels.MEANS, "operators": operators(),
    }  # fmt: skip


def _parts(
    db: Database, form: Form, lines: list[BillLine], on: date, who: Buyer, care: str, staff: int
) -> tuple[Parts | None, str]:
    """How what is typed is shared out; none, and why, where it can't be."""
    try:
        priced = price_acts(db, _acts(form, lines), on, who, care)
        return parts_of([], priced, who, care, _hand(form, staff)), ""
    except Refused as fault:
        return None, sentence(fault)


HANDLERS = [to_bill_page, bill_page, recount, charge]
