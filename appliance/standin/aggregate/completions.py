"""The register of completed data sets."""

from __future__ import annotations

from typing import Any

from appliance.standin.instance import Instance

Key = tuple[str, str, str, str]
"""Data set, period, org unit, attribute option combination."""
NAMES = ("dataSet", "period", "organisationUnit", "attributeOptionCombo", "date", "completed", "storedBy")


def put(here: Instance, key: Key, day: str, *, completed: bool = True) -> bool:
    """Register or update; true when it is the first time, which is when people are notified."""
    is_first = here.store.row("SELECT 1 FROM completion WHERE ds=? AND pe=? AND ou=? AND aoc=?", *key) is None
    here.store.run(
        "INSERT INTO completion VALUES (?,?,?,?,?,?,?,1) ON CONFLICT DO UPDATE SET date=excluded.date,"
        " completed=excluded.completed, stored_by=excluded.stored_by, times=times+1",
        *key, day, int(completed), here.settings.username,
    )  # fmt: skip
    return is_first


def take_back(here: Instance, key: Key) -> bool:
    """Remove; false when there was none."""
    return here.store.run("DELETE FROM completion WHERE ds=? AND pe=? AND ou=? AND aoc=?", *key) > 0


def read(here: Instance) -> list[dict[str, Any]]:
    """Every registration; `times` (how often it was written) is for tests and no part of DHIS2."""
    rows = here.store.rows("SELECT ds, pe, ou, aoc, date, completed, stored_by, times FROM completion ORDER BY rowid")
    return [dict(zip((*NAMES, "times"), row, strict=True)) | {"completed": bool(row[5])} for row in rows]
