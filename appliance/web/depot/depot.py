"""The depot: what lies there, the card of a product with its working, deliveries and losses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.till import repository as till
from appliance.core.errors import Refused
from appliance.core.french import number_fr
from appliance.core.periods import Month
from appliance.stock.cards import StockCard, card_of, stock_card
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.consumption.history import stockout_count
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.stock_sheet import stock_sheet
from appliance.stock.recalls.services import set_lot_status
from appliance.stock.undoing import undo as undo_movement
from appliance.storage import Database, Unit
from appliance.web.charts import Chart, line_chart
from appliance.web.depot.ordering import working_view
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _, labels

CHART_DAYS = 90
SOON_DAYS = 91


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotLine:
    """A product in the depot's list."""

    code: str
    label: str
    unit: str
    usable: int
    cmm: str
    months: str
    band: str
    tag: str
    days_left: int | None
    runs_out_on: date | None
    expiring: int


@get("/depot", opt={"tab": "depot", "level": "read"})
@in_reader
def depot(request: Request[Any, Any, Any], q: str = "", programme: str = "", etat: str = "") -> Response[bytes]:
    """The products that move, the emptiest first; what is searched for also when it never moved."""
    today = today_of(request)
    with state_of(request).opened.reading() as db:
        moved = ledger.moved(db)
        products = [p for p in catalogue.listed(db, q, programme) if q or p.id in moved]
        cards = sorted((card_of(db, p, today) for p in products), key=_urgency)
        soon = {c.product.code for c in cards if c.expiring(SOON_DAYS)}
        counts = {name: sum(1 for c in cards if c.band.value == name) for name in _ORDER} | {"peremption": len(soon)}
        shown = [
            c for c in cards if not etat or c.band.value == etat or (etat == "peremption" and c.product.code in soon)
        ]
        return page(
            request, "depot/list.html", db, lines=[_line(c) for c in shown], q=q, programme=programme, etat=etat,
            programme_options=[(p, p) for p in catalogue.programmes(db)], counts={k: v for k, v in counts.items() if v or k == etat},
        )  # fmt: skip


@get("/depot/produits/{code:str}", opt={"tab": "depot", "level": "read"})
@in_reader
def card(request: Request[Any, Any, Any], code: str, avant: int | None = None) -> Response[bytes]:
    """The stock card: figures that open, the curve, the movements."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/card.html", db, **_card_view(request, db, code, avant))


@get("/depot/produits/{code:str}/fiche", opt={"tab": "depot", "level": "read"})
@in_reader
def paper_card(request: Request[Any, Any, Any], code: str, mois: str = "", lot: int | None = None) -> Response[bytes]:
    """A month of the paper fiche de stock, of all lots or of one, to print and to sign."""
    today = today_of(request)
    with state_of(request).opened.reading() as db:
        held = stock_card(db, code, today)
        try:
            month = min(Month.parse(mois), Month.of(today)) if mois else Month.of(today)
        except Refused:
            month = Month.of(today)
        known = {one.lot: one for one in held.lots}
        sheet = stock_sheet(db, held.product.id, month, lot if lot in known else None)
        return page(
            request, "depot/paper.html", db, card=held, line=_line(held), sheet=sheet, kinds=labels.MOVEMENTS,
            lot=known.get(lot) if lot else None, before=month.plus(-1), after=month.plus(1) if month < Month.of(today) else None,
            empty_days=stockout_count(db, held.product.id, month, today),
        )  # fmt: skip


@get("/depot/produits/{code:str}/calcul", opt={"tab": "depot", "level": "read"})
@in_reader
def working(request: Request[Any, Any, Any], code: str) -> Response[bytes]:
    """How the CMM and the proposed order were computed, step by step."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/working.html", db, **working_view(db, request, code))


@post("/depot/mouvements/{movement:int}/annuler", opt={"tab": "depot", "level": "write"})
async def undo(request: Request[Any, Any, Any], movement: int) -> Response[bytes] | Redirect:
    """Undo one movement by its opposite, once, with a reason."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        undo_movement(unit, movement, form.raw("raison"))
        return {}

    return await _on_card(request, "reverse-movement", form.raw("produit"), form, write, "annule")


@post("/depot/lots/{lot:int}/etat", opt={"tab": "depot", "level": "write"})
async def freeze(request: Request[Any, Any, Any], lot: int) -> Response[bytes] | Redirect:
    """Quarantine a lot, or release it, on every tablet at once."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        set_lot_status(unit, lot, form.raw("etat"), form.raw("raison"))
        return {}

    return await _on_card(request, "lot-status", form.raw("produit"), form, write, "enregistre")


async def _on_card(
    request: Ask, kind: str, code: str, form: Form, write: Callable[[Unit], dict[str, Any]], said: str
) -> Response[bytes] | Redirect:
    """Act on a stock card; refused, the card again with what was typed and what to do."""
    state = state_of(request)
    try:
        await state.opened.act(kind, session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        if fault.code.startswith("no-such"):
            raise
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                return refused(request, "depot/card.html", db, form, shown, **_card_view(request, db, code, None))

        return await asyncio.to_thread(again)
    return to(f"/depot/produits/{code}", said)


_ORDER = ["rupture", "urgence", "sous-stock", "inconnu", "adéquat", "surstock", "dormant"]


def _urgency(card_: StockCard) -> tuple[int, Fraction, str]:
    """The emptiest first: by band, then by how long it lasts."""
    return _ORDER.index(card_.band.value), card_.months or Fraction(0), card_.product.label


def _card_view(request: Ask, db: Database, code: str, before: int | None, limit: int = 25) -> dict[str, Any]:
    today = today_of(request)
    held = stock_card(db, code, today)
    moves = ledger.card(db, held.product.id, limit=limit, before=before)
    return {
        "card": held, "line": _line(held), "moves": moves, "chart": _chart(db, held, today), "kinds": labels.MOVEMENTS,
        "sales": till.by_dispense(db, [m.dispense for m in moves if m.dispense]), "more": moves[-1].id if len(moves) == limit else None, "soon": SOON_DAYS,
    }  # fmt: skip


def _line(card_: StockCard) -> DepotLine:
    cmm, months = card_.consumption.cmm, card_.months
    return DepotLine(
        code=card_.product.code, label=card_.product.label, unit=card_.product.base_unit, usable=card_.usable,
        cmm=_("inconnue") if cmm is None else number_fr(cmm),
        months="" if months is None else f"{float(months):.1f}".replace(".", ","), band=card_.band.value,
        tag=labels.BAND_TAGS[card_.band.value], days_left=card_.days_left, runs_out_on=card_.runs_out_on,
        expiring=card_.expiring(SOON_DAYS),
    )  # fmt: skip


def _chart(db: Database, card_: StockCard, today: date) -> Chart:
    points = ledger.daily_balance(db, card_.product.id, today - timedelta(days=CHART_DAYS), today)
    cmm = card_.consumption.cmm
    minimum = int(cmm * card_.limits.minimum) if cmm else None
    return line_chart(points, minimum)


HANDLERS = [depot, card, paper_card, working, undo, freeze]
