"""Reading the outbox: what is due, what stands before a person, what was said at each try.

What the courier asks at every turn, and the bar of each page, is SQL; what pages list goes through the models.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

import msgspec
from peewee import Query, fn

from appliance.storage import Database
from appliance.storage.tables import OutboxRow
from appliance.sync.outbox.tables import AttemptRow, SentRow, TrafficRow

_NAMES = (
    "id", "uuid", "kind", "subject", "revision", "state", "payload", "attempts", "next_attempt_at", "last_code",
    "last_detail", "done_at", "act", "payload_hash",
)  # fmt: skip
_COLUMNS = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the outbox. `subject` of a report is `RMA:2026-10`; `detail` is what the last answer said."""

    id: int
    uuid: bytes
    kind: str
    subject: str
    revision: int
    state: str
    payload: bytes | None
    attempts: int
    next_attempt_at: int
    last_code: str | None
    detail: dict[str, Any]
    done_at: int | None
    act: int
    payload_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One step of one try, as the counterparty answered it."""

    at: int
    step: str
    outcome: str
    code: str
    http_status: int | None
    bytes_out: int
    bytes_in: int
    answer: str | None


_NEWEST = (
    " AND NOT EXISTS (SELECT 1 FROM outbox n WHERE n.kind = outbox.kind AND n.subject = outbox.subject"
    " AND n.revision > outbox.revision)"
)
"""An older revision never goes out once there is a newer one: it would overwrite newer figures."""


def due(db: Database, now_ms: int, limit: int = 50) -> list[Item]:
    """Rows that may go out, the most urgent first, then in the order in which they were put in.

    `sending` rows count, since a courier that died left them so; and held ones that the district may have unlocked.
    """
    rows = db.all(
        f"SELECT {_COLUMNS} FROM outbox WHERE next_attempt_at <= ? AND (state IN ('waiting', 'sending')"
        f" OR (state = 'held' AND next_attempt_at > 0)){_NEWEST} ORDER BY priority, id LIMIT ?",
        (now_ms, limit),
    )
    return [_item(dict(zip(_NAMES, row, strict=True))) for row in rows]


def next_instant(db: Database, after_ms: int) -> int | None:
    """When the next row falls due after an instant, in milliseconds; None when nothing waits."""
    found: int | None = db.value(
        "SELECT min(next_attempt_at) FROM outbox WHERE next_attempt_at > ? AND state IN ('waiting', 'sending', 'held')",
        (after_ms,),
    )
    return found


def is_newest(db: Database, item: int) -> bool:
    """Whether no newer revision of the same thing is in the outbox."""
    return bool(db.value(f"SELECT 1 FROM outbox WHERE id = ?{_NEWEST}", (item,)))


def proofs(db: Database, kind: str, subject: str) -> list[bytes]:
    """Every payload of a thing that went out, oldest first."""
    kept = (
        SentRow.select(SentRow.payload)
        .join(OutboxRow, on=(OutboxRow.id == SentRow.item))
        .where((OutboxRow.kind == kind) & (OutboxRow.subject == subject))
        .order_by(SentRow.id)
    )
    return [gzip.decompress(row["payload"]) for row in db.rows(kept)]


def get(db: Database, item: int) -> Item | None:
    """One row by its id."""
    row = db.one(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", (item,))
    return _item(dict(zip(_NAMES, row, strict=True))) if row else None


def of_subject(db: Database, kind: str, subject: str) -> list[Item]:
    """Every revision of one thing, newest first."""
    query = _ITEMS.where((OutboxRow.kind == kind) & (OutboxRow.subject == subject))
    return _items(db, query.order_by(OutboxRow.revision.desc()))


def latest(db: Database, limit: int = 50, before: int | None = None) -> list[Item]:
    """The newest rows, paged by id."""
    query = _ITEMS.order_by(OutboxRow.id.desc()).limit(limit)
    return _items(db, query.where(OutboxRow.id < before) if before else query)


def unsettled(db: Database, limit: int) -> list[Item]:
    """What still waits or stands before a person, in the order of sending."""
    query = _ITEMS.where(OutboxRow.state.in_(("waiting", "sending", "held", "refused")))
    return _items(db, query.order_by(OutboxRow.priority, OutboxRow.id).limit(limit))


def last_attempts(db: Database, limit: int) -> list[tuple[Any, ...]]:
    """The last steps tried: item, subject, at, step, code, HTTP status, bytes out, bytes in; newest first."""
    query = (
        AttemptRow.select(
            AttemptRow.item, OutboxRow.subject, AttemptRow.at, AttemptRow.step, AttemptRow.code, AttemptRow.http_status,
            AttemptRow.bytes_out, AttemptRow.bytes_in,
        )
        .join(OutboxRow, on=(OutboxRow.id == AttemptRow.item))
        .order_by(AttemptRow.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [tuple(row.values()) for row in db.rows(query)]


def traffic(db: Database, limit: int) -> list[tuple[Any, ...]]:
    """Month, purpose, bytes out, bytes in, requests; newest first."""
    month = fn.substr(TrafficRow.day, 1, 7)
    summed = (fn.sum(TrafficRow.bytes_out), fn.sum(TrafficRow.bytes_in), fn.sum(TrafficRow.requests))
    query = (
        TrafficRow.select(month, TrafficRow.purpose, *summed)
        .group_by(month, TrafficRow.purpose)
        .order_by(month.desc(), TrafficRow.purpose)
        .limit(limit)
    )
    return [tuple(row.values()) for row in db.rows(query)]


def attempts(db: Database, item: int) -> list[Attempt]:
    """Every step tried for a row, in order."""
    names = [getattr(AttemptRow, name) for name in Attempt.__dataclass_fields__]
    return [
        Attempt(**row)
        for row in db.rows(AttemptRow.select(*names).where(AttemptRow.item == item).order_by(AttemptRow.id))
    ]


def counts(db: Database) -> dict[str, int]:
    """How many rows stand in each state."""
    return db.kept("outbox-counts", lambda: dict(db.all("SELECT state, count(*) FROM outbox GROUP BY state")))


def last_done(db: Database) -> int | None:
    """When something was last acknowledged, in milliseconds."""
    found: int | None = db.kept(
        "outbox-last-done", lambda: db.value("SELECT max(done_at) FROM outbox WHERE state = 'done'")
    )
    return found


_ITEMS = OutboxRow.select(*[getattr(OutboxRow, name) for name in _NAMES])


def _items(db: Database, query: Query) -> list[Item]:
    return [_item(row) for row in db.rows(query)]


def _item(row: dict[str, Any]) -> Item:
    text = row.pop("last_detail")
    return Item(**row, detail=msgspec.json.decode(text) if text else {})
