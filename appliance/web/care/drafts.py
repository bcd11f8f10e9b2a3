"""Drafts, saved while typing: the tablet may die, the text does not; taken up elsewhere, or thrown away."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.response import Redirect

from appliance.access import deputies
from appliance.core.errors import Refused
from appliance.core.french import time_fr
from appliance.records.care import drafts
from appliance.web.pages import session_of, state_of, to, today_of
from appliance.web.security import read_form, request_key
from appliance.web.words import _
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
    said = _("Brouillon gardé à %(time)s") % {"time": at}
    return Response(said, media_type="text/plain; charset=utf-8", headers=headers)


@post("/visites/{visit:int}/brouillon/reprendre", opt={"tab": "consultation", "level": "write"})
async def take_over(request: Request[Any, Any, Any], visit: int) -> Redirect:
    """Take up the draft of an absent person for whom one stands in today."""
    form, session, today = await read_form(request), session_of(request), today_of(request)
    absent = form.integer("absent") or 0

    def take(unit: Any) -> dict[str, Any]:
        if absent not in deputies.absent_for(unit, session.staff, today):
            raise Refused("forbidden")
        drafts.take_over(unit, "visite", str(visit), absent)
        return {"visit": visit}

    await state_of(request).opened.act("take-draft", session.actor, take, key=request_key(form), body=form.plain())
    return to(f"/visites/{visit}")


@post("/visites/{visit:int}/brouillon/jeter", opt={"tab": "accueil", "level": "write"})
async def throw_away(request: Request[Any, Any, Any], visit: int) -> Redirect:
    """Throw one's own draft away: the visit shows again what is recorded."""
    await read_form(request)

    def drop(unit: Any) -> dict[str, Any]:
        drafts.drop(unit, "visite", str(visit))
        return {"visit": visit}

    await state_of(request).opened.act("drop-draft", session_of(request).actor, drop)
    return to("/")


HANDLERS = [save, take_over, throw_away]
