"""The gate in front of every page: a store that is sound, a session, the right to be here, and headers that close leaks.

One plain ASGI middleware: the session by its cookie, the tablet by a name of its own, the access matrix by the
handler's tab and level. No page of a patient is kept by the tablet's browser. A form is believed only with the
token of its session (or, before there is one, of the cookie set with the sign-in page).
"""

from __future__ import annotations

import asyncio
import gzip
import hmac
import json
import re
import secrets
from collections.abc import Iterable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import ClientException, NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from appliance.access import glass, staff
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, environment, state_of
from appliance.web.subject import find_emergency, subject_of
from appliance.web.visitor import Visitor, visitor_of

SESSION_COOKIE = "jeton"
DEVICE_COOKIE = "tablette"
CSRF_COOKIE = "avant"
BODY_BYTES_MAX = 2 << 20
BODY_SECONDS = 20
"""How long the next piece of a form may be awaited."""
FORM_TYPE = "application/x-www-form-urlencoded"
FORM_BYTES_MAX = 64 << 10
ZIP_BYTES_MIN = 700
# Acts keep the tablet's name: it is ours or none, never what somebody wrote into a cookie.
_DEVICE = re.compile(r"T-[0-9a-f]{6}")
_HEADERS = (
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
)  # fmt: skip


def gate(app: ASGIApp) -> ASGIApp:
    """Wrap the application."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        state = scope["litestar_app"].state.appliance
        cookies = _cookies(scope)
        token = cookies.get(SESSION_COOKIE, "")
        visitor = Visitor(session=state.sessions.find(token) if token else None, token=token)
        made = visitor.set_cookies
        named = cookies.get(DEVICE_COOKIE, "")
        visitor.device = (
            named if _DEVICE.fullmatch(named) else _named(made, DEVICE_COOKIE, f"T-{secrets.token_hex(3)}", 365)
        )
        visitor.csrf0 = cookies.get(CSRF_COOKIE) or _named(made, CSRF_COOKIE, secrets.token_urlsafe(18), None)
        scope["state"]["visitor"] = visitor
        sender = _Sender(
            send,
            visitor.set_cookies,
            zipped="gzip" in _header(scope, b"accept-encoding"),
            secure=scope["scheme"] == "https",
        )
        is_page = not scope["path"].startswith("/static/")
        is_writing = scope["method"] not in ("GET", "HEAD")
        if is_page and (state.store is None or (state.store.damage and is_writing and not _may_write(scope["path"]))):
            await _damaged(state, sender)
            return
        if is_writing:
            receive = _impatient(receive)
            if visitor.session is None and _header(scope, b"content-type").startswith(FORM_TYPE):
                receive = await _kept(receive, visitor)
        await app(scope, receive, sender)

    return wrapped


def who_knocks(request: Ask) -> Visitor:
    """The visitor of a request that never came to the gate, because its address leads nowhere: to draw the frame."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return Visitor(session=state_of(request).sessions.find(token) if token else None, token=token)


def _impatient(receive: Receive) -> Receive:
    """A body that stops coming is given up, so that a few hanging tablets do not hold every place at the door."""

    async def wait() -> Any:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await receive()
        except TimeoutError:
            raise ClientException(status_code=408) from None

    return wait


async def _kept(receive: Receive, visitor: Visitor) -> Receive:
    """Read a small form of a tablet that is not signed in before the guard turns it away, and hand it on unchanged."""
    messages: list[Any] = []
    body = b""
    while len(body) <= FORM_BYTES_MAX:
        messages.append(await receive())
        body += messages[-1].get("body", b"")
        if not messages[-1].get("more_body"):
            visitor.body = body
            break

    async def again() -> Any:
        return messages.pop(0) if messages else await receive()

    return again


class _Sender:
    """Adds the headers and cookies to an answer, and squeezes a page that is worth it."""

    def __init__(self, send: Send, set_cookies: list[str], *, zipped: bool, secure: bool) -> None:
        self._send = send
        self._cookies = set_cookies
        self._zipped = zipped
        self._suffix = "; Secure" if secure else ""
        self._start: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            await self._send(self._headers(message))
            self._start = None
        await self._send(message)

    def _headers(self, message: Any) -> Message:
        start = self._start
        headers = [(k.lower(), v) for k, v in start["headers"]]
        names = {k for k, _ in headers}
        headers += [h for h in _HEADERS if h[0] not in names]
        if b"cache-control" not in names:
            headers.append((b"cache-control", b"no-store"))
        body = message.get("body", b"")
        if (
            self._zipped
            and b"content-encoding" not in names
            and not message.get("more_body")
            and len(body) > ZIP_BYTES_MIN
        ):
            message["body"] = gzip.compress(body, 5, mtime=0)
            headers = [h for h in headers if h[0] != b"content-length"]
            headers += [(b"content-encoding", b"gzip"), (b"content-length", str(len(message["body"])).encode())]
        headers += [(b"set-cookie", (c + self._suffix).encode()) for c in self._cookies]
        start["headers"] = headers
        found: Message = start
        return found


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let through whoever may: a public handler anyone, another only a session with the level on its tab.

    A handler marked `own` serves the person signed in; one marked `signed` judges by itself who may.
    It runs in the loop: rights are kept answers, and a thread for each would cost more than they do.
    """
    if handler.opt.get("public"):
        return
    session = visitor_of(connection).session
    if session is None:
        raise NotAuthorizedException
    if session.must_change_pin and not handler.opt.get("own"):
        raise NotAuthorizedException(extra={"pin": True})
    if handler.opt.get("own") or handler.opt.get("signed"):
        return
    state = connection.app.state.appliance
    tab, level = handler.opt["tab"], handler.opt["level"]
    with state.opened.reading() as db:
        rights = staff.rights(db)
        find_emergency(connection, db)
        if rights.may(tab, level, session.roles, session.staff):
            return
        if level == "read" and tab in visitor_of(connection).emergency:
            return
        closed = _closed_file(connection, db, session.roles, tab, level)
    raise PermissionDeniedException(extra=closed)


def _closed_file(
    connection: ASGIConnection[Any, Any, Any, Any], db: Database, roles: Iterable[Role], tab: str, level: str
) -> dict[str, Any]:
    """What an emergency could open instead of the refusal: whose file, which tab; empty when nothing."""
    if level != "read" or tab not in glass.emergency_tabs() or not glass.may_break(roles):
        return {}
    whose = subject_of(db, connection.path_params)
    return {"patient": whose, "tab": tab} if whose is not None else {}


def closing_headers() -> dict[str, str]:
    """The headers that every page carries: what it may load, and that no tablet keeps it."""
    return {name.decode(): value.decode() for name, value in _HEADERS} | {"cache-control": "no-store"}


def _may_write(path: str) -> bool:
    """What is still taken while the store only reads: locking, signing in, opening a file in an emergency."""
    return path in ("/verrou", "/entrer") or path.startswith("/urgence/")


async def read_form(request: Ask) -> Form:
    """The posted form; raises `Refused("csrf")` when it does not carry its page's token."""
    posted = await request.form()
    form = Form({k: [str(v) for v in posted.getall(k)] for k in posted})
    visitor = visitor_of(request)
    expected = visitor.session.csrf if visitor.session else visitor.csrf0
    if not hmac.compare_digest(form.raw("csrf").encode(), expected.encode()):
        visitor.stale = {k: v for k, v in form.typed.items() if k != "csrf"} if visitor.session else None
        raise Refused("csrf")
    return form


def request_key(form: Form) -> bytes | None:
    """The form's request key: the same form sent ten times acts once."""
    try:
        key = bytes.fromhex(form.raw("request_key"))
    except ValueError:
        return None
    return key if len(key) == 16 else None


def act_key(request: Ask, form: Form, *more: str) -> bytes | None:
    """A key of this form at this address with what it holds, for pages on which several forms share one request key.

    The same sending again acts once; another form of the same page, or the same with another answer, is an act of its
    own. `more`: what was uploaded beside the fields.
    """
    key = request_key(form)
    if key is None:
        return None
    held = json.dumps([request.url.path, form.plain(), *more], sort_keys=True).encode()
    return hmac.digest(key, held, "sha256")[:16]


def start_session(request: Ask, token: str) -> None:
    """Give the tablet its session's cookie; it ends with the browser."""
    visitor_of(request).set_cookies.append(_cookie(SESSION_COOKIE, token, None))


def end_session(request: Ask) -> None:
    """Forget the session here and on the tablet."""
    if session := visitor_of(request).session:
        state_of(request).last_on[visitor_of(request).device] = session.staff
    state_of(request).sessions.close(visitor_of(request).token)
    visitor_of(request).set_cookies.append(f"{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")


def device_of(request: Ask) -> str:
    """The tablet's name, as acts keep it."""
    return str(visitor_of(request).device)[:20]


async def _damaged(state: Any, send: Send) -> None:
    body = environment().get_template("damaged.html").render(why=state.damage or state.store.damage.code).encode()
    await send(
        {"type": "http.response.start", "status": 503, "headers": [(b"content-type", b"text/html; charset=utf-8")]}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _cookies(scope: Scope) -> dict[str, str]:
    """Names and values as sent: ours are of letters, digits, "-" and "_" and need no unquoting."""
    pairs = (piece.partition("=") for piece in _header(scope, b"cookie").split(";"))
    return {name.strip(): value.strip() for name, is_pair, value in pairs if is_pair}


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def _named(cookies: list[str], name: str, value: str, days: int | None) -> str:
    cookies.append(_cookie(name, value, days))
    return value


def _cookie(name: str, value: str, days: int | None) -> str:
    lasting = f"; Max-Age={days * 86400}" if days else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict{lasting}"
