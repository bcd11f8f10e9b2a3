"""The outbox: neutral rows that any room may write in the same act as the thing to be sent.

A row says what kind of thing, which one, and which revision of it. What goes over the wire is composed by
`sync` when it is about to be sent, and its bytes are kept, so that a repeat after a cut is the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from appliance.core.identifiers import new_uuid
from appliance.storage.uids import keep_uids
from appliance.storage.unit import Unit

PRIORITY_REPORT = 20
"""A smaller number goes first."""


def enqueue(
    unit: Unit,
    kind: str,
    subject: str,
    revision: int,
    *,
    priority: int = PRIORITY_REPORT,
    identity: bytes | None = None,
    parts: Iterable[str] = (),
) -> int:
    """Put a thing into the outbox; an older revision of it that waits is superseded. Returns the row's id.

    `identity` is the 16-byte UUID that the row goes by; a new one by default. `parts`: what of the subject the counterparty
    may know by an identifier each ("" is the whole); those are kept here, in the act of whoever signs.
    Raises `ConstraintFailed` when this revision is already there.
    """
    unit.run(
        "UPDATE outbox SET state = 'superseded' WHERE kind = ? AND subject = ? AND revision < ?"
        " AND state IN ('waiting', 'refused', 'held')",
        (kind, subject, revision),
    )
    if named := list(parts):
        keep_uids(unit, kind, subject, named)
    return unit.insert(
        "outbox", uuid=identity or new_uuid(), kind=kind, subject=subject, revision=revision, priority=priority,
        state="waiting", attempts=0, next_attempt_at=unit.now.ms, act=unit.act,
    )  # fmt: skip
