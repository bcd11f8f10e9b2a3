"""National-like metadata made from a neutral description of forms: UIDs by hash, so that they never change."""

from __future__ import annotations

import hashlib
from itertools import product
from typing import Any

DEFAULT_COMBO = "HllvX50cXC0"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uid(text: str) -> str:
    """A valid UID for a name."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    number, first = divmod(number, 52)
    made, symbols = _LETTERS[first], _LETTERS + "0123456789"
    for _ in range(10):
        number, rest = divmod(number, 62)
        made += symbols[rest]
    return made


def from_forms(forms: list[dict[str, Any]], facility_code: str, facility_name: str) -> dict[str, Any]:
    """Data sets with elements and combinations, and one org unit.

    A form is `{"code", "name", "elements": [{"code", "name", "value_type", "zero_is_significant", "categories"}],
    "categories": {code: [{"code", "name"}]}}`.
    """
    unit = {
        "id": uid(f"ou:{facility_code}"),
        "code": facility_code,
        "name": facility_name,
        "openingDate": "1990-01-01T00:00:00.000",
    }
    return {"organisationUnits": [unit], "dataSets": [_data_set(form) for form in forms]}


def _data_set(form: dict[str, Any]) -> dict[str, Any]:
    elements = [
        {
            "dataElement": {
                "id": uid(f"de:{e['code']}"), "code": e["code"], "name": e["name"], "valueType": e["value_type"],
                "zeroIsSignificant": e["zero_is_significant"], "aggregationType": "SUM",
                "categoryCombo": _combo(e["categories"], form["categories"]),
            }
        }
        for e in form["elements"]
    ]  # fmt: skip
    return {
        "id": uid(f"ds:{form['code']}"), "code": form["code"], "name": form["name"], "periodType": "Monthly", "version": 1,
        "openFuturePeriods": 0, "expiryDays": 0, "timelyDays": 15, "dataSetElements": elements, "dataInputPeriods": [],
    }  # fmt: skip


def _combo(categories: list[str], known: dict[str, Any]) -> dict[str, Any]:
    if not categories:
        return {
            "id": "bjDvmb4bfuf",
            "categoryOptionCombos": [
                {"id": DEFAULT_COMBO, "code": "default", "name": "default", "categoryOptions": []}
            ],
        }
    combos = []
    for options in product(*(known[c] for c in categories)):
        code = "_".join(o["code"] for o in options)
        combos.append(
            {
                "id": uid(f"coc:{'/'.join(categories)}:{code}"), "code": code, "name": ", ".join(o["name"] for o in options),
                "categoryOptions": [{"id": uid(f"co:{o['code']}"), "code": o["code"], "name": o["name"]} for o in options],
            }
        )  # fmt: skip
    return {"id": uid(f"cc:{'/'.join(categories)}"), "categoryOptionCombos": combos}
