"""The registration form as people fill it: names, sex, birth or age as said, village, mother, phone, allergies."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.care import visits
from appliance.records.facility.services import villages
from appliance.records.patients import lines, repository, services
from appliance.records.patients.duplicates import likely_duplicates
from appliance.records.patients.matching import Person
from appliance.records.patients.model import Birth, PatientLine, birth_from_age, birth_from_date
from appliance.records.patients.services import NewPatient
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import Words, _

UNITS = Words({"year": "ans", "month": "mois", "week": "sem.", "day": "jours"})
NAME_KINDS = Words({"usual": "usuel", "marriage": "de mariage", "nickname": "petit nom", "civil": "d'état civil"})
NAMES_SHOWN = 4


@get("/patients/nouveau", opt={"tab": "patients", "level": "write"})
@in_reader
def new_page(request: Request[Any, Any, Any], nom: str = "") -> Response[bytes]:
    """The registration form, with what was searched for already in it."""
    with state_of(request).opened.reading() as db:
        typed = Form({"nom": [nom if re.search(r"[^\W\d_]", nom) else ""]})
        return page(request, "patients/new.html", db, **view_of(db), candidates=[], form=typed)


@get("/patients/ressemblants", opt={"tab": "patients", "level": "write"})
@in_reader
def alike(request: Request[Any, Any, Any]) -> Response[bytes]:
    """While one types: the files that may be this person, before anything is saved."""
    form = Form({name: request.query_params.getall(name) for name in request.query_params})
    with state_of(request).opened.reading() as db:
        found = _alike(db, form, today_of(request))
        return page(request, "patients/alike.html", db, candidates=found, form=form)


@post("/patients/nouveau", opt={"tab": "patients", "level": "write"})
async def new(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Register, unless someone like that is known: then show who, one tap away."""
    state, form = state_of(request), await read_form(request)
    wanted = read_person(form, today_of(request))
    if form.errors or wanted is None:
        return await asyncio.to_thread(_again, request, form, None)
    is_other, motive = form.ticked("autre"), form.raw("motif") or form.raw("motif_choisi")

    def register(unit: Any) -> dict[str, Any]:
        patient = services.register_patient(unit, wanted, is_other=is_other)
        visit = visits.open_visit(unit, patient, motive) if form.ticked("accueillir") else None
        return {"patient": patient, "visit": visit}

    try:
        done = await state.opened.act(
            "register-patient", session_of(request).actor, register, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    if done.result["visit"]:
        return to(f"/visites/{done.result['visit']}", "deja" if done.repeated else "enregistre")
    return to(f"/patients/{done.result['patient']}", "deja" if done.repeated else "enregistre")


def read_person(form: Form, today: date) -> NewPatient | None:
    """The particulars as typed, or None with the faults in `form.errors`."""
    names = _names(form)
    sex = form.choice("sexe", ("F", "M"), required=True)
    birth = _birth(form, today)
    village = form.integer("village_autre") or form.integer("village")
    mother, phone = form.text("mere", limit=120), form.text("telephone", limit=30)
    if form.errors or not names or sex is None or birth is None:
        return None
    allergies = tuple(part for text in form.many("allergie") for part in re.split(r"\s*[,;]\s*", text) if part)
    return NewPatient(
        names=names, sex=sex, birth=birth, village=village, mother_name=mother, phone=phone, allergies=allergies,
        allergies_asked=bool(form.raw("allergie_demandee") or allergies),
    )  # fmt: skip


def view_of(db: Database) -> dict[str, Any]:
    """The lists of the form, the most common answers first."""
    known = {v.id: v.name for v in villages(db)}
    common = [(i, known[i]) for i in lines.common_villages(db) if i in known]
    return {
        "village_options": list(known.items()), "common_villages": common, "units": UNITS, "name_kinds": NAME_KINDS,
        "common_motives": [(m, m) for m in lines.common_motives(db)], "name_rows": range(1, NAMES_SHOWN + 1),
    }  # fmt: skip


def shown_faults(form: Form, fault: Refused | None) -> None:
    """Say a refused value beside its field."""
    field = {"name-empty": "nom", "name-too-long": "nom", "name-letters": "nom", "phone": "telephone", "village-unknown": "village_autre",
             "text-too-long": "allergie", "died-on": "deces_le", "reason-needed": "raison"}  # fmt: skip
    if fault and fault.code in field:
        form.errors[field[fault.code]] = _("Vérifiez cette case.")


def _names(form: Form) -> tuple[tuple[str, str], ...]:
    """The name of the papers first, then the others with their kind."""
    first = form.text("nom", required=True, limit=120)
    found = [("civil", first)] if first else []
    for index in range(1, NAMES_SHOWN + 1):
        text = form.text(f"nom-{index}-texte", limit=120)
        kind = form.choice(f"nom-{index}-type", tuple(NAME_KINDS), default="usual")
        if text and kind:
            found.append((kind, text))
    found += [("usual", text) for text in form.many("autre_nom")]
    return tuple((kind, " ".join(text.split())) for kind, text in found)


def _birth(form: Form, today: date) -> Birth | None:
    born, value, said_on = form.day("naissance"), form.integer("age", high=1500), form.day("dit_le") or today
    if {"naissance", "age", "dit_le"} & form.errors.keys():
        return None
    if said_on > today:
        form.errors["dit_le"] = _("Cette date est dans l'avenir.")
        return None
    try:
        if born:
            return birth_from_date(born, today)
        if value is not None:
            unit = form.choice("age_unite", tuple(UNITS), default="year") or "year"
            return birth_from_age(value, unit, said_on)
    except Refused as fault:
        form.errors["naissance" if born else "age"] = {
            "born-ahead": _("La naissance est dans l'avenir."), "born-too-long-ago": _("Vérifiez l'année."),
        }.get(fault.code, _("Cet âge n'est pas possible."))  # fmt: skip
        return None
    form.errors["age"] = _("Donnez l'âge, ou la date de naissance.")
    return None


def _alike(db: Database, form: Form, today: date) -> list[PatientLine]:
    """Likely files for a form that is not finished: nothing before there is a name, a sex and an age."""
    wanted = read_person(form, today)
    if wanted is None:
        return []
    asked = Person(
        names=tuple(text for _, text in wanted.names), sex=wanted.sex, born_on=wanted.birth.born_on,
        born_precision=wanted.birth.precision, village=wanted.village, mother_name=wanted.mother_name, phone=wanted.phone,
    )  # fmt: skip
    try:
        return [line for line, _ in likely_duplicates(db, asked, today)]
    except Refused:
        return []


def _again(request: Ask, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        found: Any = fault.params["candidates"] if fault and fault.code == "possible-duplicate" else []
        shown_faults(form, fault)
        return refused(
            request, "patients/new.html", db, form, fault, **view_of(db), candidates=repository.lines(db, found)
        )


HANDLERS = [new_page, alike, new]
