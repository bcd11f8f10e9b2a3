"""Drafts: what a person was typing, kept by the server while it is typed, to be taken up on any tablet.

A draft belongs to a person, a form and its subject. Its version rises at each save; a tablet that saves from an
older version is told, and nothing it typed is lost (it may save as the newer one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.core.errors import Refused
from appliance.storage import Database, Unit

BODY_BYTES_MAX = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it stands: fields by name, under which request key it will be sent, on which tablet it was saved."""

    id: int
    form: str
    subject: str
    request_key: bytes
    version: int
    body: dict[str, Any]
    saved_at: int
    device: str


def save(unit: Unit, form: str, subject: str, body: dict[str, Any], request_key: bytes, version: int) -> int:
    """Save a draft typed from `version` (0: none yet); returns the new version.

    Raises `Refused`: "draft-too-large", "draft-newer" with the version, time and tablet that stand,
    "draft-finished" (saved for good meanwhile: a saving under way must not bring it back).
    """
    text = msgspec.json.encode(body).decode()
    if len(text) > BODY_BYTES_MAX:
        raise Refused("draft-too-large", limit=BODY_BYTES_MAX)
    held = get(unit, form, subject, unit.actor.staff_id or 0)
    if held is None and version > 0:
        raise Refused("draft-finished")
    if held is None:
        unit.insert(
            "draft", form=form, subject=subject, staff=unit.actor.staff_id or 0, request_key=request_key, version=1,
            body=text, saved_at=unit.now.ms, device=unit.actor.device,
        )  # fmt: skip
        return 1
    if version < held.version and held.device != unit.actor.device:
        raise Refused("draft-newer", version=held.version, saved_at=held.saved_at, device=held.device)
    unit.run(
        "UPDATE draft SET version = version + 1, body = ?, saved_at = ?, device = ?, request_key = ? WHERE id = ?",
        (text, unit.now.ms, unit.actor.device, request_key, held.id),
    )
    return held.version + 1


def get(db: Database, form: str, subject: str, staff: int) -> Draft | None:
    """A person's draft of a form about a subject."""
    row = db.one(
        "SELECT id, form, subject, request_key, version, body, saved_at, device FROM draft"
        " WHERE form = ? AND subject = ? AND staff = ?",
        (form, subject, staff),
    )
    if row is None:
        return None
    return Draft(
        id=row[0], form=row[1], subject=row[2], request_key=row[3], version=row[4], body=msgspec.json.decode(row[5]),
        saved_at=row[6], device=row[7],
    )  # fmt: skip


def of_staff(db: Database, staff: int) -> list[Draft]:
    """A person's drafts, newest first."""
    rows = db.all("SELECT form, subject FROM draft WHERE staff = ? ORDER BY saved_at DESC LIMIT 20", (staff,))
    return [d for form, subject in rows if (d := get(db, form, subject, staff))]


def drop(unit: Unit, form: str, subject: str) -> None:
    """The form was saved for good, or thrown away: its draft goes."""
    unit.run(
        "DELETE FROM draft WHERE form = ? AND subject = ? AND staff = ?", (form, subject, unit.actor.staff_id or 0)
    )
