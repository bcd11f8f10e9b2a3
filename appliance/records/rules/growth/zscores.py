"""Z-scores of a child by the WHO standards of 2006, and the class of malnutrition by the pack beside. Pure.

z = ((X/M)^L - 1) / (L S). Where weight, BMI or the arm is judged, a z beyond 3 goes on in steps of the distance between the
second and third standard deviation, since the fitted power exaggerates the far tails. Below 731 days length counts (a child
measured standing is taken 0.7 cm longer), from then on height (measured lying: 0.7 cm shorter).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.records.rules import pack
from appliance.records.rules.growth.reference import DAYS_TO_STANDING, Table, table

FILE = Path(__file__).parent / "data" / "malnutrition.json"
STANDING_IS_SHORTER_CM = 0.7
ADJUSTED = frozenset({"wfa", "wfl", "wfh", "bmifa", "mfa"})
AGE_DAYS_MAX = 1856
NAMES = ("wfa", "lhfa", "wfl", "wfh", "bmifa", "mfa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured of a child. `sex` F or M; `position` lying, standing or None (as the age asks); None: not measured."""

    sex: str
    age_days: int
    weight_kg: float | None = None
    length_cm: float | None = None
    position: str | None = None
    muac_mm: float | None = None
    oedema: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Z-scores rounded to two decimals, None where they can't be told.

    `classified` is `normal`, `MAM`, `MAS`, or None when nothing that decides was measured. `because` names the criteria met
    (`muac`, `weight-for-height`, `oedema`); `flags` the scores too far out to be believed: measure again.
    """

    scores: Mapping[str, float | None]
    classified: str | None
    because: tuple[str, ...]
    flags: tuple[str, ...]


def growth(child: Measures, held: Located | None = None) -> Growth:
    """Judge a child of 0 to 1,856 days.

    Raises `Refused("growth-measure", field=…)` for a value that no child has. Oedema adds water to the weight: then nothing
    that rests on it is told, and the class is MAS.
    """
    _require_possible(child)
    rules = held or default_rules()
    length = _length(child)
    weight = None if child.oedema else child.weight_kg
    by_length = "wfl" if child.age_days < DAYS_TO_STANDING else "wfh"
    scores: dict[str, float | None] = dict.fromkeys(NAMES)
    scores["lhfa"] = _score("lhfa", child.sex, child.age_days, length)
    if weight is not None:
        scores["wfa"] = _score("wfa", child.sex, child.age_days, weight)
    if weight is not None and length is not None:
        scores[by_length] = _score(by_length, child.sex, length, weight)
        scores["bmifa"] = _score("bmifa", child.sex, child.age_days, weight / (length / 100) ** 2)
    if child.muac_mm is not None:
        scores["mfa"] = _score("mfa", child.sex, child.age_days, child.muac_mm / 10)
    classified, because = _classified(rules, child, scores[by_length])
    flags = tuple(name for name in NAMES if _is_implausible(rules, name, scores[name]))
    return Growth(scores=scores, classified=classified, because=because, flags=flags)


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors, answered under the keys of the command line."""
    found = growth(Measures(**case), held)
    return {**found.scores, "class": found.classified, "because": list(found.because), "flags": list(found.flags)}


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`."""
    header, held = pack.load(file)
    for index in range(len(held.need(("classes",), list))):
        held.need(("classes", index, "class"), str)
        if not set(held.need(("classes", index), dict)) <= {"class", "muac_mm_below", "wfh_below", "oedema", "text"}:
            held.fault(("classes", index), "knows class, muac_mm_below, wfh_below, oedema and text only")
    ages = held.need(("muac_age_days",), list)
    if len(ages) != 2 or not all(isinstance(a, int) for a in ages):
        held.fault(("muac_age_days",), "must be the first and the last day of age")
    for name, limits in held.need(("plausible",), dict).items():
        if name not in NAMES or len(limits) != 2:
            held.fault(("plausible", name), "must be a known score with its lowest and highest value")
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _require_possible(child: Measures) -> None:
    if child.sex not in ("F", "M"):
        raise Refused("growth-measure", field="sex", low="F", high="M")
    if child.position not in (None, "lying", "standing"):
        raise Refused("growth-measure", field="position", low="lying", high="standing")
    limits = (
        ("age_days", child.age_days, 0, AGE_DAYS_MAX), ("weight_kg", child.weight_kg, 0.5, 60),
        ("length_cm", child.length_cm, 25, 150), ("muac_mm", child.muac_mm, 50, 350),
    )  # fmt: skip
    for name, value, low, high in limits:
        if value is not None and not low <= value <= high:  # not a number is within nothing
            raise Refused("growth-measure", field=name, low=low, high=high)


def _length(child: Measures) -> float | None:
    """The length below 731 days, the height from then on, whichever way the child was measured."""
    if child.length_cm is None:
        return None
    if child.age_days < DAYS_TO_STANDING:
        return child.length_cm + (STANDING_IS_SHORTER_CM if child.position == "standing" else 0)
    return child.length_cm - (STANDING_IS_SHORTER_CM if child.position == "lying" else 0)


def _score(indicator: str, sex: str, at: float, value: float | None) -> float | None:
    held: Table = table(indicator, sex)
    place = held.find(at)
    if place is None or value is None:
        return None
    z = place.z(value)
    if indicator in ADJUSTED and abs(z) > 3:
        side = 1 if z > 0 else -1
        third, second = place.at(3 * side), place.at(2 * side)
        z = side * 3 + (value - third) / abs(third - second)
    rounded = round(z, 2)
    return rounded if rounded else 0.0  # no -0.0


def _classified(rules: Located, child: Measures, weight_for_height: float | None) -> tuple[str | None, tuple[str, ...]]:
    """The first class of the pack of which one criterion is met; no class while nothing that decides is known."""
    first, last = rules.content["muac_age_days"]
    muac = child.muac_mm if first <= child.age_days <= last else None
    if muac is None and weight_for_height is None and child.oedema is not True:
        return None, ()
    for row in rules.content["classes"]:
        met = []
        if row.get("oedema") and child.oedema:
            met.append("oedema")
        if muac is not None and "muac_mm_below" in row and muac < row["muac_mm_below"]:
            met.append("muac")
        if weight_for_height is not None and "wfh_below" in row and weight_for_height < row["wfh_below"]:
            met.append("weight-for-height")
        if met:
            return row["class"], tuple(met)
    return "normal", ()


def _is_implausible(rules: Located, name: str, score: float | None) -> bool:
    limits = rules.content["plausible"].get(name)
    return score is not None and limits is not None and not limits[0] <= score <= limits[1]
