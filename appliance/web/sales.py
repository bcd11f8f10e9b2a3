"""Handing over: the day's prescriptions, what each costs, the short line noted in one tap, and taking back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.sales import services
from appliance.billing.sales.services import SaleForm, price_lines
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import Station
from appliance.records.care.prescriptions import Prescription
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.dispensing.services import CAUSES, DispenseForm, DispenseLine, given_by_line, propose
from appliance.stock.ledger.fefo import Take
from appliance.storage import Database
from appliance.web.depot import main_place
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToServe:
    """One product of a prescription at the counter: what is left to give, what the shelf gives, from which lots."""

    line: int
    product: int
    label: str
    unit: str
    asked: int
    can_give: int
    takes: tuple[Take, ...]
    unit_price: int
    is_free: bool
    dosage: str

    @property
    def missing(self) -> int:
        """What the shelf can't give."""
        return self.asked - self.can_give


@get("/vente", opt={"tab": "vente", "level": "read"})
@in_reader
def counter(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who waits at the depot."""
    with state_of(request).opened.reading() as db:
        waiting = prescriptions.waiting(db, today_of(request))
        people = {p.id: p for p in patients.lines(db, list({w.patient for w in waiting}))}
        return page(request, "sales/counter.html", db, waiting=waiting, people=people, sales=_latest(db))


@get("/vente/{prescription:int}", opt={"tab": "vente", "level": "read"})
@in_reader
def serve_page(request: Request[Any, Any, Any], prescription: int) -> Response[bytes]:
    """A prescription with the lots that expire first already chosen."""
    with state_of(request).opened.reading() as db:
        return page(request, "sales/serve.html", db, **_serve_view(request, db, prescription), form=None)


@post("/vente/{prescription:int}", opt={"tab": "vente", "level": "write"})
async def serve(request: Request[Any, Any, Any], prescription: int) -> Response[bytes] | Redirect:
    """Hand over, sell and take the money in one act; what is not given is unmet demand with its cause."""
    state, form = state_of(request), await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        held = prescriptions.get(unit, prescription)
        if held is None:
            raise Refused("prescription-not-open", state="none")
        lines = _asked(unit, held, form)
        if form.errors:
            raise Refused("form")
        sale = services.sell(
            unit,
            SaleForm(
                dispense=DispenseForm(
                    place=main_place(unit), prescription=prescription, patient=held.patient, lines=tuple(lines)
                ),
                paid_fcfa=form.integer("paye"), means=form.raw("moyen") or "cash",
            ),
        )  # fmt: skip
        visit = visits.get(unit, held.visit)
        if visit and visit.station is Station.PHARMACY:
            visits.move_visit(unit, held.visit, Station.DONE)
        return {"sale": sale.sale}

    try:
        done = await state.opened.act(
            "sell", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_serve_again, request, prescription, form, fault)
    return to(f"/ventes/{done.result['sale']}", "deja" if done.repeated else "enregistre")


@get("/vente-directe", opt={"tab": "vente", "level": "write"})
@in_reader
def over_the_counter_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A sale without prescription."""
    with state_of(request).opened.reading() as db:
        return page(request, "sales/direct.html", db, product_options=_on_shelf(db), lines=range(4), form=Form({}))


@post("/vente-directe", opt={"tab": "vente", "level": "write"})
async def over_the_counter(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Sell without prescription: what the shelf lacks is refused with what is left."""
    state, form = state_of(request), await read_form(request)
    lines = []
    for index in form.rows("ligne"):
        product = form.integer(f"ligne-{index}-produit")
        quantity = form.integer(f"ligne-{index}-quantite", low=1, high=100_000)
        if product and quantity:
            lines.append(DispenseLine(product=product, asked=quantity, given=quantity))
        elif product or quantity:
            form.errors[f"ligne-{index}-{'quantite' if product else 'produit'}"] = "À remplir."

    def write(unit: Any) -> dict[str, Any]:
        if form.errors:
            raise Refused("form")
        sale = services.sell(unit, SaleForm(dispense=DispenseForm(place=main_place(unit), lines=tuple(lines))))
        return {"sale": sale.sale}

    try:
        done = await state.opened.act(
            "sell", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_direct_again, request, form, fault)
    return to(f"/ventes/{done.result['sale']}", "deja" if done.repeated else "enregistre")


@get("/ventes/{sale:int}", opt={"tab": "vente", "level": "read"})
@in_reader
def receipt(request: Request[Any, Any, Any], sale: int) -> Response[bytes]:
    """The receipt: lines, exemptions, paid."""
    with state_of(request).opened.reading() as db:
        row = db.one(
            "SELECT s.number, s.occurred_on, s.total_fcfa, s.exempt_fcfa, s.due_fcfa, s.reverses, a.staff, a.at,"
            " (SELECT number FROM sale r WHERE r.reverses = s.id), (SELECT coalesce(sum(amount_fcfa), 0) FROM payment"
            " WHERE sale = s.id) FROM sale s JOIN act a ON a.seq = s.act WHERE s.id = ?",
            (sale,),
        )
        if row is None:
            raise Refused("no-such-sale", sale=sale)
        lines = db.all(
            "SELECT p.name || ' ' || p.strength, l.quantity, l.unit_price_fcfa, l.amount_fcfa, l.exemption, p.base_unit"
            " FROM sale_line l JOIN product p ON p.id = l.product WHERE l.sale = ? ORDER BY l.id",
            (sale,),
        )
        return page(request, "sales/receipt.html", db, sale=sale, row=row, lines=lines)


@post("/ventes/{sale:int}/annuler", opt={"tab": "vente", "level": "write"})
async def take_back(request: Request[Any, Any, Any], sale: int) -> Redirect:
    """Take a sale back, with its movements and its payment, once."""
    form = await read_form(request)
    done = await state_of(request).opened.act(
        "reverse-sale", session_of(request).actor,
        lambda u: {"sale": services.reverse_sale(u, sale, form.raw("raison"))}, key=request_key(form), body=form.plain(),
    )  # fmt: skip
    return to(f"/ventes/{done.result['sale']}", "annule")


def _serve_view(request: Ask, db: Database, prescription: int) -> dict[str, Any]:
    held = prescriptions.get(db, prescription)
    if held is None:
        raise Refused("prescription-not-open", state="none")
    lines = _lines_to_serve(request, db, held)
    due = sum(0 if line.is_free else line.unit_price * line.can_give for line in lines)
    total = sum(line.unit_price * line.can_give for line in lines)
    return {
        "prescription": held, "patient": patients.get(db, held.patient), "lines": lines, "due": due, "total": total,
        "today_date": today_of(request),
    }  # fmt: skip


def _lines_to_serve(request: Ask, db: Database, held: Prescription) -> list[LineToServe]:
    today, place, given = today_of(request), main_place(db), given_by_line(db, held.id)
    found = []
    for line, code, quantity, dosage, _ in held.lines:
        product = catalogue.by_code(db, code)
        left = quantity - given.get(line, 0)
        if product is None or left <= 0:
            continue
        shelf = propose(db, product.id, left, place, today)
        can_give = left - shelf.missing
        form = DispenseForm(
            place=place,
            patient=held.patient,
            lines=(DispenseLine(product=product.id, asked=max(can_give, 1), given=can_give),),
        )
        try:
            price = price_lines(db, form, today)[0]
            unit_price, is_free = price.unit_price_fcfa, price.exemption is not None
        except Refused:
            unit_price, is_free = 0, False
        found.append(
            LineToServe(
                line=line, product=product.id, label=product.label, unit=product.base_unit, asked=left, can_give=can_give,
                takes=shelf.takes, unit_price=unit_price, is_free=is_free, dosage=dosage,
            )
        )  # fmt: skip
    return found


def _asked(db: Database, held: Prescription, form: Form) -> list[DispenseLine]:
    given_before = given_by_line(db, held.id)
    lines = []
    for line, code, quantity, _, _ in held.lines:
        product = catalogue.by_code(db, code)
        left = quantity - given_before.get(line, 0)
        if product is None or left <= 0:
            continue
        given = form.integer(f"donne-{line}", required=True, high=left)
        cause = form.choice(f"cause-{line}", CAUSES, default="stockout")
        if given is None:
            continue
        lines.append(
            DispenseLine(
                product=product.id, asked=left, given=given, prescription_line=line,
                unmet_cause=cause if given < left else None,
            )
        )  # fmt: skip
    return lines


def _serve_again(request: Ask, prescription: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        view = _serve_view(request, db, prescription)
        return refused(request, "sales/serve.html", db, form, None if fault.code == "form" else fault, **view)


def _direct_again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "sales/direct.html", db, form, shown, product_options=_on_shelf(db), lines=range(4))


def _on_shelf(db: Database) -> list[tuple[int, str]]:
    rows = db.all(
        "SELECT p.id, p.name || ' ' || p.strength, sum(b.quantity) FROM balance b JOIN product p ON p.id = b.product"
        " WHERE b.quantity > 0 GROUP BY p.id"
    )
    return [(row[0], f"{row[1]} · {row[2]}") for row in sorted(rows, key=lambda row: fold(row[1]))]


def _latest(db: Database) -> list[tuple[Any, ...]]:
    return db.all(
        "SELECT s.id, s.number, a.at, s.total_fcfa, s.due_fcfa, s.reverses FROM sale s JOIN act a ON a.seq = s.act"
        " ORDER BY s.id DESC LIMIT 8"
    )


HANDLERS = [counter, serve_page, serve, over_the_counter_page, over_the_counter, receipt, take_back]
