"""Finding what an event names, by its id schemes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.standin.aggregate.lookup import Thing, index
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.metadata_api import objects
from appliance.standin.wire.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What an event is about."""

    program: Thing
    stage: Thing
    unit: Thing
    combo: Thing

    def ids(self) -> dict[str, str]:
        """As stored with the event."""
        return {
            "program": self.program["id"], "programStage": self.stage["id"], "orgUnit": self.unit["id"],
            "attributeOptionCombo": self.combo["id"],
        }  # fmt: skip


class Names:
    """The metadata of events, indexed for one request."""

    def __init__(self, here: Instance, request: Request) -> None:
        common = request.one("idScheme", "UID")
        metadata = here.metadata
        programs = metadata.get("programs", [])
        stages = [s for p in programs for s in p["programStages"]]
        elements = [x["dataElement"] for s in stages for x in s["programStageDataElements"]]
        elements += [x["dataElement"] for s in metadata["dataSets"] for x in s["dataSetElements"]]
        self._programs = index(programs, request.one("programIdScheme", common))
        self._stages = index(stages, request.one("programStageIdScheme", common))
        self._units = index(metadata["organisationUnits"], request.one("orgUnitIdScheme", common))
        self._elements = index(elements, request.one("dataElementIdScheme", common))
        self._combos = index(objects(here, "categoryOptionCombos"), request.one("categoryOptionComboIdScheme", common))
        self._default = next(c for c in self._combos.values() if c["id"] == DEFAULT_COMBO)
        self.options = {s["id"]: {o["code"] for o in s["options"]} for s in metadata.get("optionSets", [])}

    def program(self, body: dict[str, Any]) -> Thing | None:
        """The program named, or the one of the stage named."""
        if body.get("program"):
            return self._programs.get(body["program"])
        stage = self.stage(body)
        return next((p for p in self._programs.values() if stage and stage in p["programStages"]), None)

    def stage(self, body: dict[str, Any]) -> Thing | None:
        """The stage named, or the only one of the program."""
        if body.get("programStage"):
            return self._stages.get(body["programStage"])
        program = self._programs.get(body.get("program") or "")
        stages = program["programStages"] if program else []
        return stages[0] if stages else None

    def unit(self, body: dict[str, Any]) -> Thing | None:
        """The org unit."""
        return self._units.get(body.get("orgUnit") or "")

    def combo(self, body: dict[str, Any]) -> Thing | None:
        """The attribute option combination, the default one when none is named."""
        given = body.get("attributeOptionCombo")
        return self._combos.get(given) if given else self._default

    def element(self, name: Any) -> Thing | None:
        """A data element."""
        return self._elements.get(name)

    def resolved(self, body: dict[str, Any]) -> Resolved | None:
        """Everything that an event names; None when something is not known."""
        program, stage, unit, combo = self.program(body), self.stage(body), self.unit(body), self.combo(body)
        if program is None or stage is None or unit is None or combo is None:
            return None
        return Resolved(program=program, stage=stage, unit=unit, combo=combo)
