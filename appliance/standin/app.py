"""The stand-in as a raw ASGI application, so that an answer can truly be lost, cut or delayed.

Under `/_standin/` (loopback only) a test sets faults and reads back what is stored.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl

from appliance.standin.metadata import DEFAULT_COMBO, uid
from appliance.standin.settings import Faults, Quirks, Settings
from appliance.standin.store import Store
from appliance.standin.values import Importer

Answer = tuple[int, dict[str, str], bytes]
_UID = re.compile(r"^[a-zA-Z][a-zA-Z0-9]{10}$")
_TOKEN = re.compile(r"^ApiToken (d2pat_[A-Za-z0-9]{10,60})$", re.IGNORECASE)


class StandIn:
    """One stand-in over one store and one set of metadata."""

    def __init__(
        self, settings: Settings, store: Store, metadata: dict[str, Any], today: Callable[[], date] | None = None
    ) -> None:
        self.settings, self.store, self.metadata = settings, store, metadata
        self._today = today or (lambda: datetime.now(UTC).date())
        self._failures = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = await _body(receive)
        path, faults = scope["path"], self.settings.faults
        if path.startswith("/_standin/"):
            await _send(send, self._control(path, scope["method"], body))
            return
        if faults.delay_ms:
            await asyncio.sleep(faults.delay_ms / 1000)
        if early := self._fault_before():
            self.store.note(scope["method"], path, early[0], len(body), len(early[2]))
            await _send(send, early)
            return
        headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
        params = dict(parse_qsl(scope["query_string"].decode()))
        answer = self._answer(scope["method"], path.removeprefix(self.settings.context_path), params, headers, body)
        self.store.note(scope["method"], path, answer[0], len(body), len(answer[2]))
        if faults.lose_answer > 0 and scope["method"] == "POST":
            faults.lose_answer -= 1
            raise _Cut  # what was asked is done; nobody hears of it
        if faults.cut_body > 0:
            faults.cut_body -= 1
            await send(
                {
                    "type": "http.response.start",
                    "status": answer[0],
                    "headers": [
                        (b"content-type", b"application/json"),
                        (b"content-length", str(len(answer[2]) + 50).encode()),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": answer[2][: len(answer[2]) // 2], "more_body": True})
            raise _Cut
        await _send(send, answer)

    def _fault_before(self) -> Answer | None:
        faults = self.settings.faults
        kinds: list[tuple[str, Answer]] = [
            ("html_502", (502, {"content-type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")),
            ("login_302", (302, {"location": str(self.settings.quirk("login_redirect_path"))}, b"")),
            ("busy_503", (503, {"content-type": "text/html"} | ({"retry-after": str(faults.retry_after)} if faults.retry_after else {}), b"<html>busy</html>")),
            ("portal_200", (200, {"content-type": "text/html"}, b"<html><title>Bienvenue sur le Wi-Fi</title></html>")),
        ]  # fmt: skip
        for name, answer in kinds:
            left = getattr(faults, name)
            if left > 0:
                setattr(faults, name, left - 1)
                return answer
        return None

    def _answer(self, method: str, path: str, params: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if path == "/api/ping":
            return 200, {"content-type": "text/plain"}, b""
        if not path.startswith("/api/"):
            return 404, {"content-type": "text/html"}, b"<html>not found</html>"
        if refused := self._refused(headers):
            return refused
        path, plain = self._unversioned(path)
        if method == "POST":
            return self._post(path, params, headers, body, plain=plain)
        if method == "DELETE" and path == "/api/completeDataSetRegistrations":
            self.store.uncomplete(params.get("ds", ""), params.get("pe", ""), params.get("ou", ""))
            return 204, {}, b""
        return self._with_etag(path, headers, self._get(path, params))

    def _unversioned(self, path: str) -> tuple[str, bool]:
        found = re.match(r"^/api/(\d{2})/(.*)$", path)
        if not found:
            return path, False
        return f"/api/{found[2]}", int(found[1]) < 38 and self.settings.minor <= 41

    def _refused(self, headers: dict[str, str]) -> Answer | None:
        given = headers.get("authorization", "")
        if not given:
            if headers.get("x-requested-with") == "XMLHttpRequest":
                return _message(401, "ERROR", "Unauthorized")
            return 302, {"location": str(self.settings.quirk("login_redirect_path"))}, b""
        if given.lower().startswith("apitoken"):
            if not _TOKEN.match(given):
                return _message(400, "ERROR", "API token is malformed")
            if given.split(" ", 1)[1] != self.settings.token:
                answer = _message(401, "ERROR", "The API token does not exist")
                return answer[0], answer[1] | {"www-authenticate": "ApiToken"}, answer[2]
            return None
        if self.settings.lock_after and self._failures >= self.settings.lock_after:
            return _message(401, "ERROR", "Account locked")
        try:
            name, _, password = base64.b64decode(given.split(" ", 1)[1]).decode().partition(":")
        except (ValueError, IndexError):
            name = password = ""
        if (name, password) != (self.settings.username, self.settings.password):
            self._failures += 1
            return _message(401, "ERROR", "Unauthorized")
        self._failures = 0
        return None

    def _get(self, path: str, params: dict[str, str]) -> Answer:
        if path == "/api/system/info":
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000")
            return _json(
                200,
                {
                    "version": self.settings.version,
                    "revision": "abc1234",
                    "serverDate": now,
                    "serverTimeZoneId": "Etc/UTC",
                    "contextPath": self.settings.context_path,
                    "calendar": "iso8601",
                    "dateFormat": "yyyy-mm-dd",
                },
            )
        if path == "/api/system/ping":
            return 200, {"content-type": "text/plain"}, b"pong"
        if path == "/api/me":
            units = [{k: u[k] for k in ("id", "code", "name")} for u in self.metadata["organisationUnits"]]
            return _json(
                200,
                {
                    "id": uid("user"),
                    "username": self.settings.username,
                    "authorities": ["F_DATAVALUE_ADD"],
                    "organisationUnits": units,
                    "dataSets": [d["id"] for d in self.metadata["dataSets"]],
                    "programs": [],
                },
            )
        if path == "/api/dataValueSets":
            found = self.store.values(params.get("period"), params.get("orgUnit"))
            elements = {
                e["dataElement"]["id"]
                for d in self.metadata["dataSets"]
                if d["id"] == params.get("dataSet")
                for e in d["dataSetElements"]
            }
            return _json(
                200,
                {"dataSet": params.get("dataSet"), "dataValues": [v for v in found if v["dataElement"] in elements]},
            )
        if path == "/api/completeDataSetRegistrations":
            return _json(200, {"completeDataSetRegistrations": self.store.completions()})
        if path == "/api/categoryOptionCombos":
            return _json(200, {"categoryOptionCombos": [{"id": DEFAULT_COMBO, "name": "default"}]})
        if found_event := re.match(r"^/api/tracker/events/(\w+)$", path):
            held = self.store.event(found_event[1])
            return _json(200, held[0]) if held and not held[1] else _message(404, "ERROR", "Event not found")
        return self._objects(path, params)

    def _objects(self, path: str, params: dict[str, str]) -> Answer:
        found = re.match(r"^/api/(dataSets|organisationUnits)(?:/(\w+))?$", path)
        if not found:
            return _message(404, "ERROR", f"No such endpoint: {path}")
        objects = self.metadata[found[1]]
        if found[2]:
            held = next((o for o in objects if o["id"] == found[2]), None)
            return (
                _json(200, held)
                if held
                else _message(404, "ERROR", f"{found[1]} with id {found[2]} could not be found.")
            )
        if "filter" in params:
            prop, operator, value = [*params["filter"].split(":", 2), "", ""][:3]
            wanted = value.strip("[]").split(",") if operator == "in" else [value]
            objects = [o for o in objects if str(o.get(prop)) in wanted]
        brief = [{k: o[k] for k in ("id", "code", "name") if k in o} for o in objects]
        pager = (
            {}
            if params.get("paging") == "false"
            else {"pager": {"page": 1, "total": len(brief), "pageSize": 50, "pageCount": 1}}
        )
        return _json(200, {**pager, found[1]: brief})

    def _post(self, path: str, params: dict[str, str], headers: dict[str, str], body: bytes, *, plain: bool) -> Answer:
        if not headers.get("content-type", "").startswith("application/json"):
            return _message(415, "ERROR", "Unsupported media type")
        if path != "/api/tracker":
            body = _inflated(body)
        if self.settings.quirk("engine") == "new" and path == "/api/dataValueSets" and not body.isascii():
            body = body.decode("utf-8", "replace").encode("latin-1", "replace") if self.settings.minor == 43 else body
        try:
            payload = json.loads(body)
        except ValueError:
            return self._undecodable(path)
        if not isinstance(payload, dict):
            return self._undecodable(path)
        if path == "/api/dataValueSets":
            if self.settings.quirk("numbers_rejected") and any(
                isinstance(v.get("value"), (int, float)) for v in payload.get("dataValues") or []
            ):
                return _message(400, "ERROR", "Value must be a string")
            status, envelope = Importer(self.settings, self.store, self.metadata, self._today()).run(payload, params)
            return _json(200, envelope["response"]) if plain else _json(status, envelope)
        if path == "/api/completeDataSetRegistrations":
            return self._complete(payload, params)
        if path == "/api/tracker":
            return self._tracker(payload, params)
        return _message(404, "ERROR", f"No such endpoint: {path}")

    def _undecodable(self, path: str) -> Answer:
        if path == "/api/dataValueSets" and self.settings.quirk("engine") == "old":
            summary = {
                "responseType": "ImportSummary",
                "status": "ERROR",
                "description": "The import process failed: not JSON",
                "importCount": {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0},
                "conflicts": [],
            }
            return _json(
                409,
                {
                    "httpStatus": "Conflict",
                    "httpStatusCode": 409,
                    "status": "ERROR",
                    "message": "An error occurred, please check import summary.",
                    "response": summary,
                },
            )
        return _message(400, "ERROR", "Request body could not be read as JSON")

    def _complete(self, payload: dict[str, Any], params: dict[str, str]) -> Answer:
        taken, conflicts = 0, []
        entries = payload.get("completeDataSetRegistrations") or []
        sets, units = (
            {d["id"] for d in self.metadata["dataSets"]},
            {u["id"] for u in self.metadata["organisationUnits"]},
        )
        for entry in entries:
            # The key is organisationUnit here; orgUnit is not known.
            if entry.get("dataSet") not in sets or entry.get("organisationUnit") not in units:
                conflicts.append({"object": entry.get("dataSet"), "value": "Data set or organisation unit not found"})
                continue
            key = (
                entry["dataSet"],
                str(entry.get("period")),
                entry["organisationUnit"],
                entry.get("attributeOptionCombo") or DEFAULT_COMBO,
            )
            if params.get("dryRun") != "true":
                self.store.complete(
                    key, entry.get("date") or self._today().isoformat(), bool(entry.get("completed", True))
                )
            taken += 1
        is_error = not taken
        summary = {
            "responseType": "ImportSummary",
            "status": "ERROR" if is_error else "SUCCESS",
            "importCount": {"imported": taken, "updated": 0, "ignored": len(entries) - taken, "deleted": 0},
            "conflicts": conflicts,
        }
        http = 409 if is_error else 200
        return _json(
            http,
            {
                "httpStatus": "OK" if http == 200 else "Conflict",
                "httpStatusCode": http,
                "status": "ERROR" if is_error else "OK",
                "response": summary,
            },
        )

    def _tracker(self, payload: dict[str, Any], params: dict[str, str]) -> Answer:
        strategy, errors, created = params.get("importStrategy", "CREATE_AND_UPDATE"), [], 0
        for event in payload.get("events") or []:
            identity = str(event.get("event") or uid(json.dumps(event)))
            held = self.store.event(identity)
            code = (
                "E1048"
                if not _UID.match(identity)
                else "E1082"
                if held and held[1]
                else "E1030"
                if held and strategy == "CREATE"
                else "E1032"
                if not held and strategy in ("UPDATE", "DELETE")
                else "E1031"
                if not event.get("occurredAt")
                else None
            )
            if code:
                errors.append(
                    {
                        "message": f"{code}: event `{identity}`",
                        "errorCode": code,
                        "trackerType": "EVENT",
                        "uid": identity,
                        "args": [identity],
                    }
                )
                continue
            self.store.put_event(identity, {**event, "event": identity}, deleted=strategy == "DELETE")
            created += 1
        status = "ERROR" if errors else "OK"
        stats = {"created": created, "updated": 0, "deleted": 0, "ignored": len(errors), "total": created + len(errors)}
        return _json(
            409 if errors else 200,
            {"status": status, "validationReport": {"errorReports": errors, "warningReports": []}, "stats": stats},
        )

    def _with_etag(self, path: str, headers: dict[str, str], answer: Answer) -> Answer:
        if answer[0] != 200 or path.startswith(("/api/dataValueSets", "/api/fileResources", "/api/dataEntry")):
            return answer
        etag = f'"{hashlib.md5(answer[2], usedforsecurity=False).hexdigest()}"'
        if headers.get("if-none-match", "").removeprefix("W/") == etag:
            return 304, {"etag": etag}, b""
        return answer[0], answer[1] | {"etag": etag}, answer[2]

    def _control(self, path: str, method: str, body: bytes) -> Answer:
        part = path.removeprefix("/_standin/")
        if method == "POST" and part in ("faults", "quirks"):
            target: Any = self.settings.faults if part == "faults" else self.settings.quirks
            for name, value in json.loads(body or b"{}").items():
                if name in {f.name for f in fields(target)}:
                    setattr(target, name, value)
            return _json(200, asdict(target))
        if method == "POST" and part == "metadata":
            self.metadata = json.loads(body)
            return _json(200, {"dataSets": len(self.metadata["dataSets"])})
        read: dict[str, Callable[[], Any]] = {
            "values": self.store.values, "completions": self.store.completions, "requests": self.store.requests,
            "faults": lambda: asdict(self.settings.faults), "metadata": lambda: self.metadata,
        }  # fmt: skip
        return _json(200, read[part]()) if part in read else _json(404, {"known": sorted(read)})


class _Cut(Exception):
    """Raised to break the connection without an answer."""


def fresh(settings: Settings | None = None) -> Settings:
    """Settings with no fault and no quirk set."""
    made = settings or Settings()
    made.faults, made.quirks = Faults(), Quirks()
    return made


def _inflated(body: bytes) -> bytes:
    """The body as sent, unpacked by its magic bytes whatever the headers say."""
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body)
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            held: bytes = archive.read(archive.namelist()[0])
            return held
    return body


def _json(status: int, content: Any) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(content).encode()


def _message(status: int, verdict: str, text: str) -> Answer:
    names = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        409: "Conflict",
        415: "Unsupported Media Type",
    }
    return _json(
        status, {"httpStatus": names.get(status, "OK"), "httpStatusCode": status, "status": verdict, "message": text}
    )


async def _body(receive: Any) -> bytes:
    held: bytes = b""
    while True:
        message = await receive()
        held += message.get("body", b"")
        if not message.get("more_body"):
            return held


async def _send(send: Any, answer: Answer) -> None:
    headers = [(k.encode(), v.encode()) for k, v in answer[1].items()] + [
        (b"content-length", str(len(answer[2])).encode())
    ]
    await send({"type": "http.response.start", "status": answer[0], "headers": headers})
    await send({"type": "http.response.body", "body": answer[2]})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
