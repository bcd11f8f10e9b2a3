"""The machine's own page: power, disk, heat, starts after a cut, the clock, the last check of the store. No patient's name."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.clock import to_ms
from appliance.core.errors import Refused
from appliance.storage import doubt
from appliance.upkeep import nightly, runs
from appliance.upkeep.health import read_health
from appliance.web.forms import Form
from appliance.web.pages import page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key

STARTS_DAYS = 30


@get("/entretien", opt={"tab": "entretien", "level": "read"})
@in_reader
def upkeep_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """How the machine does, and what to do when it does badly."""
    store = state_of(request).opened
    now = store.clock.now()
    with store.reading() as db:
        return page(
            request, "upkeep/machine.html", db, health=read_health(store.directory), now=now,
            starts=runs.starts(db, now.ms - int(timedelta(days=STARTS_DAYS).total_seconds() * 1000)),
            starts_days=STARTS_DAYS, checked=nightly.owed(db, now.ms).last, doubtful=doubt.doubtful(db),
            store_bytes=sum(f.stat().st_size for f in store.directory.glob("store.db*")),
        )  # fmt: skip


@post("/entretien/verifier", opt={"tab": "entretien", "level": "write"})
async def check_now(request: Request[Any, Any, Any]) -> Redirect:
    """Check the whole store now, while people go on working."""
    form = await read_form(request)
    store = state_of(request).opened
    bad = await asyncio.to_thread(nightly.check_store, store)

    def write(unit: Any) -> dict[str, Any]:
        nightly.record_check(unit, bad)
        return {"bad": len(bad)}

    await store.act("check-store", session_of(request).actor, write, key=request_key(form))
    state_of(request).is_check_failed = bool(bad)
    return to("/entretien", "verifie")


@get("/entretien/heure", opt={"tab": "entretien", "level": "write"})
@in_reader
def clock_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the box believes the time to be, and a form to say what it is."""
    return _clock_page(request, None, None)


@post("/entretien/heure", opt={"tab": "entretien", "level": "write"})
async def tell_time(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """A person says what time it is: the clock is believed again, and doubtful acts are settled by the difference."""
    form = await read_form(request)
    store = state_of(request).opened
    day, hour = form.day("jour", required=True), form.hour("heure", required=True)
    if form.errors or day is None or hour is None:
        return await asyncio.to_thread(_clock_page, request, form, None)
    told = to_ms(datetime.fromisoformat(f"{day.isoformat()}T{hour}:00+00:00"))

    def write(unit: Any) -> dict[str, Any]:
        return {"offset_ms": doubt.settle(unit, told), "told": told}

    try:
        done = await store.act("settle-clock", session_of(request).actor, write, key=request_key(form), body=told)
    except Refused as fault:
        return await asyncio.to_thread(_clock_page, request, form, fault)
    if not done.repeated:
        store.clock.tell(told)
    return to("/entretien", "heure")


def _clock_page(request: Request[Any, Any, Any], form: Form | None, fault: Refused | None) -> Response[bytes]:
    store = state_of(request).opened
    with store.reading() as db:
        view: dict[str, Any] = {"now": store.clock.now(), "doubtful": doubt.doubtful(db)}
        if form is None:
            return page(request, "upkeep/clock.html", db, **view)
        return refused(request, "upkeep/clock.html", db, form, fault, **view)


HANDLERS = [upkeep_page, check_now, clock_page, tell_time]
