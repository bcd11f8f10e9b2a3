"""A unit of work: the use case's hands while it runs in the writer's thread.

Every row appended goes into a digest; at the end one row of `act` binds who, when and under which request
key to that digest and to the act before it. The act's number is read from the table inside the savepoint,
never from memory, so that a rolled-back neighbour leaves no gap and no broken chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import peewee
from sqlcipher3 import dbapi2 as sqlite

from appliance.core.actors import Actor
from appliance.core.clock import Instant
from appliance.storage.database import DIALECT, Database, Parameters, translated
from appliance.storage.migrate import insert_only_tables

GENESIS = bytes(32)
_packer = msgspec.msgpack.Encoder()
_json = msgspec.json.Encoder()
Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is known of an act before it runs: what it is called, in whose name, and the request it answers."""

    kind: str
    actor: Actor
    key: bytes | None = None
    body_hash: bytes | None = None


@dataclass(slots=True, kw_only=True)
class _Digest:
    rows: list[bytes] = field(default_factory=list)

    def add(self, table: str, rowid: int, columns: Mapping[str, Any]) -> None:
        self.rows.append(row_digest(table, rowid, columns))

    def value(self) -> bytes:
        return hashlib.sha256(b"".join(sorted(self.rows))).digest()


class Unit(Database):
    """Reading and writing inside one act. Services take it first and never commit."""

    __slots__ = ("_detail", "_digest", "_intent", "_previous", "act", "actor", "now")

    def __init__(self, connection: sqlite.Connection, intent: Intent, now: Instant) -> None:
        super().__init__(connection)
        last = self.one("SELECT seq, hash FROM act ORDER BY seq DESC LIMIT 1")
        self.act: int = last[0] + 1 if last else 1
        self._previous: bytes = last[1] if last else GENESIS
        self.actor = intent.actor
        self.now = now
        self._intent = intent
        self._digest = _Digest()
        self._detail: dict[str, Any] = {}

    @property
    def today(self) -> date:
        """The date of the act in Mali."""
        return self.now.date

    def append(self, table: str, **columns: Any) -> int:
        """Insert a row into an insert-only table, stamped with this act and counted in its digest; returns its id.

        Raises `ConstraintFailed` with the constraint's name, or the code its trigger raised.
        """
        columns["act"] = self.act
        rowid = self._insert(table, columns)
        # A table without row numbers is digested under 0, as `audit` reads it again.
        self._digest.add(table, rowid if insert_only_tables()[table] == "id" else 0, columns)
        return rowid

    def insert(self, table: str, **columns: Any) -> int:
        """Insert a row into a table whose rows change; its `act` column, where it has one, is the caller's to give."""
        return self._insert(table, columns)

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement that changes rows; returns how many."""
        try:
            return int(self.connection.execute(sql, parameters).rowcount)
        except sqlite.Error as fault:
            raise translated(fault) from fault

    def change(self, query: peewee.Query) -> int:
        """Run a peewee update, insert or delete; returns how many rows it touched."""
        sql, parameters = query.bind(DIALECT).sql()
        return self.run(sql, parameters)

    def note(self, **detail: Any) -> None:
        """Keep codes and ids of what changed with the act. Never text that people typed: logs hold no names."""
        self._detail.update(detail)

    def close(self, result: Result) -> None:
        """Write the act itself: the last row of the savepoint."""
        intent, digest = self._intent, self._digest.value()
        row = (
            self.act, intent.kind, intent.actor.staff_id, intent.actor.device, self.now.ms, int(self.now.trusted),
            intent.key, intent.body_hash, _json.encode(self._detail).decode() if self._detail else None,
            _json.encode(result).decode(), digest,
        )  # fmt: skip
        self.run(_INSERT_ACT, (*row, chain_hash(self._previous, row)))

    def _insert(self, table: str, columns: Mapping[str, Any]) -> int:
        try:
            cursor = self.connection.execute(_insert_sql(table, tuple(columns)), tuple(columns.values()))
        except sqlite.Error as fault:
            raise translated(fault) from fault
        return int(cursor.lastrowid or 0)


_INSERT_ACT = (
    "INSERT INTO act (seq, kind, staff, device, at, trusted, request_key, body_hash, detail, result,"
    " rows_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def row_digest(table: str, rowid: int, columns: Mapping[str, Any]) -> bytes:
    """The digest of one insert-only row: its table, its key and its non-null columns in the order of their names."""
    values = [(name, columns[name]) for name in sorted(columns) if columns[name] is not None and name != "id"]
    return hashlib.sha256(_packer.encode((table, rowid, values))).digest()


def chain_hash(previous: bytes, row: tuple[Any, ...]) -> bytes:
    """The hash of an act: the hash before it, then every column of its own row."""
    return hashlib.sha256(previous + _packer.encode(row)).digest()


@lru_cache(maxsize=512)
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
