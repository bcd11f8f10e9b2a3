"""The kept events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from appliance.standin.instance import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One event as stored; a deleted one keeps its UID for ever."""

    body: dict[str, Any]
    deleted: bool


def held(here: Instance, identity: str) -> Held | None:
    """An event by UID, case mattering."""
    row = here.store.row("SELECT body, deleted FROM event WHERE uid = ?", identity)
    return Held(body=json.loads(row[0]), deleted=bool(row[1])) if row else None


def put(here: Instance, body: dict[str, Any], *, deleted: bool = False) -> None:
    """Insert or update an event."""
    here.store.run(
        "INSERT INTO event VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body, deleted=excluded.deleted",
        body["event"], json.dumps({**body, "deleted": deleted}), int(deleted),
    )  # fmt: skip


def every(here: Instance) -> list[dict[str, Any]]:
    """All events, deleted ones too."""
    return [json.loads(row[0]) for row in here.store.rows("SELECT body FROM event ORDER BY rowid")]


def merged(
    here: Instance, old: dict[str, Any] | None, sent: dict[str, Any], resolved: dict[str, Any]
) -> dict[str, Any]:
    """What is stored after a sending: an element left out keeps its value, one sent as null loses it."""
    now = here.clock.stamp()
    values = {v["dataElement"]: v for v in (old or {}).get("dataValues", [])}
    for value in sent.get("dataValues") or []:
        element = value["dataElement"]
        if value.get("value") is None:
            values.pop(element, None)
        else:
            made = values.get(element, {}).get("createdAt", now)
            values[element] = {
                "dataElement": element, "value": _text(value["value"]), "storedBy": here.settings.username,
                "createdAt": made, "updatedAt": now, "providedElsewhere": False,
            }  # fmt: skip
    times = {name: instant(str(sent[name])) for name in ("occurredAt", "scheduledAt", "completedAt") if sent.get(name)}
    status = sent.get("status") or "ACTIVE"
    body = {
        "createdAt": now,
        **(old or {}),
        **resolved,
        **times,
        "status": status,
        "updatedAt": now,
        "storedBy": here.settings.username,
    }
    if status == "COMPLETED":
        body.setdefault("completedAt", now)
        body["completedBy"] = here.settings.username
    else:
        body.pop("completedAt", None)
    return {**body, "dataValues": list(values.values())}


def instant(text: str) -> str:
    """A date or time as DHIS2 gives it back: 2026-11-02T00:00:00.000."""
    day, _, rest = text.partition("T")
    clock = rest.removesuffix("Z").split("+")[0]
    whole, _, fraction = clock.partition(".")
    hours = (whole + ":00:00")[:8] if whole.count(":") == 1 else whole or "00:00:00"
    return f"{day}T{hours}.{(fraction + '000')[:3]}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
