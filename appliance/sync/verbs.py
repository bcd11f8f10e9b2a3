"""What others may ask of the resident process about the link: the courier for work, the command line for the rest.

Composing needs the store, sending needs the network; no process has both. Jobs: "test" when a person asked,
"metadata" when a link was set or a week has passed since the last pull, one of each kind of the outbox for what waits
in it, and those of the inbox. What needs names of the server that are not known yet waits for the metadata.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable
from typing import Any

from appliance.core.actors import Actor
from appliance.core.errors import Refused
from appliance.storage import Database, Store, Unit, settings
from appliance.storage.door import Verb
from appliance.sync import link as links
from appliance.sync import setting_up
from appliance.sync.agenda import Agenda
from appliance.sync.backoff import delay_seconds
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.codes import Fate
from appliance.sync.dhis2.matching import Cell
from appliance.sync.inbox import jobs as inbox
from appliance.sync.kinds import KINDS
from appliance.sync.medexis import desk
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.outbox import repository, services
from appliance.sync.status import status

COURIER = Actor(staff_id=None, device="courier")
_DAY_SECONDS = 86_400
CellsOf = Callable[[Database, str], list[Cell]]


class SyncVerbs:
    """The verbs over one store. `cells_of(db, form)` lists a form's cells; `wake` is called when something is queued."""

    def __init__(self, store: Store, cells_of: CellsOf) -> None:
        self._store = store
        self._cells_of = cells_of
        self._agenda = Agenda(store.clock)
        self._changed = asyncio.Event()
        self._has_read = False

    def verbs(self) -> dict[str, Verb]:
        """By the names under which the door serves them."""
        return {
            "sync.next": self.next, "sync.done": self.done, "sync.status": self.status, "sync.now": self.now,
            "sync.link": self.link, "sync.test": self.test, "sync.mapping": self.mapping, "sync.names": self.names,
        }  # fmt: skip

    def wake(self) -> None:
        """Something was put into the outbox, or a person acted: a waiting courier is answered at once."""
        self._changed.set()

    async def next(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The next job, waiting for one up to `wait_seconds`; `{"job": null}` when there is none."""
        if not self._has_read:
            self._has_read = True  # what was kept and not read when the power failed
            await desk.read_owed(self._store)
        deadline = asyncio.get_running_loop().time() + min(float(asked.get("wait_seconds", 0)), 600)
        while True:
            self._changed.clear()
            job = await self._job()
            left = deadline - asyncio.get_running_loop().time()
            if job is not None or left <= 0:
                return {"job": job}
            due = await asyncio.to_thread(self._seconds_until_due)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), max(min(left, due), 0.05))

    async def done(self, told: dict[str, Any]) -> dict[str, Any]:
        """How a job ended."""
        journal = told["journal"]
        if told["kind"] == "report":
            self._agenda.noted(int(told["item"]), journal)
        result = await self._store.act(f"sync-{told['kind']}", COURIER, lambda unit: self.keep(unit, told))
        if told["kind"] == "file":
            await desk.read_owed(self._store)
        return result.result

    def keep(self, unit: Unit, told: dict[str, Any]) -> dict[str, Any]:
        """Keep how a job ended, in the caller's act: what it says of the link, then of the thing."""
        journal = told["journal"]
        if (found := journal.get("found")) and "version" in found:
            links.note_server(unit, found["version"], found.get("minor"))
        _keep_link(unit, journal)
        if told["kind"] == "test":
            for step in journal["steps"]:
                services.count_traffic(unit, "test", step["bytes_out"], step["bytes_in"])
            checks = (found or {}).get("checks") or []
            links.keep_test(unit, {"code": journal["code"], "fate": journal["fate"], "checks": checks})
            return {"code": journal["code"], "checks": checks}
        if told["kind"] == "metadata":
            return self._keep_metadata(unit, journal)
        if told["kind"] in inbox.KINDS:
            return _keep_inbox(unit, told)
        item = int(told["item"])
        row = repository.get(unit, item)
        if row is None or row.kind not in KINDS:
            raise Refused("no-such-item", item=item)
        decided = services.answered(unit, item, journal, KINDS[row.kind])
        row = repository.get(unit, item)
        if row and row.state == "waiting" and row.detail.get("pulled_again") and row.payload is None:
            links.ask_pull(unit)
        return {"state": decided.state, "code": journal["code"], "item": item}

    async def status(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """The link in facts: what waits, what was tried last and how it was answered, bytes."""
        return await asyncio.to_thread(self._status)

    async def now(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """A person asks to try at once: nothing waits for its back-off."""
        await self._act("sync-now", links.resume)
        return await asyncio.to_thread(self._status)

    async def link(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Set the link from the fields of `setting_up.linked`."""
        await self._act("set-link", lambda unit: links.set_link(unit, setting_up.linked(unit, asked)))
        return {}

    async def test(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ask for a test, or (`{"read": true}`) read how it stands."""
        if not asked.get("read"):
            await self._act("test-link", setting_up.wanted_test)

        def read() -> dict[str, Any]:
            with self._store.reading() as db:
                return links.test_state(db)

        return await asyncio.to_thread(read)

    async def mapping(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take a hand-made mapping: its text and the name of its file."""
        found: list[dict[str, int]] = []

        def take(unit: Unit) -> None:
            found.append(setting_up.take_mapping(unit, asked["text"], asked.get("file", "mapping.csv"), self._cells_of))

        await self._act("set-mapping", take)
        return {"cells": found[-1]}

    async def names(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """The mapping as a file to be filled in, and what is unmapped."""

        def read() -> dict[str, Any]:
            with self._store.reading() as db:
                return {"text": setting_up.mapping_text(db, self._cells_of)}

        return await asyncio.to_thread(read)

    async def _act(self, kind: str, service: Callable[[Unit], None]) -> None:
        def use_case(unit: Unit) -> dict[str, Any]:
            service(unit)
            return {}

        await self._store.act(kind, COURIER, use_case)
        self.wake()

    async def _job(self) -> dict[str, Any] | None:
        job = await asyncio.to_thread(self.choose)
        if job is None or "payload" not in job:
            return job
        item, payload = int(job["item"]), base64.b64decode(job["payload"])

        def begin(unit: Unit) -> dict[str, Any]:
            services.begin(unit, item, payload)
            if row := repository.get(unit, item):
                KINDS[row.kind].begun(unit, row)
            return {"item": item}

        try:
            await self._store.act("sync-begin", COURIER, begin)
        except Refused:
            return await self._job()  # settled or overtaken in this very moment
        return job

    def choose(self) -> dict[str, Any] | None:
        """The next job as the store stands now."""
        with self._store.reading() as db:
            return self._agenda.choose(db)

    def _keep_metadata(self, unit: Unit, journal: dict[str, Any]) -> dict[str, Any]:
        link = links.get(unit)
        for step in journal["steps"]:
            services.count_traffic(unit, "metadata", step["bytes_out"], step["bytes_in"])
        found = journal.get("found") or {}
        kept = {}
        if org := found.get("org_unit"):
            mapping.keep_org_unit(unit, org)
        for form, told in (found.get("data_sets") or {}).items():
            body = told["body"] or mapping.with_combos(unit, form, told["combos"], told["rows"])
            if body is None:
                continue
            result = mapping.keep(unit, form, body, told.get("etag"), self._cells_of(unit, form))
            kept[form] = {"mapped": len(result.targets), "unmapped": len(result.unmapped)}
        for kind, told in (found.get("programs") or {}).items():
            if told.get("body") is not None or not told:
                mapping.keep_program(unit, kind, told.get("body"), told.get("etag"))
        for form in found.get("missing") or ():
            mapping.forget(unit, form)
        for form in set(link.data_sets if link else ()) - set(kept):
            if held_set := mapping.pulled(unit, form):  # unchanged there, but products may have come here
                mapping.rematch(unit, form, held_set.body, self._cells_of(unit, form))
        held = links.pull_state(unit)
        is_whole = journal["fate"] == Fate.ACCEPTED or journal["code"] == "data-set-missing"
        tries = 0 if journal["fate"] == Fate.ACCEPTED else int(held.get("tries", 0)) + 1
        settings.put(
            unit,
            links.PULL,
            {
                "at": unit.now.ms if is_whole else held.get("at", 0), "code": journal["code"], "tries": tries,
                "aims": links.aims_of(link) if link and is_whole else held.get("aims"),
                "missing": list(found.get("missing") or ()) if is_whole else held.get("missing") or [], "not_before": unit.now.ms + _pull_delay(journal, tries) * 1000,
            },
        )  # fmt: skip
        return {"code": journal["code"], "forms": kept}

    def _seconds_until_due(self) -> float:
        with self._store.reading() as db:
            return self._agenda.seconds_until_due(db)

    def _status(self) -> dict[str, Any]:
        with self._store.reading() as db:
            return status(db)


def _keep_link(unit: Unit, journal: dict[str, Any]) -> None:
    """What an end says of the link: a pause, a rest, or that all is well with it."""
    if journal.get("pauses_link"):
        links.pause(unit, journal["code"])
    elif journal.get("is_link"):
        fate = journal["fate"]
        tries = int(journal.get("tries") or 0) if fate == Fate.RETRY_FEW else 1 if fate != Fate.RETRY else 0
        links.rest(unit, journal["code"], journal.get("retry_after"), tries)
    else:
        links.answered(unit)


def _pull_delay(journal: dict[str, Any], tries: int) -> int:
    """Seconds until names are asked for again after a failed pull: what a person must mend is looked at once a day."""
    if tries == 0 or journal.get("is_link"):
        return 0  # done; or the link's own rest or pause rules
    if journal["fate"] == Fate.RETRY_FEW and tries < (journal.get("tries") or 1):
        return delay_seconds(tries, journal.get("retry_after"))
    return _DAY_SECONDS


def _keep_inbox(unit: Unit, told: dict[str, Any]) -> dict[str, Any]:
    """Keep what a look for messages, or a file, brought; its bytes are counted apart from what is sent."""
    exchange = exchanges.get(unit)
    for step in told["journal"]["steps"]:
        services.count_traffic(unit, inbox.PURPOSE, step["bytes_out"], step["bytes_in"])
    return inbox.keep(
        unit, told["kind"], int(told.get("item") or 0), told["journal"], is_known=exchange.is_known,
        limit=exchange.fetch_bytes,
    )  # fmt: skip
