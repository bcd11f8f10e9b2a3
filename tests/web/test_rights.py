"""Every route has a tab and a level, and the server enforces the matrix for every role."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from appliance.access.matrix import Rights, default_matrix
from appliance.access.staff import set_exception
from appliance.core.actors import Role
from appliance.records.facility.services import Facility, set_facility
from appliance.storage import Store
from appliance.web.app import create_app
from appliance.web.security import SESSION_COOKIE
from appliance.web.state import AppState
from tests.conftest import Act


def routes(app: Any) -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                path = "/".join(
                    "1" if p.startswith("{") and "int" in p else "x" if p.startswith("{") else p
                    for p in route.path.split("/")
                )
                found.append((method, path, handler.opt))
    return found


def test_every_route_by_every_role_answers_as_the_matrix_says(store: Store, act: Act) -> None:
    act(set_facility, Facility(name="Essai", code="ML0001", district="D"))
    state = AppState(store=store)
    app = create_app(state)
    rights = Rights({}, {})
    walked = 0

    async def walk() -> None:
        nonlocal walked
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            for role in Role:
                token, session = state.sessions.open(
                    staff=99, name="X", initials="X", roles=frozenset({role}), device="T", must_change_pin=False
                )
                client.cookies.set(SESSION_COOKIE, token)
                for method, path, opt in routes(app):
                    if opt.get("public") or opt.get("own") or opt.get("signed"):
                        continue
                    data = {"csrf": session.csrf} if method == "POST" else None
                    status = (await client.request(method, path, data=data)).status_code
                    allowed = rights.may(opt["tab"], opt["level"], [role], 99)
                    assert (status == 403) == (not allowed), (role, method, path, status)
                    walked += 1

    asyncio.run(walk())
    assert walked > 400


def test_a_stranger_reaches_nothing_but_the_door(store: Store) -> None:
    app = create_app(AppState(store=store))

    async def walk() -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            for method, path, opt in routes(app):
                if opt.get("public"):
                    continue
                answer = await client.request(method, path)
                assert answer.status_code == 303, (method, path)
                assert answer.headers["location"] == "/entrer"

    asyncio.run(walk())


def test_an_exception_for_one_person_outweighs_the_roles(store: Store, act: Act) -> None:
    from appliance.access.staff import add_member, rights

    member = act(add_member, "Essai Personne", [Role.NURSE])
    act(set_exception, "consultation", member, "none")
    with store.reading() as db:
        held = rights(db)
    assert held.level("consultation", [Role.NURSE], member) == "none"
    assert held.level("consultation", [Role.NURSE], member + 1) == "write"


def test_treasurer_supervisor_and_technician_see_no_clinical_page_and_no_name() -> None:
    rights = Rights({}, {})
    for role in (Role.TREASURER, Role.DISTRICT_SUPERVISOR, Role.TECHNICIAN):
        for tab in ("patients", "consultation", "ordonnances", "accueil"):
            assert rights.level(tab, [role], None) == "none", (role, tab)


@pytest.mark.parametrize("tab", list(default_matrix()))
def test_the_head_of_the_centre_sees_every_tab(tab: str) -> None:
    assert Rights({}, {}).level(tab, [Role.HEAD], None) != "none"


def test_an_absent_s_roles_are_held_by_the_deputy_only_on_the_days_named(store: Store, act: Act) -> None:
    from datetime import date, timedelta

    from appliance.access.deputies import add_deputy
    from appliance.access.staff import add_member, members

    absent, deputy = act(add_member, "La Cheffe", [Role.HEAD]), act(add_member, "Le Suppléant", [Role.NURSE])
    first, last = date(2026, 10, 10), date(2026, 10, 20)
    act(add_deputy, absent, deputy, first, last)
    with store.reading() as db:
        for day, holds in ((first - timedelta(1), False), (first, True), (last, True), (last + timedelta(1), False)):
            found = next(m for m in members(db, day) if m.id == deputy)
            assert (Role.HEAD in found.acting) is holds, day
