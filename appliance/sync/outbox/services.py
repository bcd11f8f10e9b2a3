"""What happens to a row of the outbox: it goes out, an answer comes back, a person lets it go on."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from appliance.core.errors import Refused
from appliance.storage import Unit
from appliance.sync.dhis2.outcomes import Fate
from appliance.sync.outbox import repository
from appliance.sync.outbox.model import Next, State, after

TRY_SECONDS_MAX = 15 * 60
"""A row that is being sent is due again after this long: its courier has died."""


def begin(unit: Unit, item: int, payload: bytes) -> None:
    """Mark a row as going out, and keep the bytes as first composed."""
    unit.run(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, payload = coalesce(payload, ?),"
        " payload_hash = coalesce(payload_hash, ?), next_attempt_at = ? WHERE id = ? AND state IN ('waiting', 'sending')",
        (payload, hashlib.sha256(payload).digest(), unit.now.ms + TRY_SECONDS_MAX * 1000, item),
    )


def answered(unit: Unit, item: int, journal: dict[str, Any]) -> Next:
    """Keep every step of a try and decide what becomes of the row. Raises `Refused("no-such-item")`.

    An answer for a row that a person or a newer revision settled meanwhile is kept and changes nothing else.
    """
    row = repository.get(unit, item)
    if row is None:
        raise Refused("no-such-item", item=item)
    for step in journal.get("steps") or ():
        _keep_step(unit, item, step)
    decided = after(Fate(journal["fate"]), journal["code"], row.attempts, journal.get("retry_after"))
    if row.state not in (State.WAITING, State.SENDING):
        return decided
    detail = {"conflicts": [c for s in journal.get("steps") or () for c in s.get("conflicts") or ()]}
    unit.run(
        "UPDATE outbox SET state = ?, next_attempt_at = ?, last_code = ?, last_detail = ?, done_at = ? WHERE id = ?",
        (
            decided.state, unit.now.ms + decided.delay_seconds * 1000, journal["code"],
            msgspec.json.encode(detail).decode(), unit.now.ms if decided.state is State.DONE else None, item,
        ),
    )  # fmt: skip
    unit.note(item=item, state=decided.state, code=journal["code"])
    return decided


def send_again(unit: Unit, item: int, *, recompose: bool) -> None:
    """A person lets a held or refused row go out again; `recompose` when the record or the mapping changed.

    Raises `Refused("not-held")` for a row that is not a person's to release.
    """
    changed = unit.run(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_attempt_at = ?,"
        " payload = CASE WHEN ? THEN NULL ELSE payload END,"
        " payload_hash = CASE WHEN ? THEN NULL ELSE payload_hash END"
        " WHERE id = ? AND state IN ('held', 'refused', 'waiting')",
        (unit.now.ms, recompose, recompose, item),
    )
    if not changed:
        raise Refused("not-held", item=item)
    unit.note(item=item)


def accept_refusals(unit: Unit, item: int) -> None:
    """A person has read the refused values and lets the report be declared complete without them."""
    row = repository.get(unit, item)
    if row is None or row.state != State.REFUSED or row.last_code != "partly-refused":
        raise Refused("not-partly-refused", item=item)
    detail = {**row.detail, "complete_with_refusals": True}
    unit.run(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_attempt_at = ?, last_detail = ? WHERE id = ?",
        (unit.now.ms, msgspec.json.encode(detail).decode(), item),
    )
    unit.note(item=item)


def _keep_step(unit: Unit, item: int, step: dict[str, Any]) -> None:
    unit.append(
        "attempt", item=item, at=unit.now.ms, step=step["step"], outcome=step["fate"], code=step["code"],
        http_status=step["http_status"], bytes_out=step["bytes_out"], bytes_in=step["bytes_in"], answer=step["answer"],
    )  # fmt: skip
    count_traffic(unit, "reports", step["bytes_out"], step["bytes_in"])


def count_traffic(unit: Unit, purpose: str, bytes_out: int, bytes_in: int) -> None:
    """Add one request's bytes to the day's count."""
    unit.run(
        "INSERT INTO traffic (day, purpose, bytes_out, bytes_in, requests) VALUES (?, ?, ?, ?, 1)"
        " ON CONFLICT (day, purpose) DO UPDATE SET bytes_out = bytes_out + excluded.bytes_out,"
        " bytes_in = bytes_in + excluded.bytes_in, requests = requests + 1",
        (unit.today.isoformat(), purpose, bytes_out, bytes_in),
    )
