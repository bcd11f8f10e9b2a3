"""Break-glass on pages: asking, ending, acknowledging, and noting who reads a file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect

from appliance.access import glass, staff
from appliance.access.matrix import default_matrix
from appliance.access.reads import Reading
from appliance.core.errors import Refused
from appliance.records.patients import repository as patients
from appliance.records.patients.lines import number_of
from appliance.storage import Database
from appliance.web import security
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.visitor import visitor_of
from appliance.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """An emergency access as the head of the centre reads it: who, which file, which tab, why, when (ms)."""

    id: int
    who: str
    number: str
    patient: int
    tab: str
    reason: str
    at: int


def note_reading(request: Ask, patient: int, tab: str) -> None:
    """Note that a person reads a tab of a file; under break-glass it is durable before the page goes out."""
    state, session = state_of(request), session_of(request)
    reading = Reading(
        staff=session.staff, patient=patient, tab=tab, device=session.device, at=state.opened.clock.now().ms
    )
    state.reads.note(reading, before=bool(visitor_of(request).emergency))


def may_see_emergencies(request: Ask, db: Database) -> bool:
    """Whether the person answers for the centre: the one who says who may see what."""
    session = session_of(request)
    return staff.rights(db).may("personnel", "write", session.roles, session.staff)


def unseen(db: Database) -> list[Unseen]:
    """What the head of the centre has not seen yet."""
    tabs = default_matrix()
    return [
        Unseen(
            id=g.id, who=staff.name_of(db, g.staff), patient=g.patient, tab=tabs[g.tab].label, reason=g.reason, at=g.at,
            number=number_of(db, g.patient),
        )
        for g in glass.unseen(db)
    ]  # fmt: skip


@get("/urgence/{patient:int}", opt={"signed": True})
@in_reader
def ask_page(request: Request[Any, Any, Any], patient: int, onglet: str = "consultation") -> Response[bytes]:
    """Why a closed tab must be opened now."""
    if not glass.may_break(session_of(request).roles):
        raise PermissionDeniedException
    with state_of(request).opened.reading() as db:
        return page(
            request, "patients/emergency.html", db, **_view(request, db, patient), form=Form({"onglet": [onglet]})
        )


@post("/urgence/{patient:int}", opt={"signed": True})
async def ask(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Open the tab: durable, in the store or beside it, before anything is shown."""
    state, session, form = state_of(request), session_of(request), await security.read_form(request)
    if not glass.may_break(session.roles):
        raise PermissionDeniedException
    tab, reason = form.raw("onglet"), form.raw("raison")
    try:
        await asyncio.to_thread(_known, request, patient)
        if state.opened.damage:
            now = state.opened.clock.now().ms
            aside = state.opened.aside
            await asyncio.to_thread(glass.keep_aside, aside, session.actor, patient, tab, reason, now)
        else:
            await state.opened.act(
                "break-glass", session.actor, lambda u: {"glass": glass.open_glass(u, patient, tab, reason)},
                key=security.request_key(form), body=form.plain() | {"patient": [str(patient)]},
            )  # fmt: skip
    except Refused as fault:
        if fault.code == "no-such-patient":
            raise
        if fault.code == "glass-reason":
            form.errors["raison"] = _("Écrivez la raison : cinq lettres au moins.")
        return await asyncio.to_thread(_again, request, patient, form, fault)
    return to(f"/patients/{patient}", "urgence")


@post("/urgence/fermer/{opened:int}", opt={"signed": True})
async def end(request: Request[Any, Any, Any], opened: int) -> Redirect:
    """The emergency is over."""
    form = await security.read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        glass.end_glass(unit, opened)
        return {}

    await state_of(request).opened.act(
        "end-break-glass", session_of(request).actor, write, key=security.act_key(request, form)
    )
    return to("/", "urgence-fermee")


@post("/urgence/vu/{opened:int}", opt={"tab": "personnel", "level": "write"})
async def acknowledge(request: Request[Any, Any, Any], opened: int) -> Redirect:
    """The head of the centre has seen an emergency access."""
    form = await security.read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        glass.acknowledge(unit, opened)
        return {}

    await state_of(request).opened.act(
        "see-break-glass", session_of(request).actor, write, key=security.act_key(request, form)
    )
    return to("/", "vu")


def _known(request: Ask, patient: int) -> None:
    with state_of(request).opened.reading() as db:
        if patients.get(db, patient) is None:
            raise Refused("no-such-patient", patient=patient)


def _view(request: Ask, db: Database, patient: int) -> dict[str, Any]:
    line = patients.get(db, patient)
    if line is None:
        raise Refused("no-such-patient", patient=patient)
    rights, session, tabs = staff.rights(db), session_of(request), default_matrix()
    closed = [
        (code, tabs[code].label)
        for code in glass.emergency_tabs()
        if not rights.may(code, "read", session.roles, session.staff)
    ]
    return {"patient": line, "closed": closed}


def _again(request: Ask, patient: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "patients/emergency.html", db, form, fault, **_view(request, db, patient))


HANDLERS = [ask_page, ask, end, acknowledge]
