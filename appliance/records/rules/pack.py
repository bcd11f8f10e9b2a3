"""A rule pack: one JSON file with id, edition, source, validity, French text, its rules and its test vectors.

A vector is a case beside the answer that its source gives. A pack whose vectors fail is not to be served by: a new
edition is tried with them before it replaces the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located, load_json
from appliance.core.errors import ApplianceError
from appliance.core.periods import parse_date

STATUSES = ("confirmé", "à confirmer")
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What every pack says of itself; `valid_to` None while no end is known."""

    id: str
    edition: str
    title: str
    source: str
    status: str
    valid_from: date
    valid_to: date | None

    @property
    def is_confirmed(self) -> bool:
        """Whether a source confirmed it; else the médecin chef is told."""
        return self.status == STATUSES[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A vector that the rule does not answer as its source: its number in the file (from 0), the keys that differ."""

    vector: int
    note: str
    expected: Answer
    found: Answer


def load(file: Path) -> tuple[Header, Located]:
    """Read a pack's file and check its header; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    texts = {name: _text(held, name) for name in ("id", "edition", "title", "source", "status")}
    if texts["status"] not in STATUSES:
        held.fault(("status",), f"must be one of {', '.join(STATUSES)}")
    since = _day(held, "valid_from")
    until = None if held.content.get("valid_to") is None else _day(held, "valid_to")
    if since is None or (until is not None and until < since):
        held.fault(("valid_to",), "must not be before valid_from")
    if not held.need(("vectors",), list):
        held.fault(("vectors",), "must hold at least one vector")
    return Header(**texts, valid_from=since, valid_to=until), held


def check(held: Located, answer: Callable[[Mapping[str, Any]], Answer]) -> list[Miss]:
    """Run every vector of a pack; only the keys that a vector names are compared. A refusal answers `refused`.

    `within` of a vector is how far a number may lie from its source's, which is printed to fewer places.
    """
    missed = []
    for index in range(len(held.need(("vectors",), list))):
        case, expected = held.need(("vectors", index, "case"), dict), held.need(("vectors", index, "expect"), dict)
        try:
            found = dict(answer(case))
        except ApplianceError as fault:
            found = {"refused": fault.code}
        got = {key: found.get(key) for key in expected}
        within = held.content["vectors"][index].get("within", 0)
        if not all(_agree(expected[key], got[key], within) for key in expected):
            note = str(held.content["vectors"][index].get("note", ""))
            missed.append(Miss(vector=index, note=note, expected=expected, found=got))
    return missed


def _agree(expected: Any, found: Any, within: float) -> bool:
    if within and isinstance(expected, int | float) and isinstance(found, int | float):
        return abs(expected - found) <= within
    return bool(expected == found)


def _text(held: Located, name: str) -> str:
    text: str = held.need((name,), str)
    if not text.strip():
        held.fault((name,), "is empty")
    return text


def _day(held: Located, name: str) -> date:
    text = held.need((name,), str)
    try:
        return parse_date(text)
    except ApplianceError:
        held.fault((name,), "must be a day as 2026-11-30")
