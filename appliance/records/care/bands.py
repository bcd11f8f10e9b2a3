"""What a measure says at an age: fever, fast breathing, the colours of the arm band. Pure; the thresholds are data.

A band asks and never forbids: it colours the field and puts the person forward. A value that no band names is
silent; one that is possible but unusual is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json
from appliance.records.care.model import POSSIBLE, Vitals, unusual

FILE = Path(__file__).parent / "data" / "measure-bands.json"
TONES = ("danger", "warn", "ok")
SOON = 1
DANGER_SIGN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From `low` to `high` of a measure, both included (None: open), from `age_low` to `age_high` completed months."""

    measure: str
    age_low: int
    age_high: int | None
    low: int | None
    high: int | None
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What to say beside a field: "danger", "warn", "ok", or "ask" (unusual: look again)."""

    measure: str
    text: str
    tone: str


def load_bands(file: Path = FILE) -> tuple[Band, ...]:
    """Read and check the bands; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found = []
    for index in range(len(held.need(("bands",), list))):
        row = held.need(("bands", index), dict)
        if row.get("measure") not in POSSIBLE:
            held.fault(("bands", index, "measure"), f"{row.get('measure')!r} is no measure")
        if row.get("tone") not in TONES:
            held.fault(("bands", index, "tone"), f"must be one of {', '.join(TONES)}")
        ages = held.need(("bands", index, "age_months"), list)
        if len(ages) != 2 or not isinstance(ages[0], int) or not (ages[1] is None or ages[1] >= ages[0]):
            held.fault(("bands", index, "age_months"), "must be [first, last] with last null or not below first")
        low, high = row.get("from"), row.get("to")
        if low is None and high is None:
            held.fault(("bands", index), "needs from, to or both")
        if low is not None and high is not None and high < low:
            held.fault(("bands", index, "to"), "must not be below from")
        text = held.need(("bands", index, "text"), str)
        found.append(
            Band(
                measure=row["measure"],
                age_low=ages[0],
                age_high=ages[1],
                low=low,
                high=high,
                text=text,
                tone=row["tone"],
            )
        )
    return tuple(found)


@cache
def default_bands() -> tuple[Band, ...]:
    """The bands that ship with this release."""
    return load_bands()


def findings(vitals: Vitals, age_months: int | None, bands: tuple[Band, ...] | None = None) -> list[Finding]:
    """What each measure says: the first band that fits, or that it is unusual. An unknown age meets no band."""
    found: dict[str, Finding] = {}
    for band in default_bands() if bands is None else bands:
        value = getattr(vitals, band.measure)
        if value is None or age_months is None or band.measure in found:
            continue
        if not band.age_low <= age_months or (band.age_high is not None and age_months > band.age_high):
            continue
        if (band.low is None or value >= band.low) and (band.high is None or value <= band.high):
            found[band.measure] = Finding(measure=band.measure, text=band.text, tone=band.tone)
    for measure in unusual(vitals):
        found[measure] = Finding(measure=measure, text="inhabituel : mesurez encore", tone="ask")
    return list(found.values())


def priority(vitals: Vitals, age_months: int | None) -> int:
    """2 for a danger sign, 1 when a measure is in a red band, else 0: who goes before whom."""
    if "yes" in vitals.danger_signs.values():
        return DANGER_SIGN
    return SOON if any(f.tone == "danger" for f in findings(vitals, age_months)) else 0
