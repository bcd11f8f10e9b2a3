"""A movement by hand, on one screen: why, which lots, how much, where, when, and the evidence that the reason asks for."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue.repository import Product
from appliance.stock.kits.services import kits, parts, unpack
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.events import GIVEN, TEXT_MAX, EventLine, Paper, record
from appliance.stock.ledger.fefo import LotOnShelf
from appliance.stock.ledger.journal import counterparts
from appliance.stock.ledger.model import EFFECTS, MovementKind
from appliance.stock.ledger.reasons import Reason, default_reasons
from appliance.stock.ledger.services import BACKDATE_DAYS_MAX
from appliance.stock.loans import repository as owed
from appliance.stock.loans import services as lending
from appliance.stock.places.repository import Place, places
from appliance.stock.transfers.services import to_fill, transfer
from appliance.storage import Database, Unit
from appliance.web.depot.lot_lines import lots_in, product_in, units_in
from appliance.web.depot.product_choice import choices, keep_lines
from appliance.web.forms import Form
from appliance.web.pages import Ask, fragment, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _, labels

PATH = "/depot/mouvements"
FORM = f"{PATH}/nouveau"
LOAN_RETURNS = {"lent": "lent_returned", "borrowed": "borrowed_returned"}
_TYPED = re.compile("lot-[0-9]+-[a-z]+|le|lieu|vers|autre|retour|piece|temoin|note")
"""What the form keeps, unseen, while the question why is asked again."""
FIELDS = {"counterpart": "autre", "document_number": "piece", "witness": "temoin", "note": "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the form. `lots` are those that lie at the place (none for what comes in); `parts` those of a kit."""

    row: int
    product: Product
    lots: tuple[LotOnShelf, ...]
    units: int | None
    held: int
    parts: tuple[str, ...]


@get(FORM, opt={"tab": "depot", "level": "write"})
@in_reader
def movement_page(
    request: Request[Any, Any, Any],
    quoi: str = "",
    motif: str = "",
    produit: str = "",
    de: str = "",
    vers: str = "",
    pret: str = "",
    autre: str = "",
) -> Response[bytes]:
    """A movement to enter; coming from a place, a loan or a product, what is known of it stands there already."""
    form = Form(
        {"choisit": [quoi], "motif": [motif], "lieu": [de], "vers": [vers], "pret": [pret], "autre": [autre[:80]]}
    )
    with state_of(request).opened.reading() as db:
        if produit:
            form.typed["ajoute"] = [produit]
            keep_lines(db, form, "lot", {})
        _prefill(db, form, today_of(request))
        return page(request, "depot/movement.html", db, **_view(request, db, form), form=form)


@get(f"{PATH}/produits", opt={"tab": "depot", "level": "write"})
@in_reader
def product_list(request: Request[Any, Any, Any], cherche: str = "") -> Response[bytes]:
    """The products that fit what is typed, as buttons that add a line."""
    with state_of(request).opened.reading() as db:
        found = choices(db, cherche, today_of(request))
        return fragment(request, "parts/product_buttons.html", found=found, cherche=cherche, path=f"{PATH}/lignes")


@post(f"{PATH}/lignes", opt={"tab": "depot", "level": "write"}, status_code=200)
async def lines(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same form for another reason or place, the next step of the question why, or with a line more or less. Nothing is written."""
    form = await read_form(request)

    def shown() -> Response[bytes]:
        with state_of(request).opened.reading() as db:
            keep_lines(db, form, "lot", {})
            view = _view(request, db, form)
            return page(request, "depot/movement.html", db, **view, form=form, request_key=form.raw("request_key"))

    return await asyncio.to_thread(shown)


@post(PATH, opt={"tab": "depot", "level": "write"})
async def move(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Write the movement, whole or not at all, and show its paper."""
    state, form = state_of(request), await read_form(request)
    on = form.day("le") or today_of(request)

    def write(unit: Unit) -> dict[str, Any]:
        reason = _reason(unit, form)
        if reason is None:
            form.errors["motif"] = _("Choisissez pourquoi.")
            raise Refused("form")
        _dated(unit, form, on)
        return {"event": _write(unit, form, reason, on)}

    try:
        done = await state.opened.act(
            "move", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to(f"/depot/pieces/{done.result['event']}", "deja" if done.repeated else "enregistre")


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    if fault.code == "evidence":
        form.errors[FIELDS[str(fault.params["field"])]] = _("À remplir.")
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/movement.html", db, form, shown, **_view(request, db, form))


def _write(unit: Unit, form: Form, reason: Reason, on: date) -> int:
    """Write what the form says by the service of its reason; returns the event's id."""
    end = form.integer("vers") if reason.kind is MovementKind.TRANSFER_OUT else None
    paper = Paper(
        reason=reason.code, place=_place(unit, form).id, occurred_on=on, to_place=end,
        **{name: form.text(field, limit=TEXT_MAX[name]) or "" for name, field in FIELDS.items()},
    )  # fmt: skip
    due_on, loan = form.day("retour"), form.integer("pret")
    comes_in = EFFECTS[reason.kind].sign > 0 or reason.sign > 0
    incoming = lots_in(unit, form, on) if comes_in else []
    given = [] if comes_in else _given(unit, form, reason, paper.place)
    if not incoming and not given:
        form.errors.setdefault("cherche", _("Choisissez au moins un produit."))
    for name in ("counterpart", "document", "witness", "text"):
        field = FIELDS[{"document": "document_number", "text": "note"}.get(name, name)]
        if name in reason.evidence and not form.raw(field):
            form.errors[field] = _("À remplir.")
    if form.errors:
        raise Refused("form")
    if loan is not None and reason.code in LOAN_RETURNS.values():
        return (
            lending.take_back(unit, loan, paper, incoming) if comes_in else lending.give_back(unit, loan, paper, given)
        )
    if reason.code == "lent":
        return owed.loan(unit, lending.lend(unit, paper, given, due_on)).event
    if reason.code == "borrowed":
        return owed.loan(unit, lending.borrow(unit, paper, incoming, due_on)).event
    if reason.kind is MovementKind.TRANSFER_OUT:
        return transfer(unit, paper, given)
    if reason.kind is MovementKind.KIT_OUT:
        if len(given) != 1:
            raise Refused("kit-empty")
        return unpack(unit, paper, given[0].lot, given[0].quantity)
    return record(unit, paper, given, incoming)


def _given(unit: Unit, form: Form, reason: Reason, place: int) -> list[EventLine]:
    """The lots that go out, each with what the place still has of it."""
    found: dict[int, int] = {}
    for row in form.rows("lot"):
        product, lot = product_in(unit, form, row), form.integer(f"lot-{row}-lot")
        if product is None:
            form.errors[f"lot-{row}-produit"] = _("Choisissez le produit dans la liste.")
            continue
        units = units_in(form, row, product)
        held = {one.lot: one.quantity for one in ledger.on_shelf(unit, product.id, place)}
        more = reason.sign == 0 and EFFECTS[reason.kind].sign == 0 and form.raw(f"lot-{row}-sens") == "plus"
        if lot not in held:
            form.errors[f"lot-{row}-lot"] = _("Ce lot n'est plus ici.")
        elif units is None:
            form.errors.setdefault(f"lot-{row}-quantite", _("À remplir : unités, ou boîtes."))
        elif not more and found.get(lot, 0) + units > held[lot]:
            form.errors[f"lot-{row}-quantite"] = _("Il n'y en a que %(n)s ici.") % {"n": held[lot]}
        else:
            either = reason.sign == 0 and EFFECTS[reason.kind].sign == 0
            found[lot] = found.get(lot, 0) + (-units if either and not more else units)
    return [EventLine(lot=lot, quantity=quantity) for lot, quantity in found.items() if quantity]


def _dated(unit: Unit, form: Form, on: date) -> None:
    if on > unit.today:
        form.errors["le"] = _("La date est dans l'avenir.")
    elif (unit.today - on).days > BACKDATE_DAYS_MAX:
        form.errors["le"] = _("Trop ancien : %(n)d jours au plus.") % {"n": BACKDATE_DAYS_MAX}
    elif ledger.is_closed(unit, on):
        form.errors["le"] = _("Ce mois est clôturé : datez le mouvement dans le mois ouvert.")


def _reason(db: Database, form: Form) -> Reason | None:
    """The reason chosen; of a loan that is settled, the one that its direction makes."""
    loan = form.raw("pret")
    if loan.isdecimal() and len(loan) < 10:
        return default_reasons()[LOAN_RETURNS[owed.loan(db, int(loan)).direction]]
    code = form.raw("choisit") or form.raw("motif")
    alone = labels.REASON_GROUPS.get(code, ())
    if len(alone) == 1:
        code = alone[0]
    return default_reasons()[code] if code in labels.REASONS and code not in LOAN_RETURNS.values() else None


def _group(form: Form, reason: Reason | None) -> str:
    """What happened: the group tapped, or that of the reason; empty while nothing was said."""
    for group, codes in labels.REASON_GROUPS.items():
        if form.raw("choisit") == group or (reason and reason.code in codes):
            return group
    return ""


def _place(db: Database, form: Form) -> Place:
    held = places(db)
    chosen = form.raw("lieu")
    return next((one for one in held if str(one.id) == chosen), held[0])


def _prefill(db: Database, form: Form, today: date) -> None:
    """The lines that are known already: what a place lacks of its levels, what is due of a loan."""
    row = 0
    loan, end = form.raw("pret"), form.raw("vers")
    if loan.isdecimal() and len(loan) < 10:
        for line in owed.loan(db, int(loan)).lines:
            if line.due:
                form.typed |= {f"lot-{row}-produit": [str(line.product)], f"lot-{row}-quantite": [str(line.due)]}
                row += 1
    elif form.raw("motif") == "resupply" and end.isdecimal() and len(end) < 10 and not form.rows("lot"):
        for level, takes in to_fill(db, _place(db, form).id, int(end), today):
            for take in takes:
                form.typed |= {
                    f"lot-{row}-produit": [str(level.product)], f"lot-{row}-lot": [str(take.lot)],
                    f"lot-{row}-quantite": [str(take.quantity)],
                }  # fmt: skip
                row += 1


def _view(request: Ask, db: Database, form: Form) -> dict[str, Any]:
    reason, today, cherche = _reason(db, form), today_of(request), form.raw("cherche")
    here = _place(db, form)
    comes_in = reason is not None and (EFFECTS[reason.kind].sign > 0 or reason.sign > 0)
    shown = [line for row in form.rows("lot") if (line := _line(db, form, row, here, reason, today))]
    found = choices(db, cherche, today) if cherche else []
    if reason and reason.kind is MovementKind.KIT_OUT:
        known = kits(db)
        found = [one for one in found if one.id in known]
    return {
        "reason": reason, "groups": labels.REASON_GROUPS, "group": _group(form, reason),
        "kept": [] if reason else [(n, v) for n, v in ((n, form.raw(n)) for n in form.typed) if v and _TYPED.fullmatch(n)], "lines": shown, "cherche": cherche, "found": found,
        "path": f"{PATH}/lignes", "places": [(one.id, one.name) for one in places(db)], "here": here, "comes_in": comes_in,
        "either": reason is not None and reason.sign == 0 and EFFECTS[reason.kind].sign == 0,
        "is_transfer": reason is not None and reason.kind is MovementKind.TRANSFER_OUT,
        "is_loan": reason is not None and reason.code in ("lent", "borrowed"),
        "loan": owed.loan(db, int(form.raw("pret"))) if form.raw("pret").isdecimal() and len(form.raw("pret")) < 10 else None,
        "neighbours": counterparts(db),
    }  # fmt: skip


def _line(db: Database, form: Form, row: int, here: Place, reason: Reason | None, today: date) -> Line | None:
    product = product_in(db, form, row)
    if product is None:
        return None
    shelf = sorted(ledger.on_shelf(db, product.id, here.id), key=lambda lot: (lot.expires_on, lot.lot))
    if reason and (reason.kind in GIVEN or reason.kind is MovementKind.KIT_OUT):
        shelf = [lot for lot in shelf if lot.is_usable and lot.expires_on >= today]
    inside = parts(db, product.id) if reason and reason.kind is MovementKind.KIT_OUT else []
    return Line(
        row=row, product=product, lots=tuple(shelf), units=units_in(Form(form.typed), row, product),
        held=sum(lot.quantity for lot in shelf), parts=tuple(f"{part.quantity} × {part.label}" for part in inside),
    )  # fmt: skip


HANDLERS = [movement_page, product_list, lines, move]
