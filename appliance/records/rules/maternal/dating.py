"""How far a pregnancy is, from what is known of its beginning; the source and its precision are kept. Pure.

A last menstrual period, an early scan and a fundal height do not agree: the pack beside says which one counts. What counts
is the day from which 280 days lead to the due date, as if it were the first day of the last menstrual period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.core.periods import parse_date
from appliance.records.rules import pack

FILE = Path(__file__).parent / "data" / "dating.json"
KINDS = ("lmp", "scan", "fundal-height")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was said or measured `on` a day: `lmp` its `day`; `scan` the `days` of amenorrhoea; `fundal-height` its `cm`."""

    kind: str
    on: date
    day: date | None = None
    days: int | None = None
    cm: int | None = None
    is_approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """`begins_on` counts as the first day of the last period; the truth lies within `precision_days` of it.

    `source` is a code of the pack (`scan-early`, `lmp`, `lmp-approximate`, `scan-late`, `fundal-height`).
    """

    begins_on: date
    source: str
    precision_days: int
    length_days: int = 280

    @property
    def due_on(self) -> date:
        """The expected day of birth."""
        return self.begins_on + timedelta(days=self.length_days)

    def days(self, on: date) -> int:
        """Completed days of amenorrhoea on a day (may be negative for a day before it began)."""
        return (on - self.begins_on).days

    def weeks(self, on: date) -> int:
        """Completed weeks of amenorrhoea on a day."""
        return self.days(on) // 7

    def on_week(self, week: int) -> date:
        """The day on which a week is completed."""
        return self.begins_on + timedelta(weeks=week)


def dated(known: Sequence[Evidence], held: Located | None = None) -> Dating | None:
    """What counts of all that is known: the first source of the pack that one piece fits, the earliest piece of it.

    None when nothing fits. Raises `Refused("pregnancy-evidence", kind=…)` for a day ahead of the one on which it was
    said, or a length that no pregnancy has.
    """
    rules = (held or default_rules()).content
    for piece in known:
        _check(piece, rules)
    for source in rules["sources"]:
        fits = [piece for piece in known if _fits(piece, source, rules)]
        if fits:
            best = min(fits, key=lambda piece: piece.on)
            return Dating(
                begins_on=_begins_on(best, rules), source=source["code"], precision_days=source["precision_days"],
                length_days=rules["length_days"],
            )  # fmt: skip
    return None


def trimester(weeks: int, held: Located | None = None) -> int:
    """1, 2 or 3, by completed weeks."""
    starts: list[int] = (held or default_rules()).content["trimesters_from_week"]
    return sum(weeks >= start for start in starts)


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors: what is known, and a day on which to tell how far it is."""
    known = [
        Evidence(
            kind=row["kind"], on=parse_date(row["on"]), day=parse_date(row["day"]) if "day" in row else None,
            days=row.get("days"), cm=row.get("cm"), is_approximate=row.get("approximate", False),
        )
        for row in case["known"]
    ]  # fmt: skip
    found = dated(known, held)
    if found is None:
        return {"source": None, "due_on": None, "week": None, "precision_days": None}
    week = found.weeks(parse_date(case["on"])) if "on" in case else None
    return {
        "source": found.source, "due_on": found.due_on.isoformat(), "week": week, "precision_days": found.precision_days,
        "trimester": None if week is None else trimester(week, held),
    }  # fmt: skip


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`."""
    header, held = pack.load(file)
    for key in ("length_days", "longest_days"):
        held.need((key,), int)
    for index in range(len(held.need(("sources",), list))):
        at = ("sources", index)
        for key in ("code", "label"):
            held.need((*at, key), str)
        if held.need((*at, "kind"), str) not in KINDS:
            held.fault((*at, "kind"), f"must be one of {', '.join(KINDS)}")
        if held.need((*at, "precision_days"), int) < 0:
            held.fault((*at, "precision_days"), "must not be negative")
    for key in ("cm_min", "cm_max", "days_per_cm"):
        held.need(("fundal_height", key), int)
    starts = held.need(("trimesters_from_week",), list)
    if len(starts) != 3 or starts != sorted(starts):
        held.fault(("trimesters_from_week",), "must be three weeks in order")
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _check(piece: Evidence, rules: Mapping[str, Any]) -> None:
    if piece.kind == "lmp":
        if piece.day is None or not 0 <= (piece.on - piece.day).days <= rules["longest_days"]:
            raise Refused("pregnancy-evidence", kind=piece.kind)
    elif piece.kind == "scan":
        if piece.days is None or not 0 < piece.days <= rules["longest_days"]:
            raise Refused("pregnancy-evidence", kind=piece.kind)
    elif piece.kind != "fundal-height" or piece.cm is None:
        raise Refused("pregnancy-evidence", kind=piece.kind[:20])


def _fits(piece: Evidence, source: Mapping[str, Any], rules: Mapping[str, Any]) -> bool:
    if piece.kind != source["kind"]:
        return False
    if piece.kind == "lmp":
        return bool(piece.is_approximate == source.get("approximate", False))
    if piece.kind == "scan":
        return bool((piece.days or 0) < 7 * source.get("below_week", 99))
    height = rules["fundal_height"]
    return bool(height["cm_min"] <= (piece.cm or 0) <= height["cm_max"])


def _begins_on(piece: Evidence, rules: Mapping[str, Any]) -> date:
    if piece.day is not None:
        return piece.day
    days = piece.days if piece.days is not None else (piece.cm or 0) * rules["fundal_height"]["days_per_cm"]
    return piece.on - timedelta(days=days)
