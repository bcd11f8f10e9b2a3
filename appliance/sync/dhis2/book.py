"""A pulled data set as a book of names: its elements, and for each the combinations that are valid in this set. Pure.

The effective category combination of an element is the data set's own for it, else the element's. An element
without listed combinations takes the server's default one, whose identifier is read from the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from appliance.core.french import fold

DEFAULT_COMBO = "defaultCategoryOptionCombo"
"""Our own key inside a kept data set: the UID of the server's default combination."""
COMBOS = "categoryCombosByUid"
"""Our own key inside a kept data set: the category combinations told apart from the elements, by UID."""
PULL = "pulledHow"
"""Our own key inside a kept data set: `{"nested", "combos"}`, how it was asked for, and with which ETags."""
Key = tuple[str, str]
"""Data element and category option combination, as UIDs."""


@dataclass(slots=True)
class Element:
    """One data element as this data set uses it."""

    uid: str
    code: str
    name: str
    value_type: str
    zero: bool
    averaged: bool = False
    default: str | None = None
    combos: dict[str, str] = field(default_factory=dict)
    by_options: dict[frozenset[str], str | None] = field(default_factory=dict)
    by_code: dict[str, str | None] = field(default_factory=dict)
    by_name: dict[frozenset[str], str | None] = field(default_factory=dict)

    @property
    def loses_zero(self) -> bool:
        """Whether a server up to 2.42 drops a zero here in silence."""
        return is_numeric(self.value_type) and not self.zero and not self.averaged


class Book:
    """The elements of one data set by code and by UID."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.uid = str(body.get("id") or "")
        self.name = str(body.get("name") or "")
        self.period_type = str(body.get("periodType") or "Monthly")
        self.elements: dict[str, Element] = {}
        self._by_code: dict[str, Element | None] = {}
        default = body.get(DEFAULT_COMBO)
        apart = body.get(COMBOS)
        self._apart: Mapping[str, Any] = apart if isinstance(apart, dict) else {}
        for entry in _dicts(body.get("dataSetElements")):
            self._add(entry, default)
        self.is_plain = _is_plain(body.get("categoryCombo"))
        """Whether the set has no attributes of its own, so that the default attribute combination is right."""
        self.compulsory: frozenset[Key] = frozenset(
            (str((o.get("dataElement") or {}).get("id")), str((o.get("categoryOptionCombo") or {}).get("id")))
            for o in _dicts(body.get("compulsoryDataElementOperands"))
        )

    def by_code(self, code: str) -> Element | None:
        """An element by its code, else by its code with other separators or case; None when two would fit."""
        return self._by_code.get(code) or self._by_code.get(squeeze(code))

    def pair(self, key: Key) -> Element | None:
        """The element of a pair, when the pair is valid in this set: up to 2.42 a wrong one is stored in silence."""
        element = self.elements.get(key[0])
        return element if element and (key[1] in element.combos or key[1] == element.default) else None

    def _add(self, entry: Mapping[str, Any], default: Any) -> None:
        raw = entry.get("dataElement") or {}
        if not isinstance(raw, dict) or not raw.get("id"):
            return
        # The set's own combination of an element outweighs the element's.
        combo = entry.get("categoryCombo") or raw.get("categoryCombo") or {}
        element = Element(
            uid=str(raw["id"]), code=str(raw.get("code") or ""), name=str(raw.get("name") or ""),
            value_type=str(raw.get("valueType") or "NUMBER"),
            zero=bool(raw.get("zeroIsSignificant")), averaged="AVERAGE" in str(raw.get("aggregationType") or ""),
        )  # fmt: skip
        uid = combo.get("id") if isinstance(combo, dict) and "categoryOptionCombos" not in combo else None
        told = self._apart.get(uid) if isinstance(uid, str) else combo
        listed = _dicts(told.get("categoryOptionCombos") if isinstance(told, dict) else None)
        for option_combo in listed:
            _index(element, option_combo)
        # A combination that is named but was not told is not the default one: its element has no valid pair.
        is_unknown = told is None and bool(self._apart)
        if not element.combos and isinstance(default, str) and not is_unknown:
            element.default = default
        elif element.default is None and len(element.combos) == 1:
            element.default = next(iter(element.combos))
        self.elements[element.uid] = element
        if element.code:
            self._by_code[element.code] = element
            loose = squeeze(element.code)
            if loose != element.code:
                self._by_code[loose] = None if loose in self._by_code else element


def combos_wanted(body: Mapping[str, Any]) -> list[str]:
    """The UIDs of the category combinations that a data set names without telling them, each once, in their order."""
    wanted: dict[str, None] = {}
    for entry in _dicts(body.get("dataSetElements")):
        element = entry.get("dataElement")
        for combo in (entry.get("categoryCombo"), element.get("categoryCombo") if isinstance(element, dict) else None):
            if isinstance(combo, dict) and isinstance(combo.get("id"), str) and "categoryOptionCombos" not in combo:
                wanted[combo["id"]] = None
    return list(wanted)


def is_numeric(value_type: str) -> bool:
    """Whether a value type holds numbers."""
    return value_type.startswith("INTEGER") or value_type in ("NUMBER", "UNIT_INTERVAL", "PERCENTAGE")


@lru_cache(maxsize=20_000)
def squeeze(code: str) -> str:
    """Separators differ from one instance to the next: only letters, digits and their groups count."""
    return re.sub(r"[^A-Za-z0-9]+", "_", code).strip("_").upper()


@lru_cache(maxsize=20_000)
def name_parts(names: tuple[str, ...]) -> frozenset[str]:
    """Names of options as DHIS2 joins them, by comma; a name that holds a comma itself falls into its parts."""
    return frozenset(fold(part) for name in names for part in name.split(",") if part.strip())


def _index(element: Element, combo: Mapping[str, Any]) -> None:
    uid, name, code = str(combo.get("id") or ""), str(combo.get("name") or ""), str(combo.get("code") or "")
    if not uid:
        return
    element.combos[uid] = name
    if fold(name) == "default" or code.lower() == "default":
        element.default = uid
        return
    options = _dicts(combo.get("categoryOptions"))
    codes = [str(o.get("code") or "") for o in options]
    if codes and all(codes):
        _only(element.by_options, frozenset(squeeze(c) for c in codes), uid)
    names = tuple(str(o.get("name") or "") for o in options)
    if names and all(names):
        _only(element.by_name, name_parts(names), uid)
    elif name:
        _only(element.by_name, name_parts((name,)), uid)
    if code:
        _only(element.by_code, squeeze(code), uid)


def _only(held: dict[Any, str | None], key: Any, uid: str) -> None:
    """Keep what a key means; two meanings are none, since a figure must not land by chance."""
    held[key] = uid if held.get(key, uid) == uid else None


def _is_plain(combo: Any) -> bool:
    if not isinstance(combo, dict) or combo.get("isDefault") is True:
        return True
    names = [fold(str(c.get("name") or "")) for c in _dicts(combo.get("categoryOptionCombos"))]
    return combo.get("isDefault") is None and (not names or names == ["default"])


def _dicts(raw: Any) -> Iterable[Mapping[str, Any]]:
    return [x for x in raw if isinstance(x, dict)] if isinstance(raw, list) else []
