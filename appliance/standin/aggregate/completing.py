"""`/api/completeDataSetRegistrations`, and the newer `/api/dataEntry/dataSetCompletion`."""

from __future__ import annotations

from typing import Any

from appliance.standin.aggregate import completions, locks, values
from appliance.standin.aggregate.lookup import Lookup, Thing, index
from appliance.standin.aggregate.summary import Result, answer
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.wire.answers import Answer, Refusal, json_answer, message
from appliance.standin.wire.periods import period
from appliance.standin.wire.request import Request


def post(here: Instance, request: Request) -> Answer:
    """Register completions; no lock is checked. ERROR only when every one was ignored."""
    request.needs_type("application/json")
    entries = request.json_object(sniffed=True).get("completeDataSetRegistrations") or []
    result, lookup = Result(), Lookup(here.metadata)
    for entry in entries:
        key = _key(lookup, request, entry, result)
        if key is None:
            result.ignored += 1
            continue
        _register(here, request, entry, key, result)
    result.is_error = result.ignored == len(entries)
    summary = result.summary()
    summary["status"] = "ERROR" if result.is_error else "SUCCESS"
    return answer(summary, 200, plain=request.plain)


def _key(lookup: Lookup, request: Request, entry: dict[str, Any], result: Result) -> completions.Key | None:
    """The ids of an entry, or None and a conflict in free text. The key of the unit is organisationUnit."""
    common = request.one("idScheme", "UID")
    combos = index(lookup.combos.values(), request.one("attributeOptionComboIdScheme", common))
    data_set = lookup.data_set(entry.get("dataSet"), request.one("dataSetIdScheme", common))
    unit = lookup.unit(entry.get("organisationUnit"), request.one("orgUnitIdScheme", common))
    when = period(str(entry.get("period") or ""))
    combo = (
        combos.get(entry.get("attributeOptionCombo") or "")
        if entry.get("attributeOptionCombo")
        else {"id": DEFAULT_COMBO}
    )
    found = {"dataSet": data_set, "organisationUnit": unit, "period": when, "attributeOptionCombo": combo}
    missing = [name for name, held in found.items() if held is None]
    if data_set is None or unit is None or when is None or combo is None:
        text = ", ".join(f"{name} not found or not accessible: {entry.get(name)}" for name in missing)
        result.conflicts.append({"object": str(entry.get(missing[0])), "value": text})
        return None
    return data_set["id"], when.name, unit["id"], combo["id"]


def _register(here: Instance, request: Request, entry: Thing, key: completions.Key, result: Result) -> None:
    if not here.is_mine(key[2]):
        result.conflicts.append(
            {"object": key[2], "value": "Organisation unit is not in the hierarchy of the current user"}
        )
        result.ignored += 1
        return
    if lacking := _lacking(here, key):
        result.conflicts += [{"object": e, "value": f"{e} needs to be filled. It is compulsory."} for e in lacking]
        result.ignored += 1
        return
    exists = any(tuple(c[n] for n in completions.NAMES[:4]) == key for c in completions.read(here))
    is_dry = request.flag("dryRun")
    if request.one("importStrategy") == "DELETE":
        result.deleted += int(exists)
        result.ignored += int(not exists)
        if not is_dry:
            completions.take_back(here, key)
        return
    if not is_dry:
        completed = bool(entry.get("completed", True))
        completions.put(here, key, str(entry.get("date") or here.clock.today().isoformat())[:10], completed=completed)
    result.imported += int(not exists)
    result.updated += int(exists)


def _lacking(here: Instance, key: completions.Key) -> list[str]:
    """Elements without a value that must have one, when the data set asks for it."""
    data_set = next(s for s in here.metadata["dataSets"] if s["id"] == key[0])
    if not data_set.get("compulsoryFieldsCompleteOnly"):
        return []
    filled = {(v["dataElement"], v["categoryOptionCombo"]) for v in values.read(here, [key[1]], [key[2]])}
    asked = [
        (o["dataElement"]["id"], o["categoryOptionCombo"]["id"])
        for o in data_set.get("compulsoryDataElementOperands", [])
    ]
    return [element for element, combo in asked if (element, combo) not in filled]


def delete(here: Instance, request: Request) -> Answer:
    """Take a completion back; a locked data set is 409."""
    lookup = Lookup(here.metadata)
    data_set, unit = lookup.data_set(request.one("ds"), "UID"), lookup.unit(request.one("ou"), "UID")
    when = period(request.one("pe"))
    if data_set is None or unit is None or when is None:
        return message(409, "Illegal data set, organisation unit or period identifier")
    if locks.status(here, lookup, data_set, when, unit["id"]) != "OPEN":
        return message(409, "Data set is locked")
    completions.take_back(here, (data_set["id"], when.name, unit["id"], DEFAULT_COMBO))
    return 204, {}, b""


def get(here: Instance, request: Request) -> Answer:
    """Registrations of data sets, periods and units."""
    wanted = [
        ("dataSet", request.every("dataSet")),
        ("period", request.every("period")),
        ("organisationUnit", request.every("orgUnit")),
    ]
    found = [c for c in completions.read(here) if all(not asked or c[name] in asked for name, asked in wanted)]
    return json_answer(200, {"completeDataSetRegistrations": [{n: c[n] for n in completions.NAMES} for c in found]})


def post_entry(here: Instance, request: Request) -> Answer:
    """One completion through the data entry call (2.39 and after)."""
    if here.settings.minor < 39:
        raise Refusal(message(404, "No such path"))
    sent = request.json_object(sniffed=False)
    lookup = Lookup(here.metadata)
    data_set, unit = lookup.data_set(sent.get("dataSet"), "UID"), lookup.unit(sent.get("orgUnit"), "UID")
    when = period(str(sent.get("period") or ""))
    if data_set is None or unit is None or when is None:
        return message(409, "Data set, org unit or period does not exist")
    key = (data_set["id"], when.name, unit["id"], DEFAULT_COMBO)
    completions.put(here, key, here.clock.today().isoformat(), completed=bool(sent.get("completed", True)))
    return 200, {}, b""
