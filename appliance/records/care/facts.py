"""What a consultation says to the month's report. Pure: a consultation in, facts out.

Facts of a malaria case: suspected, tested, confirmed or presumed, once each even when both tests were done
(the smear decides over the rapid test when they disagree). A new case writes its affection; a follow-up does
not. What was handed over for malaria is a fact of its own (`MEDICINE`), whatever the tests said: the treatment of
a confirmed case is derived from it and from the consultation that stands, so no correction leaves it stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from appliance.core.periods import completed_months
from appliance.records.care.diagnoses import Diagnosis, diagnosis
from appliance.records.care.model import CaseType, Consultation, Microscopy, Outcome, Rdt
from appliance.storage.facts import Fact

TREATMENT, MEDICINE = "malaria-treatment", "malaria-medicine"
_CONFIRMED = {"simple": "PALCS", "severe": "PALCG"}
_PRESUMED = {"simple": "PALPS", "severe": "PALPG"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What of the patient a fact may be split by."""

    born_on: date
    sex: str
    zone: str | None
    strategy: str


def facts_of(found: Consultation, subject: Subject, on: date) -> list[Fact]:
    """Every fact of a consultation, dated on the day of care (a death on its own day)."""
    made = [
        fact(subject, on, kind, code)
        for kind, code in [*_activity(found), *_malaria(found, diagnosis(found.diagnosis))]
    ]
    if found.outcome is Outcome.DIED:
        made.append(fact(subject, found.died_on or on, "death", affection(found)))
    return made


def fact(subject: Subject, on: date, kind: str, code: str) -> Fact:
    """A fact about a subject on a day."""
    return Fact(
        kind=kind, code=code, occurred_on=on, age_months=completed_months(subject.born_on, on),
        age_days=max((on - subject.born_on).days, 0), sex=subject.sex, zone=subject.zone, strategy=subject.strategy,
    )  # fmt: skip


def affection(found: Consultation) -> str:
    """The morbidity row of a consultation; a malaria case is confirmed or presumed by its tests."""
    listed = diagnosis(found.diagnosis)
    if listed.malaria is None:
        return listed.affection
    return (_CONFIRMED if is_confirmed(found) else _PRESUMED)[listed.malaria]


def is_confirmed(found: Consultation) -> bool:
    """Whether a test confirmed malaria; the smear outweighs the rapid test."""
    if found.microscopy is not Microscopy.NOT_DONE:
        return found.microscopy is Microscopy.POSITIVE
    return found.rdt is Rdt.POSITIVE


def is_tested_negative(found: Consultation) -> bool:
    """Whether the deciding test was negative."""
    if found.microscopy is not Microscopy.NOT_DONE:
        return found.microscopy is Microscopy.NEGATIVE
    return found.rdt is Rdt.NEGATIVE


def treatment_codes(given: frozenset[str]) -> tuple[str, ...]:
    """The treatment facts of what was handed over: `act`, `injectable`, and `act-after-injectable` for both."""
    codes = sorted(given)
    return (*codes, "act-after-injectable") if given >= {"act", "injectable"} else tuple(codes)


def treatment_facts(found: Consultation, groups: frozenset[str]) -> tuple[str, ...]:
    """The codes of the treatment facts of a visit: only a new case that a test confirmed counts its treatment."""
    listed = diagnosis(found.diagnosis)
    if listed.malaria is None or found.case_type is not CaseType.NEW or not is_confirmed(found):
        return ()
    return tuple(f"{listed.malaria}-{code}" for code in treatment_codes(groups))


def _activity(found: Consultation) -> Iterator[tuple[str, str]]:
    yield "consultation", found.case_type.value
    if found.outcome is Outcome.REFERRED:
        yield "referral", "refer"
    if found.outcome is Outcome.EVACUATED:
        yield "referral", "evacuate"
    if found.outcome is Outcome.OBSERVATION:
        yield "hospitalisation", affection(found)
    if found.case_type is CaseType.NEW:
        yield "morbidity", affection(found)


def _malaria(found: Consultation, listed: Diagnosis) -> Iterator[tuple[str, str]]:
    tested_rdt = found.rdt in (Rdt.POSITIVE, Rdt.NEGATIVE)
    tested_smear = found.microscopy is not Microscopy.NOT_DONE
    if found.malaria_suspected or tested_rdt or tested_smear or found.rdt is Rdt.INVALID or listed.malaria:
        yield "malaria-suspect", "suspect"
    if tested_rdt:
        yield "malaria-test", "tdr-pos" if found.rdt is Rdt.POSITIVE else "tdr-neg"
    if tested_smear:
        yield "malaria-test", "ge-pos" if found.microscopy is Microscopy.POSITIVE else "ge-neg"
    # A follow-up is the same case: it was counted when it was new (cross-check V18).
    if listed.malaria is None or found.case_type is not CaseType.NEW:
        return
    if not is_confirmed(found):
        yield "malaria-case", f"presumed-{listed.malaria}"
    elif found.microscopy is Microscopy.POSITIVE:
        yield "malaria-case", f"{listed.malaria}-ge"
    else:
        yield "malaria-case", f"{listed.malaria}-tdr"
