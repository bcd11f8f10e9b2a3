"""`POST /api/events`, up to 2.41: the same events with older names and another answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.tracker.importing import Report, run
from appliance.standin.wire.answers import Answer, envelope, json_answer, message
from appliance.standin.wire.request import Request

_NAMES = {"eventDate": "occurredAt", "dueDate": "scheduledAt", "completedDate": "completedAt"}
_WORDS = {"E1030": "already exists or was deleted earlier", "E1082": "already exists or was deleted earlier"}


def post(here: Instance, request: Request) -> Answer:
    """Import events; compressed bodies are read, the strategy may also be called `strategy`, async is off."""
    if not here.quirk("legacy_events"):
        return message(404, f"No such path: {request.path}")
    request.needs_type("application/json")
    payload = request.json_object(sniffed=True)
    strategy = request.one("importStrategy") or request.one("strategy") or "CREATE_AND_UPDATE"
    asked = replace(request, pairs=(*request.pairs, ("importStrategy", strategy), ("atomicMode", "OBJECT")))
    sent = payload.get("events", [payload])
    reports = [run(here, asked, {"events": [_renamed(event)]}) for event in sent]
    summaries = [_summary(event, report) for event, report in zip(sent, reports, strict=True)]
    counts = {n: sum(s["importCount"][n] for s in summaries) for n in ("imported", "updated", "ignored", "deleted")}
    is_error = any(s["status"] == "ERROR" for s in summaries)
    response = {"responseType": "ImportSummaries", "status": "ERROR" if is_error else "SUCCESS", **counts, "total": len(sent), "importSummaries": summaries}  # fmt: skip
    if request.plain:
        return json_answer(200, response)
    status = 409 if is_error else 200
    words = "An error occurred, please check import summary." if is_error else "Import was successful."
    return json_answer(status, envelope(status, words, response=response))


def _renamed(event: dict[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(name, name): value for name, value in event.items()}


def _summary(event: dict[str, Any], report: Report) -> dict[str, Any]:
    counts = report.counts
    summary: dict[str, Any] = {
        "responseType": "ImportSummary", "status": "ERROR" if report.errors else "SUCCESS", "reference": event.get("event"),
        "importCount": {"imported": counts["created"], "updated": counts["updated"], "ignored": counts["ignored"], "deleted": counts["deleted"]},
        "conflicts": [{"object": e["uid"], "value": e["message"]} for e in report.errors],
    }  # fmt: skip
    if report.errors:
        first = report.errors[0]
        known = _WORDS.get(first["errorCode"])
        summary["description"] = f"Event {first['uid']} {known}" if known else first["message"]
    return summary
