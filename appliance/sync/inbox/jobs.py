"""The courier's work for the inbox: a small look at the list, one file at a time, the marks of having read.

It is counted apart from what is sent. Nothing here is urgent: a look every few hours, unless a person asks.
"""

from __future__ import annotations

from typing import Any

from appliance.storage import Database, Unit, settings
from appliance.sync.dhis2.codes import Fate
from appliance.sync.inbox import repository, services
from appliance.sync.inbox.services import IsKnown

PURPOSE = "inbox"
KINDS = ("inbox", "file", "mark-read")
_STATE = "inbox-poll"
_MS = 3_600_000


def choose(db: Database, now_ms: int, every_hours: int) -> dict[str, Any] | None:
    """The next job, or None: look for messages when it is time, then fetch what waits, then say what was read."""
    held = state(db)
    if held.get("asked") or now_ms >= _due(held, every_hours):
        return {
            "kind": "inbox", "known": repository.conversations(db), "etag": held.get("etag"),
            "swept": bool(held.get("swept")),
        }  # fmt: skip
    if file := repository.next_file(db, now_ms):
        return {
            "kind": "file", "item": file.id, "path": [file.conversation_uid, file.message_uid, file.uid],
            "size": file.size, "md5": file.md5, "pending": file.storage_status != "STORED",
        }  # fmt: skip
    if owed := repository.read_owed(db):
        return {"kind": "mark-read", "conversations": owed}
    return None


def next_instant(db: Database, now_ms: int, every_hours: int) -> int:
    """When the inbox next has something to do, in milliseconds."""
    due = _due(state(db), every_hours)
    file = repository.next_file_instant(db, now_ms)
    return min(due, file) if file else due


def state(db: Database) -> dict[str, Any]:
    """`{"at", "code", "swept", "etag", "asked", "new"}` of the last look; empty before the first."""
    held: dict[str, Any] = settings.get(db, _STATE) or {}
    return held


def ask(unit: Unit) -> None:
    """A person wants the messages looked for at once."""
    settings.put(unit, _STATE, {**state(unit), "asked": True, "etag": None})


def keep(unit: Unit, kind: str, item: int, journal: dict[str, Any], *, is_known: IsKnown, limit: int) -> dict[str, Any]:
    """Keep what a job of the inbox brought, in the caller's act. `item` is the file of a job "file"."""
    found = journal.get("found") or {}
    if kind == "inbox":
        came = sum(
            services.keep_conversation(unit, told, is_known, limit)
            for told in reversed(found.get("conversations") or ())
        )  # oldest first
        is_good = journal["fate"] == Fate.ACCEPTED
        held = state(unit)
        is_more = (
            is_good and not found.get("swept") and bool(found.get("conversations"))
        )  # the next look goes on at once
        settings.put(
            unit, _STATE,
            {"at": 0 if is_more else held.get("at", 0) if journal.get("is_link") else unit.now.ms, "code": journal["code"],
             "swept": bool(is_good and found.get("swept")), "etag": found.get("etag") if is_good else None, "new": came,
             "asked": bool(held.get("asked") and journal.get("is_link"))},  # a wish outlives a broken line
        )  # fmt: skip
        return {"code": journal["code"], "messages": came}
    if kind == "file":
        document = services.keep_file(unit, item, journal)
        return {"code": journal["code"], "document": document}
    if journal["fate"] == Fate.ACCEPTED or not journal.get("is_link"):
        # A server that will not have it told is not asked again: it is a courtesy, and nothing here rests on it.
        services.marked_read(unit, list(found.get("told") or ()))
    return {"code": journal["code"]}


def _due(held: dict[str, Any], every_hours: int) -> int:
    return int(held.get("at", 0)) + every_hours * _MS if held.get("at") else 0
