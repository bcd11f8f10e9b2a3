"""`/api/dataValueSets` and the data entry read-back."""

from __future__ import annotations

import json
from typing import Any

from appliance.standin.aggregate import completions, locks, values
from appliance.standin.aggregate.lookup import Lookup
from appliance.standin.aggregate.new import NewEngine
from appliance.standin.aggregate.old import OldEngine
from appliance.standin.aggregate.options import options
from appliance.standin.aggregate.summary import Result, answer
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.wire.answers import Answer, Refusal, envelope, inflated, json_answer, message
from appliance.standin.wire.periods import period
from appliance.standin.wire.request import Request

JOB = "DATAVALUE_IMPORT"
_OTHER_TYPES = ("application/xml", "application/adx+xml", "application/csv", "application/pdf")


def post(here: Instance, request: Request) -> Answer:
    """Import data values; `async` answers with a job."""
    if not here.settings.may("F_DATAVALUE_ADD"):
        return message(403, "Access is denied")
    request.needs_type("application/json", *_OTHER_TYPES)
    if request.headers["content-type"].split(";")[0].strip() in _OTHER_TYPES:
        return message(501, "DHIS2 reads this type; its stand-in reads JSON only")
    payload = _payload(here, request)
    if payload is None:
        result = Result(is_error=True, description="The import process failed: the payload could not be read")
        return answer(result.summary(), 409, plain=request.plain)
    chosen = options(request, payload, here.settings.strict, old=here.is_old)
    engine = OldEngine(here, chosen) if here.is_old else NewEngine(here, chosen)
    summary = engine.run(payload).summary()
    if chosen.is_async:
        return _job(here, summary)
    return answer(summary, int(here.quirk("warning_http")), plain=request.plain, old=here.is_old)


def _payload(here: Instance, request: Request) -> dict[str, Any] | None:
    """The payload; None when the old engine can't read it. The new one answers 400 without a summary."""
    charset = "latin-1" if here.quirk("charset_garbled") else "utf-8"
    try:
        payload = json.loads(inflated(request.body).decode(charset))
        readable = isinstance(payload, dict) and all(isinstance(v, dict) for v in payload.get("dataValues") or [])
    except ValueError:
        payload, readable = None, False
    if not readable:
        if here.is_old:
            return None
        raise Refusal(message(400, "The body could not be read as data values"))
    held: dict[str, Any] = payload
    if here.quirk("numbers_rejected") and any(
        isinstance(v.get("value"), (int, float)) for v in held.get("dataValues") or []
    ):
        raise Refusal(message(400, "The body could not be read: a text is expected as value"))
    return held


def _job(here: Instance, summary: dict[str, Any]) -> Answer:
    job = here.jobs.add(JOB, here.clock.stamp(), summary)
    response = {
        "responseType": "JobConfiguration", "id": job.id, "name": "dataValueImport", "jobType": JOB,
        "jobStatus": "SCHEDULED", "created": job.created, "relativeNotifierEndpoint": f"/api/system/tasks/{JOB}/{job.id}",
    }  # fmt: skip
    location = {"location": f"{here.settings.context_path}/api/system/tasks/{JOB}/{job.id}"}
    return json_answer(200, envelope(200, "Initiated dataValueImport", response=response), location)


def get(here: Instance, request: Request) -> Answer:
    """The read-back of data sets, periods and units, all three named."""
    sets, periods, units = request.every("dataSet"), request.every("period"), request.every("orgUnit")
    for name, given, code in (
        ("data set", sets, "E2001"),
        ("period", periods, "E2002"),
        ("organisation unit", units, "E2006"),
    ):
        if not given:
            return message(409, f"At least one {name} must be specified", errorCode=code)
    known = {s["id"]: s for s in here.metadata["dataSets"]}
    if unknown := [s for s in sets if s not in known]:
        return message(409, f"Data set not found or not accessible: {unknown}", errorCode="E7600")
    elements = {p["dataElement"]["id"] for s in sets for p in known[s]["dataSetElements"]}
    found = [v for v in values.read(here, periods, units) if v["dataElement"] in elements]
    top = {"dataSet": sets[0]} if len(sets) == 1 else {}
    return json_answer(200, {**top, "dataValues": found})


def get_entry(here: Instance, request: Request) -> Answer:
    """What a data entry screen reads before it opens (2.39 and after): values, limits, lock, completion."""
    if here.settings.minor < 39:
        return message(404, "No such path")
    lookup = Lookup(here.metadata)
    data_set, unit = lookup.data_set(request.one("ds"), "UID"), lookup.unit(request.one("ou"), "UID")
    when = period(request.one("pe"))
    if data_set is None or unit is None or when is None:
        return message(409, "Illegal data set, organisation unit or period identifier")
    elements = {p["dataElement"]["id"] for p in data_set["dataSetElements"]}
    found = [v for v in values.read(here, [when.name], [unit["id"]]) if v["dataElement"] in elements]
    wanted = (data_set["id"], when.name, unit["id"], DEFAULT_COMBO)
    held = [
        c for c in completions.read(here) if tuple(c[n] for n in completions.NAMES[:4]) == wanted and c["completed"]
    ]
    complete = (
        {"complete": True, "created": held[0]["date"], "createdBy": held[0]["storedBy"]}
        if held
        else {"complete": False}
    )
    state = locks.status(here, lookup, data_set, when, unit["id"])
    return json_answer(200, {"dataValues": found, "minMaxValues": [], "lockStatus": state, "completeStatus": complete})
