"""The exact bytes of a report as DHIS2 reads it: one data set, period and org unit; values as strings; ASCII only.

Period, org unit and data set stand at the top only (the two engines disagree on which level wins). No
`completeDate`: up to 2.42 it registers completion even when values are refused; completion has its own call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from appliance.sync.dhis2.book import Key, is_numeric

_INTEGER = re.compile(r"-?[0-9]{1,10}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_INT_MAX = 2**31 - 1
_TEXT_MAX = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit(Exception):
    """A figure that can't be of its value type: `code` is value-not-integer, value-out-of-range, …"""

    code: str


def data_values(
    data_set: str, period: str, org_unit: str, values: Iterable[tuple[Key, str | None]], attribute_combo: str = ""
) -> bytes:
    """The body of `POST /api/dataValueSets`, each key once; None withdraws a figure: leaving it out would do nothing."""
    body: dict[str, Any] = {"dataSet": data_set, "period": period, "orgUnit": org_unit}
    if attribute_combo:
        body["attributeOptionCombo"] = attribute_combo
    body["dataValues"] = [
        {
            "dataElement": element,
            "categoryOptionCombo": combo,
            **({"deleted": True} if value is None else {"value": value}),
        }
        for (element, combo), value in values
    ]
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()


def completion(data_set: str, period: str, org_unit: str, on: str, attribute_combo: str = "") -> bytes:
    """The body of `POST /api/completeDataSetRegistrations`; here the key is `organisationUnit`. `on` is an ISO date."""
    entry: dict[str, Any] = {"dataSet": data_set, "period": period, "organisationUnit": org_unit}
    if attribute_combo:
        entry["attributeOptionCombo"] = attribute_combo
    entry |= {"date": on, "completed": True}
    return json.dumps({"completeDataSetRegistrations": [entry]}, ensure_ascii=True, separators=(",", ":")).encode()


def values_in(payload: bytes) -> list[tuple[Key, str | None]]:
    """The values of a body that `data_values` made, in its order."""
    return [
        ((v["dataElement"], v["categoryOptionCombo"]), None if v.get("deleted") else v["value"])
        for v in json.loads(payload)["dataValues"]
    ]


def only(payload: bytes, positions: Sequence[int]) -> bytes:
    """The same body with only some of its values: what a proxy or one bad value makes necessary."""
    body = json.loads(payload)
    body["dataValues"] = [body["dataValues"][i] for i in positions]
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()


def added_up(figures: Sequence[int | str]) -> int | str:
    """Several of our cells for one place there: numbers are added, words must agree.

    Raises `Misfit("two-values-one-place")`.
    """
    if len(figures) == 1 or (len(set(map(str, figures))) == 1 and not _all_numbers(figures)):
        return figures[0]
    if not _all_numbers(figures):
        raise Misfit(code="two-values-one-place")
    return _plain(sum((Decimal(str(f)) for f in figures), Decimal(0)))


def written(value: int | str, value_type: str) -> str | None:
    """A figure as the string this value type wants; None where the type says it by having none (TRUE_ONLY).

    Checked here since a refusal costs a round over 3G. Raises `Misfit`.
    """
    text = str(value).strip()
    if is_numeric(value_type):
        return _number(text, value_type)
    if value_type in ("BOOLEAN", "TRUE_ONLY"):
        if text not in ("true", "false"):
            raise Misfit(code="value-not-boolean")
        return None if value_type == "TRUE_ONLY" and text == "false" else text
    if value_type == "DATE":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Misfit(code="value-not-date") from None
    if value_type in ("TEXT", "LONG_TEXT", "LETTER", "PHONE_NUMBER", "MULTI_TEXT", "USERNAME"):
        if not text or len(text) > (1 if value_type == "LETTER" else _TEXT_MAX):
            raise Misfit(code="value-not-text")
        return text
    raise Misfit(code="value-type-unknown")


def same_value(ours: str | None, theirs: str | None) -> bool:
    """Whether two stored values say the same: `5`, `5.0` and `05` do."""
    if ours is None or theirs is None:
        return ours is theirs
    try:
        return ours == theirs or Decimal(ours) == Decimal(theirs)
    except InvalidOperation:
        return False


def foreign(
    server_values: Iterable[Mapping[str, Any]], sending: Mapping[Key, str | None], ours: Mapping[Key, Sequence[str]]
) -> list[tuple[int, Mapping[str, Any]]]:
    """Values standing at the server that neither this sending nor an earlier one of ours put there, with the position
    in the sending that would overwrite them. They were typed by a person, or sent by this box before it was restored."""
    positions = {key: at for at, key in enumerate(sending)}
    found = []
    for held in server_values:
        key = (str(held.get("dataElement")), str(held.get("categoryOptionCombo")))
        value = held.get("value")
        if key not in positions or value is None or held.get("deleted") is True:
            continue
        if not any(same_value(known, str(value)) for known in (sending[key], *ours.get(key, ()))):
            found.append((positions[key], held))
    return found


def _number(text: str, value_type: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise Misfit(code="value-not-number")
    exact = Decimal(text)
    if value_type.startswith("INTEGER"):
        text = _plain(exact)
        if not _INTEGER.fullmatch(text):
            raise Misfit(code="value-not-integer")
        low = {"INTEGER_POSITIVE": 1, "INTEGER_ZERO_OR_POSITIVE": 0}.get(value_type, -_INT_MAX - 1)
        high = -1 if value_type == "INTEGER_NEGATIVE" else _INT_MAX
    else:
        low, high = {"PERCENTAGE": (0, 100), "UNIT_INTERVAL": (0, 1)}.get(value_type, (-(10**15), 10**15))
    if not low <= exact <= high:
        raise Misfit(code="value-out-of-range")
    return text


def _all_numbers(figures: Sequence[int | str]) -> bool:
    return all(_NUMBER.fullmatch(str(f)) for f in figures)


def _plain(number: Decimal) -> str:
    """Without exponent and without zeros behind the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
