"""Which endpoint answers which path, behind the door."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from appliance.standin import metadata_api, system
from appliance.standin.aggregate import completing, endpoints
from appliance.standin.faults import struck
from appliance.standin.instance import Instance
from appliance.standin.medexis import desk
from appliance.standin.messages import conversations, files, writing
from appliance.standin.signin import SignIn
from appliance.standin.tracker import endpoints as tracker
from appliance.standin.tracker import legacy
from appliance.standin.wire.answers import Answer, Refusal, html, message
from appliance.standin.wire.request import Request

Endpoint = Callable[..., Answer]
_ID = r"(\w+)"
_KIND = "(" + "|".join(metadata_api.KINDS) + ")"
ROUTES: list[tuple[str, str, Endpoint]] = [
    ("GET", "/system/ping", system.system_ping),
    ("GET", "/system/info", system.info),
    ("GET", "/system/id", system.ids),
    ("GET", f"/system/tasks/{_ID}/{_ID}", system.tasks),
    ("GET", f"/system/taskSummaries/{_ID}/{_ID}", system.summary),
    ("GET", "/me", system.me),
    ("GET", "/dataValueSets", endpoints.get),
    ("POST", "/dataValueSets", endpoints.post),
    ("GET", "/dataEntry/dataValues", endpoints.get_entry),
    ("POST", "/dataEntry/dataSetCompletion", completing.post_entry),
    ("GET", "/completeDataSetRegistrations", completing.get),
    ("POST", "/completeDataSetRegistrations", completing.post),
    ("DELETE", "/completeDataSetRegistrations", completing.delete),
    ("POST", "/tracker", tracker.post),
    ("GET", f"/tracker/jobs/{_ID}", tracker.job),
    ("GET", f"/tracker/jobs/{_ID}/report", tracker.report),
    ("GET", "/tracker/events", tracker.get_list),
    ("GET", f"/tracker/events/{_ID}", tracker.get_one),
    ("POST", "/events", legacy.post),
    ("GET", "/messageConversations", conversations.get_list),
    ("POST", "/messageConversations", writing.start),
    ("POST", "/messageConversations/read", conversations.mark_read),
    ("GET", f"/messageConversations/{_ID}", conversations.get_one),
    ("POST", f"/messageConversations/{_ID}", writing.reply),
    ("GET", f"/messageConversations/{_ID}/{_ID}/attachments/{_ID}", files.download),
    ("POST", "/fileResources", files.upload),
    ("GET", f"/fileResources/{_ID}", files.describe),
    ("GET", f"/fileResources/{_ID}/data", files.data),
    ("GET", f"/{_KIND}", metadata_api.get_list),
    ("GET", f"/{_KIND}/{_ID}", metadata_api.get_one),
]
_COMPILED = [(method, re.compile(path), endpoint) for method, path, endpoint in ROUTES]
_NO_ETAG = ("/dataValueSets", "/dataValues", "/fileResources", "/dataEntry/metadata")
_NO_JSON = ("/attachments/", "/fileResources/")
"""Paths that stream bytes, whatever is accepted."""


class Api:
    """The API over one instance."""

    def __init__(self, here: Instance) -> None:
        self._here = here
        self.door = SignIn(here)

    def answer(self, request: Request) -> Answer:
        """Let in, find the endpoint, answer; what is written is kept whole or not at all."""
        here = self._here
        if not request.path.startswith("/api/"):
            return html(404, "Not Found")
        request = self._unversioned(request)
        if self._is_open(request):
            return system.ping(here, request) if request.path == "/ping" else system.system_ping(here, request)
        refused, headers = self.door.refused(request)
        if refused is None:
            if request.method == "POST" and struck(here.settings.faults, "passing_409"):
                refused = message(409, "could not execute statement")
            else:
                refused = self._endpoint(request)
                if request.method == "POST" or request.path == "/messageConversations":
                    with here.store.whole():
                        desk.look(here)  # another machine: what it does comes after this answer
        return refused[0], {**refused[1], **headers}, refused[2]

    def _unversioned(self, request: Request) -> Request:
        found = re.match(r"^/api(?:/(\d{2}))?(/.*)$", request.path)
        if found is None:
            return request
        # 2.38 to 2.41 strip the envelope, and answer 200 always, on version paths below 38.
        plain = int(found[1] or 99) < 38 and self._here.settings.minor <= 41
        return replace(request, path=found[2], plain=plain)

    def _is_open(self, request: Request) -> bool:
        if request.method != "GET":
            return False
        version = self._here.settings.at
        return (request.path == "/ping" and system.has_ping(version)) or (
            request.path == "/system/ping" and version.minor >= 44
        )

    def _endpoint(self, request: Request) -> Answer:
        fitting = [(m, f.groups(), e) for m, p, e in _COMPILED if (f := p.fullmatch(request.path))]
        if not fitting:
            return message(404, f"No such path: {request.path}")
        found = next(((groups, e) for m, groups, e in fitting if m == request.method), None)
        if found is None:
            allowed = ", ".join(sorted({m for m, _, _ in fitting}))
            return message(405, f"Request method '{request.method}' is not supported", {"allow": allowed})
        if not _accepts_json(request):
            return message(406, "Only application/json can be given")
        try:
            with self._here.store.whole():
                answer = found[1](self._here, request, *found[0])
        except Refusal as refusal:
            return refusal.answer
        return _with_etag(request, answer)


def _accepts_json(request: Request) -> bool:
    asked = request.headers.get("accept", "*/*")
    return any(kind in asked for kind in ("json", "*/*", "application/*")) or any(p in request.path for p in _NO_JSON)


def _with_etag(request: Request, answer: Answer) -> Answer:
    status, headers, body = answer
    if request.method != "GET" or status != 200 or request.path.startswith(_NO_ETAG):
        return answer
    etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known:
        return 304, {"etag": etag}, b""
    return status, {**headers, "etag": etag}, body
