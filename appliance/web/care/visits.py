"""A visit on one page: measures, findings, tests, decision, prescription with what the shelf holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.care import drafts, prescriptions, visits
from appliance.records.care.model import CaseType, Consultation, PrescribedLine, Station, Vitals
from appliance.records.laboratory import repository as laboratory
from appliance.records.laboratory.services import with_results
from appliance.storage import Database
from appliance.web.care import visit_forms, visit_view
from appliance.web.depot.shelf import Shelf
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _

PAGE = "visits/visit.html"


@get("/visites/{visit:int}", opt={"tab": "consultation", "level": "read"})
@in_reader
def visit_page(request: Request[Any, Any, Any], visit: int, corriger: int = 0) -> Response[bytes]:
    """The visit; once the consultation is written the page shows it, with its versions."""
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        note_reading(request, held.patient, "consultation")
        return page(request, PAGE, db, **visit_view.view(request, db, held, corriger=bool(corriger)))


@post("/visites/{visit:int}", opt={"tab": "consultation", "level": "write"})
async def save_visit(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Write measures, consultation and prescription in one act, and send the person on."""
    state, form = state_of(request), await read_form(request)
    asked, measures = visit_forms.consultation(form), visit_forms.measures(form)
    lines = await in_reader(_lines)(request, visit, form)
    correcting = form.ticked("corriger")
    if form.errors or asked is None:
        return await asyncio.to_thread(_again, request, visit, form, None, correcting)
    wanted, is_auto = asked, form.raw("cas") in ("", "auto")

    def write(unit: Any) -> dict[str, Any]:
        found = replace(wanted, case_type=_proposed(unit, visit, wanted)) if is_auto else wanted
        found = with_results(unit, visit, found)
        current = visits.current_consultation(unit, visit)
        if measures != Vitals() and (measures != visits.current_vitals(unit, visit)):
            visits.record_vitals(unit, visit, measures)
        if correcting and current:
            visits.record_consultation(unit, visit, found, replaces=current[0], reason=form.raw("raison"))
        else:
            visits.record_consultation(unit, visit, found)
        prescribed = prescriptions.prescribe(unit, visit, lines) if lines else None
        if lines or not correcting:
            visits.move_visit(unit, visit, _next(unit, visit, bool(lines)))
        drafts.drop(unit, "visite", str(visit))
        return {"visit": visit, "prescription": prescribed}

    try:
        done = await state.opened.act(
            "record-visit", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, visit, form, fault, correcting)
    return to(f"/visites/{visit}", "deja" if done.repeated else "corrige" if correcting else "enregistre")


@get("/visites/{visit:int}/triage", opt={"tab": "accueil", "level": "write"})
@in_reader
def triage_page(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """Measures and danger signs alone, for who receives people and does not consult."""
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        note_reading(request, held.patient, "accueil")
        return page(request, "visits/triage.html", db, **visit_view.view(request, db, held, corriger=False))


@post("/visites/{visit:int}/triage", opt={"tab": "accueil", "level": "write"})
async def triage(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Only the measures: the person waits for the consultation, in front when there is a danger sign."""
    state, form = state_of(request), await read_form(request)
    measures = visit_forms.measures(form)
    if form.errors:
        return await asyncio.to_thread(_again, request, visit, form, None, False)

    def write(unit: Any) -> dict[str, Any]:
        visits.record_vitals(unit, visit, measures)
        visits.move_visit(unit, visit, Station.CONSULTATION)
        drafts.drop(unit, "visite", str(visit))
        return {"visit": visit}

    try:
        await state.opened.act("triage", session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, visit, form, fault, False)
    return to("/", "enregistre")


@post("/visites/{visit:int}/mesures", opt={"tab": "accueil", "level": "write"})
async def measured(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """What the measures typed so far say, beside each field: nothing is kept, nothing is forbidden."""
    form = await read_form(request)
    found = visit_forms.measures(form)
    return await asyncio.to_thread(_said, request, visit, found)


@post("/visites/{visit:int}/ordonnance", opt={"tab": "consultation", "level": "write"})
async def prescription(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """The prescription as typed so far, with one line more, one less, or a product chosen: nothing is kept yet.

    To a tablet with script only the prescription goes back; without, the whole page with all that was typed.
    """
    form = await read_form(request)
    extra = 1 if form.ticked("ajouter") else 0
    if form.ticked("retirer"):
        gone = f"ligne-{form.raw('retirer')}-"
        form.typed = {name: values for name, values in form.typed.items() if not name.startswith(gone)}
    line, _sep, product = form.raw("choisir").partition(":")
    if line.isdecimal() and product:
        form.typed[f"ligne-{line}-produit"] = [product]
    if form.raw("doser").isdecimal():
        await in_reader(_take_dose)(request, visit, form, int(form.raw("doser")))
    return await asyncio.to_thread(_prescription, request, visit, form, extra)


@get("/visites/{visit:int}/ordonnances", opt={"tab": "ordonnances", "level": "read"})
@in_reader
def prescription_list(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """The person's prescriptions, newest first, each with its state."""
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        note_reading(request, held.patient, "ordonnances")
        shown = visit_view.head(request, db, held, "ordonnances")
        names = visit_view.product_names(db)
        found = prescriptions.of_patient(db, held.patient)[::-1]
        return page(request, "visits/prescriptions.html", db, **shown, issued=found, product_names=names)


@post("/visites/{visit:int}/ordonnances/{number:int}/annuler", opt={"tab": "ordonnances", "level": "write"})
async def cancel(request: Request[Any, Any, Any], visit: int, number: int) -> Redirect:
    """Withdraw a prescription of which nothing was served, for a reason."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        prescriptions.cancel(unit, number, form.raw("raison"))
        return {"prescription": number}

    await state_of(request).opened.act(
        "cancel-prescription", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    return to(f"/visites/{visit}/ordonnances", "annule")


@post("/visites/{visit:int}/poste", opt={"tab": "accueil", "level": "write"})
async def move(request: Request[Any, Any, Any], visit: int) -> Redirect:
    """Send a person to another post, or note that they left."""
    form = await read_form(request)
    station = Station(form.choice("poste", [s.value for s in Station], default="done") or "done")

    def write(unit: Any) -> dict[str, Any]:
        visits.move_visit(unit, visit, station)
        return {}

    await state_of(request).opened.act("move-visit", session_of(request).actor, write, key=act_key(request, form))
    return to("/")


def _proposed(db: Database, visit: int, found: Consultation) -> CaseType:
    """New or follow-up as the record proposes it: the same affection within fourteen days is follow-up."""
    held = visits.get(db, visit)
    return visits.proposed_case_type(db, held.patient, found.diagnosis, held.occurred_on) if held else found.case_type


def _next(db: Database, visit: int, is_prescribed: bool) -> Station:
    """Where a person goes after the consultation."""
    if any(not line.is_done for line in laboratory.of_visit(db, visit)):
        return Station.LABORATORY
    return Station.PHARMACY if is_prescribed else Station.DONE


def _lines(request: Ask, visit: int, form: Form) -> list[PrescribedLine]:
    if not form.rows("ligne"):
        return []
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        return visit_forms.prescribed(form, Shelf(db, held.patient, today_of(request)))


def _take_dose(request: Ask, visit: int, form: Form, number: int) -> None:
    """Write the table's dose into the fields of a line: a tap instead of three numbers."""
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        shown = visit_view.prescription(db, held, form, today_of(request))["doses"].get(number)
        for name, value in (shown.fields if shown else {}).items():
            form.typed[f"ligne-{number}-{name}"] = [value]


def _said(request: Ask, visit: int, found: Vitals) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        return page(request, "visits/says.html", db, says=visit_view.says(db, held, found), fields=visit_view.FIELDS)


def _prescription(request: Ask, visit: int, form: Form, extra: int) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        lines = visit_view.prescription(db, held, form, today_of(request), extra)
        if request.headers.get("hx-request"):
            return page(request, "visits/prescription.html", db, **{**lines, "visit": held, "form": form})
        shown = visit_view.view(request, db, held, corriger=form.ticked("corriger"), form=form)
        return page(request, PAGE, db, **{**shown, **lines})


def _again(request: Ask, visit: int, form: Form, fault: Refused | None, correcting: bool) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        if fault and fault.code == "vitals-impossible":
            for name in fault.params["fields"]:  # type: ignore[attr-defined]
                form.errors[visit_forms.FIELD_OF.get(name, name)] = _("Impossible : vérifiez.")
        shown = visit_view.view(request, db, held, corriger=correcting, form=form)
        shown.pop("form")
        template = "visits/triage.html" if form.ticked("triage_seul") else PAGE
        return refused(request, template, db, form, fault, **shown)


HANDLERS = [
    visit_page, save_visit, triage_page, triage, measured, prescription, prescription_list, cancel, move,
]  # fmt: skip
