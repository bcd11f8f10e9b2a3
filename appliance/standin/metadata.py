"""National-like metadata made from neutral descriptions of forms and programs: UIDs by hash, so they never change.

The file that `--metadata` reads has the same shape: `organisationUnits`, `dataSets`, and, where wanted, `programs`,
`optionSets`, `users`, `userGroups` (as DHIS2 exports them) and `lockExceptions`. A data set or program without
`organisationUnits` is assigned everywhere; `access.data.write: false` takes away the right to write; `approved: true`
(or a list of period and orgUnit) stands for the approval workflow.
"""

from __future__ import annotations

import hashlib
import re
from itertools import product
from typing import Any

DEFAULT_COMBO = "HllvX50cXC0"
MADE_AT = "2026-01-05T08:00:00.000"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UID = re.compile(r"[a-zA-Z][a-zA-Z0-9]{10}")


def uid(text: str) -> str:
    """A valid UID for a name."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    number, first = divmod(number, 52)
    made, symbols = _LETTERS[first], _LETTERS + "0123456789"
    for _ in range(10):
        number, rest = divmod(number, 62)
        made += symbols[rest]
    return made


def is_uid(text: Any) -> bool:
    """Whether a text is a UID: a letter and ten letters or digits, case mattering."""
    return isinstance(text, str) and _UID.fullmatch(text) is not None


def default_category_combo() -> dict[str, Any]:
    """The combination of things that have no categories."""
    combo = {"id": DEFAULT_COMBO, "code": "default", "name": "default", "categoryOptions": []}
    return {
        "id": "bjDvmb4bfuf",
        "code": "default",
        "name": "default",
        "isDefault": True,
        "categoryOptionCombos": [combo],
    }


def from_forms(
    forms: list[dict[str, Any]], facility_code: str, facility_name: str, programs: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Data sets with elements and combinations, event programs, and one org unit.

    A form is `{"code", "name", "elements": [{"code", "name", "value_type", "zero_is_significant", "categories"}],
    "categories": {code: [{"code", "name"}]}}`, a program what `event_program` takes.
    """
    unit = {
        "id": uid(f"ou:{facility_code}"), "code": facility_code, "name": facility_name, "created": MADE_AT,
        "lastUpdated": MADE_AT, "openingDate": "1990-01-01T00:00:00.000",
    }  # fmt: skip
    made: dict[str, Any] = {
        "organisationUnits": [unit], "dataSets": [_data_set(form) for form in forms], "programs": [], "optionSets": [],
        "users": [], "userGroups": [], "lockExceptions": [],
    }  # fmt: skip
    for described in programs or []:
        add_program(made, described)
    return made


def add_program(metadata: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """Put an event program and its option sets into metadata; returns the program.

    `{"code", "name", "elements": [{"code", "name", "value_type", "compulsory", "options": [{"code", "name"}]}]}`, and
    as the stage and program have them `blockEntryForm`, `expiryDays`, `expiryPeriodType`, `completeEventsExpiryDays`.
    """
    elements = []
    for order, e in enumerate(described["elements"], 1):
        element = {
            "id": uid(f"de:{e['code']}"),
            "code": e["code"],
            "name": e["name"],
            "valueType": e.get("value_type", "TEXT"),
        }
        if e.get("options"):
            options = _option_set(e)
            metadata["optionSets"].append(options)
            element["optionSet"] = {"id": options["id"]}
        elements.append(
            {
                "compulsory": e.get("compulsory", False),
                "allowFutureDate": False,
                "sortOrder": order,
                "dataElement": element,
            }
        )
    stage = {
        "id": uid(f"ps:{described['code']}"), "name": described["name"], "repeatable": False,
        "blockEntryForm": described.get("blockEntryForm", False), "validationStrategy": "ON_COMPLETE",
        "programStageDataElements": elements,
    }  # fmt: skip
    program = {
        "id": uid(f"pr:{described['code']}"), "code": described["code"], "name": described["name"], "created": MADE_AT,
        "programType": "WITHOUT_REGISTRATION", "lastUpdated": MADE_AT, "version": 1, "programStages": [stage],
        "expiryDays": described.get("expiryDays", 0), "expiryPeriodType": described.get("expiryPeriodType"),
        "completeEventsExpiryDays": described.get("completeEventsExpiryDays", 0), "categoryCombo": default_category_combo(),
    }  # fmt: skip
    metadata["programs"].append(program)
    return program


def _option_set(element: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"id": uid(f"op:{element['code']}:{o['code']}"), "code": o["code"], "name": o["name"], "sortOrder": order}
        for order, o in enumerate(element["options"], 1)
    ]
    return {"id": uid(f"os:{element['code']}"), "code": element["code"], "name": element["name"], "version": 1, "valueType": "TEXT", "options": options}  # fmt: skip


def _data_set(form: dict[str, Any]) -> dict[str, Any]:
    elements = [
        {
            "dataElement": {
                "id": uid(f"de:{e['code']}"), "code": e["code"], "name": e["name"], "valueType": e["value_type"],
                "zeroIsSignificant": e["zero_is_significant"], "aggregationType": "SUM", "domainType": "AGGREGATE",
                "categoryCombo": _combo(e["categories"], form["categories"]),
            }
        }
        for e in form["elements"]
    ]  # fmt: skip
    return {
        "id": uid(f"ds:{form['code']}"), "code": form["code"], "name": form["name"], "periodType": "Monthly", "version": 1,
        "created": MADE_AT, "lastUpdated": MADE_AT, "openFuturePeriods": 0, "expiryDays": 0, "timelyDays": 15,
        "compulsoryFieldsCompleteOnly": False, "validCompleteOnly": False, "noValueRequiresComment": False,
        "categoryCombo": default_category_combo(), "compulsoryDataElementOperands": [], "dataInputPeriods": [],
        "dataSetElements": elements,
    }  # fmt: skip


def _combo(categories: list[str], known: dict[str, Any]) -> dict[str, Any]:
    if not categories:
        return default_category_combo()
    combos = []
    for options in product(*(known[c] for c in categories)):
        code = "_".join(o["code"] for o in options)
        combos.append(
            {
                "id": uid(f"coc:{'/'.join(categories)}:{code}"), "code": code, "name": ", ".join(o["name"] for o in options),
                "categoryOptions": [{"id": uid(f"co:{o['code']}"), "code": o["code"], "name": o["name"]} for o in options],
            }
        )  # fmt: skip
    name = "/".join(categories)
    return {"id": uid(f"cc:{name}"), "code": name, "name": name, "isDefault": False, "categoryOptionCombos": combos}
