"""Cards: printed for a person or blank by the sheet, bound later, found by camera, by a scanner that types, or by hand."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.core.identifiers import grouped
from appliance.core.printing.child import drawn_by_child
from appliance.records.facility.services import facility
from appliance.records.patients import history, repository, services
from appliance.records.patients.model import PatientLine
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _

SHEET_MAX = 500


@get("/cartes", opt={"tab": "patients", "level": "read"})
@in_reader
def scan_page(request: Request[Any, Any, Any], pour: int = 0) -> Response[bytes]:
    """Read a card by the camera, a photo or its code; `pour`: the patient to whom a blank one is given."""
    with state_of(request).opened.reading() as db:
        whose = repository.get(db, pour) if pour else None
        return page(request, "patients/scan.html", db, whose=whose, form=Form({}))


@get("/patients/{patient:int}/carte", opt={"tab": "patients", "level": "write"})
@in_reader
def card_page(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """The cards of a person: print, give a blank one, say that one is lost."""
    with state_of(request).opened.reading() as db:
        note_reading(request, patient, "patients")
        return page(request, "patients/cards.html", db, **_view(request, db, patient), form=Form({}))


@post("/patients/{patient:int}/carte", opt={"tab": "patients", "level": "write"})
async def card(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """The patient's card as PDF: a code and the centre's name, nothing of the person."""
    form = await read_form(request)
    done = await state_of(request).opened.act(
        "card", session_of(request).actor, lambda u: {"code": services.card_for(u, patient)}, key=act_key(request, form)
    )
    return await _card_pdf(request, [done.result["code"]], False)


@post("/patients/{patient:int}/carte/donner", opt={"tab": "patients", "level": "write"})
async def bind(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Give a pre-printed card to a person."""
    form = await read_form(request)
    try:
        await state_of(request).opened.act(
            "bind-card", session_of(request).actor,
            lambda u: {"code": services.bind_card(u, patient, form.raw("code"))}, key=request_key(form),
            body=form.plain() | {"patient": [str(patient)]},
        )  # fmt: skip
    except Refused as fault:
        if fault.code == "no-such-patient":
            raise
        form.errors["code"] = _("Relisez la carte.")
        return await asyncio.to_thread(_again, request, patient, form, fault)
    return to(f"/patients/{patient}/carte", "carte")


@post("/patients/{patient:int}/carte/perdue", opt={"tab": "patients", "level": "write"})
async def lost(request: Request[Any, Any, Any], patient: int) -> Redirect:
    """A card is lost: it finds nobody any more."""
    form = await read_form(request)
    code = form.raw("code")

    def write(unit: Any) -> dict[str, Any]:
        if code not in {c for c, _ in history.cards(unit, patient)}:
            raise Refused("card-unknown")
        services.end_card(unit, code)
        return {}

    await state_of(request).opened.act("end-card", session_of(request).actor, write, key=act_key(request, form))
    return to(f"/patients/{patient}/carte", "enregistre")


@post("/patients/cartes", opt={"tab": "patients", "level": "write"})
async def blank_cards(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A sheet of blank cards, bound to people later."""
    form = await read_form(request)
    count = form.integer("combien", high=SHEET_MAX) or 10
    done = await state_of(request).opened.act(
        "blank-cards", session_of(request).actor, lambda u: {"codes": services.blank_cards(u, count)},
        key=request_key(form), body=form.plain(),
    )  # fmt: skip
    return await _card_pdf(request, done.result["codes"], True)


async def _card_pdf(request: Ask, codes: list[str], is_sheet: bool) -> Response[bytes]:
    centre = await asyncio.to_thread(_centre, request)
    content = await drawn_by_child(
        "appliance.records.patients.cards", {"codes": codes, "centre": centre, "is_sheet": is_sheet}
    )
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": "inline; filename=cartes.pdf"}
    )


def _centre(request: Ask) -> str:
    with state_of(request).opened.reading() as db:
        held = facility(db)
    return held.name if held else ""


def _view(request: Ask, db: Database, patient: int) -> dict[str, Any]:
    line: PatientLine | None = repository.get(db, patient)
    if line is None:
        raise Refused("no-such-patient", patient=patient)
    held = [(code, grouped(code), in_use) for code, in_use in history.cards(db, patient)]
    return {"patient": line, "age": line.age(today_of(request)), "cards": held}


def _again(request: Ask, patient: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "patients/cards.html", db, form, fault, **_view(request, db, patient))


HANDLERS = [scan_page, card_page, card, bind, lost, blank_cards]
