"""The people of the centre, the matrix, deputies, and who opened which file."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import deputies, pins, reads, staff
from appliance.access.matrix import default_matrix
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.records.patients.lines import number_of
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key


@get("/personnel", opt={"tab": "personnel", "level": "read"})
@in_reader
def people(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everyone, with functions, intérims, and who still has the code given by another."""
    with state_of(request).opened.reading() as db:
        return page(request, "admin/people.html", db, **_view(request, db), form=Form({}), new_pin="", new_name="")


@post("/personnel", opt={"tab": "personnel", "level": "write"})
async def add(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Add a person; the first code is shown once, to be changed at the first sign-in."""
    form = await read_form(request)
    roles = [Role(r) for r in form.many("fonction") if r in set(Role)]
    pin = pins.fresh_pin()
    hashed = await asyncio.to_thread(pins.hash_pin, pin)
    try:
        done = await state_of(request).opened.act(
            "add-staff", session_of(request).actor,
            lambda u: {"staff": staff.add_member(u, form.raw("nom"), roles, hashed)}, key=request_key(form), body=form.plain(),
        )  # fmt: skip
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    if done.repeated:
        return to("/personnel", "code-deja")
    return await asyncio.to_thread(_shown, request, form.raw("nom"), pin)


@post("/personnel/{member:int}/code", opt={"tab": "personnel", "level": "write"})
async def reset_pin(request: Request[Any, Any, Any], member: int) -> Response[bytes] | Redirect:
    """Give a new first code to someone who forgot theirs; their sessions end."""
    form = await read_form(request)
    pin = pins.fresh_pin()
    hashed = await asyncio.to_thread(pins.hash_pin, pin)

    def write(unit: Any) -> dict[str, Any]:
        staff.set_pin(unit, member, hashed, by_other=True)
        return {"staff": member}

    done = await state_of(request).opened.act("reset-pin", session_of(request).actor, write, key=act_key(request, form))
    if done.repeated:  # the code that holds was shown by the first answer; this new one is nobody's
        return to("/personnel", "code-deja")
    state_of(request).sessions.close_staff(member)
    return await asyncio.to_thread(_shown, request, None, pin, member)


@post("/personnel/{member:int}", opt={"tab": "personnel", "level": "write"})
async def change(request: Request[Any, Any, Any], member: int) -> Redirect:
    """Change functions, or let someone go or come back. Sessions end so that rights hold at once."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        if form.raw("actif"):
            staff.set_active(unit, member, form.raw("actif") == "oui")
        else:
            staff.set_roles(unit, member, [Role(r) for r in form.many("fonction") if r in set(Role)])
        return {"staff": member}

    await state_of(request).opened.act("change-staff", session_of(request).actor, write, key=act_key(request, form))
    # Rights hold at once: the person signs in anew, and so does the one who changed their own.
    state_of(request).sessions.close_staff(member)
    return to("/personnel", "enregistre")


@post("/personnel/interim", opt={"tab": "personnel", "level": "write"})
async def deputy(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """While one is away another holds the functions, both days included."""
    form = await read_form(request)
    absent, other = form.integer("absent", required=True), form.integer("remplacant", required=True)
    first, last = form.day("du", required=True), form.day("au", required=True)
    if absent is None or other is None or first is None or last is None:
        return await asyncio.to_thread(_again, request, form, None)
    try:
        await state_of(request).opened.act(
            "add-deputy", session_of(request).actor,
            lambda u: {"deputy": deputies.add_deputy(u, absent, other, first, last)}, key=request_key(form), body=form.plain(),
        )  # fmt: skip
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/personnel", "enregistre")


@post("/personnel/interim/{deputy:int}/finir", opt={"tab": "personnel", "level": "write"})
async def end_deputy(request: Request[Any, Any, Any], deputy: int) -> Redirect:
    """The absent one is back, or another will stand in: the functions lent end now."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        return {"staff": deputies.end_deputy(unit, deputy)}

    done = await state_of(request).opened.act(
        "end-deputy", session_of(request).actor, write, key=act_key(request, form)
    )
    state_of(request).sessions.close_staff(int(done.result["staff"]))
    return to("/personnel", "enregistre")


@get("/personnel/journal", opt={"tab": "journal", "level": "read"})
@in_reader
def journal(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who opened which file, newest first."""
    state_of(request).reads.flush()
    with state_of(request).opened.reading() as db:
        tabs = {code: tab.label for code, tab in default_matrix().items()}
        rows = [
            (
                staff.name_of(db, who),
                patient,
                number_of(db, patient),
                tabs.get(tab, tab),
                at,
            )
            for who, patient, tab, _, at in reads.latest(db)
        ]
        return page(request, "admin/journal.html", db, rows=rows)


def _view(request: Ask, db: Any) -> dict[str, Any]:
    members = staff.members(db, today_of(request), active_only=False)
    standing = [(i.id, i.absent, i.deputy, i.first, i.last) for i in deputies.interims(db, today_of(request))]
    options = [(m.id, m.name) for m in members if m.is_active]
    return {"member_options": options, "members": members, "roles": list(Role), "deputies": standing}


def _shown(request: Ask, name: str | None, pin: str, member: int | None = None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = name or staff.name_of(db, member)
        return page(request, "admin/people.html", db, **_view(request, db), form=Form({}), new_pin=pin, new_name=shown)


def _again(request: Ask, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "admin/people.html", db, form, fault, **_view(request, db), new_pin="", new_name="")


HANDLERS = [people, add, reset_pin, change, deputy, end_deputy, journal]
