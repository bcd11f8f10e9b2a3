"""Reading the cases of `appliance rules`: every fault names the file, the line and the field."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from appliance.core.datafile import Located, Path_
from appliance.core.errors import Refused
from appliance.core.periods import Month, parse_date
from appliance.stock.consumption.average import average_monthly_consumption, last_closed
from appliance.stock.consumption.model import Consumption, History, MonthOfUse
from appliance.stock.ordering.awaited import Awaited, still_awaited
from appliance.stock.ordering.expiry import LotAhead
from appliance.stock.ordering.quantity import Situation
from appliance.stock.ordering.season import look_ahead_index

MONTHS_MAX = 600


def consumption_case(held: Located) -> History:
    """A consumption case: `as_of`, `months` oldest first (absent months count nothing), `first_receipt` or null.

    A month that is not closed on `as_of` is no fault: rule A5 leaves it out, and the answer lists it apart.
    """
    rows = held.need(("months",), list)
    if len(rows) > MONTHS_MAX:
        held.fault(("months",), f"has more than {MONTHS_MAX} months")
    months = tuple(_month(held, index) for index in range(len(rows)))
    for index, (before, month) in enumerate(pairwise(m.month for m in months), start=1):
        if month in {m.month for m in months[:index]}:
            held.fault(("months", index, "month"), f"{month} stands twice")
        if month < before:
            held.fault(("months", index, "month"), f"{month} comes after {before}: months stand oldest first")
    first = held.content.get("first_receipt")
    return History(
        as_of=_date(held, ("as_of",)),
        months=months,
        first_receipt=None if first is None else _date(held, ("first_receipt",)),
        window_months=int(_number(held, ("window_months",), 3, low=1, high=12, whole=True)),
    )


def order_case(held: Located) -> tuple[Situation, Consumption | None]:
    """An order case: a CMM, or months to compute it from; usable stock, or lots."""
    estimate: Consumption | None = None
    if held.content.get("months") is not None:
        estimate = average_monthly_consumption(consumption_case(held))
    elif "cmm" not in held.content:
        held.fault((), "must have cmm or months")
    cmm = _optional(held, "cmm")
    warnings = ("cmm-differs-from-months",) if estimate and cmm is not None and _differ(cmm, estimate.cmm) else ()
    if cmm is None and estimate is not None:
        cmm = estimate.cmm
    lots = _lots(held)
    usable = _optional(held, "usable")
    if lots is None and usable is None:
        held.fault((), "must have usable or lots")
    shelf_life = _optional(held, "shelf_life_months")
    on_order, late = _on_order(held)
    return (
        Situation(
            cmm=cmm,
            max_months=_number(held, ("max_months",), 3, low=0),
            usable=usable,
            lots=lots,
            on_order=on_order,
            reserved=_number(held, ("reserved",), 0, low=0),
            loans_due_in=_number(held, ("loans_due_in",), 0, low=0),
            loans_due_out=_number(held, ("loans_due_out",), 0, low=0),
            pack=int(_number(held, ("pack",), 1, low=1, whole=True)),
            shelf_life_months=shelf_life,
            season_index=_season(held),
            warnings=(*warnings, *late),
        ),
        estimate,
    )


def _differ(given: Fraction, computed: Fraction | None) -> bool:
    """Whether a given CMM is another than that of the months; one rounded to a whole unit is the same."""
    return computed is None or abs(given - computed) > Fraction(1, 2)


def _on_order(held: Located) -> tuple[Fraction, tuple[str, ...]]:
    """What is on its way: a sum, or orders `{"quantity", "age_days"}` of which one older than 2 lead times stops counting."""
    if not isinstance(held.content.get("on_order"), list):
        return _number(held, ("on_order",), 0, low=0), ()
    orders = [
        Awaited(
            quantity=_number(held, ("on_order", index, "quantity"), low=0),
            age_days=int(_number(held, ("on_order", index, "age_days"), low=0, whole=True)),
        )
        for index in range(len(held.content["on_order"]))
    ]
    counted, overdue = still_awaited(orders, _number(held, ("lead_time_days",), low=0))
    return counted, ("order-overdue",) if overdue else ()


def _month(held: Located, index: int) -> MonthOfUse:
    path: Path_ = ("months", index)
    held.need(path, dict)
    text = held.need((*path, "month"), str)
    try:
        month = Month.parse(text)
    except Refused:
        held.fault((*path, "month"), f"must be a month like 2026-07, not {text!r}")
    row = held.content["months"][index]
    return MonthOfUse(
        month=month,
        consumed=_number(held, (*path, "consumed"), low=0),
        stockout_days=int(_number(held, (*path, "stockout_days"), 0, low=0, high=month.days, whole=True)),
        unmet=_number(held, (*path, "unmet"), 0, low=0),
        unmet_captured=_number(held, (*path, "unmet_captured"), 0, low=0, high=1),
        from_paper=row.get("source") == "papier",
        excluded=_excluded(held, path),
    )


def _excluded(held: Located, path: Path_) -> bool:
    """Rule A7: only a named person sets a month aside, with a reason: `{"by": ..., "reason": ...}`."""
    if not held.content["months"][path[-1]].get("excluded"):
        return False
    for name in ("by", "reason"):
        if not str(held.need((*path, "excluded", name), str)).strip():
            held.fault((*path, "excluded", name), "must not be empty")
    return True


def _lots(held: Located) -> list[LotAhead] | None:
    if held.content.get("lots") is None:
        return None
    return [
        LotAhead(
            quantity=int(_number(held, ("lots", index, "quantity"), low=0, whole=True)),
            days_left=int(_number(held, ("lots", index, "days_left"), whole=True)),
        )
        for index in range(len(held.need(("lots",), list)))
    ]


def _season(held: Located) -> Fraction:
    """`season_index` as given, or computed from `season_history` (months with consumed) at `as_of`."""
    if held.content.get("season_history") is None:
        return _number(held, ("season_index",), 1, low=0)
    history = {}
    for index in range(len(held.need(("season_history",), list))):
        path: Path_ = ("season_history", index)
        month = Month.parse(held.need((*path, "month"), str))
        history[month] = _number(held, (*path, "consumed"), low=0)
    last = last_closed(History(as_of=_date(held, ("as_of",)), months=()))
    return look_ahead_index(history, last, int(_number(held, ("max_months",), 3, low=1)))


def _optional(held: Located, name: str) -> Fraction | None:
    return None if held.content.get(name) is None else _number(held, (name,), low=0)


def _number(
    held: Located, path: Path_, default: int | None = None, *, low: int | None = None, high: int | None = None,
    whole: bool = False,
) -> Fraction:  # fmt: skip
    value: Any = held.content
    for part in path:
        value = value.get(part) if isinstance(value, dict) else value[part] if isinstance(part, int) else None
    if value is None:
        if default is None:
            held.fault(path[:-1], f"has no {path[-1]!r}")
        return Fraction(default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        held.fault(path, "must be a number")
    exact = Fraction(str(value)) if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d{1,3})?", str(value)) else None
    if exact is None or abs(exact) > 10**12:
        held.fault(path, "is out of range")
    if low is not None and exact < low:
        held.fault(path, f"must not be below {low}")
    if high is not None and exact > high:
        held.fault(path, f"must not be above {high}")
    if whole and exact.denominator != 1:
        held.fault(path, "must be a whole number")
    return exact


def _date(held: Located, path: Path_) -> date:
    text = held.need(path, str)
    try:
        return parse_date(text)
    except Refused:
        held.fault(path, f"must be a date like 2026-09-30, not {text!r}")
