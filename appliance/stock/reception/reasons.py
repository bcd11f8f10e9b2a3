"""The states of a box on arrival and the reasons to refuse one, as data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json

FILE = Path(__file__).parent / "data" / "reception-reasons.json"


def load_lists(file: Path = FILE) -> dict[str, dict[str, str]]:
    """Code to French label of both lists, `states` and `refusals`; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    for name in ("id", "edition", "source", "valid_from"):
        held.need((name,), str)
    found: dict[str, dict[str, str]] = {}
    for name in ("states", "refusals"):
        codes: dict[str, str] = {}
        for index in range(len(held.need((name,), list))):
            code, label = held.need((name, index, "code"), str), held.need((name, index, "label"), str)
            if not code or code in codes or not label.strip():
                held.fault((name, index), "has no code, no label, or stands twice")
            codes[code] = label
        found[name] = codes
    if "good" not in found["states"]:
        held.fault(("states",), "lacks 'good'")
    return found


@cache
def states() -> dict[str, str]:
    """The states of a box, by code; "good" is the one of a box that nobody remarks on."""
    return load_lists()["states"]


@cache
def refusals() -> dict[str, str]:
    """The reasons to refuse, by code."""
    return load_lists()["refusals"]
