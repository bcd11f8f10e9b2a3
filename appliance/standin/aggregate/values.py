"""The kept data values, and one that is about to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.standin.instance import Instance

Key = tuple[str, str, str, str, str]
"""Data element, period, org unit, category option combination, attribute option combination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value of a payload, understood."""

    index: int
    key: Key
    value: str | None
    comment: str | None = None
    followup: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One value as it stands."""

    value: str | None
    comment: str | None
    followup: bool
    deleted: bool


def held(here: Instance, key: Key) -> Held | None:
    """What is stored under a key, deleted or not."""
    row = here.store.row(
        "SELECT value, comment, followup, deleted FROM value WHERE de=? AND pe=? AND ou=? AND coc=? AND aoc=?", *key
    )
    return Held(value=row[0], comment=row[1], followup=bool(row[2]), deleted=bool(row[3])) if row else None


def put(here: Instance, row: Row) -> None:
    """Insert or update one value; deleting it is a mark (the value itself stays to be read in the file)."""
    now, by = here.clock.stamp(), here.settings.username
    here.store.run(
        "INSERT INTO value VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
        " value=CASE excluded.deleted WHEN 1 THEN value ELSE excluded.value END, comment=excluded.comment,"
        " followup=excluded.followup, deleted=excluded.deleted, stored_by=excluded.stored_by, updated=excluded.updated",
        *row.key, row.value, row.comment, int(row.followup), int(row.deleted), by, now, now,
    )  # fmt: skip


def read(here: Instance, periods: list[str] | None = None, units: list[str] | None = None) -> list[dict[str, Any]]:
    """Every value that stands, as the read-back gives it."""
    names = ("dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo", "value", "comment", "followup", "storedBy", "created", "lastUpdated")  # fmt: skip
    rows = here.store.rows(
        "SELECT de, pe, ou, coc, aoc, value, comment, followup, stored_by, created, updated FROM value"
        " WHERE deleted = 0 ORDER BY rowid"
    )
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for value in found:
        value["followup"] = bool(value["followup"])
    return [
        {name: kept for name, kept in v.items() if kept is not None}
        for v in found
        if (periods is None or v["period"] in periods) and (units is None or v["orgUnit"] in units)
    ]
