"""Finding things of the metadata by any id scheme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from appliance.standin.metadata import DEFAULT_COMBO, default_category_combo

Thing = dict[str, Any]


def named(thing: Thing, scheme: str) -> str | None:
    """What a thing is called in a scheme; None when it has no such name."""
    if scheme.upper().startswith("ATTRIBUTE:"):
        wanted = scheme.split(":", 1)[1]
        values = thing.get("attributeValues", [])
        return next((v["value"] for v in values if v["attribute"]["id"] == wanted), None)
    return thing.get({"CODE": "code", "NAME": "name"}.get(scheme.upper(), "id"))


def index(things: Iterable[Thing], scheme: str) -> dict[str, Thing]:
    """Name -> thing."""
    return {name: thing for thing in things if (name := named(thing, scheme)) is not None}


class Lookup:
    """One metadata, indexed for one import."""

    def __init__(self, metadata: Thing) -> None:
        self.sets: list[Thing] = metadata["dataSets"]
        self.units: list[Thing] = metadata["organisationUnits"]
        self.options = {s["id"]: {o["code"] for o in s["options"]} for s in metadata.get("optionSets", [])}
        self.exceptions: list[Thing] = metadata.get("lockExceptions", [])
        self.elements: dict[str, Thing] = {}
        self.sets_of: dict[str, list[Thing]] = {}
        self.combos: dict[str, Thing] = {c["id"]: c for c in default_category_combo()["categoryOptionCombos"]}
        for data_set in self.sets:
            for part in data_set["dataSetElements"]:
                element = part["dataElement"]
                self.elements[element["id"]] = element
                self.sets_of.setdefault(element["id"], []).append(data_set)
                for combo in self.combo_of(data_set, element["id"], part)["categoryOptionCombos"]:
                    self.combos.setdefault(combo["id"], combo)
            for combo in self.attribute_combos(data_set):
                self.combos.setdefault(combo["id"], combo)

    def data_set(self, name: Any, scheme: str) -> Thing | None:
        """A data set by its name in a scheme."""
        return index(self.sets, scheme).get(name)

    def unit(self, name: Any, scheme: str) -> Thing | None:
        """An org unit by its name in a scheme."""
        return index(self.units, scheme).get(name)

    def combo_of(self, data_set: Thing | None, element: str, part: Thing | None = None) -> Thing:
        """The effective category combination: that of the data set's element if it has one, else the element's own."""
        if part is None and data_set is not None:
            part = next((p for p in data_set["dataSetElements"] if p["dataElement"]["id"] == element), None)
        held = (part or {}).get("categoryCombo") or self.elements[element].get("categoryCombo")
        return held if held and held.get("categoryOptionCombos") else default_category_combo()

    def attribute_combos(self, data_set: Thing) -> list[Thing]:
        """The attribute option combinations of a data set."""
        held = data_set.get("categoryCombo") or default_category_combo()
        found: list[Thing] = held.get("categoryOptionCombos") or []
        return found

    def is_assigned(self, data_set: Thing, unit: str) -> bool:
        """Whether a data set is filled in at a unit; one without a list is filled in everywhere."""
        held = data_set.get("organisationUnits")
        return held is None or any(u["id"] == unit for u in held)

    def is_exempt(self, data_set: Thing, period: str, unit: str) -> bool:
        """Whether a lock exception stands."""
        wanted = (data_set["id"], period, unit)
        return any((e["dataSet"], e["period"], e["organisationUnit"]) == wanted for e in self.exceptions)


def is_writable(thing: Thing) -> bool:
    """Data write sharing; a thing that says nothing may be written."""
    return bool(thing.get("access", {}).get("data", {}).get("write", True))


def is_combo_writable(combo: Thing) -> bool:
    """Write sharing of each category option of a combination."""
    return combo["id"] == DEFAULT_COMBO or all(is_writable(o) for o in combo.get("categoryOptions", []))
