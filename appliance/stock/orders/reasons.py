"""Why a quantity differs from the proposal, why a box is refused: lists of a ministry's or a centre's letter, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json

FILE = Path(__file__).parent / "data" / "order-reasons.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason by its code; `needs_note`: it says nothing without some words beside it."""

    code: str
    label: str
    needs_note: bool


def load_reasons(file: Path = FILE) -> dict[str, Reason]:
    """Read and check the reasons for another quantity; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    for name in ("id", "edition", "source", "valid_from"):
        held.need((name,), str)
    found: dict[str, Reason] = {}
    for index in range(len(held.need(("reasons",), list))):
        code = held.need(("reasons", index, "code"), str)
        if not code or code in found:
            held.fault(("reasons", index, "code"), "is empty or stands twice")
        label = held.need(("reasons", index, "label"), str)
        if not label.strip():
            held.fault(("reasons", index, "label"), "is empty")
        needs_note = bool(held.need(("reasons", index), dict).get("needs_note", False))
        found[code] = Reason(code=code, label=label, needs_note=needs_note)
    return found


@cache
def reasons() -> dict[str, Reason]:
    """The reasons that ship with this release, in their order."""
    return load_reasons()
