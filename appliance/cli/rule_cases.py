"""Reading the cases of `appliance rules`: every fault names the file, the line and the field."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located, Path_, parse_json, read_text
from appliance.core.errors import Refused
from appliance.core.periods import Month, parse_date
from appliance.stock.consumption.average import average_monthly_consumption, last_closed
from appliance.stock.consumption.model import Consumption, History, MonthOfUse
from appliance.stock.ordering.awaited import Awaited
from appliance.stock.ordering.bands import Thresholds
from appliance.stock.ordering.expiry import LotAhead
from appliance.stock.ordering.levels import LEAD_TIME_MONTH_DAYS, LeadTimes, Levels, computed_levels
from appliance.stock.ordering.quantity import Situation
from appliance.stock.ordering.season import MONTHS_NEEDED, Profile, Season, season_of
from appliance.stock.ordering.working import Case
from appliance.stock.orders.model import OrderKind

MONTHS_MAX = 600
NET_LOWEST = -(10**9)
"""A month's net use may be negative: a reversal after closing falls in the open month (rule T9)."""
LEAD_TIME_DAYS, EMERGENCY_LEAD_TIME_DAYS = 14, 7
SAFETY_MONTHS = Fraction(1, 2)


def read_case(case: str) -> Located:
    """A case from a JSON file, or from standard input when it is "-". Raises `Refused("case-not-an-object")`, `DataFileError`."""
    if case == "-":
        text, file = sys.stdin.read(), Path("standard input")
    else:
        file = Path(case)
        text = read_text(file)
    content = parse_json(file, text)
    if not isinstance(content, dict):
        raise Refused("case-not-an-object", file=str(file), given=json.dumps(content)[:40])
    return Located(file, text, content)


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
        window_months=int(number_at(held, ("window_months",), 3, low=1, high=12, whole=True)),
    )


def order_case(held: Located) -> Case:
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
    lots, usable = _lots(held), _optional(held, "usable")
    if lots is None and usable is None:
        held.fault((), "must have usable or lots")
    times = _lead_times(held)
    levels = _levels(held, times)
    orders = _on_order(held)
    situation = Situation(
        cmm=cmm,
        usable=usable,
        lots=lots,
        on_order=number_at(held, ("on_order",), 0, low=0) if orders is None else Fraction(0),
        reserved=number_at(held, ("reserved",), 0, low=0),
        loans_due_in=number_at(held, ("loans_due_in",), 0, low=0),
        loans_due_out=number_at(held, ("loans_due_out",), 0, low=0),
        pack=int(number_at(held, ("pack",), 1, low=1, whole=True)),
        shelf_life_months=_optional(held, "shelf_life_months"),
        least_life_months=_optional(held, "least_life_months"),
        lead_time_months=times.days / LEAD_TIME_MONTH_DAYS,
        safety_months=_fraction(held, "safety_months", SAFETY_MONTHS),
        warnings=warnings,
    )
    kind = held.content.get("kind", OrderKind.NORMAL.value)
    if kind not in {k.value for k in OrderKind}:
        held.fault(("kind",), f"must be normal or emergency, not {kind!r}")
    given = sum((Fraction(lot.quantity) for lot in lots or () if lot.days_left > 0), Fraction(0))
    return Case(
        situation=situation, usable=given if lots is not None else usable or Fraction(0), levels=levels,
        lead_time_days=times.days, consumption=estimate, season=_season(held, levels), awaited=orders,
        kind=OrderKind(kind),
    )  # fmt: skip


def _lead_times(held: Located) -> LeadTimes:
    """Lead times as given, or learned from `observed_lead_times` once five are known (rule E)."""
    return LeadTimes(
        default_days=number_at(held, ("lead_time_days",), LEAD_TIME_DAYS, low=0),
        emergency_default_days=number_at(held, ("emergency_lead_time_days",), EMERGENCY_LEAD_TIME_DAYS, low=0),
        observed=_days(held, "observed_lead_times"), emergency_observed=_days(held, "observed_emergency_lead_times"),
    )  # fmt: skip


def _days(held: Located, name: str) -> tuple[int, ...]:
    if held.content.get(name) is None:
        return ()
    rows = held.need((name,), list)
    return tuple(int(number_at(held, (name, index), low=0, whole=True)) for index in range(len(rows)))


def _levels(held: Located, times: LeadTimes) -> Levels:
    """Levels as given in months; computed by rule E where `review_months` is given and no `max_months`."""
    usual = Thresholds()
    if held.content.get("max_months") is None and held.content.get("review_months") is not None:
        safety = _fraction(held, "safety_months", SAFETY_MONTHS)
        return computed_levels(times, safety, _fraction(held, "review_months", Fraction(1)))
    return Levels(
        minimum=_fraction(held, "min_months", usual.minimum), maximum=_fraction(held, "max_months", usual.maximum),
        emergency=_fraction(held, "eop_months", usual.emergency),
    )  # fmt: skip


def _fraction(held: Located, name: str, default: Fraction) -> Fraction:
    return default if held.content.get(name) is None else number_at(held, (name,), low=0)


def _differ(given: Fraction, computed: Fraction | None) -> bool:
    """Whether a given CMM is another than that of the months; one rounded to a whole unit is the same."""
    return computed is None or abs(given - computed) > Fraction(1, 2)


def _on_order(held: Located) -> tuple[Awaited, ...] | None:
    """What is on its way: a sum, or orders `{"quantity", "age_days"}` of which one older than 2 lead times stops counting."""
    if not isinstance(held.content.get("on_order"), list):
        return None
    if held.content.get("observed_lead_times") is None:
        held.need(("lead_time_days",), (int, float))
    return tuple(
        Awaited(
            quantity=number_at(held, ("on_order", index, "quantity"), low=0),
            age_days=int(number_at(held, ("on_order", index, "age_days"), low=0, whole=True)),
        )
        for index in range(len(held.content["on_order"]))
    )


def _month(held: Located, index: int) -> MonthOfUse:
    path: Path_ = ("months", index)
    held.need(path, dict)
    month = _named_month(held, (*path, "month"))
    row = held.content["months"][index]
    return MonthOfUse(
        month=month,
        consumed=number_at(held, (*path, "consumed"), low=NET_LOWEST),
        stockout_days=int(number_at(held, (*path, "stockout_days"), 0, low=0, high=month.days, whole=True)),
        unmet=number_at(held, (*path, "unmet"), 0, low=0),
        unmet_captured=number_at(held, (*path, "unmet_captured"), 0, low=0, high=1),
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
            quantity=int(number_at(held, ("lots", index, "quantity"), low=0, whole=True)),
            days_left=int(number_at(held, ("lots", index, "days_left"), whole=True)),
        )
        for index in range(len(held.need(("lots",), list)))
    ]


def _season(held: Located, levels: Levels) -> Season:
    """`season_index` as given, or computed from `season_history` (months with consumed) or `season_profile` at `as_of`."""
    if held.content.get("season_history") is None and held.content.get("season_profile") is None:
        given = held.content.get("season_index")
        return Season() if given is None else Season(index=number_at(held, ("season_index",), low=0), origin="given")
    history = {}
    for index in range(len(held.need(("season_history",), list)) if held.content.get("season_history") else 0):
        path: Path_ = ("season_history", index)
        held.need(path, dict)
        history[_named_month(held, (*path, "month"))] = number_at(held, (*path, "consumed"), low=NET_LOWEST)
    last = last_closed(History(as_of=_date(held, ("as_of",)), months=()))
    window = int(number_at(held, ("window_months",), 3, low=1, high=12, whole=True))
    return season_of(
        history, last, ahead=max(-(-levels.maximum // 1), 1), behind=window, profile=_profile(held)
    )  # fmt: skip


def _profile(held: Located) -> Profile | None:
    if held.content.get("season_profile") is None:
        return None
    if len(held.need(("season_profile",), list)) != MONTHS_NEEDED:
        held.fault(("season_profile",), "must be twelve numbers, January first")
    index = tuple(number_at(held, ("season_profile", month), low=0) for month in range(MONTHS_NEEDED))
    return Profile(id="given", label="", districts=(), index=index)


def _named_month(held: Located, path: Path_) -> Month:
    text = held.need(path, str)
    try:
        return Month.parse(text)
    except Refused:
        held.fault(path, f"must be a month like 2026-07, not {text!r}")


def _optional(held: Located, name: str) -> Fraction | None:
    return None if held.content.get(name) is None else number_at(held, (name,), low=0)


def number_at(
    held: Located, path: Path_, default: int | None = None, *, low: int | None = None, high: int | None = None,
    whole: bool = False,
) -> Fraction:  # fmt: skip
    """The exact number at a path, or the default; a fault of the case when it is none, or outside of its bounds."""
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
