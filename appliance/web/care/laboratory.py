"""The laboratory's pages: what waits, asking from the consultation, results noted, corrected and flagged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.core.errors import Refused
from appliance.records.care import drafts, visits
from appliance.records.care.model import Vitals
from appliance.records.laboratory import repository
from appliance.records.laboratory.repository import NOT_DONE, LabLine
from appliance.records.laboratory.services import Answer, answer, ask, correct
from appliance.records.laboratory.tests_list import default_tests
from appliance.records.patients import repository as patients
from appliance.records.patients.model import PatientLine
from appliance.storage import Database
from appliance.web.care import visit_forms, visit_view
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _

PAGE = "visits/lab.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A person of the work list with the tests that wait, or were answered today."""

    visit: int
    patient: PatientLine
    age: str
    asked_at: int
    lines: tuple[LabLine, ...]
    is_urgent: bool


@get("/laboratoire", opt={"tab": "laboratoire", "level": "read"})
@in_reader
def work_list(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What waits to be done, the danger signs first, and what was answered today."""
    with state_of(request).opened.reading() as db:
        today = today_of(request)
        waiting = _work(request, db, repository.waiting(db, today))
        return page(
            request, "lab.html", db, waiting=waiting, answered=_work(request, db, repository.answered(db, today))
        )


@get("/visites/{visit:int}/labo", opt={"tab": "laboratoire", "level": "read"})
@in_reader
def lab_page(request: Request[Any, Any, Any], visit: int) -> Response[bytes]:
    """The tests of a visit: what was found, what waits, what else may be asked."""
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        note_reading(request, held.patient, "laboratoire")
        return page(request, PAGE, db, **_view(request, db, held), form=None)


@post("/visites/{visit:int}/labo/demander", opt={"tab": "consultation", "level": "write"})
async def ask_tests(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Ask tests: the measures are kept, what is typed stays as a draft, the person waits at the laboratory."""
    state, form = state_of(request), await read_form(request)
    measures = visit_forms.measures(form)
    tests, key = form.many("examen"), request_key(form)
    if form.errors:
        return await asyncio.to_thread(_form_again, request, visit, form, None)
    body = {k: v for k, v in form.plain().items() if k != "examen"}
    is_draft = key is not None and form.ticked("draft_version")

    def write(unit: Any) -> dict[str, Any]:
        if measures != Vitals() and measures != visits.current_vitals(unit, visit):
            visits.record_vitals(unit, visit, measures)
        if is_draft and visits.current_consultation(unit, visit) is None:
            held = drafts.get(unit, "visite", str(visit), session_of(request).staff)
            drafts.save(unit, "visite", str(visit), body, key or b"", held.version if held else 0)
        return {"orders": ask(unit, visit, tests)}

    try:
        await state.opened.act("ask-laboratory", session_of(request).actor, write, key=key, body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_form_again, request, visit, form, fault)
    return to("/", "labo")


@post("/visites/{visit:int}/labo", opt={"tab": "laboratoire", "level": "write"})
async def note_results(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Write the results given; a test left open goes on waiting."""
    form = await read_form(request)
    waiting = await asyncio.to_thread(_waiting, request, visit)
    given = {line.order: found for line in waiting if (found := _answer(form, line, f"r{line.order}"))}
    if not given and not form.errors:
        form.errors["resultats"] = _("Notez au moins un résultat.")
    if form.errors:
        return await asyncio.to_thread(_lab_again, request, visit, form, None)

    def write(unit: Any) -> dict[str, Any]:
        return {"results": [answer(unit, order, found) for order, found in given.items()]}

    return await _act(request, visit, form, "lab-results", write)


@post("/visites/{visit:int}/labo/corriger", opt={"tab": "laboratoire", "level": "write"})
async def correct_result(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Replace a result for a reason; the one before stays readable."""
    form = await read_form(request)
    order, replaces = form.integer("examen") or 0, form.integer("remplace") or 0
    line = await asyncio.to_thread(_line, request, order)
    found = _answer(form, line, f"c{order}") if line else None
    if line is None or found is None:
        form.errors.setdefault("resultats", _("Notez le résultat corrigé."))
        return await asyncio.to_thread(_lab_again, request, visit, form, None)

    def write(unit: Any) -> dict[str, Any]:
        return {"result": correct(unit, order, found, replaces=replaces)}

    return await _act(request, visit, form, "correct-lab-result", write)


async def _act(request: Ask, visit: int, form: Form, kind: str, write: Any) -> Response[bytes] | Redirect:
    try:
        done = await state_of(request).opened.act(
            kind, session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_lab_again, request, visit, form, fault)
    return to(f"/visites/{visit}/labo", "deja" if done.repeated else "enregistre")


def _answer(form: Form, line: LabLine, prefix: str) -> Answer | None:
    """The result given in the fields of a test; None when it was left open."""
    note, reason = form.text(f"{prefix}-note", limit=400), form.text(f"{prefix}-raison", limit=400)
    if form.ticked(f"{prefix}-pas_fait"):
        return Answer(outcome=NOT_DONE, note=note, reason=reason)
    if line.test.is_number:
        value = form.scaled(f"{prefix}-valeur", 1000)
        return None if value is None else Answer(outcome="value", value_milli=value, note=note, reason=reason)
    outcome = form.choice(f"{prefix}-choix", [code for code, _label in line.test.choices])
    return Answer(outcome=outcome, note=note, reason=reason) if outcome else None


def _waiting(request: Ask, visit: int) -> list[LabLine]:
    with state_of(request).opened.reading() as db:
        return [line for line in repository.of_visit(db, visit) if not line.is_done]


def _line(request: Ask, order: int) -> LabLine | None:
    with state_of(request).opened.reading() as db:
        return repository.get(db, order)


def _work(request: Ask, db: Database, lines: list[LabLine]) -> list[Work]:
    today = today_of(request)
    by_visit: dict[int, list[LabLine]] = {}
    for line in lines:
        by_visit.setdefault(line.visit, []).append(line)
    held = {v: visits.get(db, v) for v in by_visit}
    people = {p.id: p for p in patients.lines(db, [v.patient for v in held.values() if v])}
    return [
        Work(
            visit=visit, patient=people[v.patient], age=people[v.patient].age(today), asked_at=asked[0].asked_at,
            lines=tuple(asked), is_urgent=v.priority == 2,
        )
        for visit, asked in by_visit.items()
        if (v := held[visit]) and v.patient in people
    ]  # fmt: skip


def _view(request: Ask, db: Database, held: visits.Visit) -> dict[str, Any]:
    shown = visit_view.head(request, db, held, "labo")
    who = {s: staff.name_of(db, s) for line in shown["lab"] for s in (line.asked_by, line.by_staff)}
    old = [(v, staff.name_of(db, v.by_staff), _old_text(shown["lab"], v)) for v in repository.versions(db, held.id)]
    return shown | {"who": who, "old": old, "lab_tests": default_tests(), "asked": set()}


def _old_text(lines: list[LabLine], version: repository.LabVersion) -> str:
    line = next(x for x in lines if x.order == version.order)
    was = replace(line, outcome=version.outcome, value_milli=version.value_milli)
    return f"{line.test.label} : {was.text}"


def _lab_again(request: Ask, visit: int, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        return refused(request, PAGE, db, form, fault, **_view(request, db, held))


def _form_again(request: Ask, visit: int, form: Form, fault: Refused | None) -> Response[bytes]:
    if not form.ticked("draft_version"):
        return _lab_again(request, visit, form, fault)
    with state_of(request).opened.reading() as db:
        held = visit_view.held_visit(db, visit)
        shown = visit_view.view(request, db, held, corriger=False, form=form)
        shown.pop("form")
        return refused(request, "visits/visit.html", db, form, fault, **shown)


HANDLERS = [work_list, lab_page, ask_tests, note_results, correct_result]
