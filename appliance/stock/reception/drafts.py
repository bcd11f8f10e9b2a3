"""A reception being counted: several boxes, several hours, and another tablet may go on. What is typed lies here as typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from appliance.core.errors import Refused
from appliance.storage import Database, Unit

BYTES_MAX = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reception as far as it is typed. `subject`: "order-7", "shipment-3", "loose-…"; `by`: who saved it last."""

    subject: str
    version: int
    fields: Mapping[str, Sequence[str]]
    by: str
    saved_at: int


def save(unit: Unit, subject: str, fields: Mapping[str, Sequence[str]], version: int) -> int:
    """Keep what is typed; returns the new version. `version` is the one that was read, 0 for none.

    Raises `Refused`: "draft-newer" when another tablet saved meanwhile (`version` of that one), "draft-too-big".
    """
    body = msgspec.json.encode(dict(fields))
    if len(body) > BYTES_MAX:
        raise Refused("draft-too-big")
    held = unit.value("SELECT version FROM reception_draft WHERE subject = ?", (subject,)) or 0
    if held != version:
        raise Refused("draft-newer", version=held)
    unit.run(
        "INSERT INTO reception_draft (subject, version, body, staff, started_at, saved_at, act) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET version = excluded.version, body = excluded.body, staff = excluded.staff,"
        " saved_at = excluded.saved_at, act = excluded.act",
        (subject, version + 1, body.decode(), unit.actor.staff_id, unit.now.ms, unit.now.ms, unit.act),
    )
    return version + 1


def drop(unit: Unit, subject: str) -> None:
    """Forget a draft: it was signed, or its delivery turned out to be none."""
    unit.run("DELETE FROM reception_draft WHERE subject = ?", (subject,))


def draft(db: Database, subject: str) -> Draft | None:
    """What is typed of a reception, or None."""
    found = _drafts(db, " WHERE d.subject = ?", (subject,))
    return found[0] if found else None


def drafts(db: Database) -> list[Draft]:
    """Every reception being counted, the last saved first."""
    return _drafts(db, " ORDER BY d.saved_at DESC", ())


def _drafts(db: Database, rest: str, parameters: tuple[str, ...]) -> list[Draft]:
    rows = db.all(
        "SELECT d.subject, d.version, d.body, coalesce(f.name, ''), d.saved_at FROM reception_draft d"
        f" LEFT JOIN staff f ON f.id = d.staff{rest}",
        parameters,
    )
    return [
        Draft(subject=row[0], version=row[1], fields=msgspec.json.decode(row[2]), by=row[3], saved_at=row[4])
        for row in rows
    ]
