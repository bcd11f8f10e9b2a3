"""What the courier should do next, as the store knows it now: test the link, pull names, send what waits, look for messages.

Nothing is sent while the link is paused or rests. In the first days of a month, when every centre of the country
closes its reports, the first try of each is put off by a chance of its own, unless a person asked to try at once.
"""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from appliance.core.clock import Clock, to_datetime
from appliance.core.periods import Month
from appliance.storage import Database, settings
from appliance.sync import link as links
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.book import PULL
from appliance.sync.inbox import jobs as inbox
from appliance.sync.kinds import KINDS
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.outbox import repository
from appliance.sync.outbox.repository import Item

PULL_EVERY_MS = 7 * 86_400_000
WHOLE_PULL_EVERY_MS = 28 * 86_400_000
"""A server without ETags tells everything each time: there an unchanged stamp is believed for so long."""
SERVER_FRESH_MS = 86_400_000
READ_FRESH_MS = 86_400_000
CROWDED_DAYS = 5
SPREAD_SECONDS = 600
_IDLE_SECONDS = 600.0


class Agenda:
    """Chooses jobs. Remembers, for this process only, when a report's place was last read back: a box restored from
    a backup starts anew and so looks before it sends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._read_at: dict[int, int] = {}

    def choose(self, db: Database) -> dict[str, Any] | None:
        """The next job, or None."""
        link = links.get(db)
        if link is None:
            return None
        now = self._clock.now().ms
        server = links.server(db)
        common = {
            "link": asdict(link),
            "server": {**server, "fresh": bool(server) and 0 <= now - server.get("seen_at", 0) < SERVER_FRESH_MS},
        }
        if "asked_at" in links.test_state(db):
            period = Month.of(self._clock.today()).plus(-1).dhis2
            return {**common, "kind": "test", "period": period, **_aims(db, link)}
        if links.quiet_until(db, now) != 0:
            return None
        if self._pull_owed(db, link, now):
            return {**common, "kind": "metadata", **_aims(db, link), **_known(db, link, now)}
        for item in repository.due(db, now):
            if self._spread(db, link, item) > now:
                continue
            kind = KINDS.get(item.kind)
            job = kind.compose(db, item, self._clock.today()) if kind else "unknown-kind"
            if isinstance(job, str):
                continue  # its names are not known, or it has nothing to say: the page tells, the next one goes
            if now - self._read_at.get(item.id, -READ_FRESH_MS) < READ_FRESH_MS:
                job["read_back"] = None
            job["split"] = _is_last_try(item)
            return {**common, **job}
        exchange = exchanges.get(db)
        found = inbox.choose(db, now, exchange.poll_hours) if exchange.is_on else None
        return {**common, **found} if found else None

    def noted(self, item: int, journal: dict[str, Any]) -> None:
        """Remember that a report's place was read and found ours."""
        steps = {s["step"]: s["fate"] for s in journal.get("steps") or ()}
        if steps.get("read-back") == "accepted" and "values" in steps:
            self._read_at[item] = self._clock.now().ms

    def seconds_until_due(self, db: Database) -> float:
        """How long nothing can fall due, in seconds; ten minutes at most."""
        now = self._clock.now().ms
        link = links.get(db)
        quiet = links.quiet_until(db, now) if link else None
        if link is None or quiet is None:
            return _IDLE_SECONDS
        due = [n for n in (repository.next_instant(db, now), links.pull_state(db).get("not_before"), quiet) if n]
        due += [self._spread(db, link, item) for item in repository.due(db, now)]
        if (exchange := exchanges.get(db)).is_on:
            due.append(inbox.next_instant(db, now, exchange.poll_hours))
        later = [n for n in due if n > now]
        return min((min(later) - now) / 1000, _IDLE_SECONDS) if later else _IDLE_SECONDS

    def _pull_owed(self, db: Database, link: links.Link, now: int) -> bool:
        held = links.pull_state(db)
        if now < held.get("not_before", 0):
            return False
        if held.get("aims") != links.aims_of(link):
            return True
        return not 0 <= now - int(held.get("at", 0)) < PULL_EVERY_MS

    def _spread(self, db: Database, link: links.Link, item: Item) -> int:
        """When a row's first try may be, in milliseconds: no crowd at the national server in the first days."""
        queued = item.next_attempt_at
        if item.attempts or to_datetime(queued).day > CROWDED_DAYS or links.hurried_at(db) >= queued:
            return queued
        if is_of_this_machine(link.base_url):
            return queued
        return queued + int.from_bytes(item.uuid[:4], "big") % (SPREAD_SECONDS * 1000)


def is_of_this_machine(base_url: str) -> bool:
    """Whether a server runs on the machine itself (a stand-in): nobody else knocks there."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_last_try(item: Item) -> bool:
    """Whether the server failed on this row all but once too often: then it goes in parts, to find one bad value."""
    few = item.detail.get("few")
    return isinstance(few, dict) and few.get("code") == "http-500" and int(few.get("n", 0)) >= 4


def _aims(db: Database, link: links.Link) -> dict[str, Any]:
    facility = settings.get(db, "facility", {})
    return {
        "org_unit": link.org_unit or facility.get("code", ""),
        "data_sets": {form: name or form for form, name in link.data_sets.items()},
    }


def _known(db: Database, link: links.Link, now: int) -> dict[str, Any]:
    """What is held of each data set, so that only what moved is told again."""
    is_asked = not links.pull_state(db).get("at")  # a refusal spoke of names: a brief look is not enough
    held = {}
    for form in link.data_sets:
        if kept := mapping.pulled(db, form):
            how = kept.body.get(PULL) or {}
            held[form] = {
                "uid": kept.uid, "etag": kept.etag, "nested": bool(how.get("nested")), "combos": how.get("combos") or [],
                "stamp": [kept.body.get("lastUpdated"), kept.body.get("version")],
                "trusts_probe": not kept.etag and not is_asked and 0 <= now - kept.pulled_at < WHOLE_PULL_EVERY_MS
                and kept.body.get("lastUpdated") is not None,
            }  # fmt: skip
    exchange = exchanges.get(db)
    if not exchange.is_on:
        return {"held": held}
    wanted = {kind: shape.program for kind, shape in exchange.events.items() if shape.program}
    known = {kind: mapping.held_program(db, kind) if not is_asked else {} for kind in wanted}
    return {"held": held, "programs": wanted, "held_programs": known}
