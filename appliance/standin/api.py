"""What the stand-in answers on each path of the API, under the settings it has now."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from appliance.standin.answers import Answer, inflated, json_answer, message
from appliance.standin.metadata import DEFAULT_COMBO, uid
from appliance.standin.settings import Settings
from appliance.standin.store import Store
from appliance.standin.values import Importer

_UID = re.compile(r"^[a-zA-Z][a-zA-Z0-9]{10}$")
_TOKEN = re.compile(r"^ApiToken (d2pat_[A-Za-z0-9]{10,60})$", re.IGNORECASE)


class Api:
    """The API over one store and one set of metadata."""

    def __init__(self, settings: Settings, store: Store, metadata: dict[str, Any], today: Callable[[], date]) -> None:
        self.settings, self.store, self.metadata = settings, store, metadata
        self._today = today
        self._failures = 0

    def answer(self, method: str, path: str, params: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
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
                return message(401, "ERROR", "Unauthorized")
            return 302, {"location": str(self.settings.quirk("login_redirect_path"))}, b""
        if given.lower().startswith("apitoken"):
            if not _TOKEN.match(given):
                return message(400, "ERROR", "API token is malformed")
            if given.split(" ", 1)[1] != self.settings.token:
                answer = message(401, "ERROR", "The API token does not exist")
                return answer[0], answer[1] | {"www-authenticate": "ApiToken"}, answer[2]
            return None
        if self.settings.lock_after and self._failures >= self.settings.lock_after:
            return message(401, "ERROR", "Account locked")
        try:
            name, _, password = base64.b64decode(given.split(" ", 1)[1]).decode().partition(":")
        except (ValueError, IndexError):
            name = password = ""
        if (name, password) != (self.settings.username, self.settings.password):
            self._failures += 1
            return message(401, "ERROR", "Unauthorized")
        self._failures = 0
        return None

    def _get(self, path: str, params: dict[str, str]) -> Answer:
        if path == "/api/system/info":
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000")
            return json_answer(
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
            return json_answer(
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
            return json_answer(
                200,
                {"dataSet": params.get("dataSet"), "dataValues": [v for v in found if v["dataElement"] in elements]},
            )
        if path == "/api/completeDataSetRegistrations":
            return json_answer(200, {"completeDataSetRegistrations": self.store.completions()})
        if path == "/api/categoryOptionCombos":
            return json_answer(200, {"categoryOptionCombos": [{"id": DEFAULT_COMBO, "name": "default"}]})
        if found_event := re.match(r"^/api/tracker/events/(\w+)$", path):
            held = self.store.event(found_event[1])
            return json_answer(200, held[0]) if held and not held[1] else message(404, "ERROR", "Event not found")
        return self._objects(path, params)

    def _objects(self, path: str, params: dict[str, str]) -> Answer:
        found = re.match(r"^/api/(dataSets|organisationUnits)(?:/(\w+))?$", path)
        if not found:
            return message(404, "ERROR", f"No such endpoint: {path}")
        objects = self.metadata[found[1]]
        if found[2]:
            held = next((o for o in objects if o["id"] == found[2]), None)
            return (
                json_answer(200, held)
                if held
                else message(404, "ERROR", f"{found[1]} with id {found[2]} could not be found.")
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
        return json_answer(200, {**pager, found[1]: brief})

    def _post(self, path: str, params: dict[str, str], headers: dict[str, str], body: bytes, *, plain: bool) -> Answer:
        if not headers.get("content-type", "").startswith("application/json"):
            return message(415, "ERROR", "Unsupported media type")
        if path != "/api/tracker":
            body = inflated(body)
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
                return message(400, "ERROR", "Value must be a string")
            status, envelope = Importer(self.settings, self.store, self.metadata, self._today()).run(payload, params)
            return json_answer(200, envelope["response"]) if plain else json_answer(status, envelope)
        if path == "/api/completeDataSetRegistrations":
            return self._complete(payload, params)
        if path == "/api/tracker":
            return self._tracker(payload, params)
        return message(404, "ERROR", f"No such endpoint: {path}")

    def _undecodable(self, path: str) -> Answer:
        if path == "/api/dataValueSets" and self.settings.quirk("engine") == "old":
            summary = {
                "responseType": "ImportSummary",
                "status": "ERROR",
                "description": "The import process failed: not JSON",
                "importCount": {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0},
                "conflicts": [],
            }
            return json_answer(
                409,
                {
                    "httpStatus": "Conflict",
                    "httpStatusCode": 409,
                    "status": "ERROR",
                    "message": "An error occurred, please check import summary.",
                    "response": summary,
                },
            )
        return message(400, "ERROR", "Request body could not be read as JSON")

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
        return json_answer(
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
        return json_answer(
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
