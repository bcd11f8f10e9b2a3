"""The growth of the child in front of one, from the measures of a visit. Pure."""

from __future__ import annotations

from datetime import date

from appliance.records.care.model import Vitals
from appliance.records.rules.growth.zscores import AGE_DAYS_MAX, Growth, Measures, growth

WEIGHT_KG = (0.5, 60)
HEIGHT_CM = (25, 150)


def growth_at(vitals: Vitals, sex: str, born_on: date, on: date) -> Growth | None:
    """The z-scores of a child below five years; None beyond, without a weight, or with one that is asked about anyway."""
    age_days = (on - born_on).days
    if not 0 <= age_days <= AGE_DAYS_MAX or sex not in ("F", "M") or vitals.weight_grams is None:
        return None
    weight = vitals.weight_grams / 1000
    height = vitals.height_mm / 10 if vitals.height_mm is not None else None
    if not WEIGHT_KG[0] <= weight <= WEIGHT_KG[1]:
        return None
    if height is not None and not HEIGHT_CM[0] <= height <= HEIGHT_CM[1]:
        height = None
    oedema = None if vitals.oedema is None else vitals.oedema > 0
    return growth(Measures(sex=sex, age_days=age_days, weight_kg=weight, length_cm=height, oedema=oedema))
