"""Two files that are one person: choosing which stands, and undoing it at any later time."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.care import visits
from appliance.records.patients import repository, services
from appliance.records.patients.duplicates import likely_duplicates
from appliance.records.patients.matching import Person
from appliance.records.patients.model import PatientLine
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _


@get("/patients/{patient:int}/fusion", opt={"tab": "patients", "level": "write"})
@in_reader
def merge_page(request: Request[Any, Any, Any], patient: int, q: str = "", avec: int = 0) -> Response[bytes]:
    """Find the other file, see both side by side, choose the one that stands."""
    with state_of(request).opened.reading() as db:
        note_reading(request, patient, "patients")
        return page(request, "patients/merge.html", db, **_view(request, db, patient, q, avec), form=Form({}))


@post("/patients/{patient:int}/fusionner", opt={"tab": "patients", "level": "write"})
async def merge(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Say that another file is the same person; `garder` names the one that stands (this one by default)."""
    form = await read_form(request)
    other = form.integer("autre", required=True) or 0
    stands = form.integer("garder") or patient
    absorbed = other if stands == patient else patient

    def write(unit: Any) -> dict[str, Any]:
        if stands not in (patient, other):
            raise Refused("no-such-patient", patient=stands)
        return {"merge": services.merge(unit, absorbed, stands, form.raw("raison"))}

    try:
        done = await state_of(request).opened.act(
            "merge-patients", session_of(request).actor, write, key=request_key(form),
            body=form.plain() | {"patient": [str(patient)]},
        )  # fmt: skip
    except Refused as fault:
        if fault.code != "reason-needed":
            raise
        form.errors["raison"] = _("Donnez la raison.")
        return await asyncio.to_thread(_again, request, patient, other, form, fault)
    return to(f"/patients/{stands}", "deja" if done.repeated else "fusion")


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


def _view(request: Ask, db: Database, patient: int, text: str, other: int) -> dict[str, Any]:
    line = repository.get(db, patient)
    if line is None:
        raise Refused("no-such-patient", patient=patient)
    chosen = repository.get(db, other) if other and other != patient else None
    found = repository.search(db, text) if text.strip() else _likely(request, db, line)
    return {
        "patient": line, "age": line.age(today_of(request)), "other": chosen, "q": text,
        "found": [p for p in found if p.id != patient], "merges": repository.standing_merges(db, patient),
        "visits": {p.id: len(visits.of_patient(db, p.id)) for p in (line, chosen) if p},
    }  # fmt: skip


def _likely(request: Ask, db: Database, line: PatientLine) -> list[PatientLine]:
    """Without a search, the files most like this one."""
    person = Person(
        names=(line.name, *line.other_names), sex=line.sex, born_on=line.born_on, born_precision=line.born_precision,
        village=line.village_id, mother_name=line.mother_name, phone=line.phone,
    )  # fmt: skip
    try:
        return [found for found, _ in likely_duplicates(db, person, today_of(request))]
    except Refused:
        return []


def _again(request: Ask, patient: int, other: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "patients/merge.html", db, form, fault, **_view(request, db, patient, "", other))


HANDLERS = [merge_page, merge, unmerge]
