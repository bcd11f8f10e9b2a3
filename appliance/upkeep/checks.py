"""Everything that must hold of a store, and a digest of what it means.

The digest covers the logical content: two stores generated from the same seed have the same one, whatever
their keys, salts and hashes of PINs are.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from appliance.billing import checks as billing
from appliance.reports.closing.model import seal
from appliance.stock import checks as stock
from appliance.storage import Database, Store, audit
from appliance.sync import checks as sync

_APART = {
    "act": ("request_key", "body_hash", "rows_hash", "hash", "detail", "result", "device"),
    "staff": ("pin_hash", "uuid", "failures", "locked_until"),
}
_TABLES_APART = {
    "heartbeat",
    "read_entry",
    "draft",
    "job_run",
    "attempt",
    "traffic",
    "dhis2_metadata",
    "dhis2_mapping",
    "setting",
    "outbox",
    "report_preview",
}
_COLUMNS_APART = {"act", "uuid"}


def run_checks(store: Store, *, with_digest: bool = True) -> dict[str, Any]:
    """Each check's offending entries (empty: it holds), counts, and the logical digest when it is asked for."""
    bad_pages = store.verify_pages()
    with store.reading() as db:
        acts, faults = audit.verify(db)
        checks: dict[str, list[str]] = {
            "pages": [f"{bad_pages} pages"] if bad_pages else [],
            "integrity": [r[0] for r in db.all("PRAGMA integrity_check") if r[0] != "ok"],
            "foreign-keys": [str(r) for r in db.all("PRAGMA foreign_key_check")],
            "chain": [f"act {f.act}: {f.fault}" for f in faults],
            "facts": _facts_reverse_once(db),
            "closings": _closings_are_sealed(db),
        }
        for name, check in {**stock.CHECKS, **billing.CHECKS, **sync.CHECKS}.items():
            checks[name] = check(db)
        found: dict[str, Any] = {"checks": checks, "acts": acts, "counts": _counts(db)}
        return {**found, "digest": digest(db)} if with_digest else found


def digest(db: Database) -> str:
    """SHA-256 over the rows of every table that says something about care, stock, money or reports.

    The rows of a table are added up as numbers, so their order says nothing and a table of any size needs no memory.
    """
    total = hashlib.sha256()
    for (table,) in db.all(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ):
        if table in _TABLES_APART or table.startswith("_"):
            continue
        columns = [
            r[1]
            for r in db.all(f"PRAGMA table_info({table})")
            if r[1] not in _COLUMNS_APART and r[1] not in _APART.get(table, ())
        ]
        summed = 0
        for row in db.each(f"SELECT {', '.join(columns)} FROM {table}"):
            summed += int.from_bytes(hashlib.sha256(msgspec.json.encode(list(row))).digest(), "big")
        total.update(table.encode() + (summed % (1 << 256)).to_bytes(32, "big"))
    return total.hexdigest()


def _facts_reverse_once(db: Database) -> list[str]:
    return [
        f"fact {r[0]}"
        for r in db.all(
            "SELECT r.id FROM fact r JOIN fact o ON o.id = r.reverses WHERE o.quantity <> -r.quantity"
            " OR o.kind <> r.kind OR o.code <> r.code OR o.month <> r.month OR o.reverses IS NOT NULL"
        )
    ]


def _closings_are_sealed(db: Database) -> list[str]:
    return [
        f"{form} {period} version {version}"
        for form, edition, period, version, cells, held in db.all(
            "SELECT form, form_edition, period, version, cells, hash FROM closing"
        )
        if seal(form, edition, period, version, cells) != held
    ]


def _counts(db: Database) -> dict[str, int]:
    names = ("act", "patient", "visit", "consultation", "prescription", "movement", "sale", "fact", "closing")
    return {name: int(db.value(f"SELECT count(*) FROM {name}")) for name in names}
