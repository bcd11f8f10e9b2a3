"""Tab x role: what each function may see and write. Pure; the default is data, the head of the centre changes it.

A person's level on a tab is the highest of the roles held (own and deputised), unless an exception names the
person: then that counts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.actors import Role
from appliance.core.datafile import load_json

FILE = Path(__file__).parent / "data" / "matrix.json"
LEVELS = ("none", "read", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of the matrix with its default level by role; a role not named has none.

    `is_emergency`: a part of a patient's file that break-glass may open for reading.
    """

    code: str
    label: str
    levels: Mapping[Role, str]
    is_emergency: bool = False


def load_matrix(file: Path = FILE) -> dict[str, Tab]:
    """Read and check a matrix file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    tabs: dict[str, Tab] = {}
    for index in range(len(held.need(("tabs",), list))):
        code = held.need(("tabs", index, "code"), str)
        levels: dict[Role, str] = {}
        for level in ("read", "write"):
            for place, name in enumerate(held.need(("tabs", index, level), list)):
                if name not in set(Role):
                    held.fault(("tabs", index, level, place), f"{name!r} is no role")
                levels[Role(name)] = level
        if code in tabs:
            held.fault(("tabs", index, "code"), f"{code} stands twice")
        emergency = bool(held.need(("tabs", index), dict).get("emergency", False))
        label = held.need(("tabs", index, "label"), str)
        tabs[code] = Tab(code=code, label=label, levels=levels, is_emergency=emergency)
    return tabs


@cache
def default_matrix() -> dict[str, Tab]:
    """The matrix that ships with this release."""
    return load_matrix()


@dataclass(frozen=True, slots=True)
class Rights:
    """The matrix as it stands at this centre: `cells` override the default, `exceptions` override both."""

    cells: Mapping[tuple[str, Role], str]
    exceptions: Mapping[tuple[str, int], str]

    def level(self, tab: str, roles: Iterable[Role], staff: int | None) -> str:
        """`none`, `read` or `write`; an unknown tab is `none`."""
        if staff is not None and (tab, staff) in self.exceptions:
            return self.exceptions[tab, staff]
        found = default_matrix().get(tab)
        if found is None:
            return "none"
        best = max((LEVELS.index(self.cells.get((tab, r), found.levels.get(r, "none"))) for r in roles), default=0)
        return LEVELS[best]

    def may(self, tab: str, level: str, roles: Iterable[Role], staff: int | None) -> bool:
        """Whether someone may read, or write, on a tab."""
        return LEVELS.index(self.level(tab, roles, staff)) >= LEVELS.index(level)
