"""The cashier's post: sales to be paid, receipts, the day's takings; and taking a sale back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.sales import prints, services
from appliance.billing.sales.returning import return_part
from appliance.billing.sales.rounding import payable
from appliance.billing.till import drawers, repository
from appliance.billing.till.coins import operators
from appliance.billing.till.services import pay
from appliance.core.errors import Refused
from appliance.core.periods import parse_date
from appliance.core.printing.child import drawn_by_child
from appliance.records.care import visits
from appliance.records.care.model import Station
from appliance.records.facility.services import facility
from appliance.records.patients import repository as patients
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, sees, session_of, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.sales.receipt_view import paid_by, paper_of, parts, sold_lines
from appliance.web.security import act_key, read_form
from appliance.web.words import labels
from appliance.web.writing import shown, stop_on_errors, written

OWED_DAYS = 31
PAGE = "sales/receipt.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTakings:
    """What one person took on a day, by means and together, in FCFA."""

    name: str
    by_means: dict[str, int]
    count: int

    @property
    def total(self) -> int:
        """All means together."""
        return sum(self.by_means.values())


@get("/caisse", opt={"tab": "caisse", "level": "read"})
@in_reader
def post_page(request: Request[Any, Any, Any], jour: str = "") -> Response[bytes]:
    """What waits to be paid, and what was taken on a day."""
    today = today_of(request)
    day = min(parse_date(jour), today) if jour else today
    with state_of(request).opened.reading() as db:
        owed = repository.owed(db, today - timedelta(days=OWED_DAYS))
        total, exempt, due = repository.day_totals(db, day)
        mine = drawers.open_of(db, session_of(request).staff)
        return page(
            request, "sales/till.html", db, owed=owed, names=_names(db, owed) if _may_see_names(request, db) else {},
            day=day, before=day - timedelta(days=1), after=day + timedelta(days=1) if day < today else None,
            takings=_takings(db, day), total=total, exempt=exempt, due=due, means=labels.MEANS, mine=mine,
            # Whoever keeps an open drawer counts it without having read what must lie in it.
            is_blind=mine is not None and not sees(request, db, "comptes"), closed=drawers.closed_drawers(db, 8),
            keepers={d.session: staff.name_of(db, d.staff) for d in drawers.closed_drawers(db, 8)},
            others=[
                (d, staff.name_of(db, d.staff)) for d in drawers.open_drawers(db) if d.staff != session_of(request).staff
            ],
        )  # fmt: skip


@get("/ventes/{sale:int}", opt={"tab": "vente", "level": "read"})
@in_reader
def receipt(request: Request[Any, Any, Any], sale: int) -> Response[bytes]:
    """The receipt: lines, what is free and why, what is paid and what is left."""
    return shown(request, PAGE, lambda ask, db: _receipt_view(ask, db, sale))


@post("/ventes/{sale:int}/imprimer", opt={"tab": "vente", "level": "read"}, status_code=200)
async def print_out(request: Request[Any, Any, Any], sale: int) -> Response[bytes]:
    """Print the receipt, from the screen or as a PDF on A5 or a roll. Each printing is kept; the first is the original."""
    form, session = await read_form(request), session_of(request)
    paper = form.raw("papier")

    def write(unit: Unit) -> dict[str, Any]:
        rights = staff.rights(unit)
        sells = any(rights.may(tab, "write", session.roles, session.staff) for tab in ("vente", "caisse"))
        return {"is_copy": prints.print_receipt(unit, sale, paper, may_be_original=sells)}

    done = await state_of(request).opened.act(
        "print-receipt", session.actor, write, key=act_key(request, form), body=form.plain()
    )
    # The same sending again, as a page that is loaded again does, would be a second original.
    is_copy = done.repeated or done.result["is_copy"]

    def described() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return paper_of(request, db, _receipt_view(request, db, sale), paper, is_copy=is_copy)

    def printed(ask: Ask, db: Database) -> dict[str, Any]:
        return _receipt_view(ask, db, sale) | {"is_copy": is_copy, "prints_now": True}

    if paper == prints.PAGE:
        return await asyncio.to_thread(shown, request, PAGE, printed)
    content = await drawn_by_child("appliance.core.printing.slip", await asyncio.to_thread(described))
    headers = {"Content-Disposition": f"inline; filename=recu-{sale}.pdf"}
    return Response(content, media_type="application/pdf", headers=headers)


@post("/caisse/ventes/{sale:int}", opt={"tab": "caisse", "level": "write"})
async def take_payment(request: Request[Any, Any, Any], sale: int) -> Response[bytes] | Redirect:
    """Take what is left to be paid of a sale, or a part of it."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        amount = form.integer("montant", required=True, low=1, high=100_000_000)
        if amount is None:
            return {}
        pay(
            unit, sale, amount, form.raw("moyen") or "cash", operator=form.raw("operateur") or None,
            reference=form.raw("reference") or None,
        )  # fmt: skip
        held = repository.sale(unit, sale)
        visit = visits.get(unit, held.visit) if held and held.visit and not held.left_fcfa else None
        if visit and visit.station is Station.CASHIER:
            visits.move_visit(unit, visit.id, Station.DONE)
        return {}

    return await _of_receipt(request, "pay", sale, write, f"/ventes/{sale}", "paye")


@post("/ventes/{sale:int}/annuler", opt={"tab": "vente", "level": "write"})
async def take_back(request: Request[Any, Any, Any], sale: int) -> Response[bytes] | Redirect:
    """Take a sale back, with its movements and its payments, once."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        return {"sale": services.reverse_sale(unit, sale, form.raw("raison"))}

    return await _of_receipt(request, "reverse-sale", sale, write, "/ventes/{sale}", "annule")


@post("/ventes/{sale:int}/retour", opt={"tab": "vente", "level": "write"})
async def take_part_back(request: Request[Any, Any, Any], sale: int) -> Response[bytes] | Redirect:
    """Take a part of a sale back: the rest stays sold on a new receipt."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        returned = {
            key: count for key, _, sold in sold_lines(unit, sale) if (count := form.integer(f"retour-{key}", high=sold))
        }
        stop_on_errors(form)
        made = return_part(unit, sale, returned, form.raw("raison_retour"))
        return {"sale": made.sale if made else sale}

    return await _of_receipt(request, "return-part", sale, write, "/ventes/{sale}", "enregistre")


async def _of_receipt(
    request: Ask, kind: str, sale: int, write: Callable[[Unit, Form], dict[str, Any]], path: str, said: str
) -> Response[bytes] | Redirect:
    """An act on a sale from the page of its receipt."""
    return await written(request, kind, PAGE, lambda ask, db: _receipt_view(ask, db, sale), write, path, said=said)


def _receipt_view(request: Ask, db: Database, sale: int) -> dict[str, Any]:
    held = repository.sale(db, sale)
    if held is None:
        raise Refused("no-such-sale", sale=sale)
    centre = facility(db)
    other = repository.sale(db, held.reverses or held.reversed_by or 0)
    named = _names(db, [held]) if _may_see_names(request, db) else {}
    return {
        "sale": held, "lines": repository.lines(db, sale), "other": other,
        "patient_name": named.get(held.patient or 0, ""), "served_by": staff.name_of(db, held.staff) if held.staff else "",
        "centre_code": centre.code if centre else "", "means": labels.MEANS, "operators": operators(), "is_copy": prints.is_printed(db, sale), "prints_now": False,
        "parts": parts(db, held), "payable": payable(db, held.left_fcfa, "cash"), "sold": sold_lines(db, sale),
        "paid_by": paid_by(db, sale),
    }  # fmt: skip


def _may_see_names(request: Ask, db: Database) -> bool:
    """The treasurer sees money and no name."""
    session = session_of(request)
    return staff.rights(db).may("patients", "read", session.roles, session.staff)


def _names(db: Database, sales: list[repository.SaleHead]) -> dict[int, str]:
    return {p.id: p.name for p in patients.lines(db, list({s.patient for s in sales if s.patient}))}


def _takings(db: Database, day: Any) -> list[PersonTakings]:
    found: dict[int | None, tuple[dict[str, int], int]] = {}
    for one in repository.takings(db, day):
        means, count = found.get(one.staff, ({}, 0))
        found[one.staff] = ({**means, one.means: one.amount_fcfa}, count + one.count)
    return [
        PersonTakings(name=staff.name_of(db, who) if who else "Appareil", by_means=means, count=count)
        for who, (means, count) in found.items()
    ]


HANDLERS = [post_page, receipt, print_out, take_payment, take_back, take_part_back]
