"""Periodic duties on a calendar, and a clock that jumps.

APScheduler keeps the next run as a wall-clock time: set the clock back a year and nothing runs for a year, set it
ahead and it counts every run in between. So each job asks "what is owed now?", missed runs melt into one, and
when the wall clock moves against the monotonic one all jobs are laid anew from now.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from appliance.core.clock import WallClock, system_wall

Duty = Callable[[], Awaitable[None]]
JUMP_SECONDS = 30.0


class Duties:
    """Runs each duty every so many seconds, whatever the wall clock does. `notice_jumps` must be called often."""

    def __init__(self, duties: dict[str, tuple[Duty, int]], wall: WallClock = system_wall) -> None:
        self._duties = duties
        self._wall = wall
        self._offset = self._now_offset()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self.laid = 0

    def start(self) -> None:
        """Lay every duty and begin; must be called inside the event loop."""
        self._lay()
        self._scheduler.start()

    def notice_jumps(self) -> bool:
        """Lay the duties anew when the wall clock has moved by more than half a minute; true when it had."""
        offset = self._now_offset()
        if abs(offset - self._offset) <= JUMP_SECONDS:
            return False
        self._offset = offset
        self._lay()
        return True

    def stop(self) -> None:
        """Start nothing more."""
        self._scheduler.shutdown(wait=False)

    def _lay(self) -> None:
        self._scheduler.remove_all_jobs()
        for name, (duty, seconds) in self._duties.items():
            self._scheduler.add_job(
                duty, "interval", seconds=seconds, id=name, coalesce=True, max_instances=1, misfire_grace_time=None
            )
        self.laid += 1

    def _now_offset(self) -> float:
        return self._wall() / 1000 - time.monotonic()
