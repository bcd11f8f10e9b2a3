"""Facts into cells. Pure.

A fact and its reversal leave no trace in a cell; what stands behind a figure are the facts that still stand. A
fact that finds no band (no age, no sex) is never dropped in silence: it is given back as unplaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from appliance.reports.form import Element, Form, Option

FactRow = tuple[int, str, str, int | None, str | None, int]
"""id, kind, code, completed months, sex, quantity."""
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """By element code and option codes: the sum and the facts behind it; and the facts that found no band."""

    sums: Mapping[Key, int]
    facts: Mapping[Key, tuple[int, ...]]
    unplaced: tuple[int, ...]


def count(form: Form, facts: Iterable[FactRow]) -> Counted:
    """Count standing facts (reversed ones already taken out) into the cells of a form."""
    by_kind: dict[str, list[Element]] = defaultdict(list)
    for element in form.elements:
        if element.kind:
            by_kind[element.kind].append(element)
    placers = {name: _Placer(options) for name, options in form.categories.items()}
    places: dict[tuple[str, int | None, str | None], str | None] = {}
    sums: dict[Key, int] = defaultdict(int)
    behind: dict[Key, list[int]] = defaultdict(list)
    unplaced: dict[int, None] = {}
    for identity, kind, code, months, sex, quantity in facts:
        for element in by_kind.get(kind, ()):
            if element.codes is not None and code not in element.codes:
                continue
            options = []
            for category in element.combo:
                seen = (category, months, sex)
                if seen not in places:
                    places[seen] = placers[category].option(months, sex)
                options.append(places[seen])
            if None in options:
                unplaced[identity] = None
                continue
            key = (element.code, tuple(str(o) for o in options))
            sums[key] += quantity
            behind[key].append(identity)
    return Counted(sums=sums, facts={k: tuple(v) for k, v in behind.items()}, unplaced=tuple(unplaced))


class _Placer:
    """Finds the option of one category: by age band where its options have bounds, else by sex."""

    def __init__(self, options: Sequence[Option]) -> None:
        self._options = options
        self._is_age = any(o.min_months is not None for o in options)

    def option(self, months: int | None, sex: str | None) -> str | None:
        if not self._is_age:
            return sex if sex in {o.code for o in self._options} else None
        if months is None:
            return None
        for option in self._options:
            high = option.max_months
            if (option.min_months or 0) <= months and (high is None or months <= high):
                return option.code
        return None
