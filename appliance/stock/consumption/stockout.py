"""Rule D: a stock-out day is a calendar day with no usable stock from opening to closing and nothing usable received.

A day that begins with stock and ends without, or that receives any, is not one. Real days of the calendar:
February has 28, July 31.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from appliance.core.periods import Month


def stockout_days(month: Month, opening: int, flows: Mapping[date, tuple[int, int]], until: date | None = None) -> int:
    """Stock-out days of a month.

    `opening` is the usable stock before the first day; `flows` gives, by day, the usable quantity that came in
    and the usable quantity that went out or stopped being usable, both positive. `until` cuts the count after a day.
    """
    held, count, day = opening, 0, month.first
    last = min(month.last, until) if until else month.last
    while day <= last:
        came, went = flows.get(day, (0, 0))
        if held <= 0 and came <= 0:
            count += 1
        held += came - went
        day += timedelta(days=1)
    return count
