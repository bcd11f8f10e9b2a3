"""The depot: what lies there, the card of a product with its working, deliveries and losses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.facility.services import facility
from appliance.stock.cards import StockCard, card_of, stock_card
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger import services
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement, ReceivedLot
from appliance.storage import Database
from appliance.web.charts import Chart, line_chart
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import labels

LINES = 6
CHART_DAYS = 90


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


@get("/depot", opt={"tab": "depot", "level": "read"})
@in_reader
def depot(request: Request[Any, Any, Any], q: str = "", programme: str = "") -> Response[bytes]:
    """The products that move, the emptiest first."""
    today = today_of(request)
    with state_of(request).opened.reading() as db:
        moved = {
            row[0]
            for row in db.all("SELECT id FROM product p WHERE EXISTS (SELECT 1 FROM stock_day WHERE product = p.id)")
        }
        products = [p for p in catalogue.listed(db, q, programme) if q or p.id in moved]
        lines = sorted((_line(card_of(db, p, today)) for p in products), key=lambda line: _ORDER.index(line.band))
        return page(request, "depot/list.html", db, lines=lines, q=q, programme=programme)


@get("/depot/produits/{code:str}", opt={"tab": "depot", "level": "read"})
@in_reader
def card(request: Request[Any, Any, Any], code: str, avant: int | None = None) -> Response[bytes]:
    """The stock card: figures that open, the curve, the movements."""
    today = today_of(request)
    with state_of(request).opened.reading() as db:
        held = stock_card(db, code, today)
        moves = ledger.card(db, held.product.id, before=avant)
        return page(
            request, "depot/card.html", db, card=held, line=_line(held), moves=moves, chart=_chart(db, held, today),
            more=moves[-1].id if len(moves) == 25 else None, kinds=labels.MOVEMENTS,
        )  # fmt: skip


@get("/depot/produits/{code:str}/calcul", opt={"tab": "depot", "level": "read"})
@in_reader
def working(request: Request[Any, Any, Any], code: str) -> Response[bytes]:
    """How the CMM and the proposed order were computed, step by step."""
    with state_of(request).opened.reading() as db:
        held = stock_card(db, code, today_of(request))
        return page(request, "depot/working.html", db, card=held, c=held.consumption, p=held.proposal)


@get("/depot/reception", opt={"tab": "depot", "level": "write"})
@in_reader
def receipt_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A delivery to enter, lot by lot."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/receipt.html", db, **_receipt_view(db), form=Form({}))


@post("/depot/reception", opt={"tab": "depot", "level": "write"})
async def receive(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Enter a delivery."""
    state, form = state_of(request), await read_form(request)
    on = form.day("le") or today_of(request)
    lots = _lots(form)
    if form.errors or not lots:
        return await asyncio.to_thread(_receipt_again, request, form, None if form.errors else Refused("receipt-empty"))

    def write(unit: Any) -> dict[str, Any]:
        return {
            "receipt": services.receive(unit, main_place(unit), form.raw("numero"), form.raw("fournisseur"), lots, on)
        }

    try:
        done = await state.opened.act(
            "receive", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_receipt_again, request, form, fault)
    return to("/depot", "deja" if done.repeated else "enregistre")


@post("/depot/produits/{code:str}/perte", opt={"tab": "depot", "level": "write"})
async def lose(request: Request[Any, Any, Any], code: str) -> Redirect:
    """Write off what expired, broke or was stolen, with its reason."""
    form = await read_form(request)
    kind = MovementKind(form.choice("nature", list(labels.LOSSES), default="loss_expiry") or "loss_expiry")
    lot, quantity = form.integer("lot", required=True), form.integer("quantite", required=True, low=1)
    if form.errors or lot is None or quantity is None:
        raise Refused("quantity-sign")

    def write(unit: Any) -> dict[str, Any]:
        product = catalogue.by_code(unit, code)
        if product is None:
            raise Refused("no-such-product", product=code)
        move = Movement(
            kind=kind, product=product.id, lot=lot, place=main_place(unit), quantity=-quantity, occurred_on=unit.today,
            reason=form.raw("raison") or None,
        )  # fmt: skip
        return {"movement": services.write(unit, move)}

    await state_of(request).opened.act(
        "lose", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    return to(f"/depot/produits/{code}", "enregistre")


@post("/depot/mouvements/{movement:int}/annuler", opt={"tab": "depot", "level": "write"})
async def undo(request: Request[Any, Any, Any], movement: int) -> Redirect:
    """Undo one movement by its opposite."""
    form = await read_form(request)
    await state_of(request).opened.act(
        "reverse-movement", session_of(request).actor,
        lambda u: {"movement": services.reverse(u, movement, form.raw("raison"))}, key=request_key(form), body=form.plain(),
    )  # fmt: skip
    return to(f"/depot/produits/{form.raw('produit')}", "annule")


@post("/depot/lots/{lot:int}/etat", opt={"tab": "depot", "level": "write"})
async def freeze(request: Request[Any, Any, Any], lot: int) -> Redirect:
    """Quarantine a lot, or release it, on every tablet at once."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        services.set_lot_status(unit, lot, form.raw("etat"), form.raw("raison"))
        return {}

    await state_of(request).opened.act(
        "lot-status", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    return to(f"/depot/produits/{form.raw('produit')}", "enregistre")


def main_place(db: Database) -> int:
    """The place from which medicines are handed over; raises `Refused("facility-missing")` before the set-up."""
    found = db.value("SELECT id FROM place WHERE is_active = 1 ORDER BY id LIMIT 1")
    if found is None:
        raise Refused("facility-missing")
    return int(found)


_ORDER = ["rupture", "urgence", "sous-stock", "inconnu", "adéquat", "surstock", "dormant"]


def _line(card_: StockCard) -> DepotLine:
    cmm, months = card_.consumption.cmm, card_.months
    return DepotLine(
        code=card_.product.code, label=card_.product.label, unit=card_.product.base_unit, usable=card_.usable,
        cmm="inconnue" if cmm is None else str(int(cmm + Fraction(1, 2))),
        months="" if months is None else f"{float(months):.1f}".replace(".", ","), band=card_.band.value,
        tag=labels.BAND_TAGS[card_.band.value],
    )  # fmt: skip


def _chart(db: Database, card_: StockCard, today: date) -> Chart:
    points = ledger.daily_balance(db, card_.product.id, today - timedelta(days=CHART_DAYS), today)
    cmm = card_.consumption.cmm
    minimum = int(cmm * card_.limits.minimum) if cmm else None
    return line_chart(points, minimum)


def _receipt_view(db: Database) -> dict[str, Any]:
    held = facility(db)
    options = [(p.id, f"{p.label} ({p.base_unit})") for p in catalogue.listed(db, limit=400)]
    return {
        "product_options": options,
        "lines": range(LINES),
        "supplier": held.supplier if held else "DRC",
    }


def _receipt_again(request: Ask, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "depot/receipt.html", db, form, fault, **_receipt_view(db))


def _lots(form: Form) -> list[ReceivedLot]:
    found = []
    for index in form.rows("lot"):
        product = form.integer(f"lot-{index}-produit")
        quantity = form.integer(f"lot-{index}-quantite", low=1, high=10_000_000)
        if product is None and quantity is None:
            continue
        expiry = _expiry(form, f"lot-{index}-peremption")
        if product is None or quantity is None or expiry is None:
            for name, value in (("produit", product), ("quantite", quantity), ("peremption", expiry)):
                if value is None:
                    form.errors.setdefault(f"lot-{index}-{name}", "À remplir.")
            continue
        found.append(
            ReceivedLot(
                product=product, lot_number=form.raw(f"lot-{index}-numero") or "INCONNU", expires_year=expiry[0],
                expires_month=expiry[1], expires_day=expiry[2], quantity=quantity,
                unit_cost_fcfa=form.integer(f"lot-{index}-cout"),
            )
        )  # fmt: skip
    return found


def _expiry(form: Form, name: str) -> tuple[int, int, int | None] | None:
    """As printed on a box: 03/2027 (usable to the month's end) or 15/03/2027."""
    parts = [p for p in form.raw(name).replace("-", "/").replace(".", "/").split("/") if p]
    if not parts:
        return None
    numbers = [int(p) for p in parts if p.isdigit()]
    if len(numbers) == len(parts) and len(numbers) in (2, 3):
        numbers = numbers[::-1] if numbers[-1] > 1000 else numbers
        year, month, day = numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else None
        if 2000 <= year <= 2100 and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            return year, month, day
    form.errors[name] = "Écrivez mois/année, par exemple 03/2027."
    return None


HANDLERS = [depot, card, working, receipt_page, receive, lose, undo, freeze]
