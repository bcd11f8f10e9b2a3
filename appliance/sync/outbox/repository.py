"""Reading the outbox: what is due, what stands before a person, what was said at each try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.storage import Database

_COLUMNS = (
    "id, uuid, kind, subject, revision, state, payload, attempts, next_attempt_at, last_code, last_detail, done_at, act"
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


def next_due(db: Database, now_ms: int) -> Item | None:
    """The most urgent row that is due. `sending` rows count: a courier that died left them so."""
    return _item(
        db.one(
            f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('waiting', 'sending') AND next_attempt_at <= ?"
            " ORDER BY priority, id LIMIT 1",
            (now_ms,),
        )
    )


def next_instant(db: Database) -> int | None:
    """When the next row falls due, in milliseconds; None when nothing waits."""
    found: int | None = db.value("SELECT min(next_attempt_at) FROM outbox WHERE state IN ('waiting', 'sending')")
    return found


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
    return dict(db.all("SELECT state, count(*) FROM outbox GROUP BY state"))


def last_done(db: Database) -> int | None:
    """When something was last acknowledged, in milliseconds."""
    found: int | None = db.value("SELECT max(done_at) FROM outbox WHERE state = 'done'")
    return found


def _item(row: tuple[Any, ...] | None) -> Item | None:
    if row is None:
        return None
    return Item(
        id=row[0], uuid=row[1], kind=row[2], subject=row[3], revision=row[4], state=row[5], payload=row[6],
        attempts=row[7], next_attempt_at=row[8], last_code=row[9],
        detail=msgspec.json.decode(row[10]) if row[10] else {}, done_at=row[11], act=row[12],
    )  # fmt: skip
