"""A stand-in on a real port, and a centre whose month is closed and waiting."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from appliance.cli.standin import national_metadata
from appliance.standin.app import StandIn
from appliance.standin.serve import server
from appliance.standin.settings import Settings
from appliance.standin.store import Store as StandInStore


class National:
    """A running stand-in and its control."""

    def __init__(self, url: str, app: StandIn) -> None:
        self.url, self.app = url, app

    def faults(self, **counts: int) -> None:
        """Set faults to come."""
        httpx.post(f"{self.url}/_standin/faults", json=counts).raise_for_status()

    def control(self, verb: str, **sent: Any) -> Any:
        """Tell the stand-in something through its control address."""
        answer = httpx.post(f"{self.url}/_standin/{verb}", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def follow(self, today: Callable[[], date]) -> None:
        """Let its day be told by somebody else's clock."""
        self.app._here.clock.fixed = today

    def quirks(self, **values: Any) -> None:
        """Set quirks."""
        httpx.post(f"{self.url}/_standin/quirks", json=values).raise_for_status()

    def read(self, what: str) -> Any:
        """Read back what is stored."""
        return httpx.get(f"{self.url}/_standin/{what}").json()


@contextmanager
def national(
    directory: Path, version: str = "2.40.3", today: date = date(2026, 11, 2), **settings: Any
) -> Iterator[National]:
    """A stand-in served from a thread until the block ends."""
    app = StandIn(
        Settings(version=version, **settings), StandInStore(directory), national_metadata("ML0417"), lambda: today
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        running = server(app, "127.0.0.1", port)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not running.started:
            thread.join(0.01)
        try:
            yield National(f"http://127.0.0.1:{port}", app)
        finally:
            running.should_exit = True
            thread.join(10)
