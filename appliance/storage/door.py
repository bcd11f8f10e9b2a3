"""The door of the resident process: named verbs over a Unix socket, one JSON object a line each way.

Everyone who is not the resident process (the courier, the command line, a technician's script) asks through
it; nobody else opens the store. A verb is an async function of a dict that returns a dict. Faults travel as
`{"error": code, "params": …}`. The socket's file permissions say who may knock.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from appliance.core.errors import ApplianceError, InvariantBroken, Refused, Unreachable

LINE_BYTES_MAX = 8 << 20
SOCKET_NAME = "door.sock"
"""Where the courier knocks: its group may."""
ASK_SOCKET_NAME = "ask.sock"
"""Where the command line asks for figures of the centre: the store's owner alone may."""
Verb = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
log = logging.getLogger(__name__)


class Door:
    """Serves verbs on a socket inside the resident process's event loop."""

    def __init__(self, path: Path, verbs: Mapping[str, Verb], mode: int = 0o660) -> None:
        self.path = path
        self._verbs = verbs
        self._mode = mode
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; a socket left by a dead process is taken over (the store's lock says that it is dead)."""
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, path=str(self.path), limit=LINE_BYTES_MAX)
        os.chmod(self.path, self._mode)

    async def close(self) -> None:
        """Stop listening and take the name away."""
        if self._server is not None:
            self._server.close()
            self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            while line := await reader.readline():
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            asked = msgspec.json.decode(line)
            verb = self._verbs.get(asked["verb"])
            if verb is None:
                raise Refused("no-such-verb", verb=str(asked["verb"])[:60])
            return {"answer": await verb(asked.get("with") or {})}
        except ApplianceError as fault:
            return {"error": fault.code, "family": type(fault).__name__, "params": _plain(fault.params)}
        except (msgspec.DecodeError, KeyError, TypeError):
            return {"error": "bad-request", "family": "Refused", "params": {}}
        except Exception:
            log.exception("a verb failed")
            return {"error": "internal", "family": "InvariantBroken", "params": {}}


class DoorClient:
    """A caller outside the resident process; one connection, one question at a time."""

    def __init__(self, path: Path, timeout_seconds: float = 60) -> None:
        self._path = path
        self._timeout = timeout_seconds
        self._socket: socket.socket | None = None

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Ask and wait. Raises `Unreachable("resident-not-running")`, or the error that the verb raised."""
        try:
            answer = self._exchange(msgspec.json.encode({"verb": verb, "with": arguments}) + b"\n")
        except (OSError, EOFError) as fault:
            self.close()
            raise Unreachable("resident-not-running", socket=str(self._path)) from fault
        if "error" in answer:
            families = {"Refused": Refused, "InvariantBroken": InvariantBroken, "Unreachable": Unreachable}
            raise families.get(answer.get("family", ""), Refused)(answer["error"], **answer.get("params", {}))
        found: dict[str, Any] = answer["answer"]
        return found

    def close(self) -> None:
        """Hang up; the next question connects anew."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, line: bytes) -> dict[str, Any]:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.settimeout(self._timeout)
            self._socket.connect(str(self._path))
        self._socket.sendall(line)
        held = bytearray()
        while not held.endswith(b"\n"):
            part = self._socket.recv(1 << 16)
            if not part:
                raise EOFError
            held += part
        answer: dict[str, Any] = msgspec.json.decode(bytes(held))
        return answer


def is_answering(path: Path) -> bool:
    """Whether a resident process answers at this socket."""
    if not path.exists():
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            probe.connect(str(path))
    except OSError:
        return False
    return True


def _plain(params: Mapping[str, object]) -> dict[str, Any]:
    return {k: v if isinstance(v, (str, int, float, bool, list, type(None))) else str(v) for k, v in params.items()}
