"""Why an event is refused, in the order of DHIS2: identity, things it names, rights, dates, values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from appliance.standin.aggregate.kinds import misfit
from appliance.standin.aggregate.lookup import is_writable
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.tracker.events import Held
from appliance.standin.tracker.naming import Names, Resolved
from appliance.standin.wire.periods import containing

Fault = tuple[str, str]
"""Code and words."""
NOT_OF_SINGLE_EVENTS = ("SCHEDULE", "OVERDUE", "SKIPPED")
_NO_EXPIRED = "F_EDIT_EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One event as sent, with the strategy that applies and what is stored under its UID."""

    body: dict[str, Any]
    identity: str
    strategy: str
    held: Held | None

    @property
    def is_update(self) -> bool:
        """Whether it changes an event that stands."""
        return self.held is not None and not self.held.deleted


def identity_faults(sent: Sent) -> Iterator[Fault]:
    """Whether the UID may be used so; any of these ends the checks."""
    name = f"Event: `{sent.identity}`"
    if sent.held and sent.held.deleted:
        yield "E1082", f"{name} is already deleted and cannot be modified."
    elif sent.held and sent.strategy == "CREATE":
        yield "E1030", f"{name} already exists."
    elif not sent.held and sent.strategy in ("UPDATE", "DELETE"):
        yield "E1032", f"{name} does not exist."


def naming_faults(sent: Sent, names: Names) -> Iterator[Fault]:
    """Program, stage, org unit and combination must be known and fit one another; any of these ends the checks."""
    body = sent.body
    for missing in ("orgUnit", "program"):
        if not body.get(missing) and not (missing == "program" and body.get("programStage")):
            yield "E1123", f"Missing required event property: `{missing}`."
            return
    if body.get("program") and names.program(body) is None:
        yield "E1010", f"Could not find Program: `{body['program']}`, linked to Event."
    if names.unit(body) is None:
        yield "E1011", f"Could not find OrganisationUnit: `{body['orgUnit']}`, linked to Event."
    if body.get("programStage") and names.stage(body) is None:
        yield "E1013", f"Could not find ProgramStage: `{body['programStage']}`, linked to Event."
    if body.get("attributeOptionCombo") and names.combo(body) is None:
        yield "E1115", f"Could not find CategoryOptionCombo: `{body['attributeOptionCombo']}`."


def faults(here: Instance, sent: Sent, names: Names, found: Resolved) -> Iterator[Fault]:
    """Every further fault of an event whose names are known."""
    yield from _rights(here, found)
    yield from _pairings(sent, found)
    yield from _status(here, sent, found)
    yield from _dates(here, sent, found)
    yield from _values(sent, names, found)


def _rights(here: Instance, found: Resolved) -> Iterator[Fault]:
    if here.settings.may("ALL"):
        return
    user, program, stage = here.me()["id"], found.program, found.stage
    if not here.is_mine(found.unit["id"]):
        yield "E1000", f"User: `{user}`, has no create access to OrganisationUnit: `{found.unit['id']}`."
    if not is_writable(program):
        yield "E1091", f"User: `{user}`, has no data write access to Program: `{program['id']}`."
    if not program.get("access", {}).get("data", {}).get("read", True):
        yield "E1096", f"User: `{user}`, has no data read access to Program: `{program['id']}`."
    if not is_writable(stage):
        yield "E1095", f"User: `{user}`, has no data write access to ProgramStage: `{stage['id']}`."
    if any(not is_writable(option) for option in found.combo.get("categoryOptions", [])):
        yield "E1099", f"User: `{user}`, has no write access to CategoryOption of `{found.combo['id']}`."


def _pairings(sent: Sent, found: Resolved) -> Iterator[Fault]:
    program, stage, unit = found.program, found.stage, found.unit["id"]
    units = program.get("organisationUnits")
    if units is not None and all(u["id"] != unit for u in units):
        yield "E1029", f"Event OrganisationUnit: `{unit}`, and Program: `{program['id']}`, don't match."
    if stage["id"] not in [s["id"] for s in program["programStages"]]:
        yield (
            "E1089",
            f"Event: `{sent.identity}` references a ProgramStage `{stage['id']}` that does not belong to Program `{program['id']}`.",
        )
    combos = [c["id"] for c in (program.get("categoryCombo") or {}).get("categoryOptionCombos", [])] or [DEFAULT_COMBO]
    if found.combo["id"] not in combos:
        yield "E1054", f"AttributeOptionCombo `{found.combo['id']}` is not in the event programs category combo."
    if sent.is_update and sent.held and sent.held.body.get("programStage") != stage["id"]:
        yield "E1128", f"ProgramStage of Event: `{sent.identity}` can't be changed."


def _status(here: Instance, sent: Sent, found: Resolved) -> Iterator[Fault]:
    status = sent.body.get("status") or "ACTIVE"
    was = sent.held.body["status"] if sent.is_update and sent.held else None
    if here.settings.minor >= 43 and status in NOT_OF_SINGLE_EVENTS:
        yield "E1318", f"Status `{status}` is not one of a single event."
    if was == status == "COMPLETED" and found.stage.get("blockEntryForm") and here.quirk("e1326"):
        yield "E1326", f"Event: `{sent.identity}` is completed and its stage blocks the entry form."
    if was == "COMPLETED" and status != "COMPLETED" and not here.settings.may("F_UNCOMPLETE_EVENT"):
        yield "E1083", f"User: `{here.me()['id']}`, is not authorized to modify completed events."
    if sent.body.get("completedAt") and status != "COMPLETED":
        yield "E1051", f"Event: `{sent.identity}` completedAt must be null when status is `{status}`."


def _dates(here: Instance, sent: Sent, found: Resolved) -> Iterator[Fault]:
    body, program = sent.body, found.program
    status = body.get("status") or "ACTIVE"
    day = _day(body.get("occurredAt"))
    if day is None and status not in NOT_OF_SINGLE_EVENTS:
        yield "E1031", "Event occurredAt date is missing."
        return
    if status == "SCHEDULE" and not body.get("scheduledAt"):
        yield "E1050", "Event scheduledAt date is missing."
    if here.settings.may(_NO_EXPIRED):
        return
    now = here.clock.now()
    days = int(program.get("completeEventsExpiryDays") or 0)
    completed = _day(
        (sent.held.body.get("completedAt") if sent.is_update and sent.held else None) or body.get("completedAt")
    )
    if days > 0 and completed and now.date() > completed + timedelta(days=days):
        yield (
            "E1043",
            f"Event: `{sent.identity}` completeness date has expired. Not possible to make changes to this event.",
        )
    days, kind = int(program.get("expiryDays") or 0), program.get("expiryPeriodType")
    if days > 0 and kind and (day := day or _day(body.get("scheduledAt"))):
        end = containing(kind, day).last
        if now > datetime.combine(end, datetime.min.time()) + timedelta(days=days + 1):
            yield (
                "E1047",
                f"Event: `{sent.identity}` date belongs to an expired period. It is not possible to create such event.",
            )


def _values(sent: Sent, names: Names, found: Resolved) -> Iterator[Fault]:
    parts = {p["dataElement"]["id"]: p for p in found.stage["programStageDataElements"]}
    given: dict[str, Any] = {}
    for value in sent.body.get("dataValues") or []:
        element = names.element(value.get("dataElement"))
        if element is None:
            yield "E1304", f"DataElement: `{value.get('dataElement')}`, is not a valid data element."
        elif element["id"] not in parts:
            yield "E1305", f"DataElement: `{element['id']}`, is not part of `{found.stage['id']}`."
        else:
            given[element["id"]] = value.get("value")
            yield from _value(names, parts[element["id"]], value.get("value"))
    before = {v["dataElement"] for v in sent.held.body["dataValues"]} if sent.is_update and sent.held else set()
    validates = (
        found.stage.get("validationStrategy") == "ON_UPDATE_AND_INSERT" or sent.body.get("status") == "COMPLETED"
    )
    for name, part in parts.items():
        if part.get("compulsory") and validates and name not in given and name not in before:
            yield "E1303", f"Mandatory DataElement: `{name}`, is not present."


def _value(names: Names, part: dict[str, Any], value: Any) -> Iterator[Fault]:
    element = part["dataElement"]
    if value is None:
        if part.get("compulsory"):
            yield "E1076", f"DataElement: `{element['id']}` is mandatory and cannot be null."
        return
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if why := misfit(text, element.get("valueType", "TEXT")):
        yield "E1302", f"DataElement: `{element['id']}`, is not valid: `{why}`."
        return
    known = names.options.get((element.get("optionSet") or {}).get("id"))
    if known is not None and text not in known:
        yield "E1125", f"Value: `{text}`, is not a valid option code in option set: `{element['optionSet']['id']}`."


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
