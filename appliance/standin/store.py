"""The small file behind one stand-in; it survives a restart, and tests and the demonstration read it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS value (de TEXT, pe TEXT, ou TEXT, coc TEXT, aoc TEXT, value TEXT, comment TEXT, followup INT,
  deleted INT, stored_by TEXT, created TEXT, updated TEXT, PRIMARY KEY (de, pe, ou, coc, aoc));
CREATE TABLE IF NOT EXISTS completion (ds TEXT, pe TEXT, ou TEXT, aoc TEXT, date TEXT, completed INT, stored_by TEXT,
  times INT, PRIMARY KEY (ds, pe, ou, aoc));
CREATE TABLE IF NOT EXISTS event (uid TEXT PRIMARY KEY, body TEXT, deleted INT);
CREATE TABLE IF NOT EXISTS conversation (id TEXT PRIMARY KEY, subject TEXT, kind TEXT, created TEXT, updated TEXT);
CREATE TABLE IF NOT EXISTS participant (conversation TEXT, user TEXT, read INT, PRIMARY KEY (conversation, user));
CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, conversation TEXT, sender TEXT, name TEXT,
  text TEXT, internal INT, created TEXT);
CREATE TABLE IF NOT EXISTS file (id TEXT PRIMARY KEY, name TEXT, kind TEXT, domain TEXT, status TEXT, md5 TEXT,
  content BLOB, owner TEXT, created TEXT, message TEXT);
CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, at TEXT, method TEXT, path TEXT, query TEXT, status INT,
  bytes_in INT, bytes_out INT);
CREATE TABLE IF NOT EXISTS medexis (reference TEXT PRIMARY KEY, body TEXT);
"""


class Store:
    """One connection; what the subjects keep lies in their own files."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(directory / "standin.db", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # it has to survive a restart, not a power cut
        self._db.executescript(_SCHEMA)

    def run(self, sql: str, *given: Any) -> int:
        """Run a statement; returns how many rows it touched."""
        return self._db.execute(sql, given).rowcount

    def rows(self, sql: str, *given: Any) -> list[tuple[Any, ...]]:
        """Every row of a query."""
        return self._db.execute(sql, given).fetchall()

    def row(self, sql: str, *given: Any) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found: tuple[Any, ...] | None = self._db.execute(sql, given).fetchone()
        return found

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All that is written inside, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def empty(self) -> None:
        """Forget everything."""
        for (table,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
            self.run(f"DELETE FROM {table}")

    def note(self, at: str, method: str, path: str, query: str, status: int, bytes_in: int, bytes_out: int) -> None:
        """Keep one request, in the order of arrival; bytes are those of the bodies."""
        self.run(
            "INSERT INTO request (at, method, path, query, status, bytes_in, bytes_out) VALUES (?,?,?,?,?,?,?)",
            at, method, path, query, status, bytes_in, bytes_out,
        )  # fmt: skip

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, in order."""
        names = ("id", "at", "method", "path", "query", "status", "bytes_in", "bytes_out")
        return [
            dict(zip(names, row, strict=True))
            for row in self.rows(f"SELECT {', '.join(names)} FROM request ORDER BY id")
        ]
