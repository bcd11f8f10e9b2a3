"""Rules A1 to A7: average monthly consumption from closed months. Exact fractions; nothing is rounded here.

A1  CMM = (sum C / n) x sum D / (sum D - sum S) over the n calendar months before `as_of`
A2  CMM = sum (C + U) / n, instead of A1 where prescriptions were captured on 90 % of the stock-out days
A3  fewer than 45 available days: the window grows a month at a time to 12; still short: A2, then the same
    months of last year, then A4, then unknown
A4  days before the first receipt are unavailable; from 14 available days on A1 with low confidence until 90
A5  only months whose last day is not after `as_of` count
A7  a month above three times the median of the others is flagged and kept; one that a named person set aside
    counts like an absent month, and is no month at all for A2
T9  a reversal after closing falls in the open month, which may make it negative: it counts as it is, since it takes
    back what an earlier month of the window counted too much. An estimate is never below 0, and the answer warns.

Sources of the shape: MSH MDS-3 chapter 23; USAID DELIVER Logistics Handbook 2011. The thresholds are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from statistics import median

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.consumption.model import (
    Confidence,
    Consumption,
    Estimator,
    History,
    MonthOfUse,
    WindowMonth,
)

ENOUGH_DAYS = 45
NEW_PRODUCT_DAYS = 14
SETTLED_DAYS = 90
LONGEST_WINDOW = 12
CAPTURED_SHARE = Fraction(9, 10)
OUTLIER_FACTOR = 3
EXCLUDED = "excluded"
"""Note of a month that a named person set aside."""


def average_monthly_consumption(history: History) -> Consumption:
    """The CMM of a product. Raises `Refused("month-twice")` when a month is given twice."""
    known = _by_month(history)
    last = last_closed(history)
    warnings: list[str] = []
    first_receipt = history.first_receipt
    if first_receipt and any(m.consumed > 0 and m.month.last < first_receipt for m in known.values()):
        # It was given out before it "first came": there was an opening stock, so it was never new.
        first_receipt = None
        warnings.append("first-receipt-contradicted")
    if any(m.consumed < 0 for m in known.values() if m.month <= last and not m.excluded):
        warnings.append("negative-month")
    build = _Windows(known, last, first_receipt)
    base = build.window(history.window_months)
    closed = [m for m in known.values() if m.month <= last]
    result = _choose(build, base, history)
    return Consumption(
        cmm=result.cmm,
        estimator=result.estimator,
        rule=result.rule,
        window=result.window,
        available_days=result.available_days,
        confidence=_confidence(result, known, build.days_since_first_receipt()),
        naive=_naive(base, known),
        outliers=_outliers([m for m in closed if _had_stock(m, result.window)]),
        open_months=tuple(sorted(m for m in known if m > last)),
        warnings=tuple(warnings),
    )


def last_closed(history: History) -> Month:
    """The newest month whose last day is not after `as_of`."""
    month = Month.of(history.as_of)
    return month if month.last <= history.as_of else month.plus(-1)


def _choose(build: _Windows, base: tuple[WindowMonth, ...], history: History) -> Consumption:
    for length in range(history.window_months, max(history.window_months, LONGEST_WINDOW) + 1):
        window = build.window(length)
        if available(window) >= ENOUGH_DAYS:
            rule = "A3" if length > history.window_months else "A4" if _is_new(build, window) else ""
            return _estimate(window, rule)
    for length in range(history.window_months, max(history.window_months, LONGEST_WINDOW) + 1):
        if _captured(build.window(length)):
            return _demand(build.window(length), "A2")
    season = build.window(history.window_months, years_back=1)
    if available(season) >= ENOUGH_DAYS:
        return _estimate(season, "A3-season")
    if build.is_new():
        life = build.life(history.window_months)
        if available(life) >= NEW_PRODUCT_DAYS:
            return _windowed(life, "A4")
    return Consumption(
        cmm=None, estimator=None, rule="unknown", window=base, available_days=available(base),
        confidence=Confidence.LOW, naive=None,
    )  # fmt: skip


def _estimate(window: tuple[WindowMonth, ...], rule: str) -> Consumption:
    return _demand(window, rule or "A2") if _captured(window) else _windowed(window, rule or "A1")


def _windowed(window: tuple[WindowMonth, ...], rule: str) -> Consumption:
    used = sum((m.consumed for m in window), Fraction(0))
    days = sum(m.month.days for m in window)
    cmm = max(used / len(window) * Fraction(days, available(window)), Fraction(0))
    return _result(window, cmm, Estimator.WINDOW, rule)


def _demand(window: tuple[WindowMonth, ...], rule: str) -> Consumption:
    kept = [m for m in window if m.note != EXCLUDED]
    asked = sum((m.consumed + m.unmet for m in kept), Fraction(0))
    return _result(window, max(asked / len(kept), Fraction(0)), Estimator.DEMAND, rule)


def _result(window: tuple[WindowMonth, ...], cmm: Fraction, estimator: Estimator, rule: str) -> Consumption:
    return Consumption(
        cmm=cmm, estimator=estimator, rule=rule, window=window, available_days=available(window),
        confidence=Confidence.GOOD, naive=None,
    )  # fmt: skip


def available(window: Sequence[WindowMonth]) -> int:
    """Days of a window on which there was usable stock."""
    return sum(m.month.days - m.unavailable_days for m in window)


def _captured(window: Sequence[WindowMonth]) -> bool:
    """Whether prescriptions were captured on enough of the window's stock-out days, weighted by those days."""
    kept = [m for m in window if m.note != EXCLUDED]
    out = sum(m.unavailable_days for m in kept)
    if not out:
        return False
    return sum((m.captured * m.unavailable_days for m in kept), Fraction(0)) / out >= CAPTURED_SHARE


def _confidence(result: Consumption, known: dict[Month, MonthOfUse], days_known: int) -> Confidence:
    """`days_known`: days with stock since a new product came (A4); a settled product has enough of them."""
    paper = any(known[w.month].from_paper for w in result.window if w.month in known)
    if result.cmm is None or paper or result.rule == "A3-season" or days_known < SETTLED_DAYS:
        return Confidence.LOW
    if result.rule == "A4":
        return Confidence.FAIR
    if result.estimator is Estimator.DEMAND or (result.available_days >= SETTLED_DAYS and result.rule != "A3"):
        return Confidence.GOOD
    return Confidence.FAIR


def _naive(window: Sequence[WindowMonth], known: dict[Month, MonthOfUse]) -> Fraction:
    """The plain mean, of months set aside too: what a form that corrects nothing would say."""
    return sum((Fraction(known[m.month].consumed) for m in window if m.month in known), Fraction(0)) / len(window)


def _outliers(months: Sequence[MonthOfUse]) -> tuple[Month, ...]:
    found = []
    for month in months:
        others = [Fraction(m.consumed) for m in months if m is not month and not m.excluded]
        if others and not month.excluded and month.consumed > OUTLIER_FACTOR * median(others):
            found.append(month.month)
    return tuple(sorted(found))


def _had_stock(month: MonthOfUse, window: Sequence[WindowMonth]) -> bool:
    """Whether a month of the window had a day with stock: beside one without, any other would look unusual."""
    return any(w.month == month.month and w.unavailable_days < w.month.days for w in window)


def _by_month(history: History) -> dict[Month, MonthOfUse]:
    known: dict[Month, MonthOfUse] = {}
    for month in history.months:
        if month.month in known:
            raise Refused("month-twice", month=str(month.month))
        known[month.month] = month
    return known


def _is_new(build: _Windows, window: Sequence[WindowMonth]) -> bool:
    """Whether the product came during the window: its early days are missing, so the estimate is young."""
    return build.first_receipt is not None and build.first_receipt > window[0].month.first


class _Windows:
    """Builds windows of calendar months that end with the last closed one."""

    def __init__(self, known: dict[Month, MonthOfUse], last: Month, first_receipt: date | None) -> None:
        self._known = known
        self._last = last
        self.first_receipt = first_receipt

    def window(self, length: int, years_back: int = 0) -> tuple[WindowMonth, ...]:
        last = self._last.plus(-12 * years_back)
        return tuple(self._month(last.plus(-back)) for back in range(length - 1, -1, -1))

    def life(self, least: int) -> tuple[WindowMonth, ...]:
        """The window that reaches back to the first receipt: before it a new product had nothing to give out."""
        if self.first_receipt is None:
            return self.window(least)
        reach = next(
            (n for n in range(least, LONGEST_WINDOW) if self.window(n)[0].month.first <= self.first_receipt), 0
        )
        return self.window(reach or LONGEST_WINDOW)

    def days_since_first_receipt(self) -> int:
        """Days with stock in a new product's life; of a product that came before the longest window, enough."""
        return available(self.life(1)) if self.is_new() else SETTLED_DAYS

    def is_new(self) -> bool:
        """Whether the product came during the longest window; what came before it is no newcomer any more."""
        return self.first_receipt is not None and self.first_receipt >= self.window(LONGEST_WINDOW)[0].month.first

    def _month(self, month: Month) -> WindowMonth:
        held = self._known.get(month)
        if held is None or held.excluded:
            return WindowMonth(
                month=month, consumed=Fraction(0), unmet=Fraction(0), unavailable_days=month.days,
                captured=Fraction(0), note=EXCLUDED if held else "absent",
            )  # fmt: skip
        before = 0
        if self.first_receipt is not None:
            before = min(max((self.first_receipt - month.first).days, 0), month.days)
        # Days before the first receipt are days without stock: a ledger already counts them in S.
        return WindowMonth(
            month=month, consumed=Fraction(held.consumed), unmet=Fraction(held.unmet),
            unavailable_days=max(held.stockout_days, before), captured=Fraction(held.unmet_captured),
            note="paper" if held.from_paper else "before-first-receipt" if before else "",
        )  # fmt: skip
