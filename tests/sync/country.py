"""A national instance of realistic weight for counting bytes: both monthly forms, over TLS, behind no compressing proxy.

It answers what DHIS2 answers, in its compact JSON and with its ETags, and holds what it is sent.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import string
from collections.abc import Sequence
from typing import Any

from appliance.sync.dhis2.matching import Cell
from tests.sync.counterparty import Asked, Counterparty, Reply

_LETTERS = string.ascii_letters
UNIT = {"code": "ML0417", "name": "CSCom de Farabani", "openingDate": "1999-01-01T00:00:00.000"}
INFO_BYTES = 2_400
"""What `system/info` of a real instance weighs."""


class Country:
    """The names of a country by our forms' own cells: an element a row with its ages and sexes as a combination;
    a form named in `flat` has an element for every cell instead."""

    def __init__(
        self, forms: dict[str, Sequence[Cell]], *, flat: Sequence[str] = (), lists: bool = True, has_etags: bool = True
    ) -> None:
        self._flat, self.lists = flat, lists
        self._chance, self.has_etags = random.Random(7), has_etags
        self.default = {"id": self.uid(), "code": "default", "name": "default"}
        self.combos: dict[tuple[tuple[str, ...], ...], dict[str, Any]] = {}
        self.unit = {"id": self.uid(), **UNIT}
        self.sets = {form: self._set(form, cells) for form, cells in forms.items()}
        self.values: dict[tuple[str, str, str], str] = {}
        self.plain_read = 0

    def uid(self) -> str:
        return self._chance.choice(_LETTERS) + "".join(self._chance.choices(_LETTERS + string.digits, k=10))

    def _set(self, form: str, cells: Sequence[Cell]) -> dict[str, Any]:
        rows: dict[str, list[Cell]] = {}
        for cell in cells:
            if form in self._flat:
                code = "_".join((cell.code, *cell.disaggregation.values()))
                rows[code] = [Cell(code=code, disaggregation={}, name=cell.name)]
            else:
                rows.setdefault(cell.code, []).append(cell)
        entries = []
        for code, of_row in rows.items():
            element = {
                "id": self.uid(), "code": code, "name": f"{form} - {of_row[0].name or code}"[:60],
                "valueType": "INTEGER_ZERO_OR_POSITIVE", "zeroIsSignificant": False, "aggregationType": "SUM",
            }  # fmt: skip
            entries.append({"dataElement": {**element, "categoryCombo": self._combo(of_row)}})
        return {
            "id": self.uid(), "code": form, "name": f"{form} mensuel", "version": 3, "periodType": "Monthly",
            "lastUpdated": "2026-01-12T09:11:30.455", "openFuturePeriods": 0, "expiryDays": 0, "timelyDays": 15,
            "compulsoryDataElementOperands": [], "dataSetElements": entries,
            "categoryCombo": {"id": self.uid(), "isDefault": True, "categoryOptionCombos": [self.default]},
        }  # fmt: skip

    def _combo(self, row: Sequence[Cell]) -> dict[str, Any]:
        shape = tuple(tuple(c.disaggregation.values()) for c in row)
        if shape not in self.combos:
            told = [
                {
                    "id": self.uid(), "name": ", ".join(c.option_names),
                    "categoryOptions": [
                        {"code": code, "name": name}
                        for code, name in zip(c.disaggregation.values(), c.option_names, strict=False)
                    ],
                }
                for c in row if c.disaggregation
            ] or [self.default]  # fmt: skip
            self.combos[shape] = {"id": self.uid(), "isDefault": told == [self.default], "categoryOptionCombos": told}
        return self.combos[shape]

    def serve(self, there: Counterparty) -> None:
        """Answer in place of what is laid."""

        def answer(asked: Asked) -> Reply:
            there.asked.append(asked)
            return self._answer(asked)

        there.answer = answer  # type: ignore[method-assign]

    def _answer(self, asked: Asked) -> Reply:
        if asked.method == "POST":
            return self._taken(asked)
        if asked.path == "/api/dataValueSets":
            return self._held(asked)
        told = self._told(asked)
        if told is None:
            return Reply(404, {"httpStatus": "Not Found", "httpStatusCode": 404, "status": "ERROR", "message": "no"})
        raw = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        if not self.has_etags:
            return Reply(body=raw)
        etag = f'"{hashlib.md5(raw, usedforsecurity=False).hexdigest()}"'
        if asked.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        return Reply(body=raw, headers={"ETag": etag})

    def _told(self, asked: Asked) -> Any:
        path, wanted = asked.path.removeprefix("/api/"), asked.query.get("filter", "")
        if path == "system/info":
            return {"version": "2.40.3", "serverDate": "2026-11-02T08:15:30.123", "rest": "x" * INFO_BYTES}
        if path == "me":
            return {"id": "meCSCOM0001", "username": "cscom.farabani", "authorities": ["F_DATAVALUE_ADD"]}
        if path == "organisationUnits":
            return {"organisationUnits": [self.unit | {"dataSets": [{"id": s["id"]} for s in self.sets.values()]}]}
        if path == "categoryOptionCombos":
            return {"categoryOptionCombos": [{"id": self.default["id"], "name": "default"}]}
        if path == "dataSets":
            found = self.sets[wanted.removeprefix("code:eq:")]
            return {"dataSets": [{k: found[k] for k in ("id", "code", "name", "lastUpdated", "version")}]}
        if path == "categoryCombos" and not self.lists:
            return None
        if path == "categoryCombos":
            ids = wanted.removeprefix("id:in:[").removesuffix("]").split(",")
            return {"categoryCombos": [c for c in self.combos.values() if c["id"] in ids]}
        found_set = next((s for s in self.sets.values() if path == f"dataSets/{s['id']}"), None)
        return (
            found_set
            if found_set is None or "categoryCombo[id]" not in asked.query["fields"]
            else _apart(found_set, asked)
        )

    def _taken(self, asked: Asked) -> Reply:
        values, changed = asked.body.get("dataValues") or (), 0
        for v in values:
            key = (asked.body["period"], v["dataElement"], v["categoryOptionCombo"])
            changed += v["value"] != "0" and self.values.get(key) != v["value"]
            if v["value"] != "0":
                self.values[key] = v["value"]
        options = {"importStrategy": "CREATE_AND_UPDATE", "mergeMode": "REPLACE", "idSchemes": {}, "dryRun": False}
        inner = {
            "responseType": "ImportSummary", "status": "SUCCESS", "importOptions": options,
            "description": "Import process completed successfully", "conflicts": [], "dataSetComplete": "false",
            "importCount": {"imported": changed, "updated": 0, "ignored": 0, "deleted": 0},
        }  # fmt: skip
        return Reply(body={"httpStatus": "OK", "httpStatusCode": 200, "status": "OK", "response": inner})

    def _held(self, asked: Asked) -> Reply:
        period, unit = asked.query["period"], asked.query["orgUnit"]
        place = {"dataSet": asked.query["dataSet"], "period": period, "orgUnit": unit}
        elements = {
            e["dataElement"]["id"]
            for s in self.sets.values()
            if s["id"] == place["dataSet"]
            for e in s["dataSetElements"]
        }
        held = [
            {
                "dataElement": element, "period": period, "orgUnit": unit, "categoryOptionCombo": combo,
                "attributeOptionCombo": self.default["id"], "value": value, "storedBy": "cscom.farabani",
                "created": "2026-11-02T08:16:02.118", "lastUpdated": "2026-11-02T08:16:02.118", "followup": False,
            }
            for (of, element, combo), value in self.values.items() if of == period and element in elements
        ]  # fmt: skip
        raw = json.dumps(place | ({"dataValues": held} if held else {}), separators=(",", ":")).encode()
        self.plain_read = len(raw)
        return Reply(body=gzip.compress(raw) if asked.query.get("compression") == "gzip" else raw)


def _apart(body: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """The set with UIDs of combinations only, and of each element only what was asked for."""
    wanted = asked.query["fields"].rpartition("dataElement[")[2].partition(",categoryCombo")[0].split(",")
    entries = [
        {
            "dataElement": {k: e["dataElement"][k] for k in wanted}
            | {"categoryCombo": {"id": e["dataElement"]["categoryCombo"]["id"]}}
        }
        for e in body["dataSetElements"]
    ]
    return {**body, "dataSetElements": entries}
