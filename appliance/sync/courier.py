"""The courier: the only process that reaches the Internet. It holds no key and no store.

It asks the resident process for the next thing to do, does it on the wire, and hands back every step. It
waits inside the resident's answer, so an idle box sends nothing and wakes for nothing. If either process
dies at any moment, the row is still in the outbox and is simply done again.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.core.errors import ApplianceError, Unreachable
from appliance.storage.door import DoorClient
from appliance.sync.dhis2 import exchange

log = logging.getLogger(__name__)
WAIT_SECONDS = 300
RESIDENT_GONE_SECONDS = 10


class Courier:
    """One courier; `run` until `stop` is set, `once` for a single thing."""

    def __init__(self, door: Path) -> None:
        self._client = DoorClient(door, timeout_seconds=WAIT_SECONDS + 30)
        self._line = exchange.Line()
        self.stop = threading.Event()

    def leave(self) -> None:
        """Stop soon: hanging up ends a waiting question; an exchange under way is finished and handed back."""
        self.stop.set()
        self._client.close()

    def run(self, on_turn: Callable[[], object]) -> None:
        """Work until told to stop; `on_turn` is called before each turn, which takes some minutes at most."""
        while not self.stop.is_set():
            on_turn()
            try:
                self.once(WAIT_SECONDS)
            except Unreachable:
                self.stop.wait(RESIDENT_GONE_SECONDS)
            except ApplianceError as fault:
                log.error("the resident process refused: %s", fault.code)
                self.stop.wait(RESIDENT_GONE_SECONDS)

    def once(self, wait_seconds: int = 0) -> dict[str, Any] | None:
        """Do one thing, waiting for it up to `wait_seconds`; returns how it ended, None when there was nothing."""
        job = self._client.ask("sync.next", wait_seconds=0)["job"]
        if job is None:
            self._line.hang_up()  # nothing more in this round; waiting keeps no connection open
            job = self._client.ask("sync.next", wait_seconds=wait_seconds)["job"] if wait_seconds else None
        if job is None:
            return None
        journal = exchange.perform(job, self._line)
        log.info("job %s %s: %s", job["kind"], job.get("item"), journal["code"])
        return self._client.ask("sync.done", kind=job["kind"], item=job.get("item"), journal=journal)


def run(door: Path, on_turn: Callable[[], object] = lambda: None) -> None:
    """Run as a process: SIGTERM and SIGINT end it after the exchange under way."""
    courier = Courier(door)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: courier.leave())
    courier.run(on_turn)
