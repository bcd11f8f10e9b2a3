"""Drafts, saved while typing: the tablet may die, the text does not."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post

from appliance.core.errors import Refused
from appliance.core.french import time_fr
from appliance.records.care import drafts
from appliance.web.pages import session_of, state_of
from appliance.web.security import read_form, request_key
from appliance.web.words.refusals import sentence

FORMS = ("visite",)


@post("/brouillons/{form_name:str}/{subject:str}", opt={"tab": "accueil", "level": "write"})
async def save(request: Request[Any, Any, Any], form_name: str, subject: str) -> Response[str]:
    """Keep what is typed; answers the line that the page shows, and the new version in a header."""
    form = await read_form(request)
    key = request_key(form)
    if form_name not in FORMS or key is None or len(subject) > 40:
        return Response("", status_code=422, media_type="text/plain")
    version = form.integer("draft_version") or 0

    def keep(unit: Any) -> dict[str, Any]:
        return {"version": drafts.save(unit, form_name, subject, form.plain(), key, version)}

    try:
        done = await state_of(request).opened.act("draft", session_of(request).actor, keep)
    except Refused as fault:
        return Response(sentence(fault), status_code=409, media_type="text/plain; charset=utf-8")
    at = time_fr(state_of(request).opened.clock.now().ms)
    headers = {"X-Draft-Version": str(done.result["version"])}
    return Response(f"Brouillon gardé à {at}", media_type="text/plain; charset=utf-8", headers=headers)


HANDLERS = [save]
