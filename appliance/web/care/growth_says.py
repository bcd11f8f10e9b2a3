"""What a child's growth says beside the fields of weight and height, as it is typed."""

from __future__ import annotations

from fractions import Fraction

from appliance.core.french import number_fr
from appliance.records.rules.growth.zscores import Growth
from appliance.web.words import Words, _

CLASSES = Words({"MAS": "malnutrition sévère", "MAM": "malnutrition modérée", "normal": "normal"})
TONES = {"MAS": "danger", "MAM": "warn", "normal": "ok"}
LOW = -2
"""Weight for age below this is underweight (WHO)."""


def growth_says(found: Growth, *, is_age_exact: bool) -> dict[str, tuple[str, str]]:
    """Text and tone by field: weight for age at the weight, weight for height with its class at the height.

    An age that was said, not read from a card, moves weight for age by whole classes: then it is not told. Weight for height
    asks the age for no more than the table to look in.
    """
    said = {}
    age, height = found.scores["wfa"], found.scores["wfl"] if found.scores["wfl"] is not None else found.scores["wfh"]
    if age is not None and is_age_exact:
        said["poids"] = _told(_("P/Â"), age, "wfa" in found.flags, "warn" if age < LOW else "ok")
    if height is not None:
        kind = found.classified or "normal"
        is_odd = bool({"wfl", "wfh"} & set(found.flags))
        text, tone = _told(_("P/T"), height, is_odd, TONES[kind])
        said["taille"] = (text if is_odd else f"{text} : {CLASSES[kind]}", tone)
    return said


def _told(name: str, score: float, is_odd: bool, tone: str) -> tuple[str, str]:
    text = f"{name} {number_fr(Fraction(str(score)), 2)}"
    return (_("%(score)s : mesurez encore") % {"score": text}, "ask") if is_odd else (text, tone)
