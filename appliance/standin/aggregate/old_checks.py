"""What the old engine refuses, in its order: first at the top of a payload, then value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.standin.aggregate import locks
from appliance.standin.aggregate.kinds import COMMENT_MAX, misfit
from appliance.standin.aggregate.lookup import Lookup, Thing, index, is_combo_writable, is_writable
from appliance.standin.aggregate.options import Options
from appliance.standin.aggregate.values import Row
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.wire.periods import Period, period


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why something is refused: the code, what kind of thing it is about and which, and the words."""

    code: str
    what: str
    thing: Any
    text: str
    prop: str | None = None


class Group:
    """The top of a payload, with `fault` when that alone refuses it."""

    def __init__(self, here: Instance, lookup: Lookup, options: Options, payload: dict[str, Any]) -> None:
        self.here, self.lookup, self.options, self.payload = here, lookup, options, payload
        self.elements = index(lookup.elements.values(), options.elements)
        self.units = index(lookup.units, options.units)
        self.combos = index(lookup.combos.values(), options.combos)
        self.data_set = lookup.data_set(payload.get("dataSet"), options.sets)
        self.unit = self.units.get(payload.get("orgUnit") or "")
        self.fault = self._fault()

    def _fault(self) -> Fault | None:
        named, payload = "not found or not accessible", self.payload
        if (given := payload.get("dataSet")) and self.data_set is None:
            return Fault(code="E7600", what="dataSet", thing=given, text=f"Data set {named}: `{given}`")
        if self.data_set is not None and not is_writable(self.data_set):
            text = f"User does not have write access for DataSet: `{self.data_set['id']}`"
            return Fault(code="E7601", what="dataSet", thing=self.data_set["id"], text=text)
        if (given := payload.get("orgUnit")) and self.unit is None:
            return Fault(code="E7603", what="orgUnit", thing=given, text=f"Org unit {named}: `{given}`")
        if (given := payload.get("attributeOptionCombo")) and given not in self.combos:
            text = f"Attribute option combo {named}: `{given}`"
            return Fault(code="E7604", what="attributeOptionCombo", thing=given, text=text)
        return None


def fault_of(group: Group, number: int, raw: dict[str, Any]) -> Fault | Row:
    """The fault of one value, or the value understood. The top of the payload wins over what the value says."""
    payload = group.payload

    def at_top(name: str) -> Any:
        return payload.get(name) or raw.get(name)

    named = "not found or not accessible"
    element = group.elements.get(raw.get("dataElement") or "")
    if element is None:
        given = raw.get("dataElement")
        return Fault(
            code="E7610", what="dataElement", thing=given, text=f"Data element {named}: `{given}`", prop="dataElement"
        )
    when = period(str(at_top("period") or ""))
    if when is None:
        given = at_top("period")
        return Fault(code="E7611", what="period", thing=given, text=f"Period not valid: `{given}`", prop="period")
    unit = group.units.get(at_top("orgUnit") or "")
    if unit is None:
        given = at_top("orgUnit")
        return Fault(
            code="E7612", what="orgUnit", thing=given, text=f"Organisation unit {named}: `{given}`", prop="orgUnit"
        )
    combos = {}
    for name, code, wanted in (("categoryOptionCombo", "E7613", raw.get("categoryOptionCombo")), ("attributeOptionCombo", "E7615", at_top("attributeOptionCombo"))):  # fmt: skip
        if not wanted and name[0].upper() + name[1:] in group.options.requires:
            missing = {"categoryOptionCombo": "E7630", "attributeOptionCombo": "E7631"}[name]
            return Fault(
                code=missing, what=name, thing=None, text=f"{name} is required but is not specified", prop=name
            )
        combo = group.combos.get(wanted) if wanted else group.lookup.combos[DEFAULT_COMBO]
        if combo is None:
            return Fault(
                code=code, what=name, thing=wanted, text=f"{name} {named} for writing data: `{wanted}`", prop=name
            )
        if not is_combo_writable(combo):
            code = {"E7613": "E7614", "E7615": "E7616"}[code]
            return Fault(
                code=code, what=name, thing=wanted, text=f"{name} option not accessible: `{combo['id']}`", prop=name
            )
        combos[name] = combo
    coc, aoc = combos["categoryOptionCombo"], combos["attributeOptionCombo"]
    fault = (
        _value_fault(group, element, raw)
        or _unit_fault(group, unit)
        or _pairing_fault(group, element, when, unit, coc, aoc)
        or _lock_fault(group, element, when, unit, aoc)
    )
    if fault:
        return fault
    value = raw.get("value")
    text = (str(value).lower() if isinstance(value, bool) else str(value)) if value is not None else None
    return Row(
        index=number, key=(element["id"], when.name, unit["id"], coc["id"], aoc["id"]), value=text,
        comment=raw.get("comment"), followup=bool(raw.get("followup")), deleted=raw.get("deleted") is True,
    )  # fmt: skip


def _unit_fault(group: Group, unit: Thing) -> Fault | None:
    if group.here.is_mine(unit["id"]):
        return None
    text = f"Organisation unit: `{unit['id']}` not in hierarchy of current user: `{group.here.me()['id']}`"
    return Fault(code="E7617", what="orgUnit", thing=unit["id"], text=text, prop="orgUnit")


def _value_fault(group: Group, element: Thing, raw: dict[str, Any]) -> Fault | None:
    if raw.get("deleted") is True or group.options.strategy == "DELETE":
        return None
    name, value, comment = element["id"], raw.get("value"), raw.get("comment")
    if value in (None, "") and not comment:
        text = f"Data value or comment not specified for data element: `{name}`"
        return Fault(code="E7618", what="dataElement", thing=name, text=text, prop="value")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    kind = element.get("valueType", "NUMBER")
    if value not in (None, "") and (why := misfit(text, kind)):
        text = f"Value must match value type of data element `{name}`: `{why}`"
        return Fault(code="E7619", what="dataElement", thing=name, text=text, prop="value")
    if comment and len(comment) > COMMENT_MAX:
        return Fault(
            code="E7620", what="dataElement", thing=name, text="Invalid comment: `comment_too_long`", prop="comment"
        )
    known = group.lookup.options.get((element.get("optionSet") or {}).get("id"))
    if known is not None and value not in (None, "") and text not in known:
        text = f"Data value is not a valid option of the data element option set: `{name}`"
        return Fault(code="E7621", what="dataElement", thing=name, text=text, prop="value")
    return None


def _pairing_fault(group: Group, element: Thing, when: Period, unit: Thing, coc: Thing, aoc: Thing) -> Fault | None:
    """Checked only when a strict option or setting asks for it: else a wrong pairing is stored."""
    strict, name = group.options.strict, element["id"]
    sets = [group.data_set] if group.data_set else group.lookup.sets_of[name]
    if "periods" in strict and all(s.get("periodType") != when.kind for s in group.lookup.sets_of[name]):
        text = f"Period type of period: `{when.name}` not valid for data element: `{name}`"
        return Fault(code="E7632", what="period", thing=when.name, text=text, prop="period")
    if "dataElements" in strict and group.data_set and group.data_set not in group.lookup.sets_of[name]:
        text = f"Data element: `{name}` is not part of dataset: `{group.data_set['id']}`"
        return Fault(code="E7633", what="dataElement", thing=name, text=text, prop="dataElement")
    if "categoryOptionCombos" in strict:
        known = [c["id"] for c in group.lookup.combo_of(group.data_set, name)["categoryOptionCombos"]]
        if coc["id"] not in known:
            text = f"Category option combo: `{coc['id']}` must be part of category combo of data element: `{name}`"
            return Fault(
                code="E7634", what="categoryOptionCombo", thing=coc["id"], text=text, prop="categoryOptionCombo"
            )
    combos = {c["id"] for s in sets for c in group.lookup.attribute_combos(s)}
    if "attributeOptionCombos" in strict and aoc["id"] not in combos:
        text = f"Attribute option combo: `{aoc['id']}` must be part of category combo of data sets of data element: `{name}`"
        return Fault(code="E7635", what="attributeOptionCombo", thing=aoc["id"], text=text, prop="attributeOptionCombo")
    if "organisationUnits" in strict and not any(group.lookup.is_assigned(s, unit["id"]) for s in sets):
        text = f"Data element: `{name}` must be assigned through data sets to organisation unit: `{unit['id']}`"
        return Fault(code="E7636", what="orgUnit", thing=unit["id"], text=text, prop="orgUnit")
    return None


def _lock_fault(group: Group, element: Thing, when: Period, unit: Thing, aoc: Thing) -> Fault | None:
    """Locks of the data set, or of the element's first one; unit opening dates are not looked at by this engine."""
    here, lookup, name = group.here, group.lookup, element["id"]
    data_set = group.data_set or lookup.sets_of[name][0]
    if group.options.force and here.settings.may("ALL"):
        return None

    def fault(code: str, text: str) -> Fault:
        return Fault(code=code, what="period", thing=when.name, text=text, prop="period")

    if locks.is_outside_span(aoc, when):
        return fault(
            "E7638", f"Period: `{when.name}` is not within date range of attribute option combo: `{aoc['id']}`"
        )
    if locks.is_outside_units(aoc, unit["id"]):
        return fault(
            "E7639", f"Organisation unit: `{unit['id']}` is not valid for attribute option combo: `{aoc['id']}`"
        )
    if locks.is_expired(here, lookup, data_set, when, unit["id"]):
        return fault(
            "E7640", f"Current date is past expiry days for period: `{when.name}` and data set: `{data_set['id']}`"
        )
    if locks.is_too_early(here, data_set, when):
        return fault("E7641", f"Period: `{when.name}` is after latest open future period for data element: `{name}`")
    if locks.is_approved(data_set, when, unit["id"]):
        return fault(
            "E7642",
            f"Data already approved for data set: `{data_set['id']}` period: `{when.name}` org unit: `{unit['id']}`",
        )
    state = locks.input_period(here, data_set, when)
    if state == "closed":
        return fault("E7643", f"Period: `{when.name}` is not open for this data set at this time: `{data_set['id']}`")
    if state == "unlisted":
        return fault("E7644", f"Period: `{when.name}` does not conform to the open periods of associated data sets")
    return None
