"""What the courier may ask of the resident process: the next thing to do, and what became of it.

Composing needs the store, sending needs the network; no process has both. Jobs: "metadata" when a link was
set or a week has passed since the last pull, "report" for a closed month. A report for which the server's
names are not known yet waits for the metadata.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from appliance.core.actors import Actor
from appliance.core.errors import Refused
from appliance.storage import Database, Store, Unit, settings
from appliance.storage.door import Verb
from appliance.sync import link as links
from appliance.sync.backoff import delay_seconds
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.matching import Cell
from appliance.sync.outbox import repository, services
from appliance.sync.outbox.model import State
from appliance.sync.reports import compose

COURIER = Actor(staff_id=None, device="courier")
PULL_EVERY_MS = 7 * 86_400_000
SERVER_FRESH_MS = 86_400_000
_PULL = links.PULL
CellsOf = Callable[[Database, str], list[Cell]]


class SyncVerbs:
    """The verbs over one store. `cells_of(db, form)` lists a form's cells; `wake` is called when something is queued."""

    def __init__(self, store: Store, cells_of: CellsOf) -> None:
        self._store = store
        self._cells_of = cells_of
        self._changed = asyncio.Event()

    def verbs(self) -> dict[str, Verb]:
        """By the names under which the door serves them."""
        return {"sync.next": self.next, "sync.done": self.done, "sync.status": self.status, "sync.now": self.now}

    def wake(self) -> None:
        """Something was put into the outbox, or a person acted: a waiting courier is answered at once."""
        self._changed.set()

    async def next(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The next job, waiting for one up to `wait_seconds`; `{"job": null}` when there is none."""
        deadline = asyncio.get_running_loop().time() + min(float(asked.get("wait_seconds", 0)), 600)
        while True:
            self._changed.clear()
            job = await self._job()
            left = deadline - asyncio.get_running_loop().time()
            if job is not None or left <= 0:
                return {"job": job}
            due = await asyncio.to_thread(self._seconds_until_due)
            try:
                await asyncio.wait_for(self._changed.wait(), max(min(left, due), 0.05))
            except TimeoutError:
                continue

    async def done(self, told: dict[str, Any]) -> dict[str, Any]:
        """How a job ended."""
        journal = told["journal"]

        def keep(unit: Unit) -> dict[str, Any]:
            if (found := journal.get("found")) and "version" in found:
                links.note_server(unit, found["version"], found.get("minor"))
            if journal.get("pauses_link"):
                links.pause(unit, journal["code"])
            if told["kind"] == "metadata":
                return self._keep_metadata(unit, journal)
            decided = services.answered(unit, int(told["item"]), journal)
            return {"state": decided.state, "code": journal["code"], "item": told["item"]}

        done = await self._store.act(f"sync-{told['kind']}", COURIER, keep)
        return done.result

    async def status(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """The link in facts: state of the outbox, server, pause, last acknowledgement."""
        return await asyncio.to_thread(self._status)

    async def now(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """A person asks to try at once: nothing waits for its back-off."""

        def hurry(unit: Unit) -> dict[str, Any]:
            links.resume(unit)
            return {}

        await self._store.act("sync-now", COURIER, hurry)
        self.wake()
        return await asyncio.to_thread(self._status)

    async def _job(self) -> dict[str, Any] | None:
        job = await asyncio.to_thread(self._choose)
        if job is None or job["kind"] == "metadata":
            return job
        item, payload = int(job["item"]), base64.b64decode(job["payload"])

        def begin(unit: Unit) -> dict[str, Any]:
            services.begin(unit, item, payload)
            return {"item": item}

        await self._store.act("sync-begin", COURIER, begin)
        return job

    def _choose(self) -> dict[str, Any] | None:
        with self._store.reading() as db:
            link = links.get(db)
            if link is None or links.paused(db):
                return None
            now = self._store.clock.now().ms
            server = links.server(db)
            common = {
                "link": asdict(link),
                "server": {**server, "fresh": now - server.get("seen_at", 0) < SERVER_FRESH_MS and bool(server)},
            }
            if self._pull_owed(db, link, now):
                names = {form: name or form for form, name in link.data_sets.items()}
                facility = settings.get(db, "facility", {})
                etags = {f: p.etag for f in names if (p := mapping.pulled(db, f)) and p.etag}
                return {
                    **common, "kind": "metadata", "org_unit": link.org_unit or facility.get("code", ""),
                    "data_sets": names, "etags": etags,
                }  # fmt: skip
            item = repository.next_due(db, now)
            if item is None:
                return None
            job = compose(db, item, self._store.clock.today())
            # Without the server's names a report waits: the pull that brings them is tried again by itself.
            return {**common, **job} if job["payload"] else None

    def _pull_owed(self, db: Database, link: links.Link, now: int) -> bool:
        held = settings.get(db, _PULL) or {}
        if now < held.get("not_before", 0):
            return False
        if held.get("base_url") != link.base_url or held.get("data_sets") != link.data_sets:
            return True
        return now - int(held.get("at", 0)) > PULL_EVERY_MS

    def _keep_metadata(self, unit: Unit, journal: dict[str, Any]) -> dict[str, Any]:
        link = links.get(unit)
        for step in journal["steps"]:
            services.count_traffic(unit, "metadata", step["bytes_out"], step["bytes_in"])
        found = journal.get("found") or {}
        kept = {}
        if org := found.get("org_unit"):
            mapping.keep_org_unit(unit, org)
        for form, told in (found.get("data_sets") or {}).items():
            result = mapping.keep(unit, form, told["body"], told.get("etag"), self._cells_of(unit, form))
            kept[form] = {"mapped": len(result.targets), "unmapped": len(result.unmapped)}
        held = settings.get(unit, _PULL) or {}
        tries = 0 if journal["fate"] == "accepted" else int(held.get("tries", 0)) + 1
        settings.put(
            unit,
            _PULL,
            {
                "at": unit.now.ms if tries == 0 else held.get("at", 0), "code": journal["code"], "tries": tries,
                "base_url": link.base_url if link and tries == 0 else held.get("base_url"),
                "data_sets": link.data_sets if link and tries == 0 else held.get("data_sets"),
                "not_before": unit.now.ms + (delay_seconds(tries, journal.get("retry_after")) * 1000 if tries else 0),
            },
        )  # fmt: skip
        return {"code": journal["code"], "forms": kept}

    def _seconds_until_due(self) -> float:
        with self._store.reading() as db:
            due = [n for n in (repository.next_instant(db), (settings.get(db, _PULL) or {}).get("not_before")) if n]
            now = self._store.clock.now().ms
        later = [n for n in due if n > now]
        return (min(later) - now) / 1000 if later else 600.0

    def _status(self) -> dict[str, Any]:
        with self._store.reading() as db:
            link = links.get(db)
            counted = repository.counts(db)
            return {
                "link": link.base_url if link else None, "paused": links.paused(db), "server": links.server(db),
                "pull": settings.get(db, _PULL), "outbox": {s.value: counted.get(s, 0) for s in State},
                "last_done_at": repository.last_done(db),
            }  # fmt: skip


def ask_pull(unit: Unit) -> None:
    """Have the server's names pulled anew at the next contact, e.g. after a mapping refusal."""
    settings.put(unit, _PULL, {})


def require_link(db: Database) -> links.Link:
    """The link, or `Refused("no-link")`."""
    found = links.get(db)
    if found is None:
        raise Refused("no-link")
    return found
