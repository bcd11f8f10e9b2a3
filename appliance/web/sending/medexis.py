"""How the centre exchanges with MEDEXIS: senders, programs and elements, and a test of them against the names of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.storage import Database, Unit
from appliance.sync import link as links
from appliance.sync.inbox import jobs, services
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.medexis.checking import findings
from appliance.sync.medexis.exchange import FIELDS, RECIPIENTS
from appliance.web.forms import Form
from appliance.web.pages import page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key

PATH = "/envois/medexis"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """A field of an event, the element it goes to, and which it might go to by its name."""

    name: str
    element: str


@get(PATH, opt={"tab": "envois", "level": "read"})
@in_reader
def medexis_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The exchange as set, and each finding against what the server says of its programs."""
    with state_of(request).opened.reading() as db:
        return page(request, "exchange/medexis.html", db, **_view(db))


@post(PATH, opt={"tab": "envois", "level": "write"})
async def set_medexis(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set the exchange; the programs are read anew at the next contact."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        exchange = exchanges.read(_typed(form, exchanges.as_dict(exchanges.get(unit))))
        exchanges.put(unit, exchange)
        services.know_sender(unit, exchange.is_known, exchange.fetch_bytes)
        if exchange.is_on:
            jobs.ask(unit)
        links.resume(unit)
        return {}

    try:
        await state_of(request).opened.act(
            "set-exchange", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    state_of(request).on_outbox()
    return to(PATH, "essai")


@post(f"{PATH}/essai", opt={"tab": "envois", "level": "write"})
async def try_medexis(request: Request[Any, Any, Any]) -> Redirect:
    """Read the programs anew at the server, at once: the findings are held against what it says now."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        links.ask_pull(unit)
        links.resume(unit)
        return {}

    await state_of(request).opened.act("test-exchange", session_of(request).actor, write, key=request_key(form))
    state_of(request).on_outbox()
    return to(PATH, "essai")


def _typed(form: Form, held: dict[str, Any]) -> dict[str, Any]:
    """What is held with what was typed over it."""
    for name in ("poll_hours", "fetch_kb"):
        text = form.raw(name)
        if not text.isdecimal() or len(text) > 6:
            raise Refused("exchange-field", field=name)
        held[name] = int(text)
    held["is_on"] = form.ticked("is_on")
    held["senders"] = _several(form.raw("senders"))
    held["recipients"] = {r: _several(form.raw(f"to-{r}")) for r in RECIPIENTS}
    held["subjects"] = {paper: form.raw(f"subject-{paper}") for paper in exchanges.PAPERS}
    for kind, event in held["events"].items():
        event |= {
            "program": form.raw(f"{kind}-program"),
            "stage": form.raw(f"{kind}-stage"),
            "per": form.raw(f"{kind}-per"),
        }
        event["fields"] = {field: form.raw(f"{kind}-{field}") for field in FIELDS[kind] if form.raw(f"{kind}-{field}")}
        event["options"] = {
            field: {word: form.raw(f"{kind}-{field}-{word}") for word in words}
            for field, words in exchanges.OPTIONS[kind].items()
        }
    return held


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _view(db: Database) -> dict[str, Any]:
    exchange = exchanges.get(db)
    return {
        "exchange": exchange, "fields": {kind: list(_fields(exchange, kind)) for kind in FIELDS}, "papers": exchanges.PAPERS,
        "options": exchanges.OPTIONS, "recipients": RECIPIENTS, "findings": findings(db), "pull": links.pull_state(db), "poll": jobs.state(db),
    }  # fmt: skip


def _fields(exchange: exchanges.Exchange, kind: str) -> Iterator[FieldShown]:
    for name in FIELDS[kind]:
        yield FieldShown(name=name, element=exchange.events[kind].fields.get(name, ""))


def _again(request: Any, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "exchange/medexis.html", db, form, fault, **_view(db))


HANDLERS = [medexis_page, set_medexis, try_medexis]
