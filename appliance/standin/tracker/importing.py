"""One tracker import: judge every event, then store all of them, or those that are good."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.metadata import is_uid, uid
from appliance.standin.tracker import checks, events
from appliance.standin.tracker.naming import Names
from appliance.standin.wire.request import Request

STRATEGIES = ("CREATE_AND_UPDATE", "CREATE", "UPDATE", "DELETE")
STATUSES = ("ACTIVE", "COMPLETED", "VISITED", "SCHEDULE", "OVERDUE", "SKIPPED")
_COUNTS = ("created", "updated", "deleted", "ignored")


@dataclass(slots=True)
class Report:
    """An import report in the making."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))

    @property
    def status(self) -> str:
        """OK or ERROR; ERROR also when other events of the same sending were stored."""
        return "ERROR" if self.errors else "OK"

    def told(self, minor: int) -> dict[str, Any]:
        """The report, without an envelope, as a version writes it."""
        done = {**self.counts, "ignored": 0, "total": len(self.objects)}
        bundle: dict[str, Any] = {
            "typeReportMap": {"EVENT": {"trackerType": "EVENT", "stats": done, "objectReports": self.objects}}
        }
        if minor <= 38:
            bundle["status"] = "OK"
        made = {
            "status": self.status,
            "validationReport": {"errorReports": self.errors, "warningReports": []},
            "stats": {**self.counts, "total": sum(self.counts.values())},
            "bundleReport": bundle,
        }
        if minor <= 41:
            made["timingsStats"] = {"timers": {"totalImport": "0.1 sec."}}
        return made


def run(here: Instance, request: Request, payload: dict[str, Any]) -> Report:
    """Import the events of a payload under `importStrategy` and `atomicMode`."""
    strategy, report = request.one("importStrategy", STRATEGIES[0]), Report()
    names = Names(here, request)
    stored: list[tuple[dict[str, Any], bool]] = []
    for number, body in enumerate(payload.get("events") or []):
        identity = str(body.get("event") or uid(secrets.token_hex(16)))
        sent = checks.Sent(body=body, identity=identity, strategy=strategy, held=events.held(here, identity))
        faults, result = _judged(here, names, sent)
        if result is None:
            report.errors += [_error(here, code, text, identity) for code, text in faults]
            report.counts["ignored"] += 1
            continue
        kind = "deleted" if strategy == "DELETE" else "updated" if sent.is_update else "created"
        report.counts[kind] += 1
        index = {"index": number} if here.settings.minor <= 40 else {}
        report.objects.append({"trackerType": "EVENT", "uid": identity, **index, "errorReports": []})
        stored.append((result, strategy == "DELETE"))
    if report.errors and request.one("atomicMode", "ALL") == "ALL":
        report.counts = {**dict.fromkeys(_COUNTS, 0), "ignored": sum(report.counts.values())}
        report.objects = []
        return report
    for result, deleted in stored:
        events.put(here, result, deleted=deleted)
    return report


def _judged(here: Instance, names: Names, sent: checks.Sent) -> tuple[list[checks.Fault], dict[str, Any] | None]:
    """The faults of an event, or what is to be stored."""
    if not is_uid(sent.identity):
        return [("E1048", f"Object: `{sent.identity}`, uid: `{sent.identity}`, has an invalid uid format.")], None
    if found := list(checks.identity_faults(sent)):
        return found, None
    if sent.strategy == "DELETE":
        return [], sent.held.body if sent.held else None
    if found := list(checks.naming_faults(sent, names)):
        return found, None
    resolved = names.resolved(sent.body)
    if resolved is None:
        return [("E1013", f"Could not find ProgramStage of Event: `{sent.identity}`.")], None
    if found := list(checks.faults(here, sent, names, resolved)):
        return found, None
    values = [
        {**v, "dataElement": (names.element(v["dataElement"]) or {})["id"]} for v in sent.body.get("dataValues") or []
    ]
    old = sent.held.body if sent.held else None
    ids = {"event": sent.identity, **resolved.ids()}
    return [], events.merged(here, old, {**sent.body, "dataValues": values}, ids)


def _error(here: Instance, code: str, text: str, identity: str) -> dict[str, Any]:
    args = {"args": [identity]} if here.settings.minor >= 42 else {}
    return {"message": text, "errorCode": code, "trackerType": "EVENT", "uid": identity, **args}
