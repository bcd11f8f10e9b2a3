"""What is known of a family. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from appliance.records.patients.model import PatientLine, span_days


class Kin(StrEnum):
    """What a person is to a relative. A couple and twins are so to each other."""

    MOTHER = "mother"
    FATHER = "father"
    COUPLE = "couple"
    TWIN = "twin"


PARENTS = frozenset({Kin.MOTHER, Kin.FATHER})
SEX_OF = {Kin.MOTHER: "F", Kin.FATHER: "M"}
PARENT_YEARS_MIN = 10
"""Nobody is taken for the parent of someone less than ten years younger, the doubt of both births apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A tie that holds, seen from one person: `other` (the file that stands) is the `role` of that person.

    `role`: mother, father, child, couple, twin. `link` is the row that says so.
    """

    link: int
    other: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A household as it stands: its head (None when nobody is said to be), its members, the head first.

    `village` is the head's, or the first member's; `concession` what people call the place, where it was said.
    """

    id: int
    head: int | None
    members: tuple[int, ...]
    village: int | None
    concession: str | None


def is_old_enough(parent: PatientLine, child: PatientLine) -> bool:
    """Whether the ages let someone be the parent of another."""
    doubt = timedelta(days=span_days(parent.born_precision) + span_days(child.born_precision))
    return parent.born_on - doubt <= child.born_on - timedelta(days=round(PARENT_YEARS_MIN * 365.25))


def can_be_parent(parent: PatientLine, child: PatientLine, kin: Kin) -> bool:
    """Whether sex and ages let someone be the mother or the father of another."""
    return parent.sex == SEX_OF[kin] and is_old_enough(parent, child)
