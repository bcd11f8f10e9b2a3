"""The import of 2.43 and after: the group is judged whole first, then its values; all that is taken counts as updated."""

from __future__ import annotations

from typing import Any

from appliance.standin.aggregate import completions, values
from appliance.standin.aggregate.kinds import COMMENT_MAX, misfit
from appliance.standin.aggregate.lookup import Lookup, Thing
from appliance.standin.aggregate.new_checks import GroupRefused, check_group, decoded
from appliance.standin.aggregate.options import Options
from appliance.standin.aggregate.summary import Result
from appliance.standin.aggregate.values import Row
from appliance.standin.instance import Instance


class NewEngine:
    """One import."""

    def __init__(self, here: Instance, options: Options) -> None:
        self._here, self._options = here, options
        self._lookup = Lookup(here.metadata)
        self._result = Result()

    def run(self, payload: dict[str, Any]) -> Result:
        """Import a payload: one fault of the group refuses all of it."""
        result = self._result
        try:
            data_set, rows = decoded(self._lookup, self._options, payload)
            if rows:
                data_set = check_group(self._here, self._lookup, data_set, rows, force=self._options.force)
            good = [row for row in rows if not self._is_refused(data_set, row)]
            if self._options.atomic and result.ignored:
                raise GroupRefused("E8000", f"{len(good)} of {len(rows)} values could be stored, and all must be")
        except GroupRefused as fault:
            result.conflicts.append(_conflict(fault.code, fault.text, fault.args_))
            result.nothing(0)
            return result
        if not self._options.dry_run:
            for row in good:
                values.put(self._here, row)
        if self._options.strategy == "DELETE":
            result.deleted = len(good)
        else:
            result.updated = len(good)
        self._complete(payload, data_set, rows)
        return result

    def _is_refused(self, data_set: Thing | None, row: Row) -> bool:
        if row.deleted:
            return False
        code, text = self._fault(data_set, row)
        if not code:
            return False
        self._result.ignored += 1
        self._result.rejected.add(row.index)
        self._result.conflicts.append(_conflict(code, text, [str(row.index), row.key[0]], row.index))
        return True

    def _fault(self, data_set: Thing | None, row: Row) -> tuple[str, str]:
        """Code and words of what is wrong with one value; two empty texts when nothing is."""
        element = self._lookup.elements[row.key[0]]
        kind = element.get("valueType", "NUMBER")
        wants_comment = bool((data_set or {}).get("noValueRequiresComment"))
        if row.value in (None, ""):
            if wants_comment:
                return ("", "") if row.comment else ("E8121", f"Data value {row.index} needs a value or a comment")
            return "E8120", f"Data value {row.index} needs a value"
        if why := misfit(row.value or "", kind):
            return "E8122", f"Data value {row.index} is not valid for the type {kind}: {why}"
        known = self._lookup.options.get((element.get("optionSet") or {}).get("id"))
        if known is not None and row.value not in known:
            return "E8123", f"Data value {row.index} is not an option of data element {row.key[0]}: {row.value}"
        comments = self._lookup.options.get((element.get("commentOptionSet") or {}).get("id"))
        if comments is not None and row.comment not in comments:
            return "E8124", f"The comment of data value {row.index} is not an option: {row.comment}"
        if row.comment and len(row.comment) > COMMENT_MAX:
            return "E8125", f"The comment of data value {row.index} is longer than {COMMENT_MAX}"
        return "", ""

    def _complete(self, payload: dict[str, Any], data_set: Thing | None, rows: list[Row]) -> None:
        """After the values, and only when each was taken and it is no dry run."""
        day = payload.get("completeDate")
        if not day:
            return
        if self._options.dry_run or not rows or data_set is None:
            self._result.conflicts.append(_conflict("E8008", "The data set is not completed: nothing was stored", []))
        elif self._result.ignored:
            self._result.conflicts.append(_conflict("E8009", "The data set is not completed: values were refused", []))
        else:
            _, period, unit, _, attribute = rows[0].key
            completions.put(self._here, (data_set["id"], period, unit, attribute), str(day)[:10])
            self._result.complete = str(day)[:10]


def _conflict(code: str, text: str, args: list[str], number: int | None = None) -> Thing:
    made: Thing = {"objects": {"args": "-".join(args)}, "value": text, "errorCode": code}
    return made if number is None else {**made, "indexes": [number]}
