"""Delivery notes: one copied from the paper that came with the driver or the telephone, and one to look at before counting."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import AnnouncedLine, Announcement
from appliance.stock.orders.shipments import shipment_announced
from appliance.stock.reception import repository
from appliance.storage import Database, Unit
from appliance.web.depot.reception_form import expiry_of
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _

PATH = "/depot/livraisons"
PACKS_MAX = 1_000_000


@get(f"{PATH}/{{shipment:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def shipment_page(request: Request[Any, Any, Any], shipment: int) -> Response[bytes]:
    """What a delivery note announces."""
    with state_of(request).opened.reading() as db:
        held = repository.shipment(db, shipment)
        return page(
            request, "depot/orders/shipment.html", db, shipment=held, lines=repository.shipment_lines(db, shipment),
            order=orders.order(db, held.order) if held.order else None,
        )  # fmt: skip


@get(f"{PATH}/nouveau/{{order:int}}", opt={"tab": "depot", "level": "write"})
@in_reader
def note_page(request: Request[Any, Any, Any], order: int) -> Response[bytes]:
    """A delivery note to copy from paper, for an order."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/orders/note.html", db, **_view(db, order))


@post(f"{PATH}/nouveau/{{order:int}}", opt={"tab": "depot", "level": "write"})
async def copy_note(request: Request[Any, Any, Any], order: int) -> Response[bytes] | Redirect:
    """Keep a delivery note as copied: boxes announced line by line, lot and date where they are printed."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        held = orders.order(unit, order)
        number = form.text("numero", required=True, limit=60) or ""
        lines = _lines(unit, order, form)
        expected, shipped = form.day("attendu_le"), form.day("parti_le")
        if form.errors:
            raise Refused("form")
        note = Announcement(
            number=number, supplier=held.supplier, order=order, lines=tuple(lines), carrier=form.text("transporteur", limit=80),
            shipped_on=shipped, expected_on=expected, origin="paper",
        )  # fmt: skip
        return {"shipment": shipment_announced(unit, note)}

    try:
        done = await state_of(request).opened.act(
            "copy-delivery-note", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        if fault.code == "no-such-order":
            raise
        return await asyncio.to_thread(_again, request, order, form, fault)
    return to(f"{PATH}/{done.result['shipment']}", "enregistre")


def _lines(unit: Unit, order: int, form: Form) -> list[AnnouncedLine]:
    found = []
    for line in orders.lines(unit, order):
        name = f"b-{line.rank}"
        packs = form.integer(f"{name}-boites", high=PACKS_MAX)
        last = expiry_of(form, f"{name}-peremption")
        if packs and line.product is not None:
            found.append(
                AnnouncedLine(
                    announced=packs * line.pack_units, product=line.product, lot_number=form.text(f"{name}-lot", limit=40),
                    expires_on=last[0] if last else None, expiry_precision=last[1] if last else "month",
                )
            )  # fmt: skip
    if not found and not form.errors:
        form.errors["numero"] = _("Écrivez les boîtes annoncées d'un produit au moins.")
    return found


def _again(request: Ask, order: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/orders/note.html", db, form, shown, **_view(db, order))


def _view(db: Database, order: int) -> dict[str, Any]:
    lines = [line for line in orders.lines(db, order) if line.product is not None]
    return {"order": orders.order(db, order), "lines": lines}


HANDLERS = [shipment_page, note_page, copy_note]
