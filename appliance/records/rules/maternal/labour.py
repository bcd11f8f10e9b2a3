"""The progress of a labour against the lines of the partogram, and which check is owed when. Pure; the lines are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.records.rules import pack

FILE = Path(__file__).parent / "data" / "labour.json"
FULL_CM = 10
HOUR = 60


@dataclass(frozen=True, slots=True)
class Dilation:
    """Centimetres found so many whole minutes after the arrival."""

    minute: int
    cm: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A check that is owed: its code, and how many minutes ago it was due (negative: due in so many)."""

    code: str
    late_minutes: int


def began(found: Sequence[Dilation], held: Located | None = None) -> Dilation | None:
    """Where the alert line begins: the first check of the active phase; None before it."""
    active = (held or default_rules()).content["active_from_cm"]
    return next((one for one in sorted(found, key=lambda d: d.minute) if one.cm >= active), None)


def alert_minute(start: Dilation, cm: int, held: Located | None = None) -> int:
    """The minute at which the alert line reaches a dilation."""
    return start.minute + (cm - start.cm) * HOUR // int((held or default_rules()).content["alert_cm_per_hour"])


def minutes_behind(found: Sequence[Dilation], held: Located | None = None) -> int | None:
    """How far to the right of the alert line the last dilation lies, never below 0; None before the active phase."""
    start = began(found, held)
    if start is None:
        return None
    last = max(found, key=lambda d: d.minute)
    return max(last.minute - alert_minute(start, last.cm, held), 0)


def line_reached(found: Sequence[Dilation], held: Located | None = None) -> str | None:
    """The line that the last dilation lies on or beyond: `action`, `alert`, or `none`; None before the active phase.

    The action line runs the pack's hours to the right of the alert line; on the alert line itself nothing is late.
    """
    behind = minutes_behind(found, held)
    if behind is None:
        return None
    action = HOUR * int((held or default_rules()).content["action_after_hours"])
    return "action" if behind >= action else "alert" if behind > 0 else "none"


def owed(last: Mapping[str, int | None], now: int, is_active: bool, held: Located | None = None) -> list[Owed]:
    """The checks that are owed or come next, the latest first.

    `last` holds the minute of the last check of each code, None when it was never made: then it is due since minute 0.
    """
    rows = (held or default_rules()).content["checks"]
    found = []
    for row in rows:
        every = row["every_minutes_active" if is_active else "every_minutes_latent"]
        at = last.get(row["code"])
        found.append(Owed(code=row["code"], late_minutes=now if at is None else now - at - every))
    return sorted(found, key=lambda one: -one.late_minutes)


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors."""
    found = [Dilation(minute, cm) for minute, cm in case.get("dilations", [])]
    start = began(found, held)
    late = owed(case.get("last", {}), case["now"], start is not None, held) if "now" in case else []
    return {
        "began": start.minute if start else None, "behind": minutes_behind(found, held), "line": line_reached(found, held),
        "owed": [one.code for one in late if one.late_minutes >= 0],
    }  # fmt: skip


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`."""
    header, held = pack.load(file)
    for key in ("active_from_cm", "alert_cm_per_hour", "action_after_hours"):
        if not 1 <= held.need((key,), int) <= FULL_CM:
            held.fault((key,), f"must be 1 to {FULL_CM}")
    for index in range(len(held.need(("checks",), list))):
        for key in ("code", "label"):
            held.need(("checks", index, key), str)
        for key in ("every_minutes_active", "every_minutes_latent"):
            if held.need(("checks", index, key), int) < 1:
                held.fault(("checks", index, key), "must be at least 1")
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]
