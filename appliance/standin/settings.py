"""How this stand-in behaves: version, quirks that follow from it unless set, and faults to come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Quirks:
    """What differs between versions; None follows from the version."""

    engine: str | None = None  # old | new
    warning_http: int | None = None
    unchanged: str | None = None  # updated | ignored
    zero_dropped: bool | None = None
    complete_on_dryrun: bool | None = None
    numbers_rejected: bool | None = None
    input_period_inverted: bool | None = None
    login_redirect_path: str | None = None
    legacy_events: bool | None = None


@dataclass(slots=True, kw_only=True)
class Faults:
    """Faults to come; each count falls by one when it strikes."""

    lose_answer: int = 0  # the write is done, the answer never leaves
    cut_body: int = 0
    html_502: int = 0
    login_302: int = 0
    busy_503: int = 0
    portal_200: int = 0
    delay_ms: int = 0
    retry_after: int = 0


@dataclass(slots=True, kw_only=True)
class Settings:
    """One stand-in: who may come in, what it calls itself."""

    version: str = "2.40.3"
    username: str = "cscom"
    password: str = "District1"  # noqa: S105 - an invented account of a stand-in
    token: str = "d2pat_standin0000000000000000000000"  # noqa: S105
    context_path: str = ""
    lock_after: int = 0
    quirks: Quirks = field(default_factory=Quirks)
    faults: Faults = field(default_factory=Faults)

    @property
    def minor(self) -> int:
        """40 of 2.40.3."""
        found = re.match(r"(?:2\.)?(\d{2})", self.version)
        return int(found[1]) if found else 40

    @property
    def patch(self) -> int:
        """3 of 2.40.3; 0 when it has none."""
        found = re.match(r"2\.\d+\.(\d+)", self.version)
        return int(found[1]) if found else 0

    def quirk(self, name: str) -> Any:
        """A quirk as set, or as the version has it."""
        given = getattr(self.quirks, name)
        if given is not None:
            return given
        minor, patch = self.minor, self.patch
        old = minor <= 42
        return {
            "engine": "old" if old else "new",
            "warning_http": 409 if old else 200,
            "unchanged": _unchanged(minor, patch),
            "zero_dropped": old,
            "complete_on_dryrun": old,
            "numbers_rejected": minor == 43,
            "input_period_inverted": minor == 43 and patch <= 1,
            "login_redirect_path": "/dhis-web-commons/security/login.action"
            if minor <= 40
            else "/dhis-web-login"
            if old
            else "/login/",
            "legacy_events": minor <= 41,
        }[name]


def _unchanged(minor: int, patch: int) -> str:
    """How a value sent again unchanged is counted."""
    if minor >= 43:
        return "updated"
    early = {38: 5, 39: 4, 40: 2}
    return "updated" if minor in early and patch <= early[minor] else "ignored"
