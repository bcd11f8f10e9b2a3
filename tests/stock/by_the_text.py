"""The pharmacist's second opinion: rules A, D, Q, X, S, M, E worked out again from their text alone.

Nothing here imports the program. Each function follows the sentences of the rule, with fractions and no early rounding, in the
plainest way (day by day, lot by lot) even where that is slow: it is a second opinion, not a second program.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from fractions import Fraction as F
from math import floor

NINETY = F(9, 10)
ENOUGH_DAYS = 45
NEW_PRODUCT_DAYS = 14
SURE_DAYS = 90
LONGEST_WINDOW = 12


@dataclass(frozen=True)
class Opinion:
    cmm: F | None
    estimator: str | None
    months: int
    available: int
    low: bool


def month_before(year: int, month: int, back: int = 1) -> tuple[int, int]:
    for _ in range(back):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return year, month


def days_of(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def last_closed(as_of: date) -> tuple[int, int]:
    """A month is closed when its last day is on or before as_of."""
    if days_of(as_of.year, as_of.month)[-1] <= as_of:
        return as_of.year, as_of.month
    return month_before(as_of.year, as_of.month)


def month_numbers(case: dict, key: tuple[int, int]) -> dict:
    """What the case says of one calendar month; an absent month counts C 0 and S all its days."""
    year, month = key
    days = days_of(year, month)
    said = next((m for m in case["months"] if m["month"] == f"{year:04d}-{month:02d}"), None)
    first = case.get("first_receipt")
    before = sum(1 for day in days if first and day.isoformat() < first)
    if said is None:
        return {"C": F(0), "U": F(0), "D": len(days), "S": len(days), "P": F(0), "paper": False}
    # A day before the first receipt has no usable stock, so it is already among the stock-out days when those are counted
    # by rule D; where they were counted from the first receipt only, the days before come in their place.
    return {
        "C": F(str(said["consumed"])),
        "U": F(str(said.get("unmet", 0))),
        "D": len(days),
        "S": max(said["stockout_days"], before),
        "P": F(str(said.get("unmet_captured", 0))),
        "paper": said.get("paper", False),
    }


def window(case: dict, last: tuple[int, int], length: int) -> list[dict]:
    return [month_numbers(case, month_before(*last, back)) for back in range(length)]


def available(months: list[dict]) -> int:
    return sum(m["D"] for m in months) - sum(m["S"] for m in months)


def captured(months: list[dict]) -> bool:
    """On at least 90 % of the window's stock-out days prescriptions were captured."""
    stockout = sum(m["S"] for m in months)
    return stockout > 0 and sum(m["P"] * m["S"] for m in months) / stockout >= NINETY


def a1(months: list[dict]) -> F:
    total = sum(m["C"] for m in months)
    return total / len(months) * F(sum(m["D"] for m in months), available(months))


def a2(months: list[dict]) -> F:
    return sum((m["C"] + m["U"] for m in months), F(0)) / len(months)


def consumption(case: dict, length: int = 3) -> Opinion:
    """Rules A1 to A5 in the order of the text."""
    as_of = date.fromisoformat(case["as_of"])
    last = last_closed(as_of)
    first = date.fromisoformat(case["first_receipt"]) if case.get("first_receipt") else None
    # A3: "extend the window back one month at a time, to 12 at most, and stop at the first window with >= 45"
    chosen = next(
        (w for n in range(length, LONGEST_WINDOW + 1) if available(w := window(case, last, n)) >= ENOUGH_DAYS), None
    )
    if chosen is None:
        return little_availability(case, last, length, first)
    if captured(chosen):
        return Opinion(a2(chosen), "A2", len(chosen), available(chosen), low=any(m["paper"] for m in chosen))
    return Opinion(
        a1(chosen),
        "A1",
        len(chosen),
        available(chosen),
        low=any(m["paper"] for m in chosen) or (is_new(first, last) and life_days(case, last, first) < SURE_DAYS),
    )


def is_new(first: date | None, last: tuple[int, int]) -> bool:
    """New: its first receipt lies within the longest window, so days before it had to be counted unavailable."""
    opening = days_of(*month_before(*last, LONGEST_WINDOW - 1))[0]
    return first is not None and opening <= first <= days_of(*last)[-1]


def life(case: dict, last: tuple[int, int], length: int, first: date) -> list[dict]:
    n = length
    while days_of(*month_before(*last, n - 1))[0] > first:
        n += 1
    return window(case, last, n)


def life_days(case: dict, last: tuple[int, int], first: date) -> int:
    return available(life(case, last, 3, first))


def little_availability(case: dict, last: tuple[int, int], length: int, first: date | None) -> Opinion:
    """A3's "Still short: use A2; else same season last year; else A4 if the product is new; else unknown"."""
    for n in range(length, LONGEST_WINDOW + 1):
        if captured(months := window(case, last, n)):
            return Opinion(a2(months), "A2", n, available(months), low=any(m["paper"] for m in months))
    season = [month_numbers(case, month_before(*last, 12 + back)) for back in range(length)]
    if available(season) >= ENOUGH_DAYS:
        if captured(season):
            return Opinion(a2(season), "A2", length, available(season), low=True)
        return Opinion(a1(season), "A1", length, available(season), low=True)
    if is_new(first, last):
        whole_life = life(case, last, length, first)
        if available(whole_life) >= NEW_PRODUCT_DAYS:
            return Opinion(a1(whole_life), "A1", len(whole_life), available(whole_life), low=True)
    return Opinion(None, None, length, available(window(case, last, length)), low=True)


def outliers(case: dict) -> set[str]:
    """A7: a month above three times the median of the other months of its window."""
    last = last_closed(date.fromisoformat(case["as_of"]))
    count = consumption(case).months
    keys = [
        key
        for back in range(count)
        if (n := month_numbers(case, key := month_before(*last, back)))["S"]
        < n["D"]  # beside a month out, any is unusual
    ]
    found = set()
    for key in keys:
        others = sorted(month_numbers(case, other)["C"] for other in keys if other != key)
        if others:
            middle = len(others) // 2
            median = others[middle] if len(others) % 2 else (others[middle - 1] + others[middle]) / 2
            if month_numbers(case, key)["C"] > 3 * median:
                found.add(f"{key[0]:04d}-{key[1]:02d}")
    return found


def stockout_days(opening: int, movements: dict[int, list[int]], year: int, month: int) -> int:
    """D, on one usable lot: a day that opens at 0, closes at 0 and receives nothing."""
    count, balance = 0, opening
    for day in days_of(year, month):
        moves = movements.get(day.day, [])
        closing = balance + sum(moves)
        if balance == 0 and closing == 0 and not any(move > 0 for move in moves):
            count += 1
        balance = closing
    return count


def at_risk(lots: list[dict], cmm: F) -> F:
    """X: through the lots by expiry at CMM/30 a day; what cannot be used before its expiry is at risk."""
    rate, used, risk = cmm / 30, F(0), F(0)
    for lot in sorted(lots, key=lambda lot: lot["days_left"]):
        possible = max(F(0), rate * max(lot["days_left"], 0) - used)
        given = min(F(lot["quantity"]), possible)
        used += given
        risk += lot["quantity"] - given
    return risk


@dataclass(frozen=True)
class Order:
    need: F
    quantity: int
    at_risk: F
    too_much: bool


def order(case: dict, cmm: F) -> Order:
    """Q: need, then the order multiple, then the shelf life on arrival."""
    lots = case.get("lots")
    if lots is not None:
        usable, risk = F(sum(lot["quantity"] for lot in lots)), at_risk(lots, cmm)
    else:
        usable, risk = case["usable"], F(0)
    other = (
        case.get("reserved", 0) - case.get("on_order", 0) - case.get("loans_due_in", 0) + case.get("loans_due_out", 0)
    )
    maximum, pack, shelf = F(str(case["max_months"])), case["pack"], case.get("shelf_life_months")
    need = cmm * maximum - (usable - risk) + other
    if need <= 0:
        return Order(need, 0, risk, too_much=False)
    if shelf is not None and pack > cmm * F(str(shelf)):
        return Order(need, 0, risk, too_much=False)
    up = -(-need // pack) * pack
    cover_units = (usable - risk) - other + up
    too_much = cover_units > cmm * (maximum + 1)
    if too_much and shelf is not None and cover_units > cmm * F(str(shelf)):
        up = floor(need / pack + F(1, 2)) * pack
    return Order(need, int(up), risk, too_much)


def season_index(year: list[int], month: int, ahead: int) -> F:
    """S: last year's mean of the months ahead over its mean of the months behind, within [1/3, 5]."""
    after = [F(year[(month + step) % 12]) for step in range(ahead)]
    behind = [F(year[(month - 1 - step) % 12]) for step in range(ahead)]
    index = (sum(after) / ahead) / (sum(behind) / ahead)
    return min(F(5), max(F(1, 3), index))


def band(msd: F, eop: F, minimum: F, maximum: F) -> str:
    """M: half-open bands, by their French names."""
    if msd == 0:
        return "rupture"
    if msd < eop:
        return "urgence"
    if msd < minimum:
        return "sous-stock"
    return "adéquat" if msd <= maximum else "surstock"


def levels(cmm: F, lead_days: int, safety: F, review: F, emergency_days: int) -> tuple[F, F, F]:
    """Min, max and EOP in units; a month of lead time is 30.5 days."""
    month = F(61, 2)
    minimum = cmm * (F(lead_days) / month + safety)
    return minimum, minimum + cmm * review, cmm * F(emergency_days) / month
