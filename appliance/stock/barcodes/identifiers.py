"""The application identifiers of GS1 as data: which elements there are, what each may hold, where each ends. Pure.

An element whose first two digits stand in `predefined_lengths` ends by its length; any other ends at a separator
(FNC1) or at the end of the code (GS1 General Specifications, 7.8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, load_json

FILE = Path(__file__).parent / "data" / "application-identifiers.json"
CHARACTERS = "!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z"
"""The 82 characters that an element may hold, as a class of a regular expression."""
_PART = re.compile(r"([NX])(\.\.)?([0-9]{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One application identifier. `length` is that of a value that may have only one, else None."""

    code: str
    label: str
    pattern: re.Pattern[str]
    length: int | None
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifiers:
    """Every identifier, and the two tables by which a code is cut: both are asked by the first two digits."""

    known: dict[str, Identifier]
    predefined: dict[str, int]
    digits: dict[str, int]


def load_identifiers(file: Path = FILE) -> Identifiers:
    """Read and check the table; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    digits = {
        prefix: int(count) for count, prefixes in held.need(("identifier_digits",), dict).items() for prefix in prefixes
    }
    predefined = dict(held.need(("predefined_lengths",), dict))
    known: dict[str, Identifier] = {}
    for index in range(len(held.need(("identifiers",), list))):
        one = _identifier(held, index)
        where = ("identifiers", index, "ai")
        if one.code in known:
            held.fault(where, f"{one.code} stands twice")
        if digits.get(one.code[:2]) != len(one.code):
            held.fault(where, f"{one.code} has not the digits that its first two tell")
        if one.code[:2] in predefined and predefined[one.code[:2]] != len(one.code) + (one.length or 0):
            held.fault(where, f"{one.code} has not the length that its first two digits tell")
        known[one.code] = one
    return Identifiers(known=known, predefined=predefined, digits=digits)


@cache
def identifiers() -> Identifiers:
    """The table that ships with this release."""
    return load_identifiers()


def _identifier(held: Located, index: int) -> Identifier:
    code = held.need(("identifiers", index, "ai"), str)
    written = held.need(("identifiers", index, "format"), str)
    pattern, shortest, longest = "", 0, 0
    for part in written.split("+"):
        found = _PART.fullmatch(part)
        if found is None:
            held.fault(("identifiers", index, "format"), f"{part!r} is not like N6, X..20 or N3+X..9")
        kind, upto, count = found[1], bool(found[2]), int(found[3])
        # A second part that may be shorter may be missing altogether; a first one may not.
        least = (0 if longest else 1) if upto else count
        pattern += ("[0-9]" if kind == "N" else f"[{CHARACTERS}]") + f"{{{least},{count}}}"
        shortest, longest = shortest + least, longest + count
    return Identifier(
        code=code, label=held.need(("identifiers", index, "label"), str), pattern=re.compile(pattern),
        length=longest if shortest == longest else None, longest=longest,
    )  # fmt: skip
