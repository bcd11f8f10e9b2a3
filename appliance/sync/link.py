"""The link to the national instance as the centre set it: where, as whom, which data sets, and whether it is paused.

A 401 pauses everything until a person acts, since four failures can lock the account for all. Secrets never
leave the store but to the courier's memory through the socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from appliance.core.errors import Refused
from appliance.storage import Database, Unit, settings

_NAME = "dhis2-link"
_PAUSE = "dhis2-link-pause"
_SERVER = "dhis2-server"
PULL = "dhis2-pull"
"""The setting that holds when the server's names were last pulled, and when they may be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`data_sets` gives, by form code, the code or UID of the data set there; `org_unit` a code or UID.

    Either `username` and `password`, or `token` (a personal access token `d2pat_…`).
    """

    base_url: str
    username: str = ""
    password: str = ""
    token: str = ""
    org_unit: str = ""
    data_sets: dict[str, str] = field(default_factory=dict)


def get(db: Database) -> Link | None:
    """The link, or None when it was never set."""
    held = settings.get(db, _NAME)
    return Link(**held) if held else None


def set_link(unit: Unit, link: Link) -> None:
    """Set the link and lift a pause. Raises `Refused` ("link-url", "link-credentials")."""
    url = link.base_url.strip().rstrip("/")
    if not url.startswith(("http://", "https://")) or " " in url or len(url) < 10:
        raise Refused("link-url", url=url[:200])
    url = url.removesuffix("/api")
    if not link.token and not (link.username and link.password):
        raise Refused("link-credentials")
    settings.put(
        unit,
        _NAME,
        {
            "base_url": url, "username": link.username.strip(), "password": link.password, "token": link.token.strip(),
            "org_unit": link.org_unit.strip(), "data_sets": link.data_sets,
        },
    )  # fmt: skip
    resume(unit)
    settings.put(unit, _SERVER, {})
    settings.put(unit, PULL, {})  # another server, or another account: its names are read anew, at once


def pause(unit: Unit, code: str) -> None:
    """Stop all sending until a person acts; `code` says why."""
    settings.put(unit, _PAUSE, {"code": code, "since": unit.now.ms})


def resume(unit: Unit) -> None:
    """Let sending go on: a person has acted."""
    settings.put(unit, _PAUSE, None)
    unit.run("UPDATE outbox SET next_attempt_at = ? WHERE state IN ('waiting', 'sending')", (unit.now.ms,))


def paused(db: Database) -> dict[str, Any] | None:
    """Why and since when sending is stopped: `{"code", "since"}`; None when it is not."""
    held: dict[str, Any] | None = settings.get(db, _PAUSE)
    return held


def server(db: Database) -> dict[str, Any]:
    """What the server last said of itself: `{"version", "minor", "seen_at"}`, empty before the first contact."""
    held: dict[str, Any] = settings.get(db, _SERVER) or {}
    return held


def note_server(unit: Unit, version: str, minor: int | None) -> None:
    """Remember the version found at the last contact."""
    settings.put(unit, _SERVER, {"version": version, "minor": minor, "seen_at": unit.now.ms})
