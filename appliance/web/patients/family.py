"""The family of a file: who lives together, parents, children and twins; adding by search, number or card, correcting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.records.facility.services import villages
from appliance.records.families import repository as families
from appliance.records.families import services
from appliance.records.families.model import PARENTS, Household, Kin, can_be_parent
from appliance.records.patients import repository
from appliance.records.patients.model import PatientLine
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.staff.emergency import note_reading
from appliance.web.words import _
from appliance.web.words.families import KIN

TEMPLATE = "patients/family.html"
SAYABLE = ("household", "mother", "father", "couple", "child", "twin")
_ORDER = ("mother", "father", "couple", "child", "twin", "sibling")
FOUND_SHOWN = 12
FOUND_LOOKED_AT = 100
"""Of so many files that a name finds, those are shown first that can be what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A relative as the page shows one; a brother or sister follows from the parents and has no tie of their own."""

    line: PatientLine
    role: str
    link: int | None


@get("/patients/{patient:int}/famille", opt={"tab": "patients", "level": "read"})
@in_reader
def family_page(request: Request[Any, Any, Any], patient: int, q: str = "", lien: str = "") -> Response[bytes]:
    """Who lives with this person and who their kin are; with `q`, whom to add."""
    with state_of(request).opened.reading() as db:
        line = _line(db, patient)
        if line.id != patient:
            return Response(b"", status_code=303, headers={"Location": f"/patients/{line.id}/famille"})
        note_reading(request, patient, "patients")
        form = Form({"lien": [lien]})
        return page(request, TEMPLATE, db, **_view(request, db, line, q, lien), form=form)


@post("/patients/{patient:int}/famille", opt={"tab": "patients", "level": "write"})
async def add(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Say what another file is to this one: `lien` mother, father, couple, child, twin, or household (lives here)."""
    form = await read_form(request)
    other = form.integer("autre", required=True) or 0
    kin, moves = form.choice("lien", SAYABLE, required=True) or "", form.ticked("demenage")

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors:
            raise Refused("family-kind")
        if kin == "household":
            here = families.household_of(unit, patient)
            home = here.id if here else services.found_household(unit, patient)
            services.join_household(unit, home, other, moves=moves)
        elif kin == "child":
            services.link(unit, patient, other, "mother" if _line(unit, patient).sex == "F" else "father")
        else:
            services.link(unit, other, patient, kin)
        return {}

    return await _done(request, patient, form, "say-family", write)


@post("/patients/{patient:int}/famille/finir", opt={"tab": "patients", "level": "write"})
async def end(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """A tie holds no more (`lien`), or a member (`membre`) lives here no more; with the reason."""
    form = await read_form(request)
    member, reason = form.integer("membre"), form.raw("raison_autre") or form.raw("raison")

    def write(unit: Unit) -> dict[str, Any]:
        if member is not None:
            _of_household(unit, patient, member)
            services.leave_household(unit, member, reason)
        else:
            services.end_link(unit, patient, form.integer("lien") or 0, reason)
        return {}

    return await _done(request, patient, form, "end-family", write)


@post("/patients/{patient:int}/menage", opt={"tab": "patients", "level": "write"})
async def household(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Make this person's household, name its concession, or say who heads it (`chef`)."""
    form = await read_form(request)
    head, concession = form.integer("chef"), form.text("concession", limit=120)

    def write(unit: Unit) -> dict[str, Any]:
        if families.household_of(unit, patient) is None:
            services.found_household(unit, patient, concession)
        elif head is not None:
            _of_household(unit, patient, head)
            services.set_head(unit, head)
        else:
            services.name_concession(unit, patient, concession)
        return {}

    return await _done(request, patient, form, "set-household", write)


def kin_of(db: Database, patient: int) -> tuple[PatientLine | None, list[PatientLine]]:
    """The mother and the children of a file, for its first page."""
    mother = families.mother_of(db, patient)
    children = repository.lines(db, families.children_of(db, patient))
    return repository.get(db, mother) if mother is not None else None, children


async def _done(
    request: Ask, patient: int, form: Form, kind: str, write: Callable[[Unit], dict[str, Any]]
) -> Response[bytes] | Redirect:
    try:
        done = await state_of(request).opened.act(
            kind,
            session_of(request).actor,
            write,
            key=request_key(form),
            body=form.plain() | {"patient": [str(patient)]},
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, patient, form, fault)
    return to(f"/patients/{patient}/famille", "deja" if done.repeated else "enregistre")


def _again(request: Ask, patient: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        line = _line(db, patient)
        field = {"family-kind": "lien", "reason-needed": "raison"}.get(fault.code)
        if field:
            form.errors[field] = _("À remplir.")
        view = _view(request, db, line, form.raw("q"), form.raw("lien")) | {
            "is_elsewhere": fault.code == "household-other"
        }
        return refused(request, TEMPLATE, db, form, fault, **view)


def _view(request: Ask, db: Database, line: PatientLine, typed: str, kin: str) -> dict[str, Any]:
    today = today_of(request)
    home = families.household_of(db, line.id)
    others = (
        [one for one in repository.search(db, typed, FOUND_LOOKED_AT) if one.id != line.id] if typed.strip() else []
    )
    fitting = [one for one in others if _can_be(one, line, kin)]
    return {
        "patient": line, "age": line.age(today), "home": home, "q": typed,
        "members": repository.lines(db, home.members) if home else [], "village": _village(db, home),
        "relatives": _relatives(db, line.id), "found": fitting[:FOUND_SHOWN],
        "unfit": len(others) - len(fitting), "said_kin": kin if kin in SAYABLE else "",
        "kin": [(code, KIN[code]) for code in SAYABLE], "roles": KIN, "is_elsewhere": False,
        "homes": len({household for _, household in families.memberships(db, line.id)}),
    }  # fmt: skip


def _can_be(other: PatientLine, line: PatientLine, kin: str) -> bool:
    """Whether sex and ages let another person be what was said of them; of what nothing speaks against, everybody."""
    if kin in PARENTS:
        return can_be_parent(other, line, Kin(kin))
    if kin == "child":
        return any(can_be_parent(line, other, role) for role in PARENTS)
    return True


def _relatives(db: Database, patient: int) -> list[Relative]:
    said: list[tuple[int, str, int | None]] = [(tie.other, tie.role, tie.link) for tie in families.ties(db, patient)]
    told = {other for other, _role, _link in said}
    said += [(one, "sibling", None) for one in families.siblings(db, patient) if one not in told]
    shown = {line.id: line for line in repository.lines(db, [other for other, _role, _link in said])}
    found = [Relative(line=shown[other], role=role, link=link) for other, role, link in said if other in shown]
    return sorted(found, key=lambda one: (_ORDER.index(one.role), one.line.born_on))


def _village(db: Database, home: Household | None) -> str:
    if home is None or home.village is None:
        return ""
    return next((v.name for v in villages(db) if v.id == home.village), "")


def _of_household(unit: Unit, patient: int, member: int) -> None:
    """Refuse somebody who lives elsewhere: the page is about this household."""
    here = families.household_of(unit, patient)
    if here is None or repository.survivor(unit, member) not in here.members:
        raise Refused("no-such-household", patient=member)


def _line(db: Database, patient: int) -> PatientLine:
    line = repository.get(db, repository.survivor(db, patient))
    if line is None:
        raise Refused("no-such-patient", patient=patient)
    return line


HANDLERS = [family_page, add, end, household]
