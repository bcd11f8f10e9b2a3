"""`/api/tracker`: sending, polling a job, reading events back."""

from __future__ import annotations

from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.metadata import is_uid
from appliance.standin.tracker import events
from appliance.standin.tracker.importing import STATUSES, STRATEGIES, run
from appliance.standin.wire.answers import Answer, Refusal, envelope, json_answer, message
from appliance.standin.wire.listing import listed
from appliance.standin.wire.request import Request
from appliance.standin.wire.selection import parsed, selected

JOB = "TRACKER_IMPORT_JOB"
_CHOICES = {
    "importStrategy": STRATEGIES, "atomicMode": ("ALL", "OBJECT"), "reportMode": ("ERRORS", "WARNINGS", "FULL"),
    "validationMode": ("FULL", "FAIL_FAST", "SKIP"), "flushMode": ("AUTO", "OBJECT"),
}  # fmt: skip


def post(here: Instance, request: Request) -> Answer:
    """Import events. Nothing unpacks the body, and only `async=false`, literally, is synchronous."""
    request.needs_type("application/json")
    payload = request.json_object(sniffed=False)
    _check_request(here, request, payload)
    report = run(here, request, payload).told(here.settings.minor)
    if request.one("async") == "false":
        return json_answer(409 if report["status"] == "ERROR" else 200, report)
    job = here.jobs.add(JOB, here.clock.stamp(), report)
    location = f"{here.settings.context_path}/api/tracker/jobs/{job.id}"
    response = {"responseType": "TrackerJob", "id": job.id, "location": location}
    return json_answer(200, envelope(200, "Tracker job added", response=response), {"location": location})


def _check_request(here: Instance, request: Request, payload: dict[str, Any]) -> None:
    """Faults of the request itself are a WebMessage of 400."""
    for name, known in _CHOICES.items():
        if (given := request.one(name)) and given not in known:
            raise Refusal(message(400, f"`{given}` is not one of {list(known)} for {name}"))
    sent = payload.get("events") or []
    if not isinstance(sent, list) or not all(isinstance(e, dict) for e in sent):
        raise Refusal(message(400, "events is a list of objects"))
    for event in sent:
        if (status := event.get("status")) and status not in STATUSES:
            raise Refusal(message(400, f"`{status}` is no status of an event"))
        given = event.get("event")
        if given is not None and here.settings.minor >= 42 and not is_uid(given):
            raise Refusal(
                message(
                    400,
                    f"UID must be an alphanumeric string of 11 characters starting with a letter, but was: `{given}`",
                )
            )


def job(here: Instance, request: Request, identity: str) -> Answer:
    """The notifications of a job."""
    found = here.jobs.get(JOB, identity)
    return json_answer(200, here.jobs.notifications(found, here.settings.faults))


def report(here: Instance, request: Request, identity: str) -> Answer:
    """The report of a job; 404 until it is ready, and for one that is forgotten."""
    found = here.jobs.get(JOB, identity)
    if found is None or here.settings.faults.slow_jobs > 0:
        return message(404, f"Summary for job {identity} does not exist")
    return json_answer(200, found.summary)


def get_one(here: Instance, request: Request, identity: str) -> Answer:
    """One event, bare; 404 when absent or deleted, 403 outside the account's units."""
    held = events.held(here, identity)
    if held is None or held.deleted:
        return message(404, f"Event with id {identity} could not be found.", errorCode="E1005")
    if not here.is_mine(held.body["orgUnit"]):
        return message(403, "Access is denied to this event")
    return json_answer(200, selected(held.body, parsed(request.one("fields") or "*")))


def get_list(here: Instance, request: Request) -> Answer:
    """Events of a program, unit or day, under the key that the version uses."""
    wanted = [
        ("program", request.one("program")),
        ("orgUnit", request.one("orgUnit")),
        ("programStage", request.one("programStage")),
    ]
    wants_deleted = request.flag("includeDeleted")
    after, before = request.one("occurredAfter"), request.one("occurredBefore")
    asked = [i for text in request.every("event") for i in text.replace(";", ",").split(",")]
    found = [
        e
        for e in events.every(here)
        if all(not given or e[name] == given for name, given in wanted)
        and (wants_deleted or not e["deleted"])
        and (not asked or e["event"] in asked)
        and here.is_mine(e["orgUnit"])
        and (not after or e.get("occurredAt", "")[:10] >= after[:10])
        and (not before or e.get("occurredAt", "")[:10] <= before[:10])
    ]
    fielded = request if request.one("fields") else Request(
        method=request.method, path=request.path, pairs=(*request.pairs, ("fields", "*")), headers=request.headers, body=b""
    )  # fmt: skip
    return listed(fielded, str(here.quirk("events_key")), found, f"{here.settings.context_path}/api/tracker/events")
