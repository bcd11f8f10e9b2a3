"""A form sent by a tablet whose session had ended: what was typed is kept for a while and given back after the PIN.

A night, a long delivery, a power cut: the page was open, the session was not. The fields stay in memory, for the tablet
that sent them and for the person whose session it was (anyone with the right to that page after a restart, since
sessions die with the process). Nothing is written on the disk.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get
from litestar.response import Redirect

from appliance.access import staff
from appliance.access.sessions import Session
from appliance.web.forms import Form
from appliance.web.pages import environment, frame, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.visitor import visitor_of
from appliance.web.words import _

KEPT_SECONDS = 1800.0
KEPT_MAX = 40
BODY_BYTES_MAX = 64 << 10
SECRETS = ("csrf", "code", "encore", "actuel", "pin", "pin_encore", "mot_de_passe", "jeton_acces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """What one tablet had sent: where, the fields, the tab and level that page asks for, and whose session it was."""

    path: str
    fields: dict[str, list[str]]
    tab: str
    level: str
    staff: int | None
    at: float


def keep(request: Request[Any, Any, Any], body: bytes) -> bool:
    """Keep an urlencoded form of a page that has a tab; true when it was kept."""
    opt = request.scope["route_handler"].opt
    kept, visitor = state_of(request).interrupted, visitor_of(request)
    if "tab" not in opt or not body or len(body) > BODY_BYTES_MAX:
        return False
    typed = Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=False)).typed
    fields = {name: values for name, values in typed.items() if name not in SECRETS}
    if not any(name != "request_key" for name in fields):
        return False
    kept.pop(visitor.device, None)
    while len(kept) >= KEPT_MAX:
        del kept[next(iter(kept))]
    state = state_of(request)
    who = state.sessions.who_was(visitor.token) if visitor.token else state.last_on.get(visitor.device)
    kept[visitor.device] = Interrupted(
        path=request.url.path, fields=fields, tab=opt["tab"], level=opt["level"], staff=who, at=time.monotonic()
    )
    return True


def is_waiting(request: Request[Any, Any, Any], member: int, roles: frozenset[Any]) -> bool:
    """Whether this tablet sent something that this person may take up."""
    state = state_of(request)
    held = state.interrupted.get(visitor_of(request).device)
    if held is None or time.monotonic() - held.at > KEPT_SECONDS or held.staff not in (None, member):
        return False
    with state.opened.reading() as db:
        return staff.rights(db).may(held.tab, held.level, roles, member)


@get("/reprendre", opt={"own": True})
@in_reader
def take_up(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """What was typed before the PIN, to be looked at and saved with one button; shown once."""
    state = state_of(request)
    session: Session = session_of(request)
    if not is_waiting(request, session.staff, session.roles):
        return to("/")
    held = state.interrupted.pop(visitor_of(request).device)
    with state.opened.reading() as db:
        shown = frame(request, db) | {
            "text": _("La tablette s'était verrouillée avant d'enregistrer. Rien n'est perdu : vérifiez et enregistrez."),
            "status": 409, "closed": {}, "path": held.path, "stale": held.fields,
        }  # fmt: skip
        body = environment().get_template("said.html").render(**shown)
    return Response(body.encode(), media_type="text/html; charset=utf-8")


HANDLERS = [take_up]
