"""The floor: the same acts on bare Litestar and SQLite, without sign-in, lots by expiry, prices, audit or encryption.

What is measured stands beside it, since machines are noisy and a ratio to the floor of the same run is not.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar, get, post

_LOCK = threading.Lock()


def make(directory: Path, port: int) -> uvicorn.Server:
    """A server with one balance table and one movement table, and people to search."""
    db = sqlite3.connect(directory / "floor.db", check_same_thread=False, isolation_level=None)
    db.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE balance (product INTEGER PRIMARY KEY, quantity INTEGER CHECK (quantity >= 0));"
        "CREATE TABLE movement (id INTEGER PRIMARY KEY, product INTEGER, quantity INTEGER, day TEXT);"
        "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE INDEX person_name ON person (name);"
    )
    db.execute("BEGIN")  # a commit for each of these rows would take a quarter of a minute on a slow disk
    db.executemany("INSERT INTO balance VALUES (?, 1000000000)", [(n,) for n in range(1, 200)])
    db.executemany("INSERT INTO person (name) VALUES (?)", [(f"nom{n % 900} prenom{n % 700}",) for n in range(20_000)])
    db.execute("COMMIT")

    @post("/dispense", sync_to_thread=False)
    def dispense(data: list[list[int]]) -> dict[str, int]:
        with _LOCK:
            db.execute("BEGIN IMMEDIATE")
            for product, quantity in data:
                db.execute("UPDATE balance SET quantity = quantity - ? WHERE product = ?", (quantity, product))
                db.execute(
                    "INSERT INTO movement (product, quantity, day) VALUES (?, ?, '2026-10-15')", (product, -quantity)
                )
            db.execute("COMMIT")
        return {"lines": len(data)}

    @get("/search", sync_to_thread=False)
    def search(q: str) -> list[list[Any]]:
        return [
            list(r)
            for r in db.execute("SELECT id, name FROM person WHERE name >= ? AND name < ? LIMIT 25", (q, q + "~"))
        ]

    @get("/person", sync_to_thread=False)
    def one(id: int) -> list[Any]:
        return list(db.execute("SELECT id, name FROM person WHERE id = ?", (id,)).fetchone())

    app = Litestar(route_handlers=[dispense, search, one], openapi_config=None, logging_config=None)
    return uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="critical", access_log=False, http="h11", loop="asyncio"
        )
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2])).run()
