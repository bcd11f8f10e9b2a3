"""Signing in: choose your name, type your PIN. Locking, changing person, changing one's PIN."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import pins, staff
from appliance.core.actors import Actor
from appliance.core.errors import Refused
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import device_of, end_session, read_form, start_session
from appliance.web.visitor import visitor_of


@get("/entrer", opt={"public": True})
@in_reader
def sign_in_page(request: Request[Any, Any, Any], qui: int | None = None) -> Response[bytes] | Redirect:
    """The names of those who work here, then the PIN of the one chosen."""
    state = state_of(request)
    with state.opened.reading() as db:
        people = [m for m in staff.members(db, state.opened.clock.today()) if m.has_pin]
        if not people:
            return to("/mise-en-service")
        return page(request, "sign_in.html", db, people=people, chosen=next((m for m in people if m.id == qui), None))


@post("/entrer", opt={"public": True})
async def sign_in(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Check the PIN; each wrong one makes the wait longer."""
    state, form = state_of(request), await read_form(request)
    member_id = form.integer("qui", required=True) or 0
    held = await asyncio.to_thread(_held, request, member_id)
    if held is None:
        return to("/entrer")
    member, pin_hash = held
    actor = Actor(staff_id=member.id, device=device_of(request))
    wait = member.locked_until - state.opened.clock.now().ms
    if wait > 0:
        return await asyncio.to_thread(_again, request, member, Refused("pin-locked", seconds=wait // 1000 + 1))
    if not await asyncio.to_thread(pins.is_right, pin_hash, form.raw("code")):
        await state.opened.act("sign-in-failed", actor, lambda u: {"until": staff.note_failure(u, member.id)})
        return await asyncio.to_thread(_again, request, member, Refused("pin-wrong"))

    def enter(unit: Any) -> dict[str, Any]:
        staff.note_success(unit, member.id)
        return {"staff": member.id}

    await state.opened.act("sign-in", actor, enter)
    # The old session of this tablet ends: another person takes it over.
    state.sessions.close(visitor_of(request).token)
    token, _ = state.sessions.open(
        staff=member.id, name=member.name, initials=member.initials, roles=member.roles | member.acting,
        device=device_of(request), must_change_pin=member.pin_is_initial and not state.is_demo,
    )  # fmt: skip
    start_session(request, token)
    return to("/mon-code" if member.pin_is_initial and not state.is_demo else "/")


@post("/verrou", opt={"public": True})
async def lock(request: Request[Any, Any, Any]) -> Redirect:
    """Lock this tablet: the next person chooses a name."""
    await read_form(request)
    end_session(request)
    return to("/entrer")


@get("/mon-code", opt={"own": True})
@in_reader
def own_pin_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Choose one's own PIN."""
    with state_of(request).opened.reading() as db:
        return page(request, "own_pin.html", db)


@post("/mon-code", opt={"own": True})
async def own_pin(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set one's own PIN; the one given by another no longer opens anything."""
    state, form, session = state_of(request), await read_form(request), session_of(request)
    pin = form.raw("code")
    try:
        if pin != form.raw("encore"):
            form.errors["encore"] = "Les deux codes ne sont pas les mêmes."
            raise Refused("form")
        new_hash = await asyncio.to_thread(pins.hash_pin, pin)
        await state.opened.act("set-own-pin", session.actor, lambda u: _set(u, session.staff, new_hash))
    except Refused as fault:
        return await asyncio.to_thread(_own_again, request, form, fault)
    state.sessions.update(visitor_of(request).token, must_change_pin=False)
    return to("/", "code")


def _set(unit: Any, member: int, pin_hash: str) -> dict[str, Any]:
    staff.set_pin(unit, member, pin_hash, by_other=False)
    return {"staff": member}


def _held(request: Ask, member_id: int) -> tuple[staff.Member, str] | None:
    state = state_of(request)
    with state.opened.reading() as db:
        member = staff.member(db, member_id, state.opened.clock.today())
        found = staff.pin_hash(db, member_id)
    return (member, found) if member and found and member.is_active else None


def _again(request: Ask, member: staff.Member, fault: Refused) -> Response[bytes]:
    state = state_of(request)
    with state.opened.reading() as db:
        people = [m for m in staff.members(db, state.opened.clock.today()) if m.has_pin]
        return refused(request, "sign_in.html", db, Form({}), fault, people=people, chosen=member)


def _own_again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    shown = Form({})
    shown.errors = form.errors
    with state_of(request).opened.reading() as db:
        return refused(request, "own_pin.html", db, shown, fault)


HANDLERS = [sign_in_page, sign_in, lock, own_pin_page, own_pin]
