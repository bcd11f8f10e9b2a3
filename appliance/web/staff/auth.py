"""Signing in: choose your name, type your PIN. Locking, changing person, changing one's PIN."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import pins, staff
from appliance.core.actors import Actor
from appliance.core.errors import Refused
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import device_of, end_session, read_form, start_session
from appliance.web.staff import interrupted
from appliance.web.visitor import visitor_of
from appliance.web.words.refusals import sentence

_PAGE = re.compile(r"/(?!/)[A-Za-z0-9/_.-]{0,120}(\?[A-Za-z0-9=&_.%-]{0,120})?")


@get("/entrer", opt={"public": True})
@in_reader
def sign_in_page(
    request: Request[Any, Any, Any], qui: int | None = None, ou: str = "", de: int | None = None
) -> Response[bytes] | Redirect:
    """The names of those who work here, then the PIN of the one chosen. `ou`: the page that `de` had open."""
    state = state_of(request)
    with state.opened.reading() as db:
        people = _people(db, state.opened.clock.today())
        if not people:
            return to("/mise-en-service")
        chosen = next((m for m in people if m.id == qui), None)
        # The one who was here stands first, to go on in two gestures.
        people.sort(key=lambda m: m.id != de)
        return page(request, "sign_in.html", db, people=people, chosen=chosen, back=_safe(ou), was=de)


@post("/entrer", opt={"public": True})
async def sign_in(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Check the PIN; each wrong one makes the wait longer."""
    state, form = state_of(request), await read_form(request)
    member_id = form.integer("qui", required=True) or 0
    held = await asyncio.to_thread(_held, request, member_id)
    if held is None:
        return to("/entrer")
    # One try at a time for each person: a hundred tablets at once have no more tries than one.
    async with state.doors.setdefault(member_id, asyncio.Lock()):
        member, fault = await try_pin(request, member_id, form.raw("code"))
    if member is None:
        return to("/entrer")
    if fault is not None:
        return await asyncio.to_thread(_again, request, member, fault, _safe(form.raw("ou")))
    # The old session of this tablet ends: another person takes it over.
    state.sessions.close(visitor_of(request).token)
    token, _ = state.sessions.open(
        staff=member.id, name=member.name, initials=member.initials, roles=member.roles | member.acting,
        device=device_of(request), must_change_pin=member.pin_is_initial and not state.is_demo,
    )  # fmt: skip
    start_session(request, token)
    if member.pin_is_initial and not state.is_demo:
        return to("/mon-code")
    if await asyncio.to_thread(interrupted.is_waiting, request, member.id, member.roles | member.acting):
        return to("/reprendre")
    return to(_safe(form.raw("ou")) or "/")


async def try_pin(request: Ask, member_id: int, pin: str) -> tuple[staff.Member | None, Refused | None]:
    """One try: the person with what was wrong, both read anew behind the one before."""
    state = state_of(request)
    held = await asyncio.to_thread(_held, request, member_id)
    if held is None:
        return None, None
    member, pin_hash = held
    now = state.opened.clock.now().ms
    failures, until = state.tries_aside.get(member.id, (0, 0))
    wait = max(member.locked_until, until) - now
    if wait > 0:
        return member, Refused("pin-locked", seconds=wait // 1000 + 1)
    is_right = await asyncio.to_thread(pins.is_right, pin_hash, pin)
    actor = Actor(staff_id=member.id, device=device_of(request))
    if state.opened.damage is not None:
        # The store only reads: the count is kept in memory, and people can still come in to read.
        state.tries_aside[member.id] = (0, 0) if is_right else (failures + 1, now + pins.wait_ms(failures + 1))
    elif is_right:
        await state.opened.act("sign-in", actor, lambda u: _noted(u, member.id))
    else:
        await state.opened.act("sign-in-failed", actor, lambda u: {"until": staff.note_failure(u, member.id)})
    return member, None if is_right else Refused("pin-wrong")


def _noted(unit: Any, member: int) -> dict[str, Any]:
    staff.note_success(unit, member)
    return {"staff": member}


@post("/verrou", opt={"public": True})
async def lock(request: Request[Any, Any, Any]) -> Redirect:
    """Lock this tablet: the next person chooses a name; the same one is led back to where the page was."""
    session = visitor_of(request).session
    if session is None:
        return to("/entrer")
    form = await read_form(request)
    end_session(request)
    back = _safe(form.raw("ou"))
    return to(f"/entrer?{urlencode({'de': session.staff, 'ou': back})}" if back not in ("", "/") else "/entrer")


@get("/mon-code", opt={"own": True})
@in_reader
def own_pin_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Choose one's own PIN."""
    with state_of(request).opened.reading() as db:
        return page(request, "own_pin.html", db, is_first=session_of(request).must_change_pin)


@post("/mon-code", opt={"own": True})
async def own_pin(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set one's own PIN, another than before; whoever finds a tablet open can't, without the one in use."""
    state, form, session = state_of(request), await read_form(request), session_of(request)
    pin = form.raw("code")
    try:
        if not session.must_change_pin:
            async with state.doors.setdefault(session.staff, asyncio.Lock()):
                _, fault = await try_pin(request, session.staff, form.raw("actuel"))
            if fault is not None:
                form.errors["actuel"] = sentence(fault)
                raise Refused("form")
        if pin != form.raw("encore"):
            form.errors["encore"] = _("Les deux codes ne sont pas les mêmes.")
            raise Refused("form")
        if (held := await asyncio.to_thread(_held, request, session.staff)) is not None:
            _, old_hash = held
            if await asyncio.to_thread(pins.is_right, old_hash, pin):
                raise Refused("pin-same")
        new_hash = await asyncio.to_thread(pins.hash_pin, pin)
        await state.opened.act("set-own-pin", session.actor, lambda u: _set(u, session.staff, new_hash))
    except Refused as fault:
        return await asyncio.to_thread(_own_again, request, form, fault)
    token = visitor_of(request).token
    state.sessions.update(token, must_change_pin=False)
    state.sessions.close_staff(session.staff, but=token)
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


def _again(request: Ask, member: staff.Member, fault: Refused, back: str) -> Response[bytes]:
    state = state_of(request)
    with state.opened.reading() as db:
        people = _people(db, state.opened.clock.today())
        view = {"people": people, "chosen": member, "back": back, "was": member.id}
        return refused(request, "sign_in.html", db, Form({}), fault, **view)


def _people(db: Database, today: date) -> list[staff.Member]:
    return [m for m in staff.members(db, today) if m.has_pin]


def _safe(path: str) -> str:
    """A page of ours to go back to, or nothing: never another site's address."""
    return path if _PAGE.fullmatch(path) else ""


def _own_again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    shown = Form({})
    shown.errors = form.errors
    with state_of(request).opened.reading() as db:
        first = session_of(request).must_change_pin
        said = None if fault.code == "form" else fault
        return refused(request, "own_pin.html", db, shown, said, is_first=first)


HANDLERS = [sign_in_page, sign_in, lock, own_pin_page, own_pin]
