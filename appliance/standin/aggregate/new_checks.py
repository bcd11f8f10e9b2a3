"""What refuses a whole group on the new engine, in its order: names, rights, pairings, time."""

from __future__ import annotations

from typing import Any

from appliance.standin.aggregate import locks
from appliance.standin.aggregate.lookup import Lookup, Thing, index, is_combo_writable, is_writable
from appliance.standin.aggregate.options import Options
from appliance.standin.aggregate.values import Row
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO, is_uid
from appliance.standin.wire.periods import Period, period


class GroupRefused(Exception):
    """Nothing of the group is stored."""

    def __init__(self, code: str, text: str, args: list[str] | None = None) -> None:
        super().__init__(code)
        self.code, self.text, self.args_ = code, text, args or []


def decoded(lookup: Lookup, options: Options, payload: dict[str, Any]) -> tuple[Thing | None, list[Row]]:
    """Names turned into ids; raises `GroupRefused`. What a value says wins over the top of the payload."""
    data_set = None
    if given := payload.get("dataSet"):
        data_set = lookup.data_set(given, options.sets)
        if data_set is None and options.sets.upper() != "UID":
            raise GroupRefused("E8005", f"Data set does not exist: {given}", [str(given)])
        if data_set is None and not is_uid(given):
            raise GroupRefused("E8004", f"Data set is no UID: {given}", [str(given)])
        # One that does not exist is found out later: nobody may write to it, and it holds nothing.
        data_set = data_set or {"id": given, "access": {"data": {"write": False}}, "dataSetElements": []}
    names = {
        "dataElement": index(lookup.elements.values(), options.elements),
        "orgUnit": index(lookup.units, options.units),
        "categoryOptionCombo": index(lookup.combos.values(), options.combos),
        "attributeOptionCombo": index(lookup.combos.values(), options.attribute_combos),
    }
    schemes = {"dataElement": options.elements, "orgUnit": options.units, "categoryOptionCombo": options.combos, "attributeOptionCombo": options.attribute_combos}  # fmt: skip
    rows = []
    for number, raw in enumerate(payload.get("dataValues") or []):
        held = {"period": payload.get("period"), "orgUnit": payload.get("orgUnit"), "attributeOptionCombo": payload.get("attributeOptionCombo")}  # fmt: skip
        held |= {name: given for name, given in raw.items() if given is not None}
        when = period(str(held.get("period") or payload.get("period") or ""), dashed=True)
        if when is None:
            raise GroupRefused("E8100", f"Data value {number} has no period that can be read: {held.get('period')}")
        element = _id(names, schemes, "dataElement", held, number, ("E8102", "E8104", "E8103"))
        unit = _id(names, schemes, "orgUnit", held, number, ("E8105", "E8106", "E8107"))
        coc = _id(names, schemes, "categoryOptionCombo", held, number, ("", "E8109", "E8108"))
        aoc = _id(names, schemes, "attributeOptionCombo", held, number, ("", "E8111", "E8110"))
        value = raw.get("value")
        text = (str(value).lower() if isinstance(value, bool) else str(value)) if value is not None else None
        rows.append(
            Row(
                index=number, key=(element, when.name, unit, coc, aoc), value=text, comment=raw.get("comment"),
                followup=bool(raw.get("followUp")), deleted=raw.get("deleted") is True or options.strategy == "DELETE",
            )
        )  # fmt: skip
    return data_set, rows


def _id(names: Any, schemes: Any, what: str, held: dict[str, Any], number: int, codes: tuple[str, str, str]) -> str:
    """An id; by UID any well-formed one passes here, whether it exists is asked later."""
    missing, malformed, unknown = codes
    given = held.get(what)
    if given is None or (given == "" and not missing):
        if not missing:
            return DEFAULT_COMBO
        raise GroupRefused(missing, f"Data value {number} has no {what}", [str(number)])
    if schemes[what].upper() == "UID":
        if is_uid(given):
            return str(given)
        raise GroupRefused(malformed, f"Data value {number}: {what} is no UID: {given}", [str(number), str(given)])
    if given not in names[what]:
        raise GroupRefused(unknown, f"Data value {number}: {what} does not exist: {given}", [str(number), str(given)])
    return str(names[what][given]["id"])


def check_group(here: Instance, lookup: Lookup, data_set: Thing | None, rows: list[Row], *, force: bool) -> Thing:
    """Rights, pairings and time; returns the data set; raises `GroupRefused`."""
    elements = sorted({row.key[0] for row in rows})
    if data_set is None:
        found = {s["id"]: s for e in elements for s in lookup.sets_of.get(e, [])}
        if not found:
            raise GroupRefused("E8003", f"No data set holds {elements}", elements)
        if len(found) > 1:
            raise GroupRefused("E8002", f"Name the data set, it may be any of {sorted(found)}", sorted(found))
        data_set = next(iter(found.values()))
    _check_access(here, lookup, data_set, rows)
    _check_pairings(lookup, data_set, rows)
    _check_keys(lookup, rows)
    if not (force and here.settings.may("ALL")):
        _check_time(here, lookup, data_set, rows)
    return data_set


def _check_access(here: Instance, lookup: Lookup, data_set: Thing, rows: list[Row]) -> None:
    if here.settings.may("ALL"):
        return
    if not is_writable(data_set):
        raise GroupRefused("E8010", f"No write access to data set {data_set['id']}", [data_set["id"]])
    if out := sorted({r.key[2] for r in rows if not here.is_mine(r.key[2])}):
        raise GroupRefused("E8011", f"Org units outside the user's hierarchy: {out}", out)
    combos = {name for r in rows for name in r.key[3:]}
    if out := sorted(c for c in combos if c in lookup.combos and not is_combo_writable(lookup.combos[c])):
        raise GroupRefused("E8012", f"No write access to category options of {out}", out)


def _check_pairings(lookup: Lookup, data_set: Thing, rows: list[Row]) -> None:
    name, parts = data_set["id"], {p["dataElement"]["id"]: p for p in data_set["dataSetElements"]}
    if out := sorted({r.key[0] for r in rows} - set(parts)):
        raise GroupRefused("E8020", f"Data elements not in data set {name}: {out}", [name, *out])
    units = {u["id"] for u in lookup.units}
    if out := sorted({r.key[2] for r in rows if r.key[2] not in units or not lookup.is_assigned(data_set, r.key[2])}):
        raise GroupRefused("E8022", f"Org units not in data set {name}: {out}", [name, *out])
    if out := sorted({r.key[1] for r in rows if _period(r).kind != data_set.get("periodType", "Monthly")}):
        raise GroupRefused("E8021", f"Periods not of the type of data set {name}: {out}", [name, *out])
    known = {c["id"] for c in lookup.attribute_combos(data_set)}
    if out := sorted({r.key[4] for r in rows} - known):
        raise GroupRefused("E8023", f"Attribute option combos not of data set {name}: {out}", [name, *out])
    fitting = {e: {c["id"] for c in lookup.combo_of(data_set, e, p)["categoryOptionCombos"]} for e, p in parts.items()}
    for row in rows:
        if row.key[3] not in fitting[row.key[0]]:
            text = f"Category option combo {row.key[3]} is not of data element {row.key[0]} in data set {name}"
            raise GroupRefused("E8024", text, [name, row.key[0], row.key[3]])
    for row in rows:
        if locks.is_outside_units(lookup.combos[row.key[4]], row.key[2]):
            text = f"Org unit {row.key[2]} is not one of attribute option combo {row.key[4]}"
            raise GroupRefused("E8025", text, [row.key[4], row.key[2]])


def _check_keys(lookup: Lookup, rows: list[Row]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        if row.key in seen:
            text = f"Data values {[seen[row.key], row.index]} are the same: {'-'.join(row.key)}"
            raise GroupRefused("E8128", text, [str(seen[row.key]), str(row.index)])
        seen[row.key] = row.index
    units = {u["id"]: u for u in lookup.units}
    for row in rows:
        if locks.is_unit_shut(units[row.key[2]], _period(row)):
            text = f"Org unit {row.key[2]} is not open in {row.key[1]}"
            raise GroupRefused("E8031", text, [row.key[2], row.key[1]])


def _check_time(here: Instance, lookup: Lookup, data_set: Thing, rows: list[Row]) -> None:
    name = data_set["id"]
    for when, unit in sorted({(r.key[1], r.key[2]) for r in rows}):
        held = period(when)
        assert held is not None  # noqa: S101 - it was decoded above
        if data_set.get("dataInputPeriods"):
            state = locks.input_period(here, data_set, held)
            is_shut = state != "open"
            if here.quirk("input_period_inverted") and state != "unlisted":
                is_shut = state == "open"
        else:
            is_shut = locks.is_expired(here, lookup, data_set, held, unit) or locks.is_too_early(here, data_set, held)
        if is_shut:
            raise GroupRefused("E8030", f"Period {when} is not open for data set {name}", [name, when])
        if locks.is_approved(data_set, held, unit):
            raise GroupRefused("E8033", f"Already approved: {name}, {unit}, {when}", [name, unit, when])
        for combo in sorted({r.key[4] for r in rows}):
            if locks.is_outside_span(lookup.combos[combo], held):
                raise GroupRefused("E8032", f"Period {when} is outside the span of {combo}", [combo, when])


def _period(row: Row) -> Period:
    held = period(row.key[1])
    assert held is not None  # noqa: S101 - it was decoded before
    return held
