"""What is known of a family. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kin(StrEnum):
    """What a person is to a relative. A couple and twins are so to each other."""

    MOTHER = "mother"
    FATHER = "father"
    COUPLE = "couple"
    TWIN = "twin"


PARENTS = frozenset({Kin.MOTHER, Kin.FATHER})
SEX_OF = {Kin.MOTHER: "F", Kin.FATHER: "M"}


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
