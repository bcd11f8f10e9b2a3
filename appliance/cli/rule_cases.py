"""Reading the cases of `appliance rules`: every fault names the file, the line and the field."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

from appliance.core.datafile import Located, Path_
from appliance.core.errors import Refused
from appliance.core.periods import Month, parse_date
from appliance.stock.consumption.average import average_monthly_consumption, last_closed
from appliance.stock.consumption.model import Consumption, History, MonthOfUse
from appliance.stock.ordering.expiry import LotAhead
from appliance.stock.ordering.quantity import Situation
from appliance.stock.ordering.season import look_ahead_index

MONTHS_MAX = 600


def consumption_case(held: Located) -> History:
    """A consumption case: `as_of`, `months` oldest first (absent months count nothing), `first_receipt` or null."""
    rows = held.need(("months",), list)
    if len(rows) > MONTHS_MAX:
        held.fault(("months",), f"has more than {MONTHS_MAX} months")
    months = tuple(_month(held, index) for index in range(len(rows)))
    seen: set[Month] = set()
    for index, month in enumerate(months):
        if month.month in seen:
            held.fault(("months", index, "month"), f"{month.month} stands twice")
        seen.add(month.month)
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
    given = held.content.get("cmm")
    if "cmm" in held.content and given is not None:
        cmm: Fraction | None = _number(held, ("cmm",), low=0)
    elif "months" in held.content:
        estimate = average_monthly_consumption(consumption_case(held))
        cmm = estimate.cmm
    elif "cmm" in held.content:
        cmm = None
    else:
        held.fault((), "must have cmm or months")
    lots = _lots(held)
    usable = _optional(held, "usable")
    if lots is None and usable is None:
        held.fault((), "must have usable or lots")
    shelf_life = _optional(held, "shelf_life_months")
    return (
        Situation(
            cmm=cmm,
            max_months=_number(held, ("max_months",), 3, low=0),
            usable=usable,
            lots=lots,
            on_order=_number(held, ("on_order",), 0, low=0),
            reserved=_number(held, ("reserved",), 0, low=0),
            loans_due_in=_number(held, ("loans_due_in",), 0, low=0),
            loans_due_out=_number(held, ("loans_due_out",), 0, low=0),
            pack=int(_number(held, ("pack",), 1, low=1, whole=True)),
            shelf_life_months=shelf_life,
            season_index=_season(held),
        ),
        estimate,
    )


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
        consumed=_number(held, (*path, "consumed")),
        stockout_days=int(_number(held, (*path, "stockout_days"), 0, low=0, high=month.days, whole=True)),
        unmet=_number(held, (*path, "unmet"), 0, low=0),
        unmet_captured=_number(held, (*path, "unmet_captured"), 0, low=0, high=1),
        from_paper=row.get("source") == "papier",
        excluded=bool(row.get("excluded")),
    )


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
