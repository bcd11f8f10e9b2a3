"""Probes, system information, who am I, spare ids, and the polling of jobs."""

from __future__ import annotations

import secrets

from appliance.standin.instance import Instance
from appliance.standin.metadata import uid
from appliance.standin.quirks import Version
from appliance.standin.wire.answers import Answer, json_answer, message
from appliance.standin.wire.request import Request
from appliance.standin.wire.selection import parsed, selected

_PING_SINCE = {38: 7, 39: 1}
"""Minor -> first patch that has `/api/ping`."""


def ping(here: Instance, request: Request) -> Answer:
    """Open to everyone, and empty; missing in early 2.38 and 2.39."""
    return 200, {"content-type": "text/plain"}, b""


def has_ping(version: Version) -> bool:
    """Whether a version has the open probe."""
    return version.patch >= _PING_SINCE.get(version.minor, 0)


def system_ping(here: Instance, request: Request) -> Answer:
    """The older probe."""
    return 200, {"content-type": "text/plain"}, b"pong"


def info(here: Instance, request: Request) -> Answer:
    """What an ordinary user is told; a superuser sees more."""
    told = {
        "version": here.settings.version, "revision": "abc1234", "serverDate": here.clock.stamp(),
        "serverTimeZoneId": "Etc/UTC", "contextPath": here.settings.context_path, "calendar": "iso8601",
        "dateFormat": "yyyy-mm-dd",
    }  # fmt: skip
    if here.settings.may("ALL"):
        told |= {"systemId": uid("system"), "systemName": "Stand-in", "lastAnalyticsTableSuccess": here.clock.stamp()}
    return json_answer(200, told)


def me(here: Instance, request: Request) -> Answer:
    """The account that signed in."""
    held = {
        **here.me(), "name": here.settings.username, "authorities": list(here.settings.authorities),
        "dataSets": [s["id"] for s in here.metadata["dataSets"]], "programs": [p["id"] for p in here.metadata.get("programs", [])],
    }  # fmt: skip
    held.pop("password", None)
    return json_answer(200, selected(held, parsed(request.one("fields") or "*")))


def ids(here: Instance, request: Request) -> Answer:
    """Spare UIDs."""
    limit = request.one("limit", "1")
    if not limit.isdigit():
        return message(400, f"limit is no number: {limit}")
    return json_answer(200, {"codes": [uid(secrets.token_hex(16)) for _ in range(min(int(limit), 10_000))]})


def tasks(here: Instance, request: Request, kind: str, identity: str) -> Answer:
    """The notifications of a job, newest first."""
    return json_answer(200, here.jobs.notifications(here.jobs.get(kind, identity), here.settings.faults))


def summary(here: Instance, request: Request, kind: str, identity: str) -> Answer:
    """What came of a job; empty when it is not known (any more)."""
    job = here.jobs.get(kind, identity)
    return json_answer(200, job.summary if job else None)
