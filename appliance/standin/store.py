"""What the stand-in keeps: values, completions, events and every request with its bytes, in a small SQLite file."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS value (de TEXT, pe TEXT, ou TEXT, coc TEXT, aoc TEXT, value TEXT, comment TEXT, deleted INT,
  stored_by TEXT, updated TEXT, PRIMARY KEY (de, pe, ou, coc, aoc));
CREATE TABLE IF NOT EXISTS completion (ds TEXT, pe TEXT, ou TEXT, aoc TEXT, date TEXT, completed INT, times INT,
  PRIMARY KEY (ds, pe, ou, aoc));
CREATE TABLE IF NOT EXISTS event (uid TEXT PRIMARY KEY, body TEXT, deleted INT);
CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, method TEXT, path TEXT, status INT, bytes_in INT, bytes_out INT);
"""


class Store:
    """The file behind one stand-in; it survives a restart."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(directory / "standin.db", check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def value(self, key: tuple[str, ...]) -> tuple[str, bool] | None:
        """A stored value and whether it is deleted."""
        row = self._db.execute(
            "SELECT value, deleted FROM value WHERE de=? AND pe=? AND ou=? AND coc=? AND aoc=?", key
        ).fetchone()
        return (row[0], bool(row[1])) if row else None

    def put(self, key: tuple[str, ...], value: str | None, comment: str | None, *, deleted: bool, by: str) -> None:
        """Insert or update one value."""
        self._db.execute(
            "INSERT INTO value VALUES (?,?,?,?,?,?,?,?,?,datetime('now')) ON CONFLICT DO UPDATE SET value=excluded.value,"
            " comment=excluded.comment, deleted=excluded.deleted, stored_by=excluded.stored_by, updated=excluded.updated",
            (*key, value, comment, int(deleted), by),
        )

    def values(self, period: str | None = None, unit: str | None = None) -> list[dict[str, Any]]:
        """Every value that stands, as the read-back gives it."""
        rows = self._db.execute("SELECT de, pe, ou, coc, aoc, value, stored_by, updated FROM value WHERE deleted = 0")
        names = (
            "dataElement",
            "period",
            "orgUnit",
            "categoryOptionCombo",
            "attributeOptionCombo",
            "value",
            "storedBy",
            "lastUpdated",
        )
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return [
            v for v in found if (period is None or v["period"] == period) and (unit is None or v["orgUnit"] == unit)
        ]

    def complete(self, key: tuple[str, ...], date: str, completed: bool) -> bool:
        """Register a completion; true when it is the first."""
        first = (
            self._db.execute("SELECT 1 FROM completion WHERE ds=? AND pe=? AND ou=? AND aoc=?", key).fetchone() is None
        )
        self._db.execute(
            "INSERT INTO completion VALUES (?,?,?,?,?,?,1) ON CONFLICT DO UPDATE SET date=excluded.date,"
            " completed=excluded.completed, times=times+1",
            (*key, date, int(completed)),
        )
        return first

    def uncomplete(self, ds: str, pe: str, ou: str) -> None:
        """Take a completion back."""
        self._db.execute("DELETE FROM completion WHERE ds=? AND pe=? AND ou=?", (ds, pe, ou))

    def completions(self) -> list[dict[str, Any]]:
        """Every completion."""
        rows = self._db.execute("SELECT ds, pe, ou, aoc, date, completed, times FROM completion")
        names = ("dataSet", "period", "organisationUnit", "attributeOptionCombo", "date", "completed", "times")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def event(self, uid: str) -> tuple[dict[str, Any], bool] | None:
        """An event and whether it was deleted."""
        row = self._db.execute("SELECT body, deleted FROM event WHERE uid = ?", (uid,)).fetchone()
        return (json.loads(row[0]), bool(row[1])) if row else None

    def put_event(self, uid: str, body: dict[str, Any], *, deleted: bool = False) -> None:
        """Keep an event."""
        self._db.execute(
            "INSERT INTO event VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body, deleted=excluded.deleted",
            (uid, json.dumps(body), int(deleted)),
        )

    def note(self, method: str, path: str, status: int, bytes_in: int, bytes_out: int) -> None:
        """Keep one request."""
        self._db.execute(
            "INSERT INTO request (method, path, status, bytes_in, bytes_out) VALUES (?,?,?,?,?)",
            (method, path, status, bytes_in, bytes_out),
        )

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far."""
        names = ("method", "path", "status", "bytes_in", "bytes_out")
        return [
            dict(zip(names, r, strict=True))
            for r in self._db.execute("SELECT method, path, status, bytes_in, bytes_out FROM request")
        ]
