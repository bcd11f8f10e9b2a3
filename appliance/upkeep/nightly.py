"""The check of the whole store, once a day when nobody works, or at any hour when it is long overdue.

It re-sums the ledger, reads every page's keyed checksum and the whole chain of acts. What it finds stands in `job_run`
and on every page until a later check finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.storage import Database, Store, Unit
from appliance.upkeep.checks import run_checks
from appliance.upkeep.runs import Run, last_run, record_run

JOB = "check"
OWED_AFTER_MS = 20 * 3_600_000
OVERDUE_AFTER_MS = 48 * 3_600_000
QUIET_MS = 15 * 60_000
"""Nothing written for this long: nobody is at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Whether the check is owed now, and when it last ended."""

    is_owed: bool
    last: Run | None


def owed(db: Database, now_ms: int) -> Owed:
    """Ask the store: the last check, and the last act of a person. A clock set back makes it owed, not forgotten."""
    last = last_run(db, JOB)
    if last is None or last.at > now_ms:
        return Owed(is_owed=True, last=last)
    age = now_ms - last.at
    acted = db.value("SELECT at FROM act WHERE staff IS NOT NULL ORDER BY seq DESC LIMIT 1") or 0
    is_quiet = now_ms - acted > QUIET_MS
    return Owed(is_owed=age > OVERDUE_AFTER_MS or (age > OWED_AFTER_MS and is_quiet), last=last)


def check_store(store: Store) -> dict[str, list[str]]:
    """Run every check and return those that found something, by name. Takes seconds; call it in a reading thread."""
    found = run_checks(store, with_digest=False)["checks"]
    return {name: lines for name, lines in found.items() if lines}


def record_check(unit: Unit, bad: dict[str, list[str]]) -> None:
    """Keep how the check ended: the names of what did not hold, and how many entries each named."""
    record_run(unit, JOB, is_ok=not bad, **{name: len(lines) for name, lines in bad.items()})
