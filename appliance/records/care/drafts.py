"""Drafts: what a person was typing, kept by the server while it is typed, to be taken up on any tablet.

A draft belongs to a person, a form and its subject. Its version rises at each save; a tablet that saves from an
older version is told, and nothing it typed is lost (it may save as the newer one).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.core.errors import Refused
from appliance.records.care.tables import DraftRow
from appliance.storage import Database, Unit

BODY_BYTES_MAX = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it stands: whose, fields by name, under which request key it goes, on which tablet it was saved."""

    id: int
    staff: int
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
    names = tuple(Draft.__dataclass_fields__)
    row = db.one(
        f"SELECT {', '.join(names)} FROM draft WHERE form = ? AND subject = ? AND staff = ?", (form, subject, staff)
    )
    return _draft(dict(zip(names, row, strict=True))) if row else None


def of_staff(db: Database, staff: Iterable[int], limit: int = 20) -> list[Draft]:
    """The drafts of some people, newest first: one's own, and those of the absent whom one stands in for."""
    query = DraftRow.select().where(DraftRow.staff.in_(tuple(staff))).order_by(DraftRow.saved_at.desc()).limit(limit)
    return [_draft(row) for row in db.rows(query)]


def of_subject(db: Database, form: str, subject: str) -> list[Draft]:
    """Every draft about a subject, newest first: others are told that someone has begun."""
    query = DraftRow.select().where((DraftRow.form == form) & (DraftRow.subject == subject))
    return [_draft(row) for row in db.rows(query.order_by(DraftRow.saved_at.desc()))]


def take_over(unit: Unit, form: str, subject: str, absent: int) -> None:
    """Make the draft of an absent person one's own; whether one stands in for them is for the caller to know.

    Raises `Refused`: "draft-finished" (there is none), "draft-yours" (one's own draft on that subject would be lost).
    """
    mine = unit.actor.staff_id or 0
    if get(unit, form, subject, mine) is not None:
        raise Refused("draft-yours")
    if not unit.run(
        "UPDATE draft SET staff = ?, version = version + 1 WHERE form = ? AND subject = ? AND staff = ?",
        (mine, form, subject, absent),
    ):
        raise Refused("draft-finished")
    unit.note(form=form, subject=subject, taken_from=absent)


def drop(unit: Unit, form: str, subject: str) -> None:
    """The form was saved for good, or thrown away: its draft goes."""
    unit.run(
        "DELETE FROM draft WHERE form = ? AND subject = ? AND staff = ?", (form, subject, unit.actor.staff_id or 0)
    )


def _draft(row: dict[str, Any]) -> Draft:
    return Draft(**{**row, "body": msgspec.json.decode(row["body"])})
