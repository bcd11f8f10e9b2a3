"""The link to the national instance as the centre set it: where, as whom, which data sets; whether it rests or is paused.

A 401 pauses everything until a person acts, since four failures can lock the account for all. A server that does
not answer lets the whole link rest, longer each time. Secrets never leave the store but to the courier's memory
through the socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from appliance.core.errors import Refused
from appliance.storage import Database, Unit, settings
from appliance.sync.backoff import delay_seconds
from appliance.sync.dhis2 import mapping

_NAME = "dhis2-link"
_PAUSE = "dhis2-link-pause"
_REST = "dhis2-link-rest"
_SERVER = "dhis2-server"
_HURRY = "dhis2-hurry"
_TEST = "dhis2-test"
PULL = "dhis2-pull"
"""The setting that holds when the server's names were last pulled, and when they may be asked for again."""
DAY_MS = 86_400_000
PASSING_PAUSE_MS = {"certificate": 6 * 3_600_000, "clock-wrong": 3_600_000, "not-found": DAY_MS, "forbidden": DAY_MS}
"""Pauses that end by themselves, in milliseconds: no secret is at risk and the cause may go (a clock set, a proxy mended)."""
LOCK_OUT_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`data_sets` gives, by form code, the code or UID of the data set there; `org_unit` a code or UID;
    `attribute_combos` the UID of the attribute combination for a data set that has attributes.

    Either `username` and `password`, or `token` (a personal access token `d2pat_…`).
    """

    base_url: str
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    org_unit: str = ""
    data_sets: dict[str, str] = field(default_factory=dict)
    attribute_combos: dict[str, str] = field(default_factory=dict)


def get(db: Database) -> Link | None:
    """The link, or None when it was never set."""
    held = settings.get(db, _NAME)
    return Link(**held) if held else None


def set_link(unit: Unit, link: Link) -> None:
    """Set the link and lift a pause. Raises `Refused` ("link-url", "link-credentials").

    Another server or other data sets: what was known of the old is forgotten, and what waits is composed anew.
    """
    before = get(unit)
    if not link.token and not (link.username and link.password):
        raise Refused("link-credentials")
    made = {
        "base_url": checked_url(link.base_url), "username": link.username.strip(), "password": link.password,
        "token": link.token.strip(), "org_unit": link.org_unit.strip(),
        "data_sets": {k: v.strip() for k, v in link.data_sets.items()},
        "attribute_combos": {k: v.strip() for k, v in link.attribute_combos.items() if v.strip()},
    }  # fmt: skip
    settings.put(unit, _NAME, made)
    aims = ("base_url", "org_unit", "data_sets", "attribute_combos")
    if before and any(getattr(before, name) != made[name] for name in aims):
        mapping.forget(unit)
        unit.run(
            "UPDATE outbox SET state = 'waiting', payload = NULL, payload_hash = NULL"
            " WHERE state IN ('waiting', 'sending', 'held', 'refused')"
        )
    resume(unit)
    settings.put(unit, _SERVER, {})
    settings.put(unit, PULL, {})  # another server, or another account: its names are read anew, at once


def checked_url(text: str) -> str:
    """A base address with its context path, without `/api`. Raises `Refused("link-url")`."""
    url = text.strip().rstrip("/").removesuffix("/api").rstrip("/")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise Refused("link-url", url=text[:200]) from None
    is_whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if not is_whole or parts.username or any(c.isspace() for c in url) or len(url) < 10:
        raise Refused("link-url", url=text[:200])
    return url


def pause(unit: Unit, code: str) -> None:
    """Stop all sending until a person acts, or for the time of a pause that ends by itself; `code` says why."""
    held = settings.get(unit, _PAUSE) or {}
    count = int(held.get("count", 0)) + 1 if held.get("code") == code else 1
    until = unit.now.ms + PASSING_PAUSE_MS[code] if code in PASSING_PAUSE_MS else None
    settings.put(unit, _PAUSE, {"code": code, "since": unit.now.ms, "until": until, "count": count})


def resume(unit: Unit) -> None:
    """Let sending go on: a person has acted. What was refused before is still counted, for the lock-out."""
    held = settings.get(unit, _PAUSE)
    if held:
        settings.put(unit, _PAUSE, {**held, "lifted": True})
    settings.put(unit, _REST, {})
    settings.put(unit, _HURRY, {"at": unit.now.ms})
    unit.run("UPDATE outbox SET next_attempt_at = ? WHERE state IN ('waiting', 'sending')", (unit.now.ms,))


def answered(unit: Unit) -> None:
    """The server spoke to us as to a known account: neither rest nor pause."""
    if settings.get(unit, _REST):
        settings.put(unit, _REST, {})
    if settings.get(unit, _PAUSE):
        settings.put(unit, _PAUSE, None)


def rest(unit: Unit, code: str, retry_after: int | None, tries_max: int = 0) -> None:
    """Nothing answered, or nobody we know: the whole link waits, one minute to six hours, or as long as was asked.

    After `tries_max` such ends in a row (0: never) the link is paused for a person.
    """
    held = settings.get(unit, _REST) or {}
    tries = int(held.get("tries", 0)) + 1
    same = int(held.get("same", 0)) + 1 if held.get("code") == code else 1
    if tries_max and same >= tries_max:
        settings.put(unit, _REST, {})
        pause(unit, code)
        return
    until = unit.now.ms + delay_seconds(tries, retry_after) * 1000
    settings.put(unit, _REST, {"code": code, "tries": tries, "same": same, "until": until})


def resting(db: Database) -> dict[str, Any]:
    """`{"code", "tries", "until"}` while the link rests after a failure; empty when the last contact was good."""
    held: dict[str, Any] = settings.get(db, _REST) or {}
    return held


def paused(db: Database) -> dict[str, Any] | None:
    """Why and since when sending is stopped: `{"code", "since", "until", "count"}`; None when it is not.

    `until` is None for a pause that only a person ends.
    """
    held: dict[str, Any] | None = settings.get(db, _PAUSE)
    return None if not held or held.get("lifted") else held


def quiet_until(db: Database, now_ms: int) -> int | None:
    """Until when nothing may be sent, in milliseconds; 0 for now; None while only a person can end it."""
    if held := paused(db):
        return None if held.get("until") is None else (int(held["until"]) if held["until"] > now_ms else 0)
    until = int(resting(db).get("until", 0))
    return until if until > now_ms else 0


def hurried_at(db: Database) -> int:
    """When a person last asked to try at once, in milliseconds."""
    return int((settings.get(db, _HURRY) or {}).get("at", 0))


def server(db: Database) -> dict[str, Any]:
    """What the server last said of itself: `{"version", "minor", "seen_at"}`, empty before the first contact."""
    held: dict[str, Any] = settings.get(db, _SERVER) or {}
    return held


def note_server(unit: Unit, version: str, minor: int | None) -> None:
    """Remember the version found at the last contact."""
    settings.put(unit, _SERVER, {"version": version, "minor": minor, "seen_at": unit.now.ms})


def pull_state(db: Database) -> dict[str, Any]:
    """`{"at", "code", "tries", "not_before", "aims", "missing", …}` of the last pull of names; empty before the first."""
    held: dict[str, Any] = settings.get(db, PULL) or {}
    return held


def ask_pull(unit: Unit) -> None:
    """Have the server's names pulled anew at the next contact, e.g. after a mapping refusal."""
    settings.put(unit, PULL, {**pull_state(unit), "at": 0, "not_before": 0, "tries": 0})


def aims_of(link: Link) -> list[Any]:
    """What a pull was about: names pulled for other aims are not this link's."""
    return [link.base_url, link.org_unit, dict(sorted(link.data_sets.items()))]


def names_are_of_this_server(db: Database) -> bool:
    """Whether the names held were pulled for the link as it is now."""
    link = get(db)
    return link is not None and pull_state(db).get("aims") == aims_of(link)


def missing_sets(db: Database) -> list[str]:
    """Forms whose data set was not there at the last pull."""
    return list(pull_state(db).get("missing") or ())


def ask_test(unit: Unit) -> None:
    """Have the link tested at once, whatever rests; the result is read by `test_state`."""
    resume(unit)
    settings.put(unit, _TEST, {"asked_at": unit.now.ms})


def keep_test(unit: Unit, result: dict[str, Any]) -> None:
    """Keep how a test ended."""
    settings.put(unit, _TEST, {"done_at": unit.now.ms, **result})


def test_state(db: Database) -> dict[str, Any]:
    """`{"asked_at"}` while a test is wanted; `{"done_at", "code", "checks"}` after it; empty when never asked."""
    held: dict[str, Any] = settings.get(db, _TEST) or {}
    return held
