"""Our cells matched by code with what the national instance calls them. Pure.

A cell is a code and a disaggregation. However a district models the form, the code of the row stands in the code
of a data element; each category stands either in the options of its combination or in the element's code too:

| the district has                                 | example of element · options                |
|--------------------------------------------------|---------------------------------------------|
| an element a row, categories as options          | `MOR_PALU_C` · `1_4A`, `F`                  |
| an element a row and column                      | `MOR_PALU_C_1_4A_F` · default               |
| some of each                                     | `MOR_PALU_C_F` · `1_4A`                     |
| stock: an element a product and column           | `PARA500_QU` or `QU_PARA500` · default      |
| stock: an element a product, columns as options  | `PARA500` · `QU`                            |
| stock: an element a column, products as options  | `QU` · `PARA500`                            |

Options are matched by their codes in any order (`1_4A` or `AGE6_1_4A`), else by the combination's own code, else by
its name as DHIS2 builds it ("0-11 mois, Masculin"). Where two would fit, none is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

from appliance.sync.dhis2.book import Book, Element, name_parts, squeeze

_Option = tuple[str, str, str]
"""Category, option code, French name (empty when not known)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One of our cells: code, option code by category, the options' French names, and the row's own name."""

    code: str
    disaggregation: Mapping[str, str]
    option_names: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a value goes: UIDs, value type, and whether a zero is stored."""

    data_element: str
    category_option_combo: str
    value_type: str
    zero_is_significant: bool

    @property
    def key(self) -> tuple[str, str]:
        """The pair under which a server stores a value once."""
        return self.data_element, self.category_option_combo


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The result: targets by cell index, our cells without a target, their elements that nothing of ours feeds."""

    targets: dict[int, Target]
    unmapped: tuple[int, ...]
    unfed: tuple[str, ...]


def match(cells: Iterable[Cell], data_set: Mapping[str, Any]) -> Match:
    """Match cells with a data set as `GET /api/dataSets/{uid}` gives it."""
    book = Book(data_set)
    targets: dict[int, Target] = {}
    unmapped: list[int] = []
    fed: set[str] = set()
    for index, cell in enumerate(cells):
        found = find(cell, book)
        if found is None:
            unmapped.append(index)
        else:
            targets[index] = found
            fed.add(found.data_element)
    unfed = tuple(sorted(e.code or e.name for e in book.elements.values() if e.uid not in fed))
    return Match(targets=targets, unmapped=tuple(unmapped), unfed=unfed)


def target_of(element: Element, combo: str) -> Target:
    """A pair as a target."""
    return Target(
        data_element=element.uid, category_option_combo=combo, value_type=element.value_type,
        zero_is_significant=element.zero,
    )  # fmt: skip


def find(cell: Cell, book: Book) -> Target | None:
    """Where one cell goes, by code; None when the set has no place for it, or two."""
    for code, options in _readings(cell):
        element = book.by_code(code)
        combo = _combo(element, options) if element else None
        if element and combo:
            return target_of(element, combo)
    return None


def _readings(cell: Cell) -> Iterator[tuple[str, tuple[_Option, ...]]]:
    """Element codes under which a cell may stand, each with the options that its combination then has to hold."""
    names = (
        cell.option_names if len(cell.option_names) == len(cell.disaggregation) else ("",) * len(cell.disaggregation)
    )
    options = tuple(
        (category, code, name) for (category, code), name in zip(cell.disaggregation.items(), names, strict=True)
    )
    for taken in range(len(options) + 1):
        for within in combinations(options, taken):
            rest = tuple(o for o in options if o not in within)
            for order in permutations(within):
                yield "_".join((cell.code, *(code for _, code, _ in order))), rest
    if len(options) == 1 and options[0][0] == "column":
        column = options[0][1]
        yield f"{column}_{cell.code}", ()
        yield column, (("product", cell.code, cell.name),)


def _combo(element: Element, options: tuple[_Option, ...]) -> str | None:
    if not options:
        return element.default
    bare = frozenset(squeeze(code) for _, code, _ in options)
    qualified = frozenset(squeeze(f"{category}_{code}") for category, code, _ in options)
    for wanted in (bare, qualified):
        if found := element.by_options.get(wanted):
            return found
    for order in permutations(options):
        if found := element.by_code.get(squeeze("_".join(code for _, code, _ in order))):
            return found
    names = tuple(name for _, _, name in options)
    return element.by_name.get(name_parts(names)) if all(names) else None
