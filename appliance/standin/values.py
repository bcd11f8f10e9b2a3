"""`POST /api/dataValueSets` on both engines: what is stored, counted, refused, and with which HTTP code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appliance.standin.metadata import DEFAULT_COMBO
from appliance.standin.settings import Settings
from appliance.standin.store import Store

STRATEGIES = ("CREATE_AND_UPDATE", "CREATE", "UPDATE", "DELETE")


@dataclass(slots=True)
class Result:
    """An import summary in the making."""

    imported: int = 0
    updated: int = 0
    ignored: int = 0
    deleted: int = 0
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    is_error: bool = False


@dataclass(slots=True)
class _Row:
    index: int
    element: dict[str, Any]
    key: tuple[str, ...]
    value: str | None
    comment: str | None
    deleted: bool


class Importer:
    """Imports one payload into one store under one stand-in's settings and metadata."""

    def __init__(self, settings: Settings, store: Store, metadata: dict[str, Any], today: date) -> None:
        self._settings, self._store, self._today = settings, store, today
        self._sets = metadata["dataSets"]
        self._units = metadata["organisationUnits"]
        self._is_old = settings.quirk("engine") == "old"

    def run(self, payload: dict[str, Any], params: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Import; returns the HTTP status and the envelope."""
        result = Result()
        strategy = params.get("importStrategy") or params.get("strategy") or "CREATE_AND_UPDATE"
        if self._is_old:
            strategy = payload.get("strategy") or strategy
        dry = params.get("dryRun", str(payload.get("dryRun", "false"))).lower() == "true"
        data_set, unit = self._group(payload, params, result)
        values = payload.get("dataValues") or []
        if not result.is_error and data_set is not None and unit is not None:
            complete_date = payload.get("completeDate")
            if complete_date and self._is_old and (not dry or self._settings.quirk("complete_on_dryrun")):
                self._store.complete(
                    (data_set["id"], payload["period"], unit["id"], DEFAULT_COMBO), complete_date, True
                )
            rows = self._rows(payload, data_set, unit, values, params, result)
            if not result.is_error:
                self._write(rows, strategy, result, dry=dry)
            if complete_date and not self._is_old and not dry and not result.ignored:
                self._store.complete(
                    (data_set["id"], payload["period"], unit["id"], DEFAULT_COMBO), complete_date, True
                )
        if result.is_error:
            result.imported = result.updated = result.deleted = 0
            result.ignored = len(values)
        return self._answer(result)

    def _group(self, payload: dict[str, Any], params: dict[str, str], result: Result) -> tuple[Any, Any]:
        scheme = params.get("dataSetIdScheme") or params.get("idScheme") or "UID"
        unit_scheme = params.get("orgUnitIdScheme") or params.get("idScheme") or "UID"
        data_set = _find(self._sets, payload.get("dataSet"), scheme)
        unit = _find(self._units, payload.get("orgUnit"), unit_scheme)
        if data_set is None:
            self._refuse(
                result,
                "E7600" if self._is_old else "E8002",
                f"Data set not found or not accessible: `{payload.get('dataSet')}`",
            )
        elif unit is None:
            self._refuse(
                result,
                "E7603" if self._is_old else "E8005",
                f"Org unit not found or not accessible: `{payload.get('orgUnit')}`",
            )
        elif not re.fullmatch(r"\d{6}", str(payload.get("period") or "")):
            self._refuse(
                result,
                "E7611" if self._is_old else "E8100",
                f"Period type of period: `{payload.get('period')}` not valid",
            )
        elif code := self._locked(data_set, unit, payload["period"]):
            self._refuse(result, code, f"Period: `{payload['period']}` is not open for data set: `{data_set['id']}`")
        return data_set, unit

    def _locked(self, data_set: dict[str, Any], unit: dict[str, Any], period: str) -> str | None:
        year, month = int(period[:4]), int(period[4:])
        now = self._today.year * 12 + self._today.month - 1
        behind = now - (year * 12 + month - 1)
        if behind <= -int(data_set.get("openFuturePeriods") or 0):
            return "E7641" if self._is_old else "E8030"
        expiry = float(data_set.get("expiryDays") or 0)
        end = date(year + month // 12, month % 12 + 1, 1)
        if expiry > 0 and (self._today - end).days > expiry:
            return "E7640" if self._is_old else "E8030"
        if data_set.get("approved"):
            return "E7642" if self._is_old else "E8033"
        inputs = data_set.get("dataInputPeriods") or []
        if inputs:
            listed = any(p["period"]["id"] == period for p in inputs)
            if listed == bool(self._settings.quirk("input_period_inverted")):
                return "E7643" if self._is_old else "E8030"
        opening = (unit.get("openingDate") or "1900-01-01")[:10]
        if not self._is_old and opening > date(year, month, 1).isoformat():
            return "E8031"
        return None

    def _rows(
        self, payload: dict[str, Any], data_set: dict[str, Any], unit: dict[str, Any], values: list[Any],
        params: dict[str, str], result: Result,
    ) -> list[_Row]:  # fmt: skip
        scheme = params.get("dataElementIdScheme") or params.get("idScheme") or "UID"
        combo_scheme = params.get("categoryOptionComboIdScheme") or params.get("idScheme") or "UID"
        elements = {_named(e["dataElement"], scheme): e["dataElement"] for e in data_set["dataSetElements"]}
        rows: list[_Row] = []
        seen: set[tuple[str, ...]] = set()
        for index, raw in enumerate(values):
            element = elements.get(raw.get("dataElement"))
            if element is None:
                self._refuse_value(
                    result,
                    index,
                    "E7610" if self._is_old else "E8004",
                    raw.get("dataElement"),
                    "Data element not found",
                )
                continue
            combos = {_named(c, combo_scheme): c["id"] for c in element["categoryCombo"]["categoryOptionCombos"]}
            given = raw.get("categoryOptionCombo")
            combo = combos.get(given) if given else DEFAULT_COMBO
            if combo is None or combo not in combos.values():
                self._refuse_value(
                    result,
                    index,
                    "E7613" if self._is_old else "E8024",
                    given,
                    "Category option combo not found or not of the data element",
                )
                continue
            # The old engine lets the group level win, the new one the value level.
            period = payload["period"] if self._is_old else str(raw.get("period") or payload["period"])
            key = (element["id"], period, unit["id"], combo, DEFAULT_COMBO)
            if key in seen and not self._is_old:
                self._refuse(result, "E8128", f"Data value is in the payload twice: `{key}`", [index])
            seen.add(key)
            deleted = raw.get("deleted") is True
            fault = None if deleted else self._misfit(raw, element)
            if fault:
                self._refuse_value(
                    result,
                    index,
                    fault,
                    element["id"],
                    f"Value must match value type of data element `{element['id']}`",
                    "value",
                )
                continue
            rows.append(_Row(index, element, key, None if deleted else str(raw["value"]), raw.get("comment"), deleted))
        return rows

    def _misfit(self, raw: dict[str, Any], element: dict[str, Any]) -> str | None:
        value = raw.get("value")
        if value in (None, "") and not raw.get("comment"):
            return "E7618" if self._is_old else "E8120"
        text = str(value)
        kind = element.get("valueType", "NUMBER")
        good = {
            "INTEGER": r"(0|-?[1-9]\d*)", "INTEGER_ZERO_OR_POSITIVE": r"(0|[1-9]\d*)", "INTEGER_POSITIVE": r"[1-9]\d*",
            "NUMBER": r"-?\d+(\.\d+)?([eE][+-]?\d+)?", "BOOLEAN": r"true|false", "TRUE_ONLY": r"true",
            "DATE": r"\d{4}-\d{2}-\d{2}",
        }.get(kind, r"[\s\S]{0,50000}")  # fmt: skip
        return None if re.fullmatch(good, text) else "E7619" if self._is_old else "E8121"

    def _write(self, rows: list[_Row], strategy: str, result: Result, *, dry: bool) -> None:
        for row in rows:
            held = self._store.value(row.key)
            exists = held is not None and not held[1]
            if row.deleted or strategy == "DELETE":
                if exists and not dry:
                    self._store.put(row.key, held[0] if held else None, None, deleted=True, by=self._settings.username)
                result.deleted += int(exists)
                result.ignored += int(not exists)
                continue
            is_number = row.element.get("valueType", "NUMBER").startswith(("INTEGER", "NUMBER"))
            if (
                is_number
                and row.value == "0"
                and not row.element.get("zeroIsSignificant")
                and self._settings.quirk("zero_dropped")
            ):
                if exists:
                    result.deleted += 1
                    if not dry:
                        self._store.put(row.key, "0", None, deleted=True, by=self._settings.username)
                continue
            if (strategy == "CREATE" and exists) or (strategy == "UPDATE" and not exists):
                result.ignored += 1
                continue
            if exists and held and held[0] == row.value and self._settings.quirk("unchanged") == "ignored":
                result.ignored += 1
                continue
            if not dry:
                self._store.put(row.key, row.value, row.comment, deleted=False, by=self._settings.username)
            if exists:
                result.updated += 1
            else:
                result.imported += 1
        if not self._is_old:
            # From 2.43 on everything that was taken is counted as updated.
            result.updated, result.imported, result.deleted = result.imported + result.updated + result.deleted, 0, 0

    def _answer(self, result: Result) -> tuple[int, dict[str, Any]]:
        status = "ERROR" if result.is_error else "WARNING" if result.conflicts else "SUCCESS"
        http = 409 if result.is_error else self._settings.quirk("warning_http") if result.conflicts else 200
        summary = {
            "responseType": "ImportSummary", "status": status, "importOptions": {},
            "description": "Import process completed successfully",
            "importCount": {"imported": result.imported, "updated": result.updated, "ignored": result.ignored, "deleted": result.deleted},
            "conflicts": result.conflicts, "rejectedIndexes": sorted(set(result.rejected)), "dataSetComplete": "false",
        }  # fmt: skip
        words = {
            "SUCCESS": "Import was successful.",
            "WARNING": "One more conflicts encountered, please check import summary.",
            "ERROR": "An error occurred, please check import summary.",
        }
        return http, {
            "httpStatus": "OK" if http == 200 else "Conflict", "httpStatusCode": http,
            "status": "OK" if status == "SUCCESS" else status, "message": words[status], "response": summary,
        }  # fmt: skip

    def _refuse(self, result: Result, code: str, text: str, indexes: list[int] | None = None) -> None:
        result.is_error = True
        result.conflicts.append({"value": text, "errorCode": code, "indexes": indexes or []})

    def _refuse_value(
        self, result: Result, index: int, code: str, thing: Any, text: str, prop: str = "dataElement"
    ) -> None:
        """A wrong value; on the new engine a wrong element or combination refuses the whole group."""
        if not self._is_old and not code.startswith("E812"):
            self._refuse(result, code, f"{text}: `{thing}`", [index])
            return
        result.ignored += 1
        result.rejected.append(index)
        for held in result.conflicts:
            if self._is_old and held["errorCode"] == code and held.get("object") == thing:
                held["indexes"].append(index)
                return
        shape = (
            {"object": thing, "objects": {prop: thing}, "property": prop}
            if self._is_old
            else {"objects": {"args": str(thing)}}
        )
        result.conflicts.append({**shape, "value": f"{text}: `{thing}`", "errorCode": code, "indexes": [index]})


def _find(things: list[dict[str, Any]], name: Any, scheme: str) -> dict[str, Any] | None:
    return next((t for t in things if name is not None and _named(t, scheme) == name), None)


def _named(thing: dict[str, Any], scheme: str) -> Any:
    return thing.get({"UID": "id", "CODE": "code", "NAME": "name"}.get(scheme.upper(), "id"))
