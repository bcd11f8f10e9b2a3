"""What is written of a visit. Pure values; whole numbers in the unit that the field names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Station(StrEnum):
    """Where a visit waits. Any post may be skipped."""

    TRIAGE = "triage"
    CONSULTATION = "consultation"
    LABORATORY = "laboratory"
    PHARMACY = "pharmacy"
    CASHIER = "cashier"
    DONE = "done"
    LEFT = "left"


class Rdt(StrEnum):
    """Result of the rapid malaria test."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    INVALID = "invalid"
    NOT_DONE = "not_done"


class Microscopy(StrEnum):
    """Result of the thick smear."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NOT_DONE = "not_done"


class Outcome(StrEnum):
    """How the consultation ended. Referred is planned, evacuated is urgent."""

    HOME = "home"
    OBSERVATION = "observation"
    REFERRED = "referred"
    EVACUATED = "evacuated"
    DIED = "died"
    LEFT = "left"


class CaseType(StrEnum):
    """Nouveau cas, or ancien cas: follow-up of the same episode."""

    NEW = "NC"
    FOLLOW_UP = "AC"


class Strategy(StrEnum):
    """Where care was given: at the centre, or by a team that went out."""

    FIXED = "fixe"
    OUTREACH = "avancee"
    MOBILE = "mobile"


class PrescriptionState(StrEnum):
    """Issued waits; part-served waits for the rest; closed and cancelled are off the depot's queue."""

    ISSUED = "issued"
    PART_SERVED = "part_served"
    SERVED = "served"
    CLOSED = "closed"
    CANCELLED = "cancelled"


SAME_EPISODE_DAYS = 14
"""The same affection within this many days is proposed as follow-up (hypothesis H of the report reference)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Measures; None is not measured. `danger_signs` maps a sign's code to "yes" or "no"; absent is unknown."""

    temperature_decidegrees: int | None = None
    weight_grams: int | None = None
    height_mm: int | None = None
    muac_mm: int | None = None
    respiration_per_minute: int | None = None
    pulse_per_minute: int | None = None
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    oedema: int | None = None
    danger_signs: dict[str, str] = field(default_factory=dict)


# Possible values refuse a slip of the finger; usual values only ask. (lowest, highest) in the field's unit.
POSSIBLE = {
    "temperature_decidegrees": (300, 450), "weight_grams": (300, 300_000), "height_mm": (250, 2_300),
    "muac_mm": (50, 600), "respiration_per_minute": (5, 150), "pulse_per_minute": (20, 260),
    "systolic_mmhg": (40, 300), "diastolic_mmhg": (20, 200), "oedema": (0, 3),
}  # fmt: skip
USUAL = {
    "temperature_decidegrees": (350, 415), "weight_grams": (1_500, 130_000), "height_mm": (400, 2_000),
    "muac_mm": (80, 400), "respiration_per_minute": (10, 80), "pulse_per_minute": (40, 190),
    "systolic_mmhg": (70, 220), "diastolic_mmhg": (40, 130),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """What the prescriber found and decided. `diagnosis` is a code of the CSCom list."""

    case_type: CaseType
    motive: str
    diagnosis: str
    rdt: Rdt = Rdt.NOT_DONE
    microscopy: Microscopy = Microscopy.NOT_DONE
    malaria_suspected: bool = False
    pregnant: str = "unknown"
    outcome: Outcome = Outcome.HOME
    signs: tuple[str, ...] = ()
    other_diagnoses: tuple[str, ...] = ()
    died_on: date | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribedLine:
    """One product prescribed: catalogue code, base units, how to take it."""

    product: str
    quantity: int
    dosage: str
    days: int | None = None


def unusual(vitals: Vitals) -> tuple[str, ...]:
    """The fields whose value is possible but unusual: the page asks to look again."""
    found = []
    for name, (low, high) in USUAL.items():
        value = getattr(vitals, name)
        if value is not None and not low <= value <= high:
            found.append(name)
    return tuple(found)


def impossible(vitals: Vitals) -> tuple[str, ...]:
    """The fields whose value no person can have."""
    found = []
    for name, (low, high) in POSSIBLE.items():
        value = getattr(vitals, name)
        if value is not None and not low <= value <= high:
            found.append(name)
    if vitals.systolic_mmhg and vitals.diastolic_mmhg and vitals.diastolic_mmhg >= vitals.systolic_mmhg:
        found.append("diastolic_mmhg")
    return tuple(found)
