"""`/api/dataSets`, `/api/programs` and the other metadata: one by id, or a list."""

from __future__ import annotations

from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.metadata import default_category_combo
from appliance.standin.wire.answers import Answer, json_answer, message
from appliance.standin.wire.listing import listed
from appliance.standin.wire.request import Request
from appliance.standin.wire.selection import parsed, selected

KINDS = (
    "dataSets", "dataElements", "organisationUnits", "programs", "programStages", "optionSets", "options",
    "categoryCombos", "categoryOptionCombos", "categoryOptions", "users", "userGroups",
)  # fmt: skip
_STAND_IN_ONLY = ("approved", "password")


def get_list(here: Instance, request: Request, kind: str) -> Answer:
    """A list: `id` and `displayName` unless `fields` asks for more."""
    return listed(request, kind, objects(here, kind), f"{here.settings.context_path}/api/{kind}")


def get_one(here: Instance, request: Request, kind: str, identity: str) -> Answer:
    """One object; things it refers to come as ids unless `fields` asks for what is in them."""
    held = next((o for o in objects(here, kind) if o.get("id") == identity), None)
    if held is None:
        return message(404, f"{kind[:-1]} with id {identity} could not be found.", errorCode="E1005")
    return json_answer(200, selected(held, parsed(request.one("fields") or "*")))


def objects(here: Instance, kind: str) -> list[dict[str, Any]]:
    """Every object of a kind, as this version tells it."""
    metadata = here.metadata
    if kind == "users":
        return [_public(u) for u in here.users()]
    if kind == "organisationUnits":
        return [{**_public(u), **_assigned(metadata, u["id"])} for u in metadata[kind]]
    if kind == "dataSets":
        return [_told(here, s) for s in metadata[kind]]
    found = metadata.get(kind) or _inside(metadata, kind)
    return [_public(o) for o in found]


def _public(held: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in _STAND_IN_ONLY}


def _told(here: Instance, data_set: dict[str, Any]) -> dict[str, Any]:
    """`expiryDays` was a whole number in 2.38 and is a decimal one since."""
    days = data_set.get("expiryDays") or 0
    return {**_public(data_set), "expiryDays": int(days) if here.settings.minor <= 38 else float(days)}


def _assigned(metadata: dict[str, Any], unit: str) -> dict[str, Any]:
    def at(kind: str) -> list[dict[str, str]]:
        return [
            {"id": o["id"]}
            for o in metadata.get(kind, [])
            if o.get("organisationUnits") is None or any(u["id"] == unit for u in o["organisationUnits"])
        ]

    return {"dataSets": at("dataSets"), "programs": at("programs")}


def _inside(metadata: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Objects that lie inside others, each once."""
    stages = [s for p in metadata.get("programs", []) for s in p["programStages"]]
    elements = [x["dataElement"] for s in metadata["dataSets"] for x in s["dataSetElements"]]
    elements += [x["dataElement"] for s in stages for x in s["programStageDataElements"]]
    holders = [*metadata["dataSets"], *elements, *metadata.get("programs", [])]
    holders += [x for s in metadata["dataSets"] for x in s["dataSetElements"]]
    combos = [default_category_combo(), *(h["categoryCombo"] for h in holders if h.get("categoryCombo"))]
    option_combos = [c for combo in combos for c in combo.get("categoryOptionCombos", [])]
    found = {
        "programStages": stages,
        "dataElements": elements,
        "options": [o for s in metadata.get("optionSets", []) for o in s["options"]],
        "categoryCombos": combos,
        "categoryOptionCombos": option_combos,
        "categoryOptions": [o for c in option_combos for o in c.get("categoryOptions", [])],
    }.get(kind, [])
    return list({o["id"]: o for o in found}.values())
