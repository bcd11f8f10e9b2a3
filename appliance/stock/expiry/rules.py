"""What a destruction needs: how many sign, why stock expired, where it goes. The file of destructions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, load_json

FILE = Path(__file__).parent / "data" / "destruction.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionRules:
    """Codes with their French labels; `members_min` people at least form the committee."""

    status: str
    members_min: int
    titles: tuple[str, ...]
    causes: dict[str, str]
    destinations: dict[str, str]


def load_destruction(file: Path = FILE) -> DestructionRules:
    """Read and check the file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    for name in ("id", "edition", "source", "status", "valid_from"):
        held.need((name,), str)
    fewest = held.need(("members_min",), int)
    if not 1 <= fewest <= 6:
        held.fault(("members_min",), "must be from 1 to 6")
    titles = held.need(("titles",), list)
    for number in range(len(titles)):
        held.need(("titles", number), str)
    return DestructionRules(
        status=held.content["status"], members_min=fewest, titles=tuple(titles), causes=_labels(held, "causes"),
        destinations=_labels(held, "destinations"),
    )  # fmt: skip


@cache
def destruction_rules() -> DestructionRules:
    """The file that ships with this release."""
    return load_destruction()


def _labels(held: Located, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for index in range(len(held.need((name,), list))):
        code, label = held.need((name, index, "code"), str), held.need((name, index, "label"), str)
        if code in found or not label.strip():
            held.fault((name, index, "code"), f"{code} stands twice or has no label")
        found[code] = label
    if not found:
        held.fault((name,), "is empty")
    return found
