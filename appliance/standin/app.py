"""The stand-in as a raw ASGI application, so that an answer can truly be lost, cut or delayed.

Under `/_standin/` (loopback only) a test sets faults and reads back what is stored.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl

from appliance.standin.answers import Answer, json_answer
from appliance.standin.api import Api
from appliance.standin.settings import Faults, Quirks, Settings
from appliance.standin.store import Store


class StandIn:
    """One stand-in over one store and one set of metadata."""

    def __init__(
        self, settings: Settings, store: Store, metadata: dict[str, Any], today: Callable[[], date] | None = None
    ) -> None:
        self.settings, self.store = settings, store
        self._api = Api(settings, store, metadata, today or (lambda: datetime.now(UTC).date()))

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata as it stands; a test may change it in place."""
        return self._api.metadata

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = await _body(receive)
        path, faults = scope["path"], self.settings.faults
        if path.startswith("/_standin/"):
            await _send(send, self._control(path, scope["method"], body))
            return
        if faults.delay_ms:
            await asyncio.sleep(faults.delay_ms / 1000)
        if early := self._fault_before():
            self.store.note(scope["method"], path, early[0], len(body), len(early[2]))
            await _send(send, early)
            return
        headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
        params = dict(parse_qsl(scope["query_string"].decode()))
        answer = self._api.answer(scope["method"], path.removeprefix(self.settings.context_path), params, headers, body)
        self.store.note(scope["method"], path, answer[0], len(body), len(answer[2]))
        if faults.lose_answer > 0 and scope["method"] == "POST":
            faults.lose_answer -= 1
            raise _Cut  # what was asked is done; nobody hears of it
        if faults.cut_body > 0:
            faults.cut_body -= 1
            await send(
                {
                    "type": "http.response.start",
                    "status": answer[0],
                    "headers": [
                        (b"content-type", b"application/json"),
                        (b"content-length", str(len(answer[2]) + 50).encode()),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": answer[2][: len(answer[2]) // 2], "more_body": True})
            raise _Cut
        await _send(send, answer)

    def _fault_before(self) -> Answer | None:
        faults = self.settings.faults
        kinds: list[tuple[str, Answer]] = [
            ("html_502", (502, {"content-type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")),
            ("login_302", (302, {"location": str(self.settings.quirk("login_redirect_path"))}, b"")),
            ("busy_503", (503, {"content-type": "text/html"} | ({"retry-after": str(faults.retry_after)} if faults.retry_after else {}), b"<html>busy</html>")),
            ("portal_200", (200, {"content-type": "text/html"}, b"<html><title>Bienvenue sur le Wi-Fi</title></html>")),
        ]  # fmt: skip
        for name, answer in kinds:
            left = getattr(faults, name)
            if left > 0:
                setattr(faults, name, left - 1)
                return answer
        return None

    def _control(self, path: str, method: str, body: bytes) -> Answer:
        part = path.removeprefix("/_standin/")
        if method == "POST" and part in ("faults", "quirks"):
            target: Any = self.settings.faults if part == "faults" else self.settings.quirks
            for name, value in json.loads(body or b"{}").items():
                if name in {f.name for f in fields(target)}:
                    setattr(target, name, value)
            return json_answer(200, asdict(target))
        if method == "POST" and part == "metadata":
            self._api.metadata = json.loads(body)
            return json_answer(200, {"dataSets": len(self.metadata["dataSets"])})
        read: dict[str, Callable[[], Any]] = {
            "values": self.store.values, "completions": self.store.completions, "requests": self.store.requests,
            "faults": lambda: asdict(self.settings.faults), "metadata": lambda: self.metadata,
        }  # fmt: skip
        return json_answer(200, read[part]()) if part in read else json_answer(404, {"known": sorted(read)})


class _Cut(Exception):
    """Raised to break the connection without an answer."""


def fresh(settings: Settings | None = None) -> Settings:
    """Settings with no fault and no quirk set."""
    made = settings or Settings()
    made.faults, made.quirks = Faults(), Quirks()
    return made


async def _body(receive: Any) -> bytes:
    held: bytes = b""
    while True:
        message = await receive()
        held += message.get("body", b"")
        if not message.get("more_body"):
            return held


async def _send(send: Any, answer: Answer) -> None:
    headers = [(k.encode(), v.encode()) for k, v in answer[1].items()] + [
        (b"content-length", str(len(answer[2])).encode())
    ]
    await send({"type": "http.response.start", "status": answer[0], "headers": headers})
    await send({"type": "http.response.body", "body": answer[2]})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
