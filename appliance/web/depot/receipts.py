"""A delivery, with or without an order: counted lot by lot, kept while one counts, signed by three, then on the shelf."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.core.french import time_fr
from appliance.records.facility.services import facility
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.services import BACKDATE_DAYS_MAX
from appliance.stock.orders import repository as orders
from appliance.stock.reception import drafts
from appliance.stock.reception import repository as receptions
from appliance.stock.reception.model import ReceptionForm
from appliance.stock.reception.reasons import refusals, states
from appliance.stock.reception.services import sign
from appliance.storage import Database, Unit
from appliance.web.depot.delivery_codes import keep_packs, take_code
from appliance.web.depot.product_choice import choices, keep_lines
from appliance.web.depot.reception_form import counted_lines, expected, lines_of, names, unrecognised
from appliance.web.depot.scanning import raw_code
from appliance.web.forms import Form
from appliance.web.pages import Ask, fragment, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _
from appliance.web.words.refusals import sentence

PATH = "/depot/reception"
TEMPLATE = "depot/receipt.html"
SUBJECT = re.compile(r"(order|shipment)-[0-9]{1,11}|loose-[0-9a-f]{8}")
SIGNERS = ("dtc", "gerant", "asaco")


@get(PATH, opt={"tab": "depot", "level": "write"})
@in_reader
def receipt_page(
    request: Request[Any, Any, Any],
    produit: str = "",
    commande: int | None = None,
    bordereau: int | None = None,
    brouillon: str = "",
) -> Response[bytes] | Redirect:
    """A delivery to count: what an order awaits or a note announces stands there; what was begun is taken up.

    A note that another tablet has signed for meanwhile leads to its procès-verbal: nobody counts the same boxes twice.
    """
    with state_of(request).opened.reading() as db:
        if bordereau is not None and (signed := receptions.shipment(db, bordereau).proof) is not None:
            return to(f"/depot/receptions/{signed}")
        form = _begun(request, db, commande, bordereau, brouillon)
        known = catalogue.by_code(db, produit) if produit else None
        if known:
            form.typed["ajoute"] = [str(known.id)]
            keep_lines(db, form, "lot", {})
        return page(request, TEMPLATE, db, **_view(request, db, form), form=form)


@get(f"{PATH}/produits", opt={"tab": "depot", "level": "write"})
@in_reader
def product_list(request: Request[Any, Any, Any], cherche: str = "") -> Response[bytes]:
    """The products of the catalogue that fit what is typed, as buttons that add a lot."""
    with state_of(request).opened.reading() as db:
        found = choices(db, cherche, today_of(request))
        return fragment(request, "parts/product_buttons.html", found=found, cherche=cherche, path=f"{PATH}/lignes")


@post(f"{PATH}/lignes", opt={"tab": "depot", "level": "write"}, status_code=200)
async def lines(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same delivery with a lot more or less, and its quantities worked out. Nothing is written."""
    form = await read_form(request)
    code = await raw_code(request, form)

    def shown() -> Response[bytes]:
        with state_of(request).opened.reading() as db:
            keep_lines(db, form, "lot", {})
            # A code that was read before its product was known waits for the product in its field.
            said = take_code(db, form, code, today_of(request)) if form.raw("ajoute") and code.strip() else []
            view = _view(request, db, form) | {"scan_said": said}
            return page(request, TEMPLATE, db, **view, form=form, request_key=form.raw("request_key"))

    return await asyncio.to_thread(shown)


@post(f"{PATH}/code", opt={"tab": "depot", "level": "write"}, status_code=200)
async def code_read(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same delivery with what the code of a box carries filled in. Nothing is written, nothing typed is changed."""
    form = await read_form(request)
    code = await raw_code(request, form)

    def shown() -> Response[bytes]:
        with state_of(request).opened.reading() as db:
            said = take_code(db, form, code, today_of(request))
            view = _view(request, db, form) | {"scan_said": said}
            return page(request, TEMPLATE, db, **view, form=form, request_key=form.raw("request_key"))

    return await asyncio.to_thread(shown)


@post(f"{PATH}/brouillon", opt={"tab": "depot", "level": "write"})
async def save_draft(request: Request[Any, Any, Any]) -> Response[str]:
    """Keep what is counted so far, while typing; answers the line that the page shows, and the new version in a header."""
    form = await read_form(request)
    try:
        version = await _save(request, form)
    except Refused as fault:
        return Response(sentence(fault), status_code=409, media_type="text/plain; charset=utf-8")
    said = _("Comptage gardé à %(time)s") % {"time": time_fr(state_of(request).opened.clock.now().ms)}
    headers = {"X-Draft-Version": str(version)}
    return Response(said, media_type="text/plain; charset=utf-8", headers=headers)


@post(f"{PATH}/garder", opt={"tab": "depot", "level": "write"})
async def keep(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Keep what is counted so far and leave it: any tablet goes on."""
    form = await read_form(request)
    try:
        await _save(request, form)
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/depot/commandes", "enregistre")


@post(f"{PATH}/jeter", opt={"tab": "depot", "level": "write"})
async def throw_away(request: Request[Any, Any, Any]) -> Redirect:
    """Throw away what was counted and not signed."""
    form = await read_form(request)

    def drop(unit: Unit) -> dict[str, Any]:
        drafts.drop(unit, form.raw("sujet"))
        return {}

    await state_of(request).opened.act("drop-reception-draft", session_of(request).actor, drop)
    return to("/depot/commandes", "annule")


@post(PATH, opt={"tab": "depot", "level": "write"})
async def receive(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Sign the delivery, whole or not at all."""
    state, form = state_of(request), await read_form(request)
    today = today_of(request)
    on = form.day("le") or today
    if on > today:
        form.errors["le"] = _("La date est dans l'avenir.")
    elif (today - on).days > BACKDATE_DAYS_MAX:
        form.errors["le"] = _("Trop ancien : %(n)d jours au plus.") % {"n": BACKDATE_DAYS_MAX}
    who = {name: form.text(name, required=True, limit=80) or "" for name in SIGNERS}

    def write(unit: Unit) -> dict[str, Any]:
        if ledger.is_closed(unit, on):
            form.errors["le"] = _("Ce mois est clôturé : datez l'entrée dans le mois ouvert.")
        counted = counted_lines(unit, form, on)
        if form.errors:
            raise Refused("form")
        keep_packs(unit, form)
        signed = ReceptionForm(
            supplier=form.raw("fournisseur"), slip=form.raw("numero"), lines=tuple(counted), head_name=who["dtc"],
            keeper_name=who["gerant"], asaco_name=who["asaco"], received_on=on, order=form.integer("commande"),
            shipment=form.integer("bordereau"), carrier=form.raw("transporteur"), reserves=form.text("reserves"),
            funder=form.text("bailleur", limit=80),
        )  # fmt: skip
        proof = sign(unit, signed)
        drafts.drop(unit, form.raw("sujet"))
        return {"proof": proof}

    try:
        done = await state.opened.act(
            "sign-reception", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    state.on_outbox()
    return to(f"/depot/receptions/{done.result['proof']}", "deja" if done.repeated else "recu")


async def _save(request: Ask, form: Form) -> int:
    """Keep the draft; returns its new version. Raises `Refused`: "form" for a subject that is none, and those of drafts."""
    subject, version = form.raw("sujet"), form.integer("draft_version") or 0
    if not SUBJECT.fullmatch(subject):
        raise Refused("form")

    def write(unit: Unit) -> dict[str, Any]:
        return {"version": drafts.save(unit, subject, form.plain(), version)}

    done = await state_of(request).opened.act("reception-draft", session_of(request).actor, write)
    return int(done.result["version"])


def _begun(request: Ask, db: Database, order: int | None, shipment: int | None, subject: str) -> Form:
    """The draft of this delivery, or its empty form."""
    kind, _dash, key = subject.partition("-")
    if kind == "order" and key.isdecimal() and len(key) < 12:
        order = int(key)
    if kind == "shipment" and key.isdecimal() and len(key) < 12:
        shipment = int(key)
    fresh = f"shipment-{shipment}" if shipment is not None else f"order-{order}" if order is not None else ""
    subject = fresh or (subject if SUBJECT.fullmatch(subject) else f"loose-{secrets.token_hex(4)}")
    if draft := drafts.draft(db, subject):
        return Form({**draft.fields, "sujet": [subject], "draft_version": [str(draft.version)], "repris": [draft.by]})
    form = Form(expected(db, order, shipment))
    if shipment is not None and order is None:
        order = receptions.shipment(db, shipment).order
    form.typed |= {"sujet": [subject], "draft_version": ["0"]}
    form.typed |= {name: [value] for name, value in names(db, session_of(request).name, today_of(request)).items()}
    form.typed |= {"commande": [str(order)]} if order is not None else {}
    form.typed |= {"bordereau": [str(shipment)]} if shipment is not None else {}
    return form


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, TEMPLATE, db, form, shown, **_view(request, db, form))


def _view(request: Ask, db: Database, form: Form) -> dict[str, Any]:
    held, cherche, today = facility(db), form.raw("cherche"), today_of(request)
    order, shipment = form.integer("commande"), form.integer("bordereau")
    return {
        "lines": lines_of(db, form, today), "supplier": held.supplier if held else "DRC", "cherche": cherche,
        "path": f"{PATH}/lignes", "found": choices(db, cherche, today) if cherche else [],
        "scan_action": f"{PATH}/code", "scan_target": "#lots", "scan_said": [], "order": orders.order(db, order) if order else None,
        "unknown": unrecognised(db, shipment), "states": states().items(), "refusals": refusals().items(),
    }  # fmt: skip


HANDLERS = [receipt_page, product_list, lines, code_read, save_draft, keep, throw_away, receive]
