"""Why our quantity is not the supplier's: what a plain mean leaves out, read from the working kept with the line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

WIDE_GAP = Fraction(1, 5)
"""A line is shown as different from a fifth on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A cause by its code, with the figures that a sentence about it needs; `reason`: the code it would be confirmed with.

    Codes: cmm-unknown, stockout (days), unmet (n), season (index), expiry (n), loan (n), overstock (months), on_order (n),
    small-use, other-mean (cmm, naive), rounding.
    """

    code: str
    reason: str | None
    figures: Mapping[str, Fraction]


def gaps(working: Mapping[str, Any] | None, ours: int | None, theirs: int | None) -> list[Gap]:
    """The causes of a difference, the strongest first; none where the two agree or nothing is proposed to compare with."""
    if working is None or theirs is None or ours == theirs:
        return []
    if ours is None:
        return [Gap(code="cmm-unknown", reason=None, figures={})]
    found = list(_higher(working) if ours > theirs else _lower(working))
    if not found:
        cmm, naive = _number(working, "cmm"), _number(working, "naive")
        code, reason = ("other-mean", "consumption") if cmm else ("rounding", None)
        found = [Gap(code=code, reason=reason, figures={"cmm": cmm, "naive": naive})]
    return found


def is_wide(one: int | None, other: int | None) -> bool:
    """Whether two quantities differ by more than a fifth of the larger."""
    first, second = one or 0, other or 0
    return abs(first - second) > max(first, second) * WIDE_GAP


def _higher(working: Mapping[str, Any]) -> list[Gap]:
    months = working.get("window") or []
    days = sum(int(month["unavailable_days"]) for month in months if month.get("note") != "absent")
    unmet = sum((Fraction(month["unmet"]) for month in months), Fraction(0))
    index = _number(working, "season_index") or Fraction(1)
    found = []
    if working.get("rule") == "A2" and unmet:
        found.append(Gap(code="unmet", reason="unmet", figures={"n": unmet}))
    elif days and _number(working, "cmm") > _number(working, "naive"):
        found.append(Gap(code="stockout", reason="stockout", figures={"days": Fraction(days)}))
    if index > 1:
        found.append(Gap(code="season", reason="season", figures={"index": index}))
    if risk := _number(working, "at_risk"):
        found.append(Gap(code="expiry", reason="expiry", figures={"n": risk}))
    if out := _number(working, "loans_due_out"):
        found.append(Gap(code="loan", reason="loan", figures={"n": out}))
    return found


def _lower(working: Mapping[str, Any]) -> list[Gap]:
    index, cmm = _number(working, "season_index") or Fraction(1), _number(working, "cmm")
    found = []
    if on_order := _number(working, "on_order"):
        found.append(Gap(code="on_order", reason="on_order", figures={"n": on_order}))
    if _number(working, "need") <= 0 and cmm:
        months = _number(working, "usable") / cmm
        found.append(Gap(code="overstock", reason="overstock", figures={"months": months}))
    if index < 1:
        found.append(Gap(code="season", reason="season", figures={"index": index}))
    if due := _number(working, "loans_due_in"):
        found.append(Gap(code="loan", reason="loan", figures={"n": due}))
    if "small-use" in (working.get("warnings") or ()):
        found.append(Gap(code="small-use", reason="expiry", figures={}))
    return found


def _number(working: Mapping[str, Any], name: str) -> Fraction:
    value = working.get(name)
    return Fraction(value) if value is not None else Fraction(0)
