"""One connection as rooms see it: rows out, damage and constraint names told apart, peewee as a query builder.

peewee maps tables and builds SQL; the SQL runs on the connection that is handed in. So no model is bound
to a global database, no template can trigger a lazy query, and the writer's unit of work and a reader's
snapshot serve the same repositories.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import peewee
from sqlcipher3 import dbapi2 as sqlite

from appliance.core.errors import ApplianceError, InvariantBroken, Refused

Parameters = Sequence[Any] | dict[str, Any]
Row = tuple[Any, ...]
T = TypeVar("T")

_CONSTRAINT = re.compile(r"(?:CHECK|NOT NULL|UNIQUE|FOREIGN KEY) constraint failed(?:: (.+))?")
_DAMAGE = ("malformed", "not a database", "disk i/o error", "file is encrypted")
ROOM_TO_OPEN_BYTES = 256 << 10
"""The shared memory file and the first frames of a log."""
_COMMON_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA wal_autocheckpoint = 0",
)
_WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # A restarted WAL is cut to its live part, so that no frames of an earlier life stand behind it.
    "PRAGMA journal_size_limit = 0",
    "PRAGMA secure_delete = FAST",
    "PRAGMA cache_size = -16000",
)
_READER_PRAGMAS = ("PRAGMA query_only = ON", "PRAGMA cache_size = -4000")


class ConstraintFailed(ApplianceError):
    """The store refused a row; `code` is the constraint's name or the text its trigger raised."""


class _Dialect(peewee.SqliteDatabase):
    """Only lends peewee its SQL dialect; it never connects."""


DIALECT = _Dialect(None)


class Database:
    """Reading methods over one connection; `Unit` adds writing."""

    __slots__ = ("connection",)

    def __init__(self, connection: sqlite.Connection) -> None:
        self.connection = connection

    def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Every row of a query."""
        try:
            rows: list[Row] = self.connection.execute(sql, parameters).fetchall()
            return rows
        except sqlite.Error as fault:
            raise translated(fault) from fault

    def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        try:
            row: Row | None = self.connection.execute(sql, parameters).fetchone()
            return row
        except sqlite.Error as fault:
            raise translated(fault) from fault

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None when there is no row."""
        row = self.one(sql, parameters)
        return None if row is None else row[0]

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """A small answer that nearly every request asks for; a reader makes it anew only when its snapshot has changed.

        `name` stands for the question with all its parameters. Nobody may change what is returned.
        """
        return make()

    def lasting(self, name: str, make: Callable[[], T]) -> T:
        """A thing that a reader keeps from one snapshot to the next; its owner brings it up to date at each `kept`."""
        return make()

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """Rows one by one, for readings too large to hold."""
        try:
            yield from self.connection.execute(sql, parameters)
        except sqlite.Error as fault:
            raise translated(fault) from fault

    def rows(self, query: peewee.Query) -> list[dict[str, Any]]:
        """Every row of a peewee select as a plain dict, named as the query names its columns."""
        sql, parameters = query.bind(DIALECT).sql()
        try:
            cursor = self.connection.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite.Error as fault:
            raise translated(fault) from fault


class Snapshot(Database):
    """A reader's connection. Between two commits every snapshot is the same, so what was made of one holds in the next."""

    __slots__ = ("_kept", "_lasting", "_version")

    def __init__(self, connection: sqlite.Connection) -> None:
        super().__init__(connection)
        self._version = -1
        self._kept: dict[str, Any] = {}
        self._lasting: dict[str, Any] = {}

    def begin(self) -> None:
        """Take a snapshot. SQLite tells whether any other connection has committed since the last one."""
        self.connection.execute("BEGIN")
        version = self.connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._version, self._kept = version, {}

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """As `Database.kept`."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found

    def lasting(self, name: str, make: Callable[[], T]) -> T:
        """As `Database.lasting`."""
        if name not in self._lasting:
            self._lasting[name] = make()
        found: T = self._lasting[name]
        return found


def connect(path: Path, key: bytes, *, writer: bool) -> sqlite.Connection:
    """Open a store that exists (a missing or empty file is never taken for a new one).

    Raises `InvariantBroken("store-damaged")` when the first page does not open under a key that fits.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise InvariantBroken("store-damaged", where="store", fault="missing")
    mode = "rw" if writer else "ro"
    connection = sqlite.connect(
        f"file:{path}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False,
        cached_statements=512, timeout=10,
    )  # fmt: skip
    try:
        set_key(connection, key)
        for pragma in _COMMON_PRAGMAS + (_WRITER_PRAGMAS if writer else _READER_PRAGMAS):
            connection.execute(pragma)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if writer and connection.execute("PRAGMA synchronous").fetchone() != (2,):
            raise InvariantBroken("store-not-durable")
    except sqlite.Error as fault:
        connection.close()
        raise translated(fault, path.parent) from fault
    return connection


def set_key(connection: sqlite.Connection, key: bytes) -> None:
    """Give the key before the first page is read; a bad page must not write thousands of log lines."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")


def translated(fault: sqlite.Error, directory: Path | None = None) -> ApplianceError:
    """The driver's error in our words: a named constraint, a full disk, damage, or a fault of ours.

    `directory`: where the store lies, while it is being opened. On a full disk the driver cannot make its shared
    memory file and speaks of an I/O error as of a worn card; nobody is to restore a backup over a sound store for that.
    """
    text = str(fault)
    lower = text.lower()
    if isinstance(fault, sqlite.IntegrityError):
        found = _CONSTRAINT.fullmatch(text)
        name = (found[1] or "foreign-key") if found else text
        return ConstraintFailed(name)
    if "disk is full" in lower or "database or disk" in lower:
        return Refused("disk-full")
    if directory is not None and "disk i/o error" in lower and shutil.disk_usage(directory).free < ROOM_TO_OPEN_BYTES:
        return Refused("disk-full")
    if any(sign in lower for sign in _DAMAGE):
        return InvariantBroken("store-damaged", where="store", fault=text)
    return InvariantBroken("store-error", fault=text)
