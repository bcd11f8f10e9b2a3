"""The options of an import, from the query and from the payload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.standin.wire.answers import Refusal, message
from appliance.standin.wire.request import Request

STRATEGIES = ("CREATE_AND_UPDATE", "CREATE", "UPDATE", "DELETE")
_STRICT = ("periods", "dataElements", "categoryOptionCombos", "attributeOptionCombos", "organisationUnits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One import's options; schemes are UID, CODE, NAME or ATTRIBUTE:{uid}."""

    strategy: str
    dry_run: bool
    is_async: bool
    force: bool
    atomic: bool
    strict: frozenset[str]
    requires: frozenset[str]
    elements: str
    units: str
    sets: str
    combos: str
    attribute_combos: str


def options(request: Request, payload: dict[str, Any], strict: list[str], *, old: bool) -> Options:
    """The payload wins over the query; only the old engine reads a strategy in it, under the key `strategy`."""

    def given(name: str, default: str = "") -> str:
        held = payload.get(name, request.one(name, default))
        return str(held).lower() if isinstance(held, bool) else str(held)

    strategy = request.one("importStrategy") or request.one("strategy") or STRATEGIES[0]
    if old and payload.get("strategy"):
        strategy = str(payload["strategy"])
    strategy = {"NEW_AND_UPDATES": "CREATE_AND_UPDATE", "NEW": "CREATE", "UPDATES": "UPDATE", "DELETES": "DELETE"}.get(
        strategy, strategy
    )
    if strategy not in STRATEGIES:
        raise Refusal(message(400, f"Import strategy `{strategy}` is not known"))
    common = given("idScheme", "UID")
    combos = given("categoryOptionComboIdScheme") or common
    return Options(
        strategy=strategy,
        dry_run=given("dryRun").lower() == "true",
        is_async=request.flag("async"),
        force=given("force").lower() == "true",
        atomic=not old and given("atomic").lower() == "true",
        strict=frozenset(strict) | {n for n in _STRICT if given(f"strict{n[0].upper()}{n[1:]}").lower() == "true"},
        requires=frozenset(
            n for n in ("CategoryOptionCombo", "AttributeOptionCombo") if given(f"require{n}").lower() == "true"
        ),
        elements=given("dataElementIdScheme") or common,
        units=given("orgUnitIdScheme") or common,
        sets=given("dataSetIdScheme") or common,
        combos=combos,
        attribute_combos=combos if old else given("attributeOptionComboIdScheme") or common,
    )
