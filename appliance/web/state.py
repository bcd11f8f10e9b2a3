"""What the handlers of one running appliance share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from appliance.access import glass
from appliance.access.glass import Glass
from appliance.access.reads import ReadJournal
from appliance.access.sessions import Sessions
from appliance.core.periods import Month
from appliance.storage import Database, Store
from appliance.storage.door import Verb
from appliance.upkeep.health import Health


@dataclass(slots=True, kw_only=True)
class AppState:
    """The open store, who is signed in, and the hooks that other parts of the process set.

    `store` is None, with `damage` saying why, when it could not be opened: every page then says so.
    `doors` let one PIN of a person be tried at a time; `tries_aside` count wrong ones (how many, locked until in
    ms) while the store only reads. `setup_code` is printed by the installer and asked once, before there is any staff.
    `filling` is the month that an example centre is living behind the pages, None when its story is told.
    """

    store: Store | None
    damage: str | None = None
    sessions: Sessions = field(default_factory=Sessions)
    setup_code: str = ""
    is_demo: bool = False
    filling: Month | None = None
    health: Health | None = None
    is_check_failed: bool = False
    on_outbox: Callable[[], None] = lambda: None
    interrupted: dict[str, Any] = field(default_factory=dict)
    last_on: dict[str, int] = field(default_factory=dict)  # who locked each tablet last: a lock takes its token away
    asks: dict[str, Verb] = field(default_factory=dict)
    background: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    doors: dict[int, asyncio.Lock] = field(default_factory=dict)
    tries_aside: dict[int, tuple[int, int]] = field(default_factory=dict)
    _reads: ReadJournal | None = None

    @property
    def opened(self) -> Store:
        """The store, for handlers that only run while it is sound."""
        assert self.store is not None  # noqa: S101 - the middleware answers before any handler when it is not
        return self.store

    @property
    def reads(self) -> ReadJournal:
        """The journal of readings."""
        if self._reads is None:
            self._reads = ReadJournal(self.opened)
        return self._reads

    def open_glasses(self, db: Database, staff: int) -> list[Glass]:
        """The emergency accesses that a person has open now, those kept beside a store that only reads included."""
        now = self.opened.clock.now().ms
        aside = glass.standing_aside(self.opened.aside, staff, now) if self.opened.damage else []
        return glass.standing(db, staff, now) + aside
