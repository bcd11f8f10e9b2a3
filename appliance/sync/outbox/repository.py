"""Reading the outbox: what is due, what stands before a person, what was said at each try."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.storage import Database

_COLUMNS = (
    "id, uuid, kind, subject, revision, state, payload, attempts, next_attempt_at, last_code, last_detail, done_at, act,"
    " payload_hash"
)


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
    return [item for item in map(_item, rows) if item]


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
    kept = db.all(
        "SELECT sent.payload FROM sent JOIN outbox ON outbox.id = sent.item WHERE outbox.kind = ? AND outbox.subject = ?"
        " ORDER BY sent.id",
        (kind, subject),
    )
    return [gzip.decompress(row[0]) for row in kept]


def get(db: Database, item: int) -> Item | None:
    """One row by its id."""
    return _item(db.one(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", (item,)))


def of_subject(db: Database, kind: str, subject: str) -> list[Item]:
    """Every revision of one thing, newest first."""
    rows = db.all(
        f"SELECT {_COLUMNS} FROM outbox WHERE kind = ? AND subject = ? ORDER BY revision DESC",
        (kind, subject),
    )
    return [item for item in map(_item, rows) if item]


def latest(db: Database, limit: int = 50, before: int | None = None) -> list[Item]:
    """The newest rows, paged by id."""
    rows = db.all(f"SELECT {_COLUMNS} FROM outbox WHERE id < ? ORDER BY id DESC LIMIT ?", (before or 1 << 62, limit))
    return [item for item in map(_item, rows) if item]


def unsettled(db: Database, limit: int) -> list[Item]:
    """What still waits or stands before a person, in the order of sending."""
    rows = db.all(
        f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('waiting', 'sending', 'held', 'refused')"
        " ORDER BY priority, id LIMIT ?",
        (limit,),
    )
    return [item for item in map(_item, rows) if item]


def last_attempts(db: Database, limit: int) -> list[tuple[Any, ...]]:
    """The last steps tried: item, subject, at, step, code, HTTP status, bytes out, bytes in; newest first."""
    return db.all(
        "SELECT item, subject, at, step, code, http_status, bytes_out, bytes_in FROM attempt"
        " JOIN outbox ON outbox.id = attempt.item ORDER BY attempt.id DESC LIMIT ?",
        (limit,),
    )


def traffic(db: Database, limit: int) -> list[tuple[Any, ...]]:
    """Month, purpose, bytes out, bytes in, requests; newest first."""
    return db.all(
        "SELECT substr(day, 1, 7), purpose, sum(bytes_out), sum(bytes_in), sum(requests) FROM traffic"
        " GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT ?",
        (limit,),
    )


def attempts(db: Database, item: int) -> list[Attempt]:
    """Every step tried for a row, in order."""
    rows = db.all(
        "SELECT at, step, outcome, code, http_status, bytes_out, bytes_in, answer FROM attempt WHERE item = ? ORDER BY id",
        (item,),
    )
    names = ("at", "step", "outcome", "code", "http_status", "bytes_out", "bytes_in", "answer")
    return [Attempt(**dict(zip(names, row, strict=True))) for row in rows]


def counts(db: Database) -> dict[str, int]:
    """How many rows stand in each state."""
    return db.kept("outbox-counts", lambda: dict(db.all("SELECT state, count(*) FROM outbox GROUP BY state")))


def last_done(db: Database) -> int | None:
    """When something was last acknowledged, in milliseconds."""
    found: int | None = db.kept(
        "outbox-last-done", lambda: db.value("SELECT max(done_at) FROM outbox WHERE state = 'done'")
    )
    return found


def _item(row: tuple[Any, ...] | None) -> Item | None:
    if row is None:
        return None
    return Item(
        id=row[0], uuid=row[1], kind=row[2], subject=row[3], revision=row[4], state=row[5], payload=row[6],
        attempts=row[7], next_attempt_at=row[8], last_code=row[9],
        detail=msgspec.json.decode(row[10]) if row[10] else {}, done_at=row[11], act=row[12], payload_hash=row[13],
    )  # fmt: skip
