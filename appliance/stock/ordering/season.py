"""Rule S: look ahead where a season is known. Pure.

The index is last years' mean of the months ahead over the mean of the months behind, kept within a third and
five. It applies to malaria products only and needs twelve closed months; with fewer the district's profile
(`data/seasons.json`, à confirmer) stands in, and without one the index is 1. Method: USAID DELIVER, tested on
Zambia, Zimbabwe and Burkina Faso; the caps are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json
from appliance.core.french import fold
from appliance.core.periods import Month

FILE = Path(__file__).parent / "data" / "seasons.json"
LOWEST, HIGHEST = Fraction(1, 3), Fraction(5)
MONTHS_NEEDED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a year's need is spread over its months, January first; only the proportions count."""

    id: str
    label: str
    districts: tuple[str, ...]
    index: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """The index with its working. `origin`: history, profile, none (too little is known), off (no seasonal product).

    `ahead` and `behind` are the usual figures of the months that were compared, by month.
    """

    index: Fraction = Fraction(1)
    origin: str = "off"
    ahead: tuple[tuple[Month, Fraction], ...] = ()
    behind: tuple[tuple[Month, Fraction], ...] = ()


def season_of(
    history: Mapping[Month, Fraction], last_closed: Month, *, ahead: int, behind: int, profile: Profile | None
) -> Season:
    """The index for the next `ahead` months over the last `behind` ones: those that the CMM was computed from."""
    months_ahead = [last_closed.plus(k) for k in range(1, ahead + 1)]
    months_behind = [last_closed.plus(-k) for k in range(behind - 1, -1, -1)]
    if sum(1 for m in history if m <= last_closed) >= MONTHS_NEEDED:
        after = [(m, v) for m in months_ahead if (v := _usual(history, m, last_closed)) is not None]
        # A month behind that no earlier year knows stands for itself: with just a year of history that is all of them.
        before = [(m, v) for m in months_behind if (v := _usual(history, m, last_closed) or history.get(m)) is not None]
        if after and before and sum(v for _, v in before) > 0:
            return _compared(after, before, "history")
    if profile is not None:
        after, before = ([(m, profile.index[m.month - 1]) for m in side] for side in (months_ahead, months_behind))
        return _compared(after, before, "profile")
    return Season(origin="none")


def profile_for(district: str) -> Profile:
    """The profile of a district, or the country's."""
    profiles = load_profiles()
    return next((p for p in profiles if fold(district) in {fold(d) for d in p.districts}), profiles[0])


@cache
def load_profiles(file: Path = FILE) -> tuple[Profile, ...]:
    """Read and check a file of profiles; the first is the country's. Raises `DataFileError` with file, line, fault."""
    held = load_json(file)
    found = []
    for index in range(len(held.need(("profiles",), list))):
        path = ("profiles", index)
        values = held.need((*path, "index"), list)
        if len(values) != MONTHS_NEEDED or not all(isinstance(v, int) and v > 0 for v in values):
            held.fault((*path, "index"), "must be twelve whole numbers above 0")
        found.append(
            Profile(
                id=held.need((*path, "id"), str), label=held.need((*path, "label"), str),
                districts=tuple(held.need((*path, "districts"), list)), index=tuple(Fraction(v) for v in values),
            )
        )  # fmt: skip
    if not found or found[0].districts:
        held.fault(("profiles",), "must begin with a profile for every other district")
    return tuple(found)


def _compared(after: Sequence[tuple[Month, Fraction]], before: Sequence[tuple[Month, Fraction]], origin: str) -> Season:
    index = _mean(after) / _mean(before)
    return Season(index=min(max(index, LOWEST), HIGHEST), origin=origin, ahead=tuple(after), behind=tuple(before))


def _mean(side: Sequence[tuple[Month, Fraction]]) -> Fraction:
    return sum((v for _, v in side), Fraction(0)) / len(side)


def _usual(history: Mapping[Month, Fraction], month: Month, last_closed: Month) -> Fraction | None:
    """The mean of a calendar month over the years that know it: a month known for two years weighs no more than another."""
    known = _past_years(history, month, last_closed)
    return sum(known, Fraction(0)) / len(known) if known else None


def _past_years(history: Mapping[Month, Fraction], month: Month, last_closed: Month) -> list[Fraction]:
    """The same calendar month in each earlier year whose months ahead and behind are both past."""
    return [history[m] for year in range(1, 10) if (m := month.plus(-12 * year)) in history and m <= last_closed]
