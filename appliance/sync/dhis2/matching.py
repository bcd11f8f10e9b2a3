"""Our cells matched by code with what the national instance calls them. Pure.

A cell is a code and a disaggregation. Data elements are matched by code. A category option combination is
matched by the codes of its options in any order, else by its own code, else by its name as DHIS2 builds it
("0-11 mois, Masculin"). Stock lines come in three shapes in the field: an element per product and column,
an element per product with the columns as options, an element per column with the products as options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from appliance.core.french import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One of our cells: code, option code by category, and the options' French names for matching by name."""

    code: str
    disaggregation: Mapping[str, str]
    option_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a value goes: UIDs, value type, and whether a zero is stored."""

    data_element: str
    category_option_combo: str
    value_type: str
    zero_is_significant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The result: targets by cell index, our cells without a target, their elements that nothing of ours feeds."""

    targets: dict[int, Target]
    unmapped: tuple[int, ...]
    unfed: tuple[str, ...]


@dataclass(slots=True)
class _Element:
    uid: str
    value_type: str
    zero: bool
    default_combo: str | None = None
    by_options: dict[frozenset[str], str] = field(default_factory=dict)
    by_code: dict[str, str] = field(default_factory=dict)
    by_name: dict[frozenset[str], str] = field(default_factory=dict)


def match(cells: Iterable[Cell], data_set: Mapping[str, Any]) -> Match:
    """Match cells with a data set as `GET /api/dataSets/{uid}` gives it."""
    elements = _elements(data_set)
    targets: dict[int, Target] = {}
    unmapped: list[int] = []
    fed: set[str] = set()
    for index, cell in enumerate(cells):
        found = _target(cell, elements)
        if found is None:
            unmapped.append(index)
        else:
            targets[index] = found
            fed.add(found.data_element)
    unfed = tuple(sorted(code for code, e in elements.items() if e.uid not in fed))
    return Match(targets=targets, unmapped=tuple(unmapped), unfed=unfed)


def _target(cell: Cell, elements: Mapping[str, _Element]) -> Target | None:
    options = tuple(cell.disaggregation.values())
    column = cell.disaggregation.get("column")
    if column is not None and len(options) == 1:
        return (
            _in(elements.get(f"{cell.code}_{column}"), (), ())
            or _in(elements.get(cell.code), (column,), cell.option_names)
            or _in(elements.get(column), (cell.code,), ())
        )
    return _in(elements.get(cell.code), options, cell.option_names)


def _in(element: _Element | None, options: tuple[str, ...], names: tuple[str, ...]) -> Target | None:
    if element is None:
        return None
    combo = element.default_combo if not options else _combo(element, options, names)
    if combo is None:
        return None
    return Target(
        data_element=element.uid, category_option_combo=combo, value_type=element.value_type,
        zero_is_significant=element.zero,
    )  # fmt: skip


def _combo(element: _Element, options: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    if found := element.by_options.get(frozenset(options)):
        return found
    for order in permutations(options):
        if found := element.by_code.get(_joined(order)):
            return found
    return element.by_name.get(frozenset(fold(n) for n in names)) if names else None


def _elements(data_set: Mapping[str, Any]) -> dict[str, _Element]:
    found: dict[str, _Element] = {}
    for entry in data_set.get("dataSetElements") or ():
        raw = entry.get("dataElement") or {}
        # The set's own combination of an element outweighs the element's.
        combo = entry.get("categoryCombo") or raw.get("categoryCombo") or {}
        code = raw.get("code")
        if not code or not raw.get("id"):
            continue
        element = _Element(raw["id"], str(raw.get("valueType") or "NUMBER"), bool(raw.get("zeroIsSignificant")))
        for option_combo in combo.get("categoryOptionCombos") or ():
            _index(element, option_combo)
        found[code] = element
    return found


def _index(element: _Element, combo: Mapping[str, Any]) -> None:
    uid, name, code = combo["id"], str(combo.get("name") or ""), str(combo.get("code") or "")
    if name == "default" or code == "default":
        element.default_combo = uid
        return
    options = combo.get("categoryOptions") or ()
    if options:
        element.by_options[frozenset(str(o.get("code") or "") for o in options)] = uid
        element.by_name[frozenset(fold(str(o.get("name") or "")) for o in options)] = uid
    if code:
        element.by_code[_squeeze(code)] = uid
    if name:
        element.by_name.setdefault(frozenset(fold(part) for part in name.split(",")), uid)


def _joined(options: tuple[str, ...]) -> str:
    return _squeeze("_".join(options))


def _squeeze(code: str) -> str:
    """Separators differ from one instance to the next: only letters, digits and their groups count."""
    return re.sub(r"[^A-Za-z0-9]+", "_", code).strip("_").upper()
