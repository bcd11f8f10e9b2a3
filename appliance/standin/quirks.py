"""What differs between versions of DHIS2, each by its name; a version sets them all, a flag overrides one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_UNCHANGED_AS_UPDATED = {38: 5, 39: 4, 40: 2}
"""Minor -> last patch that still counted an unchanged value as updated."""
_E1326_SINCE = {41: (10, 0), 42: (5, 3), 43: (1, 0)}
"""Minor -> first patch that refuses to update a completed event of a blocking stage (heads of branches, 2.43.1)."""


@dataclass(slots=True, kw_only=True)
class Quirks:
    """Flags as set; None follows from the version."""

    engine: str | None = None  # old | new: the aggregate import of 2.42 and before, of 2.43 and after
    warning_http: int | None = None  # 409 | 200 when some values are refused
    unchanged: str | None = None  # updated | ignored: how a value sent again is counted
    zero_dropped: bool | None = None
    complete_on_dryrun: bool | None = None
    numbers_rejected: bool | None = None
    charset_garbled: bool | None = None  # dataValueSets bodies are read as Latin-1
    input_period_inverted: bool | None = None
    login_redirect_path: str | None = None
    missing_mc: int | None = None  # 404 | 200 for a conversation that does not exist
    events_key: str | None = None  # instances | events
    legacy_events: bool | None = None
    e1326: bool | None = None


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """2.40.3.1 as (40, 3, 1); a snapshot is the head of its branch."""

    minor: int
    patch: int = 0
    hotfix: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `2.40.3`, `2.44-SNAPSHOT`, or a bare `43.1`; raises ValueError."""
        found = re.match(r"^(?:2\.)?(\d{2})(?:\.(\d+))?(?:\.(\d+))?", text)
        if not found:
            raise ValueError(f"{text} is no version of DHIS2, such as 2.40.12")
        patch = 999 if "SNAPSHOT" in text.upper() and not found[2] else int(found[2] or 0)
        return cls(int(found[1]), patch, int(found[3] or 0))


def of_version(version: Version) -> dict[str, Any]:
    """Every quirk as a version has it."""
    minor, old = version.minor, version.minor <= 42
    early_43 = minor == 43 and version.patch <= 1
    return {
        "engine": "old" if old else "new",
        "warning_http": 409 if old else 200,
        "unchanged": _unchanged(version),
        "zero_dropped": old,
        "complete_on_dryrun": old,
        "numbers_rejected": early_43,
        "charset_garbled": early_43,
        "input_period_inverted": early_43,
        "login_redirect_path": _login(minor),
        "missing_mc": 404 if minor <= 39 else 200,
        "events_key": "instances" if minor <= 40 else "events",
        "legacy_events": minor <= 41,
        "e1326": minor >= 44 or (version.patch, version.hotfix) >= _E1326_SINCE.get(minor, (9999, 0)),
    }


def _unchanged(version: Version) -> str:
    if version.minor >= 43:
        return "updated"
    return "updated" if version.patch <= _UNCHANGED_AS_UPDATED.get(version.minor, -1) else "ignored"


def _login(minor: int) -> str:
    if minor <= 40:
        return "/dhis-web-commons/security/login.action"
    return "/dhis-web-login" if minor <= 42 else "/login/"
