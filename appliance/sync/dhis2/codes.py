"""DHIS2's error codes by what they ask of the centre. Pure; the codes are those of dhis2-core's `ErrorCode` and
`ValidationCode`, of both import engines (E7… up to 2.42, E8… from 2.43) and of the tracker (E1…).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FEW = 3


class Fate(StrEnum):
    """What to do with the thing sent."""

    ACCEPTED = "accepted"  # done; some values may still be refused, see conflicts
    RETRY = "retry"  # passing: again later, without end
    RETRY_FEW = "retry-few"  # perhaps passing: a few times, then a person
    WAIT = "wait"  # not yet: again when the period has ended
    PERSON = "person"  # someone must act (rights, locks, account) before it can pass
    PERMANENT = "permanent"  # never passes until the record or the mapping changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One refusal inside an answer. `indexes` are positions in the values sent; empty: the answer named none.

    `names` are the identifiers that it speaks of, by which the cells are found when there are no positions.
    """

    code: str
    text: str
    indexes: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Fate, a stable code of ours or of DHIS2, and the refusals; `retry_after` in seconds when the server said.

    `tries` is how many tries a `RETRY_FEW` gets before a person is asked.
    """

    fate: Fate
    code: str
    conflicts: tuple[Conflict, ...] = ()
    counts: dict[str, int] | None = None
    retry_after: int | None = None
    pauses_link: bool = False
    tries: int = FEW


class Kind(StrEnum):
    """Why a code refuses. MAPPING is worth one fresh pull of the server's names before a person is asked."""

    MAPPING = "mapping"
    RIGHTS = "rights"
    PERIOD = "period"
    VALUE = "value"
    NOT_YET = "not-yet"
    LOCK = "lock"  # the district can open it again: trying once a day is harmless
    OURS = "ours"  # a fault of this client
    EXISTS = "exists"  # read back and compare
    OTHER = "other"


def _numbers(text: str) -> frozenset[str]:
    """`7612-7616 8003` as codes."""
    found = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= {f"E{n}" for n in range(int(first), int(last or first) + 1)}
    return frozenset(found)


CODES = {
    Kind.MAPPING: _numbers("7600 7603 7604 7610 7612-7616 8003-8005 8101-8111 8126-8127 7630-7636 7639 8020 8022-8025"),
    Kind.RIGHTS: _numbers("7601 7617 8010-8012 1000 1010-1013 1029 1083 1089 1054 1055 1091 1095 1096 1099 1115 1116"),
    Kind.PERIOD: _numbers("7611 8100 8021"),
    Kind.VALUE: _numbers("7618-7621 8120-8125 1009 1076 1125 1300-1305"),
    Kind.NOT_YET: _numbers("7641"),
    Kind.LOCK: _numbers("7638 7640 7642-7644 8030-8033 1043 1047"),
    Kind.OURS: _numbers("8002 8128 8008 8009 1031 1048 1050 1051 1123 1128 1315 1316 1318"),
    Kind.EXISTS: _numbers("1030 1082 1326"),
}
_KIND = {code: kind for kind, codes in CODES.items() for code in codes}
_FATE = {
    Kind.NOT_YET: Fate.WAIT, Kind.RIGHTS: Fate.PERSON, Kind.LOCK: Fate.PERSON, Kind.EXISTS: Fate.PERSON,
    Kind.OTHER: Fate.PERSON,
}  # fmt: skip
BY_DATE = "E8030"
"""From 2.43 on one code says both "too early" and "too late"."""


def kind_of(code: str) -> Kind:
    """Why a code refuses; OTHER for one that is not known."""
    return _KIND.get(code, Kind.OTHER)


def fate_of(code: str, *, is_too_early: bool = False) -> Fate:
    """What one code asks for; an unknown code is a person's to read.

    `is_too_early`: the period had not ended by the server's clock, which settles E8030.
    """
    if code == BY_DATE and is_too_early:
        return Fate.WAIT
    return _FATE.get(kind_of(code), Fate.PERMANENT)


def is_daily(code: str) -> bool:
    """Whether a thing held for this code is tried again once a day by itself: the district may have opened it."""
    return kind_of(code) is Kind.LOCK
