"""The exact bytes of a report as DHIS2 reads it: one data set, period and org unit; values as strings; ASCII only.

Period, org unit and data set stand at the top only (the two engines disagree on which level wins). No
`completeDate`: up to 2.42 it registers completion even when values are refused; completion has its own call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from appliance.sync.dhis2.matching import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One figure for one target; None withdraws a figure that was sent before."""

    target: Target
    value: int | str | None


def data_values(data_set: str, period: str, org_unit: str, values: Iterable[Value]) -> bytes:
    """The body of `POST /api/dataValueSets`. Two figures for one target are added up, since a key sent twice is refused."""
    merged: dict[tuple[str, str], int | str | None] = {}
    for item in values:
        key = (item.target.data_element, item.target.category_option_combo)
        before = merged.get(key)
        if isinstance(before, int) and isinstance(item.value, int):
            merged[key] = before + item.value
        else:
            merged[key] = item.value if item.value is not None else before
    body = {
        "dataSet": data_set,
        "period": period,
        "orgUnit": org_unit,
        "dataValues": [
            {"dataElement": element, "categoryOptionCombo": combo, **_written(value)}
            for (element, combo), value in merged.items()
        ],
    }
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()


def completion(data_set: str, period: str, org_unit: str, on: str) -> bytes:
    """The body of `POST /api/completeDataSetRegistrations`; here the key is `organisationUnit`. `on` is an ISO date."""
    entry = {
        "dataSet": data_set,
        "period": period,
        "organisationUnit": org_unit,
        "date": on,
        "completed": True,
    }
    return json.dumps({"completeDataSetRegistrations": [entry]}, separators=(",", ":")).encode()


def misfit(value: int | str, value_type: str) -> str | None:
    """Why a figure can't be of this value type, or None: checked here since a refusal costs a round over 3G."""
    if value_type in ("INTEGER", "INTEGER_POSITIVE", "INTEGER_NEGATIVE", "INTEGER_ZERO_OR_POSITIVE"):
        if isinstance(value, bool) or not _is_integer(value):
            return "value-not-integer"
        if (value_type == "INTEGER_POSITIVE" and int(value) < 1) or (
            value_type == "INTEGER_ZERO_OR_POSITIVE" and int(value) < 0
        ):
            return "value-out-of-range"
    if value_type == "BOOLEAN" and str(value) not in ("true", "false"):
        return "value-not-boolean"
    return None


def _written(value: int | str | None) -> dict[str, object]:
    return {"deleted": True} if value is None else {"value": str(value)}


def _is_integer(value: int | str) -> bool:
    try:
        int(value)
    except ValueError:
        return False
    return True
