"""Reading the chain of acts again: every hash, and every insert-only row under the act that wrote it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.storage.database import Database
from appliance.storage.migrate import insert_only_tables
from appliance.storage.unit import GENESIS, chain_hash, row_digest

_COLUMNS = "seq, kind, staff, device, at, trusted, request_key, body_hash, detail, result, rows_hash"
SPAN = 20_000
"""Acts checked at a time, so that a store of any size is verified in a few megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """Where the chain does not hold: `hash` (the act itself or its place), `rows` (what it wrote), `sequence` (a gap)."""

    act: int
    fault: str


def verify(db: Database) -> tuple[int, list[ChainFault]]:
    """Check the whole chain; returns how many acts were read and every fault found."""
    faults: list[ChainFault] = []
    previous, expected, count = GENESIS, 1, 0
    last = db.value("SELECT max(seq) FROM act") or 0
    for first in range(1, last + 1, SPAN):
        digests = _digests(db, first, first + SPAN - 1)
        for row in db.each(
            f"SELECT {_COLUMNS}, hash FROM act WHERE seq BETWEEN ? AND ? ORDER BY seq",
            (first, first + SPAN - 1),
        ):
            act = row[0]
            if act != expected:
                faults.append(ChainFault(act=act, fault="sequence"))
            if chain_hash(previous, tuple(row[:-1])) != row[-1]:
                faults.append(ChainFault(act=act, fault="hash"))
            if hashlib.sha256(b"".join(sorted(digests.pop(act, [])))).digest() != row[10]:
                faults.append(ChainFault(act=act, fault="rows"))
            previous, expected, count = row[-1], act + 1, count + 1
        faults.extend(ChainFault(act=act, fault="rows") for act in sorted(digests))
    return count, faults


def _digests(db: Database, first: int, last: int) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = defaultdict(list)
    for table, key in insert_only_tables().items():
        if table == "act":
            continue
        for act, digest in _rows(db, table, key, first, last):
            found[act].append(digest)
    return found


def _rows(db: Database, table: str, key: str, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    columns = [row[1] for row in db.all(f"PRAGMA table_info({table})")]
    # A WITHOUT ROWID table has no row number: its rows are digested under 0, as `append` saw them.
    rowid = "0" if key != "id" else "id"
    for row in db.each(f"SELECT {rowid}, {', '.join(columns)} FROM {table} WHERE act BETWEEN ? AND ?", (first, last)):
        values = dict(zip(columns, row[1:], strict=True))
        yield values["act"], row_digest(table, row[0], values)
