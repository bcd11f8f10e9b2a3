"""The short list of diagnoses of a CSCom: French label, ICD-10, the report row it counts in, local synonyms.

The list is data (`data/diagnoses.json`, marked à confirmer until the ministry's list is had).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json
from appliance.core.errors import Refused
from appliance.core.french import fold

FILE = Path(__file__).parent / "data" / "diagnoses.json"
SIGNS_FILE = Path(__file__).parent / "data" / "danger-signs.json"
_ICD10 = re.compile(r"[A-Z]\d{2}(\.\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One row of the list. `affection` is the row of the morbidity table; `malaria` is "simple", "severe" or None."""

    code: str
    label: str
    icd10: str
    affection: str
    synonyms: tuple[str, ...]
    is_notifiable: bool
    is_sensitive: bool
    malaria: str | None
    folded: str


def load_diagnoses(file: Path = FILE) -> dict[str, Diagnosis]:
    """Read and check the list; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found: dict[str, Diagnosis] = {}
    for index in range(len(held.need(("diagnoses",), list))):
        row = held.need(("diagnoses", index), dict)
        for name in ("code", "label", "icd10", "affection"):
            held.need(("diagnoses", index, name), str)
        if row["code"] in found:
            held.fault(("diagnoses", index, "code"), f"{row['code']} stands twice")
        if not _ICD10.fullmatch(row["icd10"]):
            held.fault(("diagnoses", index, "icd10"), f"{row['icd10']!r} is no ICD-10 code")
        if row.get("malaria") not in (None, "simple", "severe"):
            held.fault(("diagnoses", index, "malaria"), "must be simple or severe")
        synonyms = tuple(held.need(("diagnoses", index, "synonyms"), list))
        found[row["code"]] = Diagnosis(
            code=row["code"], label=row["label"], icd10=row["icd10"], affection=row["affection"], synonyms=synonyms,
            is_notifiable=bool(row.get("notifiable")), is_sensitive=bool(row.get("sensitive")),
            malaria=row.get("malaria"), folded=fold(" ".join((row["label"], row["icd10"], *synonyms))),
        )  # fmt: skip
    if "autre" not in found:
        held.fault(("diagnoses",), "has no diagnosis with code 'autre'")
    return found


@cache
def default_diagnoses() -> dict[str, Diagnosis]:
    """The list that ships with this release, by code."""
    return load_diagnoses()


def diagnosis(code: str) -> Diagnosis:
    """One diagnosis; raises `Refused("diagnosis-unknown")`."""
    found = default_diagnoses().get(code)
    if found is None:
        raise Refused("diagnosis-unknown", diagnosis=code[:40])
    return found


def search(text: str, limit: int = 12) -> list[Diagnosis]:
    """Diagnoses whose label, synonyms or ICD-10 code hold every word typed.

    First those whose label begins with it, then those of which a synonym or the code does, then the others.
    """
    words = fold(text).split()
    hits = [d for d in default_diagnoses().values() if all(w in d.folded for w in words)]
    return sorted(hits, key=lambda d: (_distance(d, " ".join(words)), len(d.label)))[:limit]


def _distance(listed: Diagnosis, typed: str) -> int:
    if fold(listed.label).startswith(typed):
        return 0
    return 1 if any(fold(word).startswith(typed) for word in (listed.icd10, *listed.synonyms)) else 2


@cache
def danger_signs() -> dict[str, str]:
    """French label of each danger sign by code."""
    held = load_json(SIGNS_FILE)
    return {
        held.need(("signs", i, "code"), str): held.need(("signs", i, "label"), str)
        for i in range(len(held.need(("signs",), list)))
    }


@cache
def consequences() -> dict[str, str]:
    """What follows from each danger sign, by code: said beside it, decided by the prescriber."""
    held = load_json(SIGNS_FILE)
    return {
        held.need(("signs", i, "code"), str): held.need(("signs", i, "consequence"), str)
        for i in range(len(held.need(("signs",), list)))
    }
