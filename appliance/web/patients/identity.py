"""Correcting who a patient is, names taken on and given up, what stood before, and who opened the file."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import glass, reads, staff
from appliance.access.matrix import default_matrix
from appliance.core.errors import Refused
from appliance.core.french import date_short
from appliance.records.facility.services import villages
from appliance.records.patients import corrections, history, repository, services
from appliance.records.patients.model import PatientLine
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.patients.registration import NAME_KINDS, UNITS, read_person, shown_faults, view_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _, labels

READINGS_SHOWN = 300


@get("/patients/{patient:int}/corriger", opt={"tab": "patients", "level": "write"})
@in_reader
def correct_page(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """The particulars as they stand, to be corrected with a reason."""
    with state_of(request).opened.reading() as db:
        line = _line(db, patient)
        note_reading(request, patient, "patients")
        return page(request, "patients/correct.html", db, patient=line, **_lists(db), form=_prefilled(db, line))


@post("/patients/{patient:int}/corriger", opt={"tab": "patients", "level": "write"})
async def correct(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Correct; the old version stays readable, and the figures of the reports follow."""
    form = await read_form(request)
    wanted = read_person(form, today_of(request))
    died, reason = form.day("deces_le"), form.text("raison", required=True, limit=300) or ""
    if form.errors or wanted is None:
        return await asyncio.to_thread(_again, request, patient, form, None)
    asked = wanted

    def write(unit: Any) -> dict[str, Any]:
        services.correct_patient(unit, patient, asked, reason)
        corrections.set_deceased(unit, patient, died, reason)
        return {"patient": patient}

    try:
        done = await state_of(request).opened.act(
            "correct-patient", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        if fault.code == "no-such-patient":
            raise
        return await asyncio.to_thread(_again, request, patient, form, fault)
    return to(f"/patients/{patient}", "deja" if done.repeated else "corrige")


@post("/patients/{patient:int}/noms", opt={"tab": "patients", "level": "write"})
async def add_name(request: Request[Any, Any, Any], patient: int) -> Redirect:
    """One more name that the person bears."""
    form = await read_form(request)
    done = await state_of(request).opened.act(
        "add-name", session_of(request).actor,
        lambda u: {"name": services.add_name(u, patient, form.raw("type") or "usual", form.raw("texte"))},
        key=request_key(form), body=form.plain() | {"patient": [str(patient)]},
    )  # fmt: skip
    return to(f"/patients/{patient}/histoire", "deja" if done.repeated else "enregistre")


@post("/patients/{patient:int}/noms/{name:int}/retirer", opt={"tab": "patients", "level": "write"})
async def withdraw_name(request: Request[Any, Any, Any], patient: int, name: int) -> Redirect:
    """A name is no longer borne; it still finds the person."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        if name not in {n.id for n in history.names(unit, patient)}:
            raise Refused("no-such-name", name=name)
        services.retire_name(unit, name)
        return {}

    await state_of(request).opened.act("retire-name", session_of(request).actor, write, key=act_key(request, form))
    return to(f"/patients/{patient}/histoire", "enregistre")


@get("/patients/{patient:int}/histoire", opt={"tab": "patients", "level": "read"})
@in_reader
def past(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """Every name, and every version of the particulars with who changed it, when and why."""
    with state_of(request).opened.reading() as db:
        line = _line(db, patient)
        note_reading(request, patient, "patients")
        places = {v.id: v.name for v in villages(db, with_retired=True)}
        changes = [
            (_said(c.before, places), c.reason, staff.name_of(db, c.by_staff), c.at)
            for c in history.changes(db, patient)
        ]
        contacts = [(m, p, staff.name_of(db, who), at) for m, p, who, at in history.contacts(db, patient)]
        return page(
            request, "patients/history.html", db, patient=line, age=line.age(today_of(request)), changes=changes,
            names=history.names(db, patient), contacts=contacts, name_kinds=NAME_KINDS,
        )  # fmt: skip


@get("/patients/{patient:int}/lectures", opt={"tab": "patients", "level": "read"})
@in_reader
def readers(request: Request[Any, Any, Any], patient: int) -> Response[bytes]:
    """Who opened this file: for the patient who asks, on paper too, and for the head of the centre."""
    state = state_of(request)
    if state.opened.damage is None:
        state.reads.flush()
    with state.opened.reading() as db:
        line = _line(db, patient)
        note_reading(request, patient, "patients")
        tabs = default_matrix()
        found = [
            (at, staff.name_of(db, who), _functions(db, who), tabs[tab].label if tab in tabs else tab)
            for who, tab, _, at in reads.of_patient(db, patient, READINGS_SHOWN)
        ]
        urgent = [
            (g.at, staff.name_of(db, g.staff), tabs[g.tab].label, g.reason) for g in glass.of_patient(db, patient)
        ]
        return page(
            request, "patients/readers.html", db, patient=line, age=line.age(today_of(request)), readings=found,
            urgent=urgent, limit=READINGS_SHOWN,
        )  # fmt: skip


def _lists(db: Database) -> dict[str, Any]:
    """The lists of the form; a correction shows the village that stands, so it has one box for it."""
    return view_of(db) | {"common_villages": []}


def _functions(db: Database, member: int) -> str:
    return ", ".join(labels.ROLES[role] for role in staff.roles_of(db, member))


def _line(db: Database, patient: int) -> PatientLine:
    line = repository.get(db, patient)
    if line is None:
        raise Refused("no-such-patient", patient=patient)
    return line


def _prefilled(db: Database, line: PatientLine) -> Form:
    current = [n for n in history.names(db, line.id) if n.is_current]
    first = next((n for n in current if n.kind == "civil"), current[0] if current else None)
    typed: dict[str, list[str]] = {
        "nom": [first.text if first else ""], "sexe": [line.sex], "mere": [line.mother_name or ""],
        "telephone": [line.phone or ""], "village_autre": [str(line.village_id or "")],
        "allergie": [", ".join(line.allergies)], "allergie_demandee": ["1" if line.allergies_asked else ""],
    }  # fmt: skip
    for index, name in enumerate((n for n in current if n is not first), start=1):
        typed |= {f"nom-{index}-texte": [name.text], f"nom-{index}-type": [name.kind]}
    birth = line.birth
    if birth and birth.age_value is not None:
        said = date_short(birth.age_said_on) if birth.age_said_on else ""
        typed |= {"age": [str(birth.age_value)], "age_unite": [birth.age_unit or "year"], "dit_le": [said]}
    else:
        typed["naissance"] = [date_short(line.born_on)]
    if died := corrections.deceased_on(db, line.id):
        typed["deces_le"] = [date_short(died)]
    return Form(typed)


def _said(before: dict[str, Any], places: dict[int, str]) -> list[str]:
    """A version of the particulars in words."""
    if before.get("identity") == "erased":
        return [_("identité effacée")]
    said = []
    if "sex" in before:
        said.append(_("sexe : %(sex)s") % {"sex": labels.SEXES[before["sex"]].lower()})
    if before.get("age_value") is not None:
        age = {"value": before["age_value"], "unit": UNITS[before["age_unit"]], "day": _day(before["age_said_on"])}
        said.append(_("âge dit : %(value)s %(unit)s, le %(day)s") % age)
    elif "born_on" in before:
        said.append(_("naissance : %(day)s") % {"day": _day(before["born_on"])})
    if "village" in before:
        said.append(_("village : %(village)s") % {"village": places.get(before["village"], _("inconnu"))})
    if "allergies_asked" in before:
        told = ", ".join(msgspec.json.decode(before["allergies"]))
        none = _("aucune connue") if before["allergies_asked"] else _("non demandé")
        said.append(_("allergies : %(allergies)s") % {"allergies": told or none})
    if "deceased_on" in before:
        said.append(_("décès : %(day)s") % {"day": _day(before["deceased_on"])})
    return said


def _day(text: str | None) -> str:
    return date_short(date.fromisoformat(text)) if text else _("non noté")


def _again(request: Ask, patient: int, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown_faults(form, fault)
        return refused(request, "patients/correct.html", db, form, fault, patient=_line(db, patient), **_lists(db))


HANDLERS = [correct_page, correct, add_name, withdraw_name, past, readers]
