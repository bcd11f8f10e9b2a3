"""Rule S: look ahead where a season is known. Pure.

The index is last years' mean of the months ahead over the mean of the months behind, kept within a third and
five. It applies to malaria products only and needs twelve closed months. Method: USAID DELIVER, tested on
Zambia, Zimbabwe and Burkina Faso; the caps are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from appliance.core.periods import Month

LOWEST, HIGHEST = Fraction(1, 3), Fraction(5)
MONTHS_NEEDED = 12


def look_ahead_index(history: Mapping[Month, Fraction], last_closed: Month, months: int = 3) -> Fraction:
    """The seasonal index after `last_closed`; 1 where less than twelve months are known or one side is empty."""
    if sum(1 for m in history if m <= last_closed) < MONTHS_NEEDED:
        return Fraction(1)
    ahead = [_usual(history, last_closed.plus(k), last_closed) for k in range(1, months + 1)]
    behind = [_usual(history, last_closed.plus(-k), last_closed) for k in range(months)]
    after, before = [v for v in ahead if v is not None], [v for v in behind if v is not None]
    if not after or not before or not sum(before):
        return Fraction(1)
    index = (sum(after, Fraction(0)) / len(after)) / (sum(before, Fraction(0)) / len(before))
    return min(max(index, LOWEST), HIGHEST)


def _usual(history: Mapping[Month, Fraction], month: Month, last_closed: Month) -> Fraction | None:
    """The mean of a calendar month over the years that know it: a month known for two years weighs no more than another."""
    known = _past_years(history, month, last_closed)
    return sum(known, Fraction(0)) / len(known) if known else None


def _past_years(history: Mapping[Month, Fraction], month: Month, last_closed: Month) -> list[Fraction]:
    """The same calendar month in each earlier year whose months ahead and behind are both past."""
    return [history[m] for year in range(1, 10) if (m := month.plus(-12 * year)) in history and m <= last_closed]
