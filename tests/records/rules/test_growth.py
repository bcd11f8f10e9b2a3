"""The growth of a child is judged as the WHO's own programs judge it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.core.errors import Refused
from appliance.records.rules.growth.reference import table
from appliance.records.rules.growth.zscores import Measures, growth

SURVEY = Path(__file__).parent / "vendor" / "survey.csv"


def number(text: str) -> float | None:
    return float(text) if text else None


def test_every_child_of_the_survey_gets_the_scores_that_were_published() -> None:
    wrong, seen = [], 0
    with SURVEY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            muac = number(row["muac_cm"])
            found = growth(
                Measures(
                    sex=row["sex"], age_days=int(row["age_days"]), weight_kg=number(row["weight_kg"]),
                    length_cm=number(row["length_cm"]), position={"l": "lying", "h": "standing"}.get(row["position"]),
                    muac_mm=muac and muac * 10, oedema=row["oedema"] == "y",
                )
            ).scores  # fmt: skip
            weight_for = found["wfl"] if found["wfl"] is not None else found["wfh"]
            got = (found["lhfa"], found["wfa"], weight_for, found["bmifa"], found["mfa"])
            expected = tuple(number(row[name]) for name in ("zlen", "zwei", "zwfl", "zbmi", "zac"))
            for ours, theirs in zip(got, expected, strict=True):
                seen += 1
                if (ours is None) != (theirs is None) or (ours is not None and abs(ours - (theirs or 0)) > 0.0051):
                    wrong.append((row["id"], got, expected))
    assert seen > 2_000
    assert wrong == []


@pytest.mark.parametrize(
    ("indicator", "sex", "at", "median", "minus_two", "minus_three"),
    [
        ("wfa", "M", 0, 3.3464, 2.46, 2.08), ("wfa", "M", 365, 9.6460, 7.74, 6.93), ("wfa", "M", 730, 12.1482, 9.67, 8.63),
        ("wfa", "F", 0, 3.2322, 2.39, 2.03), ("wfa", "F", 365, 8.9462, 7.04, 6.27), ("wfl", "M", 65.0, 7.2666, 6.193, 5.736),
        ("wfl", "M", 75.0, 9.5032, 8.088, 7.486), ("wfh", "M", 87.0, 12.1645, 10.393, 9.637),
        ("wfh", "M", 100.0, 15.3576, 13.087, 12.12),
    ],
)  # fmt: skip
def test_the_tables_hold_the_published_medians_and_deviations(
    indicator: str, sex: str, at: float, median: float, minus_two: float, minus_three: float
) -> None:
    place = table(indicator, sex).find(at)
    assert place is not None
    assert place.median == pytest.approx(median)
    assert place.at(-2) == pytest.approx(minus_two, abs=0.006)
    assert place.at(-3) == pytest.approx(minus_three, abs=0.006)


def test_what_no_child_measures_is_refused_and_what_is_hard_to_believe_is_flagged() -> None:
    child = Measures(sex="F", age_days=400)
    for wrong in ({"weight_kg": 720.0}, {"length_cm": float("nan")}, {"muac_mm": 14.9}):
        with pytest.raises(Refused, match="growth-measure"):
            growth(replace(child, **wrong))  # type: ignore[arg-type]
    assert growth(Measures(sex="F", age_days=400, weight_kg=30.0)).flags == ("wfa",)


def test_not_measured_is_not_normal() -> None:
    assert growth(Measures(sex="M", age_days=400, weight_kg=9.0)).classified is None
    assert growth(Measures(sex="M", age_days=400, oedema=True)).classified == "MAS"
