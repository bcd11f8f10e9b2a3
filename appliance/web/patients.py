"""Finding, registering, reading, merging and carding patients."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import glass, reads, staff
from appliance.core.errors import Refused
from appliance.core.printing.child import drawn_by_child
from appliance.records.care import visits
from appliance.records.facility.services import facility, villages
from appliance.records.patients import repository, services
from appliance.records.patients.model import Birth, birth_from_age, birth_from_date, said_text
from appliance.records.patients.services import NewPatient
from appliance.storage import Database
from appliance.web.emergency import note_reading
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, sees, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.visitor import visitor_of

UNITS = {"year": "ans", "month": "mois", "week": "semaines", "day": "jours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """A visit in the timeline: what it was for and what was found."""

    id: int
    on: date
    motive: str
    diagnosis: str


@get("/patients", opt={"tab": "patients", "level": "read"})
@in_reader
def search(request: Request[Any, Any, Any], q: str = "") -> Response[bytes]:
    """One box: number, card, phone, names in any order, mother, village. As one types, only the list comes."""
    with state_of(request).opened.reading() as db:
        found = repository.search(db, q) if q.strip() else repository.latest(db)
        if len(found) == 1 and q.strip() and not request.headers.get("hx-request") and found[0].number == q.strip():
            return Response(b"", status_code=303, headers={"Location": f"/patients/{found[0].id}"})
        template = "patients/list.html" if request.headers.get("hx-request") else "patients/search.html"
        return page(request, template, db, found=found, q=q)


@get("/patients/nouveau", opt={"tab": "patients", "level": "write"})
@in_reader
def new_page(request: Request[Any, Any, Any], nom: str = "") -> Response[bytes]:
    """The registration form, with what was searched for already in it."""
    with state_of(request).opened.reading() as db:
        return page(request, "patients/new.html", db, **_new_view(db), form=Form({"nom": [nom]}))


@post("/patients/nouveau", opt={"tab": "patients", "level": "write"})
async def new(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Register, unless someone like that is known: then show who, one tap away."""
    state, form = state_of(request), await read_form(request)
    wanted = _read(form, today_of(request))
    if form.errors or wanted is None:
        return await asyncio.to_thread(_new_again, request, form, None)
    is_other = form.ticked("autre")

    def register(unit: Any) -> dict[str, Any]:
        patient = services.register_patient(unit, wanted, is_other=is_other)
        visit = visits.open_visit(unit, patient, form.raw("motif")) if form.ticked("accueillir") else None
        return {"patient": patient, "visit": visit}

    try:
        done = await state.opened.act(
            "register-patient", session_of(request).actor, register, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_new_again, request, form, fault)
    if done.result["visit"]:
        return to(f"/visites/{done.result['visit']}", "deja" if done.repeated else "enregistre")
    return to(f"/patients/{done.result['patient']}", "deja" if done.repeated else "enregistre")


@get("/patients/{patient:int}", opt={"tab": "patients", "level": "read"})
@in_reader
def file(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """The file: who it is, what is to know at once, what happened."""
    with state_of(request).opened.reading() as db:
        stands = repository.survivor(db, patient)
        if stands != patient:
            return Response(b"", status_code=303, headers={"Location": f"/patients/{stands}"})
        line = repository.get(db, patient)
        if line is None:
            raise Refused("no-such-patient", patient=patient)
        clinical = sees(request, db, "consultation")
        note_reading(request, patient, "consultation" if clinical else "patients")
        return page(
            request, "patients/file.html", db, patient=line, age=line.age(today_of(request)), birth_said=_said(line.birth),
            timeline=_timeline(db, patient) if clinical else None, is_emergency=bool(visitor_of(request).emergency),
            can_break=glass.may_break(session_of(request).roles), readings=_readings(db, patient),
            merges=_merges(db, patient),
        )  # fmt: skip


@post("/patients/{patient:int}/accueillir", opt={"tab": "accueil", "level": "write"})
async def welcome(request: Request[Any, Any, Any], patient: int) -> Redirect:
    """The person has come: put them in the queue."""
    form = await read_form(request)
    done = await state_of(request).opened.act(
        "open-visit", session_of(request).actor,
        lambda u: {"visit": visits.open_visit(u, patient, form.raw("motif"))}, key=request_key(form), body=form.plain(),
    )  # fmt: skip
    return to(f"/visites/{done.result['visit']}", "deja" if done.repeated else "")


@post("/patients/{patient:int}/fusionner", opt={"tab": "patients", "level": "write"})
async def merge(request: Request[Any, Any, Any], patient: int) -> Redirect:
    """Say that another file is the same person; it can be undone for ever."""
    form = await read_form(request)
    other = form.integer("autre", required=True) or 0
    await state_of(request).opened.act(
        "merge-patients", session_of(request).actor,
        lambda u: {"merge": services.merge(u, other, patient, form.raw("raison"))}, key=request_key(form),
        body=form.plain(),
    )  # fmt: skip
    return to(f"/patients/{patient}", "fusion")


@post("/patients/{patient:int}/defusionner", opt={"tab": "patients", "level": "write"})
async def unmerge(request: Request[Any, Any, Any], patient: int) -> Redirect:
    """Undo a merge: both files stand as before."""
    form = await read_form(request)
    merge_id = form.integer("fusion", required=True) or 0

    def undo(unit: Any) -> dict[str, Any]:
        if merge_id not in {m for m, _ in repository.standing_merges(unit, patient)}:
            raise Refused("no-such-merge", merge=merge_id)
        services.unmerge(unit, merge_id, form.raw("raison"))
        return {}

    await state_of(request).opened.act(
        "unmerge-patients", session_of(request).actor, undo, key=request_key(form), body=form.plain()
    )
    return to(f"/patients/{patient}", "defusion")


@post("/patients/{patient:int}/carte", opt={"tab": "patients", "level": "write"})
async def card(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """The patient's card as PDF: a code and the centre's name, nothing of the person."""
    form = await read_form(request)
    code = form.raw("code")

    def bind(unit: Any) -> dict[str, Any]:
        return {"code": services.bind_card(unit, patient, code) if code else services.card_for(unit, patient)}

    done = await state_of(request).opened.act("card", session_of(request).actor, bind)
    return await _card_pdf(request, [done.result["code"]], False)


@post("/patients/cartes", opt={"tab": "patients", "level": "write"})
async def blank_cards(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A sheet of blank cards, bound to people later."""
    form = await read_form(request)
    count = form.integer("combien") or 10
    done = await state_of(request).opened.act(
        "blank-cards", session_of(request).actor, lambda u: {"codes": services.blank_cards(u, count)},
        key=request_key(form), body=form.plain(),
    )  # fmt: skip
    return await _card_pdf(request, done.result["codes"], True)


async def _card_pdf(request: Ask, codes: list[str], is_sheet: bool) -> Response[bytes]:
    def name() -> str:
        with state_of(request).opened.reading() as db:
            held = facility(db)
        return held.name if held else ""

    centre = await asyncio.to_thread(name)
    content = await drawn_by_child(
        "appliance.records.patients.cards", {"codes": codes, "centre": centre, "is_sheet": is_sheet}
    )
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": "inline; filename=cartes.pdf"}
    )


def _read(form: Form, today: date) -> NewPatient | None:
    names = services.names_of([form.text("nom", required=True, limit=120) or "", *form.many("autre_nom")])
    sex = form.choice("sexe", ("F", "M"), required=True)
    birth = _birth(form, today)
    village = form.integer("village")
    if form.errors or not names or sex is None or birth is None:
        return None
    return NewPatient(
        names=names, sex=sex, birth=birth, village=village, mother_name=form.text("mere", limit=120),
        phone=form.text("telephone", limit=30), allergies=tuple(form.many("allergie")),
        allergies_asked=bool(form.raw("allergie_demandee")),
    )  # fmt: skip


def _birth(form: Form, today: date) -> Birth | None:
    born = form.day("naissance")
    value = form.integer("age", high=1500)
    if "naissance" in form.errors or "age" in form.errors:
        return None
    try:
        if born:
            return birth_from_date(born, today)
        if value is not None:
            return birth_from_age(value, form.choice("age_unite", tuple(UNITS), default="year") or "year", today)
    except Refused as fault:
        form.errors["naissance" if born else "age"] = {
            "born-ahead": "La naissance est dans l'avenir.", "born-too-long-ago": "Vérifiez l'année.",
        }.get(fault.code, "Cet âge n'est pas possible.")  # fmt: skip
        return None
    form.errors["age"] = "Donnez l'âge, ou la date de naissance."
    return None


def _new_view(db: Database) -> dict[str, Any]:
    return {"village_options": [(v.id, v.name) for v in villages(db)], "units": UNITS, "candidates": []}


def _new_again(request: Ask, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        view = _new_view(db)
        if fault and fault.code == "possible-duplicate":
            found: Any = fault.params["candidates"]
            view["candidates"] = repository.lines(db, found)
        return refused(request, "patients/new.html", db, form, fault, **view)


def _timeline(db: Database, patient: int) -> list[VisitLine]:
    from appliance.records.care.diagnoses import default_diagnoses

    lines = []
    for visit in visits.of_patient(db, patient):
        current = visits.current_consultation(db, visit.id)
        label = default_diagnoses()[current[1].diagnosis].label if current else ""
        lines.append(VisitLine(id=visit.id, on=visit.occurred_on, motive=visit.motive, diagnosis=label))
    return lines


def _readings(db: Database, patient: int) -> list[tuple[str, str, int]]:
    return [(staff.name_of(db, who), tab, at) for who, tab, _, at in reads.of_patient(db, patient, 10)]


def _merges(db: Database, patient: int) -> list[tuple[int, str]]:
    return repository.standing_merges(db, patient)


def _said(birth: Birth | None) -> str:
    return said_text(birth) if birth else ""


HANDLERS = [search, new_page, new, file, welcome, merge, unmerge, card, blank_cards]
