"""The people of the centre, the matrix, deputies, and who opened which file."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import pins, reads, staff
from appliance.access.matrix import LEVELS, default_matrix
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key


@get("/personnel", opt={"tab": "personnel", "level": "read"})
@in_reader
def people(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everyone, with functions, intérims, and who still has the code given by another."""
    with state_of(request).opened.reading() as db:
        return page(request, "admin/people.html", db, **_view(request, db), form=Form({}), new_pin="", new_name="")


@post("/personnel", opt={"tab": "personnel", "level": "write"})
async def add(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Add a person; the first code is shown once, to be changed at the first sign-in."""
    form = await read_form(request)
    roles = [Role(r) for r in form.many("fonction") if r in set(Role)]
    pin = pins.fresh_pin()
    hashed = await asyncio.to_thread(pins.hash_pin, pin)
    try:
        await state_of(request).opened.act(
            "add-staff", session_of(request).actor,
            lambda u: {"staff": staff.add_member(u, form.raw("nom"), roles, hashed)}, key=request_key(form), body=form.plain(),
        )  # fmt: skip
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return await asyncio.to_thread(_shown, request, form.raw("nom"), pin)


@post("/personnel/{member:int}/code", opt={"tab": "personnel", "level": "write"})
async def reset_pin(request: Request[Any, Any, Any], member: int) -> Response[bytes]:
    """Give a new first code to someone who forgot theirs; their sessions end."""
    await read_form(request)
    pin = pins.fresh_pin()
    hashed = await asyncio.to_thread(pins.hash_pin, pin)

    def write(unit: Any) -> dict[str, Any]:
        staff.set_pin(unit, member, hashed, by_other=True)
        return {"staff": member}

    await state_of(request).opened.act("reset-pin", session_of(request).actor, write)
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

    await state_of(request).opened.act("change-staff", session_of(request).actor, write)
    if member != session_of(request).staff:
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
            lambda u: {"deputy": staff.add_deputy(u, absent, other, first, last)}, key=request_key(form), body=form.plain(),
        )  # fmt: skip
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/personnel", "enregistre")


@get("/personnel/matrice", opt={"tab": "personnel", "level": "read"})
@in_reader
def matrix_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Tab x function."""
    with state_of(request).opened.reading() as db:
        held = staff.rights(db)
        tabs = [
            (tab, [(role, held.level(tab.code, [role], None)) for role in Role]) for tab in default_matrix().values()
        ]
        exceptions = db.all(
            "SELECT e.tab, s.name, e.level, s.id FROM matrix_exception e JOIN staff s ON s.id = e.staff"
        )
        members = staff.members(db, today_of(request))
        return page(
            request,
            "admin/matrix.html",
            db,
            tabs=tabs,
            roles=list(Role),
            exceptions=exceptions,
            member_options=[(m.id, m.name) for m in members],
            tab_options=[(t.code, t.label) for t, _ in tabs],
        )


@post("/personnel/matrice", opt={"tab": "personnel", "level": "write"})
async def set_matrix(request: Request[Any, Any, Any]) -> Redirect:
    """Keep the cells that changed, and an exception for one person."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        held = staff.rights(unit)
        for name in form.typed:
            parts = name.split(":")
            if len(parts) == 3 and parts[0] == "cell" and parts[2] in set(Role):
                level, role = form.raw(name), Role(parts[2])
                if level in LEVELS and held.level(parts[1], [role], None) != level:
                    staff.set_cell(unit, parts[1], role, level)
        if member := form.integer("exception_personne"):
            staff.set_exception(unit, form.raw("exception_onglet"), member, form.raw("exception_niveau") or None)
        return {}

    await state_of(request).opened.act("set-matrix", session_of(request).actor, write)
    return to("/personnel/matrice", "enregistre")


@get("/personnel/journal", opt={"tab": "journal", "level": "read"})
@in_reader
def journal(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who opened which file, newest first."""
    state_of(request).reads.flush()
    with state_of(request).opened.reading() as db:
        rows = [
            (staff.name_of(db, who), patient, db.value("SELECT number FROM patient WHERE id = ?", (patient,)), tab, at)
            for who, patient, tab, _, at in reads.latest(db)
        ]
        return page(request, "admin/journal.html", db, rows=rows)


def _view(request: Ask, db: Any) -> dict[str, Any]:
    members = staff.members(db, today_of(request), active_only=False)
    deputies = db.all(
        "SELECT a.name, d.name, x.first_day, x.last_day FROM deputy x JOIN staff a ON a.id = x.absent"
        " JOIN staff d ON d.id = x.deputy WHERE x.last_day >= ? ORDER BY x.first_day",
        (today_of(request).isoformat(),),
    )
    options = [(m.id, m.name) for m in members if m.is_active]
    return {"member_options": options, "members": members, "roles": list(Role), "deputies": deputies}


def _shown(request: Ask, name: str | None, pin: str, member: int | None = None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = name or staff.name_of(db, member)
        return page(request, "admin/people.html", db, **_view(request, db), form=Form({}), new_pin=pin, new_name=shown)


def _again(request: Ask, form: Form, fault: Refused | None) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "admin/people.html", db, form, fault, **_view(request, db), new_pin="", new_name="")


HANDLERS = [people, add, reset_pin, change, deputy, matrix_page, set_matrix, journal]
