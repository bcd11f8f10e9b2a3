"""Finding patients by the one box, and the file of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import glass
from appliance.core.errors import Refused
from appliance.core.identifiers import grouped, is_valid_code, normalise_code
from appliance.records.care import visits
from appliance.records.care.diagnoses import default_diagnoses
from appliance.records.patients import lines, repository
from appliance.records.patients.model import said_text
from appliance.storage import Database
from appliance.web.pages import fragment, page, sees, session_of, state_of, to, today_of
from appliance.web.patients.family import kin_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.visitor import visitor_of


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
    """One box: number, card, phone, names in any order, mother, village. As one types, only the list comes.

    A whole number or a card opens its file at once: a scanner types the code and a new line.
    """
    live = bool(request.headers.get("hx-request"))
    with state_of(request).opened.reading() as db:
        exact = repository.by_code(db, q)
        if exact is not None and not live:
            return Response(b"", status_code=303, headers={"Location": f"/patients/{exact}"})
        found = repository.search(db, q) if q.strip() else repository.latest(db)
        blank = grouped(normalise_code(q)) if not found and _is_blank_card(db, q) else ""
        if live:
            return fragment(request, "patients/list.html", found=found, q=q, blank=blank)
        return page(request, "patients/search.html", db, found=found, q=q, blank=blank)


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
            request, "patients/file.html", db, patient=line, age=line.age(today_of(request)),
            kin=kin_of(db, patient), birth_said=said_text(line.birth) if line.birth else "",
            timeline=_timeline(db, patient) if clinical else None, is_emergency=bool(visitor_of(request).emergency),
            can_break=glass.may_break(session_of(request).roles), merges=repository.standing_merges(db, patient),
            common_motives=[(m, m) for m in lines.common_motives(db)],
        )  # fmt: skip


@post("/patients/{patient:int}/accueillir", opt={"tab": "accueil", "level": "write"})
async def welcome(request: Request[Any, Any, Any], patient: int) -> Redirect:
    """The person has come: put them in the queue."""
    form = await read_form(request)
    motive = form.raw("motif") or form.raw("motif_choisi")
    done = await state_of(request).opened.act(
        "open-visit", session_of(request).actor, lambda u: {"visit": visits.open_visit(u, patient, motive)},
        key=request_key(form), body=form.plain() | {"patient": [str(patient)]},
    )  # fmt: skip
    return to(f"/visites/{done.result['visit']}", "deja" if done.repeated else "")


def _is_blank_card(db: Database, typed: str) -> bool:
    return is_valid_code(typed) and lines.is_blank_card(db, normalise_code(typed))


def _timeline(db: Database, patient: int) -> list[VisitLine]:
    found = []
    for visit in visits.of_patient(db, patient):
        current = visits.current_consultation(db, visit.id)
        label = default_diagnoses()[current[1].diagnosis].label if current else ""
        found.append(VisitLine(id=visit.id, on=visit.occurred_on, motive=visit.motive, diagnosis=label))
    return found


HANDLERS = [search, file, welcome]
