"""When a line is counted again, and why a variance may have come about: the centre's file of counting. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, load_json

FILE = Path(__file__).parent / "data" / "counting.json"
CLASSES = ("V", "E", "N", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """A variance within both bounds is written without a second count: whole percent of the ledger's figure, and FCFA."""

    percent: int
    value_fcfa: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceReason:
    """Why counted and written differ. `sign` +1 or -1 fits that direction only, 0 both."""

    code: str
    label: str
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRules:
    """The file as read. From `reminder_day` of a month on its count is asked for."""

    status: str
    reminder_day: int
    within_label: str
    tolerances: dict[str, Tolerance]
    reasons: dict[str, VarianceReason]


def is_within(tolerance: Tolerance, ledger: int, variance: int, unit_cost_fcfa: int | None) -> bool:
    """Whether a variance (base units) needs neither a second count nor a reason of its own.

    What nobody wrote a cost for is judged by the percentage alone; what the ledger does not know (0 there) is always out.
    """
    if variance == 0:
        return True
    if abs(variance) * 100 > tolerance.percent * ledger:
        return False
    return unit_cost_fcfa is None or abs(variance) * unit_cost_fcfa <= tolerance.value_fcfa


def load_counting(file: Path = FILE) -> CountingRules:
    """Read and check the file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    for name in ("id", "edition", "source", "status", "valid_from"):
        held.need((name,), str)
    day = held.need(("reminder_day",), int)
    if not 1 <= day <= 28:
        held.fault(("reminder_day",), "must be a day that every month has (1 to 28)")
    return CountingRules(
        status=held.content["status"], reminder_day=day, within_label=held.need(("within_label",), str),
        tolerances=_tolerances(held), reasons=_reasons(held),
    )  # fmt: skip


@cache
def counting_rules() -> CountingRules:
    """The file that ships with this release."""
    return load_counting()


def _tolerances(held: Located) -> dict[str, Tolerance]:
    found: dict[str, Tolerance] = {}
    for index in range(len(held.need(("tolerances",), list))):
        at = ("tolerances", index)
        ven, percent = held.need((*at, "ven"), str), held.need((*at, "percent"), int)
        value = held.need((*at, "value_fcfa"), int)
        if ven not in CLASSES or ven in found:
            held.fault((*at, "ven"), f"must be one of {', '.join(repr(c) for c in CLASSES)}, each once")
        if not 0 <= percent <= 100 or value < 0:
            held.fault(at, "needs a percent from 0 to 100 and a value of 0 or more")
        found[ven] = Tolerance(percent=percent, value_fcfa=value)
    if missing := [c for c in CLASSES if c not in found]:
        held.fault(("tolerances",), f"says nothing of class {', '.join(repr(c) for c in missing)}")
    return found


def _reasons(held: Located) -> dict[str, VarianceReason]:
    found: dict[str, VarianceReason] = {}
    for index in range(len(held.need(("reasons",), list))):
        at = ("reasons", index)
        code, label, sign = (
            held.need((*at, "code"), str),
            held.need((*at, "label"), str),
            held.need((*at, "sign"), int),
        )
        if code in found or not label.strip():
            held.fault((*at, "code"), f"{code} stands twice or has no label")
        if sign not in (-1, 0, 1):
            held.fault((*at, "sign"), "must be -1, 0 or 1")
        found[code] = VarianceReason(code=code, label=label.strip(), sign=sign)
    if not {1, -1} <= {r.sign for r in found.values()} and 0 not in {r.sign for r in found.values()}:
        held.fault(("reasons",), "needs reasons for more and for less")
    return found
