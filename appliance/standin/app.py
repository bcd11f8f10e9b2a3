"""The stand-in as a raw ASGI application, so that an answer can truly be lost, cut or delayed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from appliance.standin import faults as faulty
from appliance.standin.api import Api
from appliance.standin.control import PREFIX, Control
from appliance.standin.instance import Clock, Instance
from appliance.standin.settings import Settings
from appliance.standin.store import Store
from appliance.standin.wire.answers import Answer, html, json_answer, message
from appliance.standin.wire.request import Request

LOOPBACK = ("127.", "::1", "::ffff:127.")


class Cut(Exception):
    """Raised to break the connection without an answer."""


class StandIn:
    """One stand-in over one store and one set of metadata."""

    def __init__(
        self, settings: Settings, store: Store, metadata: dict[str, Any], today: Callable[[], date] | None = None
    ) -> None:
        self.settings, self.store = settings, store
        self._here = Instance(settings, store, metadata, Clock(today))
        self._api = Api(self._here)
        self._control = Control(self._here, self._api.door)

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata as it stands; a test may change it in place."""
        return self._here.metadata

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = await _body(receive)
        if scope["path"].startswith(PREFIX):
            await self._send(send, self._controlled(scope, body))
            return
        if self.settings.faults.delay_ms:
            await asyncio.sleep(self.settings.faults.delay_ms / 1000)
        answer = self._answer(scope, body)
        query = scope["query_string"].decode("latin-1")
        self.store.note(
            self._here.clock.stamp(), scope["method"], scope["path"], query, answer[0], len(body), len(answer[2])
        )
        if scope["method"] == "POST" and faulty.struck(self.settings.faults, "lose_answer"):
            raise Cut  # what was asked is done; nobody hears of it
        if answer[2] and faulty.struck(self.settings.faults, "cut_body"):
            await self._send(send, answer, half=True)
            raise Cut
        await self._send(send, answer)

    def _controlled(self, scope: dict[str, Any], body: bytes) -> Answer:
        if not (scope.get("client") or ("127.0.0.1", 0))[0].startswith(LOOPBACK):
            return json_answer(403, {"fault": "only this machine may control the stand-in"})
        return self._control.answer(scope["method"], scope["path"], body)

    def _answer(self, scope: dict[str, Any], body: bytes) -> Answer:
        base = self.settings.context_path
        login = base + str(self.settings.quirk("login_redirect_path"))
        if early := faulty.early(self.settings.faults, login):
            return early
        if not scope["path"].startswith(f"{base}/"):
            return html(404, "Not Found")
        if scope["path"] == login:
            return html(200, "Log in")
        pairs = tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        path = scope["path"].removeprefix(base)
        try:
            return self._api.answer(Request(method=scope["method"], path=path, pairs=pairs, headers=headers, body=body))
        except Exception as fault:  # a server answers 500, whatever went wrong in it
            return message(500, f"{type(fault).__name__}: {fault}")

    async def _send(self, send: Any, answer: Answer, *, half: bool = False) -> None:
        status, given, body = answer
        now = self._here.clock.now().replace(tzinfo=UTC)
        every = {**given, "date": format_datetime(now, usegmt=True)}
        if status not in (204, 304):
            every["content-length"] = str(len(body))
        headers = [(k.encode(), v.encode("latin-1")) for k, v in every.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2] if half else body, "more_body": half})


async def _body(receive: Any) -> bytes:
    held: list[bytes] = []
    while True:
        part = await receive()
        held.append(part.get("body", b""))
        if not part.get("more_body"):
            return b"".join(held)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        part = await receive()
        await send({"type": f"{part['type']}.complete"})
        if part["type"] == "lifespan.shutdown":
            return
