"""What happens to a row of the outbox: it goes out, an answer comes back, a person lets it go on."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

import msgspec

from appliance.core.errors import Refused
from appliance.storage import Unit
from appliance.sync.dhis2.codes import FEW, Fate
from appliance.sync.outbox import repository
from appliance.sync.outbox.kind import OutboxKind
from appliance.sync.outbox.model import PARTLY, Ended, Next, State, after
from appliance.sync.outbox.repository import Item

TRY_SECONDS_MAX = 15 * 60
"""A row that is being sent is due again after this long: its courier has died."""
DAY_MS = 86_400_000
EDITED = ("edited-there", "read-back-refused", "event-differs")
"""Ends that ask a person whose figures stand: ours or those found there."""


def begin(unit: Unit, item: int, payload: bytes) -> None:
    """Mark a row as going out, and keep the bytes as first composed, for the repeat and as proof.

    Raises `Refused("not-held")` when it was settled or overtaken by a newer revision meanwhile.
    """
    digest = hashlib.sha256(payload).digest()
    changed = unit.run(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, payload = ?, payload_hash = ?,"
        " next_attempt_at = ? WHERE id = ? AND state IN ('waiting', 'sending', 'held')",
        (payload, digest, unit.now.ms + TRY_SECONDS_MAX * 1000, item),
    )
    if not changed or not repository.is_newest(unit, item):
        raise Refused("not-held", item=item)
    unit.run(
        "UPDATE outbox SET state = 'superseded' WHERE state IN ('waiting', 'sending', 'refused', 'held') AND EXISTS"
        " (SELECT 1 FROM outbox n WHERE n.id = ? AND n.kind = outbox.kind AND n.subject = outbox.subject"
        " AND n.revision > outbox.revision)",
        (item,),
    )
    if not unit.value("SELECT 1 FROM sent WHERE item = ? AND hash = ?", (item, digest)):
        unit.append("sent", item=item, at=unit.now.ms, payload=gzip.compress(payload, mtime=0), hash=digest)


def answered(unit: Unit, item: int, journal: dict[str, Any], kind: OutboxKind) -> Next:
    """Keep every step of a try and decide what becomes of the row. Raises `Refused("no-such-item")`.

    An answer for a row that a person or a newer revision settled meanwhile is kept and changes nothing else.
    """
    row = repository.get(unit, item)
    if row is None:
        raise Refused("no-such-item", item=item)
    for step in journal.get("steps") or ():
        _keep_step(unit, item, step, kind.purpose)
    fate, code, detail = Fate(journal["fate"]), str(journal["code"]), dict(row.detail)
    detail["conflicts"] = kind.placed(row.payload, _conflicts(journal))
    if done := (journal.get("found") or {}).get("done"):
        detail["done"] = sorted({*(detail.get("done") or ()), *done})  # parts that need not go again
    counter = _counter(detail.get("few"), code, unit.now.ms)
    decided = after(
        Ended(
            fate=fate, code=code, attempts=row.attempts, same=counter["n"], tries=journal.get("tries") or FEW,
            retry_after=journal.get("retry_after"), is_link=bool(journal.get("is_link")),
            wait_seconds=kind.wait_seconds(unit, row),
        )
    )  # fmt: skip
    if row.state not in (State.WAITING, State.SENDING):
        return decided
    if decided.state is State.DONE:
        detail.pop("few", None)
    else:
        detail["few"] = counter
        if not repository.is_newest(unit, item):
            decided = Next(state=State.SUPERSEDED)
    payload = row.payload
    stands = decided.state in (State.REFUSED, State.HELD)
    if stands and kind.names_are_stale(detail["conflicts"]) and not detail.get("pulled_again"):
        # The server's names moved: they are pulled once more and the thing composed anew before a person is asked.
        detail["pulled_again"], payload, decided = True, None, Next(state=State.WAITING)
    due = unit.now.ms + decided.delay_seconds * 1000
    if decided.state is State.HELD and not decided.delay_seconds:
        due = 0  # never by itself
    unit.run(
        "UPDATE outbox SET state = ?, next_attempt_at = ?, last_code = ?, last_detail = ?, done_at = ?,"
        " payload = ?, payload_hash = CASE WHEN ? IS NULL THEN NULL ELSE payload_hash END WHERE id = ?",
        (
            decided.state, due, code, msgspec.json.encode(detail).decode(),
            unit.now.ms if decided.state is State.DONE else None, payload, payload, item,
        ),
    )  # fmt: skip
    unit.note(item=item, state=decided.state, code=code)
    if decided.state is State.DONE:
        kind.settled(unit, row)
    return decided


def send_again(unit: Unit, item: int, *, recompose: bool) -> None:
    """A person lets a held or refused row go out again; `recompose` when the record or the mapping changed.

    Raises `Refused("not-held")` for a row that is not a person's to release.
    """
    row = repository.get(unit, item)
    if row is None or row.state not in ("held", "refused", "waiting") or not repository.is_newest(unit, item):
        raise Refused("not-held", item=item)
    dropped = ("few", "pulled_again", "done") if recompose else ("few", "pulled_again")
    detail = {k: v for k, v in row.detail.items() if k not in dropped}
    _release(unit, row, detail, recompose=recompose)


def accept_refusals(unit: Unit, item: int) -> None:
    """A person has read the refused values and lets the report be declared complete without them."""
    row = repository.get(unit, item)
    if row is None or row.state != State.REFUSED or row.last_code not in PARTLY:
        raise Refused("not-partly-refused", item=item)
    _release(unit, row, {**row.detail, "complete_with_refusals": True}, recompose=False)


def decide_edited(unit: Unit, item: int, *, overwrite: bool) -> None:
    """A person has seen other figures at DHIS2: ours go over them, or theirs stay and the rest of ours goes.

    Raises `Refused("not-held")` when nothing of the kind stands before a person.
    """
    row = repository.get(unit, item)
    if row is None or row.state != State.HELD or row.last_code not in EDITED:
        raise Refused("not-held", item=item)
    detail = dict(row.detail)
    if overwrite or row.last_code == "read-back-refused":
        detail["overwrite"] = True
    else:
        detail["theirs"] = [
            *(detail.get("theirs") or ()),
            *(key for c in detail.get("conflicts") or () for key in c.get("keys") or ()),
        ]
    _release(unit, row, detail, recompose=True)


def count_traffic(unit: Unit, purpose: str, bytes_out: int, bytes_in: int) -> None:
    """Add one request's bytes to the day's count."""
    unit.run(
        "INSERT INTO traffic (day, purpose, bytes_out, bytes_in, requests) VALUES (?, ?, ?, ?, 1)"
        " ON CONFLICT (day, purpose) DO UPDATE SET bytes_out = bytes_out + excluded.bytes_out,"
        " bytes_in = bytes_in + excluded.bytes_in, requests = requests + 1",
        (unit.today.isoformat(), purpose, bytes_out, bytes_in),
    )


def _release(unit: Unit, row: Item, detail: dict[str, Any], *, recompose: bool) -> None:
    unit.run(
        "UPDATE outbox SET state = 'waiting', next_attempt_at = ?, last_detail = ?,"
        " payload = CASE WHEN ? THEN NULL ELSE payload END,"
        " payload_hash = CASE WHEN ? THEN NULL ELSE payload_hash END WHERE id = ?",
        (unit.now.ms, msgspec.json.encode(detail).decode(), recompose, recompose, row.id),
    )
    unit.note(item=row.id)


def _conflicts(journal: dict[str, Any]) -> list[dict[str, Any]]:
    """The refusals of a try: of the values as a whole where they went in parts, else of each step."""
    whole = (journal.get("found") or {}).get("conflicts")
    if whole is not None:
        return list(whole)
    return [c for s in journal.get("steps") or () for c in s.get("conflicts") or ()]


def _counter(before: Any, code: str, now_ms: int) -> dict[str, Any]:
    """How often in a row the same end came within a day."""
    if isinstance(before, dict) and before.get("code") == code and now_ms - int(before.get("since", 0)) < DAY_MS:
        return {"code": code, "n": int(before.get("n", 0)) + 1, "since": before["since"]}
    return {"code": code, "n": 1, "since": now_ms}


def _keep_step(unit: Unit, item: int, step: dict[str, Any], purpose: str) -> None:
    unit.append(
        "attempt", item=item, at=unit.now.ms, step=step["step"], outcome=step["fate"], code=step["code"],
        http_status=step["http_status"], bytes_out=step["bytes_out"], bytes_in=step["bytes_in"], answer=step["answer"],
    )  # fmt: skip
    if step["bytes_out"] or step["bytes_in"]:
        count_traffic(unit, purpose, step["bytes_out"], step["bytes_in"])
