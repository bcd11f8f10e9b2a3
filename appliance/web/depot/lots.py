"""One lot: frozen or released on every tablet at once, where it went, and the people to look for, by name for those who may."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.recalls import repository
from appliance.stock.recalls.repository import Reach
from appliance.stock.recalls.services import note_contact, set_lot_status
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, sees, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _, labels

PATH = "/depot/lots"


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def frozen_lots(request: Request[Any, Any, Any], numero: str = "") -> Response[bytes]:
    """The lots that may not be given, and any lot by the number on its box."""
    with state_of(request).opened.reading() as db:
        found = repository.lots_numbered(db, numero) if numero.strip() else []
        return page(
            request, "depot/frozen.html", db, lots=repository.frozen(db), found=found, numero=numero.strip()[:40]
        )


@get(f"{PATH}/{{lot:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def lot_page(request: Request[Any, Any, Any], lot: int) -> Response[bytes]:
    """One lot, with the list of those who received it."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/lot.html", db, **_view(request, db, lot))


@get(f"{PATH}/{{lot:int}}/liste.csv", opt={"tab": "patients", "level": "read"})
@in_reader
def as_csv(request: Request[Any, Any, Any], lot: int) -> Response[bytes]:
    """The list of those who received a lot, to carry to the villages."""
    with state_of(request).opened.reading() as db:
        view = _view(request, db, lot)
    reach: Reach = view["reach"]
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerow([
        _("numéro"), _("nom"), _("village"), _("téléphone"), _("date"), _("produit"), _("lot"), _("quantité"), _("unité"),
        _("posologie"), _("rendu"), _("résultat"),
    ])  # fmt: skip
    for one in reach.people:
        cells = [
            one.number, one.name, one.village or "", one.phone or "", f"{one.last_on:%d/%m/%Y}", reach.lot.label,
            reach.lot.number, str(one.quantity or one.given), reach.lot.unit, " / ".join(one.doses),
            _("oui") if one.is_returned else "", labels.CONTACTS[one.contact.outcome] if one.contact else "",
        ]  # fmt: skip
        rows.writerow([_plain(cell) for cell in cells])
    return Response(
        ("\ufeff" + out.getvalue()).encode(), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="lot-{lot}.csv"'},
    )  # fmt: skip


@post(f"{PATH}/{{lot:int}}/statut", opt={"tab": "depot", "level": "write"})
async def change(request: Request[Any, Any, Any], lot: int) -> Response[bytes] | Redirect:
    """Quarantine, recall or release a lot."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        set_lot_status(unit, lot, form.raw("etat"), form.raw("raison"))
        return {}

    return await _act(request, "lot-status", lot, form, write)


@post(f"{PATH}/{{lot:int}}/contacts", opt={"tab": "depot", "level": "write"})
async def contacted(request: Request[Any, Any, Any], lot: int) -> Response[bytes] | Redirect:
    """Note what came of looking for somebody who received the lot."""
    form = await read_form(request)
    patient = form.integer("patient", required=True)

    def write(unit: Unit) -> dict[str, Any]:
        if not sees(request, unit, "patients"):
            raise Refused("forbidden")
        note_contact(unit, lot, patient or 0, form.raw("resultat"), form.raw("remarque"))
        return {}

    return await _act(request, "lot-contact", lot, form, write)


async def _act(
    request: Ask, kind: str, lot: int, form: Form, write: Callable[[Unit], dict[str, Any]]
) -> Response[bytes] | Redirect:
    state = state_of(request)
    try:
        await state.opened.act(kind, session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        if fault.code in ("no-such-lot", "forbidden"):
            raise
        known = fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                return refused(request, "depot/lot.html", db, form, known, **_view(request, db, lot))

        return await asyncio.to_thread(again)
    return to(f"{PATH}/{lot}", "enregistre")


def _view(request: Ask, db: Database, lot: int) -> dict[str, Any]:
    held = repository.lot(db, lot)
    if held is None:
        raise Refused("no-such-lot", lot=lot)
    reach = repository.reach(db, held)
    named = sees(request, db, "patients")
    if named:
        for one in reach.people:
            note_reading(request, one.patient, "patients")
    return {
        "lot": held, "reach": reach, "named": named, "to_find": [one for one in reach.people if not one.is_returned],
        "outcomes": labels.CONTACTS.items(),
    }  # fmt: skip


def _plain(cell: str) -> str:
    """A cell that a spreadsheet shows and does not work out."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


HANDLERS = [frozen_lots, lot_page, as_csv, change, contacted]
