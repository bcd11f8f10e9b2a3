"""What must be kept while the store only reads: a small file of its own beside it, under the same key.

A damaged store takes no more rows, yet who reads a file must be known. Each note is on the disk before it
returns; at the next sound start they are taken into the store and the file goes.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2 as sqlite

from appliance.storage.database import set_key, translated

NAME = "aside.db"


class Aside:
    """Notes by kind, in the order in which they were made."""

    def __init__(self, directory: Path, key: bytes) -> None:
        self.path = directory / NAME
        self._key = key
        self._lock = threading.Lock()

    def note(self, kind: str, **record: Any) -> None:
        """Keep a note, durably. Raises what the store raises ("disk-full", "store-damaged")."""
        with self._lock:
            connection = self._open()
            try:
                connection.execute(
                    "INSERT INTO note (kind, record) VALUES (?, ?)", (kind, msgspec.json.encode(record).decode())
                )
            except sqlite.Error as fault:
                raise translated(fault) from fault
            finally:
                connection.close()

    def notes(self, kind: str) -> list[dict[str, Any]]:
        """The notes of a kind; none when there is no such file."""
        if not self.path.exists():
            return []
        with self._lock:
            connection = self._open()
            try:
                rows = connection.execute("SELECT record FROM note WHERE kind = ? ORDER BY id", (kind,)).fetchall()
            except sqlite.Error as fault:
                raise translated(fault) from fault
            finally:
                connection.close()
        return [msgspec.json.decode(row[0]) for row in rows]

    def clear(self) -> None:
        """The notes are in the store: the file goes."""
        with self._lock:
            self.path.unlink(missing_ok=True)

    def _open(self) -> sqlite.Connection:
        connection = sqlite.connect(str(self.path), isolation_level=None, timeout=10)
        try:
            set_key(connection, self._key)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL)"
            )
        except sqlite.Error as fault:
            connection.close()
            raise translated(fault) from fault
        return connection
