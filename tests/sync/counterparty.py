"""A tiny server on a real loopback socket that answers exactly what a test lays before it, and keeps what it was sent.

It knows nothing of DHIS2: the answers are the contract's own examples and nasty variants of them, word for word.
"""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(gzip.decompress(self.raw) if self.raw[:2] == b"\x1f\x8b" else self.raw)


@dataclass
class Reply:
    """One answer; `cut` hangs up after so many bytes of the body, 0 before any answer."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] | None = None
    cut: int | None = None

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


INFO = Reply(body={"version": "2.40.3", "revision": "abc1234", "serverDate": "2026-11-02T08:15:30.123"})
NOTHING_THERE = Reply(body={"dataSet": "BfMAe6Itzgt", "period": "202610", "orgUnit": "DiszpKrYNg8"})


def summary(status: str = "SUCCESS", conflicts: Any = None, **counts: int) -> dict[str, Any]:
    """A wrapped import summary."""
    inner: dict[str, Any] = {"responseType": "ImportSummary", "status": status}
    inner["importCount"] = {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0} | counts
    if conflicts is not None:
        inner["conflicts"] = conflicts
    return {"httpStatus": "OK", "httpStatusCode": 200, "status": "OK", "response": inner}


class Counterparty:
    """`replies` by "METHOD /path": a list is used up, its last one stays; anything else answers 404 in JSON."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.replies: dict[str, list[Reply]] = {}
        self.url = ""

    def lay(self, what: str, *replies: Reply) -> None:
        self.replies[what] = list(replies)

    def of(self, what: str) -> list[Asked]:
        return [a for a in self.asked if f"{a.method} {a.path}" == what]

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        waiting = self.replies.get(f"{asked.method} {asked.path}")
        if not waiting:
            return Reply(404, {"httpStatus": "Not Found", "httpStatusCode": 404, "status": "ERROR", "message": "no"})
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def counterparty(context_path: str = "/dhis", ssl_context: Any = None) -> Iterator[Counterparty]:
    made = Counterparty()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            made.connections += 1
            super().setup()

        def log_message(self, *_: Any) -> None:
            pass

        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
            headers = {k.lower(): v for k, v in self.headers.items()}
            reply = made.answer(Asked(self.command, parts.path.removeprefix(context_path), query, headers, raw))
            body = reply.raw
            if reply.cut == 0:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(reply.status)
            given = {"Content-Type": "application/json", "Content-Length": str(len(body))} | (reply.headers or {})
            for name, value in given.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if reply.cut is None else body[: reply.cut])
            if reply.cut is not None:
                self.close_connection = True

        do_GET = do_POST = _serve

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if ssl_context is not None:
        server.socket = ssl_context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if ssl_context else "http"
    made.url = f"{scheme}://localhost:{server.server_address[1]}{context_path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def serving(authority: Path, name: str = "good") -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
    return made


def report_job(url: str, values: list[tuple[str, str, str | None]], **more: Any) -> dict[str, Any]:
    """A report as the resident process gives it to the courier."""
    from appliance.sync.dhis2.payloads import completion, data_values

    place = ("BfMAe6Itzgt", "202610", "DiszpKrYNg8")
    payload = data_values(*place, [((e, c), v) for e, c, v in values])
    return {
        "kind": "report", "item": 1, "link": {"base_url": url, "username": "cscom", "password": "District1"},
        "server": {"fresh": True}, "payload": base64.b64encode(payload).decode(),
        "completion": base64.b64encode(completion(*place, "2026-11-02")).decode(), "period_end": "2026-10-31",
        "read_back": {"dataSet": place[0], "period": place[1], "orgUnit": place[2], "ours": []},
    } | more  # fmt: skip
