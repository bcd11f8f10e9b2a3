"""The import of 2.42 and before: value by value, a conflict for each that does not fit, the rest is stored."""

from __future__ import annotations

from typing import Any

from appliance.standin.aggregate import completions, values
from appliance.standin.aggregate.kinds import is_numeric, is_zero
from appliance.standin.aggregate.lookup import Lookup, Thing
from appliance.standin.aggregate.old_checks import Fault, Group, fault_of
from appliance.standin.aggregate.options import Options
from appliance.standin.aggregate.summary import Result
from appliance.standin.aggregate.values import Row
from appliance.standin.instance import Instance
from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.wire.periods import period


class OldEngine:
    """One import."""

    def __init__(self, here: Instance, options: Options) -> None:
        self._here, self._options = here, options
        self._lookup = Lookup(here.metadata)
        self._result = Result()

    def run(self, payload: dict[str, Any]) -> Result:
        """Import a payload. A fault at the top refuses all; below it every value stands for itself."""
        sent = payload.get("dataValues") or []
        group = Group(self._here, self._lookup, self._options, payload)
        if fault := group.fault:
            self._refuse(fault, None)
            self._result.nothing(len(sent))
            return self._result
        self._complete(payload, group)
        rows = []
        for number, raw in enumerate(sent):
            row = fault_of(group, number, raw)
            if isinstance(row, Fault):
                self._refuse(row, number)
            else:
                rows.append(row)
        for row in rows:
            self._store(row)
        return self._result

    def _complete(self, payload: dict[str, Any], group: Group) -> None:
        """A completion date is taken before any value is looked at, under the default combination, even on a dry run."""
        day, when = payload.get("completeDate"), period(str(payload.get("period") or ""))
        if not day or group.data_set is None or group.unit is None or when is None:
            return
        if self._options.dry_run and not self._here.quirk("complete_on_dryrun"):
            return
        day = min(str(day)[:10], self._here.clock.today().isoformat())
        completions.put(self._here, (group.data_set["id"], when.name, group.unit["id"], DEFAULT_COMBO), day)
        self._result.complete = day

    def _refuse(self, fault: Fault, number: int | None) -> None:
        """Values refused for the same cause share one conflict."""
        result = self._result
        if number is not None:
            result.ignored += 1
            result.rejected.add(number)
        for conflict in result.conflicts:
            if conflict["errorCode"] == fault.code and conflict["value"] == fault.text:
                conflict["indexes"].append(number)
                return
        made: Thing = {
            "object": fault.thing, "objects": {fault.what: fault.thing}, "value": fault.text, "errorCode": fault.code,
            "property": fault.prop, "indexes": [] if number is None else [number],
        }  # fmt: skip
        result.conflicts.append({name: held for name, held in made.items() if held is not None})

    def _store(self, row: Row) -> None:
        result, options, here = self._result, self._options, self._here
        held = values.held(here, row.key)
        exists = held is not None and not held.deleted
        if row.deleted or options.strategy == "DELETE" or self._is_dropped(row):
            if exists:
                result.deleted += 1
                self._put(Row(index=row.index, key=row.key, value=None, deleted=True))
            elif row.deleted or options.strategy == "DELETE":
                result.ignored += 1
            return
        if (options.strategy == "CREATE" and exists) or (options.strategy == "UPDATE" and not exists):
            result.ignored += 1
            return
        same = (row.value, row.comment, row.followup)
        is_same = exists and held is not None and (held.value, held.comment, held.followup) == same
        if is_same and here.quirk("unchanged") == "ignored":
            result.ignored += 1
            return
        self._put(row)
        if exists:
            result.updated += 1
        else:
            result.imported += 1

    def _put(self, row: Row) -> None:
        if not self._options.dry_run:
            values.put(self._here, row)

    def _is_dropped(self, row: Row) -> bool:
        """A zero that means nothing is not stored, not counted, and nobody is told."""
        element = self._lookup.elements[row.key[0]]
        is_average = str(element.get("aggregationType", "SUM")).startswith("AVERAGE")
        means_nothing = not element.get("zeroIsSignificant") and not is_average
        is_empty = row.value is not None and is_numeric(element.get("valueType", "NUMBER")) and is_zero(row.value)
        return bool(self._here.quirk("zero_dropped")) and means_nothing and is_empty
