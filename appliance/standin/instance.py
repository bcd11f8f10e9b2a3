"""The one DHIS2 that is played: its settings, store, metadata, clock, running jobs and people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from appliance.standin.jobs import Jobs
from appliance.standin.metadata import uid
from appliance.standin.settings import Settings
from appliance.standin.store import Store


class Clock:
    """The server's own clock, in its own zone (UTC, as in Mali); a test may fix its day."""

    def __init__(self, today: Callable[[], date] | None = None) -> None:
        self.fixed = today

    def now(self) -> datetime:
        """The time there, without a zone."""
        real = datetime.now(UTC).replace(tzinfo=None)
        return datetime.combine(self.fixed(), real.time()) if self.fixed else real

    def today(self) -> date:
        """The day there."""
        return self.now().date()

    def stamp(self) -> str:
        """The time as DHIS2 writes it, e.g. 2026-11-02T08:15:30.123."""
        return self.now().isoformat(timespec="milliseconds")


class Instance:
    """What every endpoint is given."""

    def __init__(self, settings: Settings, store: Store, metadata: dict[str, Any], clock: Clock) -> None:
        self.settings, self.store, self.metadata, self.clock = settings, store, metadata, clock
        self.jobs = Jobs()

    def quirk(self, name: str) -> Any:
        """A quirk as it stands."""
        return self.settings.quirk(name)

    @property
    def is_old(self) -> bool:
        """Whether the aggregate import is that of 2.42 and before."""
        return bool(self.quirk("engine") == "old")

    def me(self) -> dict[str, Any]:
        """The account that signs in: its id, name and capture units (every unit unless the metadata say which)."""
        name = self.settings.username
        held: dict[str, Any] = next((u for u in self.metadata.get("users", []) if u.get("username") == name), {})
        units = held.get("organisationUnits", self.metadata["organisationUnits"])
        return {"id": uid(f"user:{name}"), "username": name, "displayName": name, **held, "organisationUnits": units}

    def users(self) -> list[dict[str, Any]]:
        """Everyone known: the account, those of the metadata, those who wrote messages."""
        known = {self.me()["id"]: self.me()}
        for user in self.metadata.get("users", []):
            known.setdefault(user["id"], {"displayName": user.get("username"), **user})
        for sender, name in self.store.rows("SELECT DISTINCT sender, name FROM message"):
            known.setdefault(sender, {"id": sender, "username": name, "displayName": name})
        return list(known.values())

    def is_mine(self, unit: str) -> bool:
        """Whether an org unit lies in the account's capture hierarchy; a superuser's is everything."""
        return self.settings.may("ALL") or unit in {u["id"] for u in self.me()["organisationUnits"]}
