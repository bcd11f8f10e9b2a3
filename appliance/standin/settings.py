"""One stand-in: what it calls itself, who may come in and with which rights, its quirks and faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from appliance.standin.faults import Faults
from appliance.standin.medexis.behaviour import Behaviour
from appliance.standin.quirks import Quirks, Version, of_version


@dataclass(slots=True, kw_only=True)
class Settings:
    """All of it may be changed while it runs, through the control address."""

    version: str = "2.40.12"
    context_path: str = ""
    username: str = "cscom"
    password: str = "District1"  # noqa: S105 - an invented account of a stand-in
    token: str = "d2pat_standin00000000000000000000000002547472094"  # noqa: S105 - the same; the last ten are its checksum
    token_methods: list[str] = field(default_factory=list)
    """Methods that the token may use; empty is all."""
    token_expired: bool = False
    authorities: list[str] = field(default_factory=lambda: ["F_DATAVALUE_ADD"])
    """Rights of the account; ALL is a superuser."""
    disabled: bool = False
    two_factor: bool = False
    lock_after: int = 0
    """Lock the account for a quarter of an hour after so many wrong passwords; 0 never does (the default of DHIS2)."""
    max_sessions: int = 10
    strict: list[str] = field(default_factory=list)
    """Which pairings the old engine checks: periods, dataElements, categoryOptionCombos, attributeOptionCombos,
    organisationUnits. All are off by default, as there."""
    quirks: Quirks = field(default_factory=Quirks)
    faults: Faults = field(default_factory=Faults)
    medexis: Behaviour = field(default_factory=Behaviour)
    rules: list[dict[str, Any]] = field(default_factory=list)
    """Program rules: `{"program": code, "element": code, "equals": value, "requires": code or null}`. An event with that
    value is refused (E1300), or only when the required element is missing (E1301)."""

    @property
    def at(self) -> Version:
        """The version as numbers."""
        return Version.parse(self.version)

    @property
    def minor(self) -> int:
        """40 of 2.40.3."""
        return self.at.minor

    def quirk(self, name: str) -> Any:
        """A quirk as set, or as the version has it."""
        given = getattr(self.quirks, name)
        return of_version(self.at)[name] if given is None else given

    def may(self, authority: str) -> bool:
        """Whether the account holds a right."""
        return authority in self.authorities or "ALL" in self.authorities
