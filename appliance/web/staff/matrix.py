"""Who sees what: tab by function, and what one person sees otherwise."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.access.matrix import LEVELS, Rights, default_matrix
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.web.pages import page, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form
from appliance.web.words import _, labels


@get("/personnel/{member:int}", opt={"tab": "personnel", "level": "read"})
@in_reader
def person_page(request: Request[Any, Any, Any], member: int) -> Response[bytes]:
    """One person: functions, code, leaving, and each tab as the functions give it or as an exception says."""
    with state_of(request).opened.reading() as db:
        held = staff.member(db, member, today_of(request))
        if held is None:
            raise Refused("no-such-staff", staff=member)
        rights = staff.rights(db)
        by_roles = Rights(rights.cells, {})
        tabs = [
            (tab, by_roles.level(tab.code, held.roles | held.acting, None), rights.exceptions.get((tab.code, member)))
            for tab in default_matrix().values()
        ]
        return page(request, "admin/person.html", db, member=held, roles=list(Role), tabs=tabs)


@post("/personnel/{member:int}/exception", opt={"tab": "personnel", "level": "write"})
async def set_exception(request: Request[Any, Any, Any], member: int) -> Redirect:
    """Give one person another level on a tab, or take the exception back."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        staff.set_exception(unit, form.raw("onglet"), member, form.raw("niveau") or None)
        return {}

    await state_of(request).opened.act("set-exception", session_of(request).actor, write, key=act_key(request, form))
    return to(f"/personnel/{member}", "enregistre")


@get("/personnel/matrice", opt={"tab": "personnel", "level": "read"})
@in_reader
def matrix_page(request: Request[Any, Any, Any], fonction: str = "") -> Response[bytes]:
    """What one function sees, tab by tab, to be set; under it the exceptions and the whole table, to be read."""
    chosen = Role(fonction) if fonction in set(Role) else Role.NURSE
    with state_of(request).opened.reading() as db:
        held = staff.rights(db)
        whole = [
            (tab, [(role, held.level(tab.code, [role], None)) for role in Role]) for tab in default_matrix().values()
        ]
        shown = [
            (default_matrix()[tab].label, name, level, member)
            for tab, member, name, level in staff.exceptions(db)
            if tab in default_matrix()
        ]
        return page(
            request, "admin/matrix.html", db, roles=list(Role), chosen=chosen, whole=whole, exceptions=shown,
            tabs=[(tab, dict(row)[chosen]) for tab, row in whole], levels={**labels.LEVELS, "none": _("Ne voit pas")},
        )  # fmt: skip


@post("/personnel/matrice", opt={"tab": "personnel", "level": "write"})
async def set_matrix(request: Request[Any, Any, Any]) -> Redirect:
    """Keep the cells that changed."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        held = staff.rights(unit)
        for name in form.typed:
            parts = name.split(":")
            if len(parts) == 3 and parts[0] == "cell" and parts[2] in set(Role):
                level, role = form.raw(name), Role(parts[2])
                if level in LEVELS and held.level(parts[1], [role], None) != level:
                    staff.set_cell(unit, parts[1], role, level)
        return {}

    await state_of(request).opened.act("set-matrix", session_of(request).actor, write, key=act_key(request, form))
    role = form.raw("fonction")
    return to(f"/personnel/matrice?fonction={role}" if role in set(Role) else "/personnel/matrice", "enregistre")


HANDLERS = [person_page, set_exception, matrix_page, set_matrix]
