"""How well a file fits: what was typed into the search box, or a person about to be registered. Pure.

A match ranks and never merges. Exact spelling outweighs sound, sound outweighs a family of names, a family
outweighs a slip of the finger; then the village, the mother, the age and the phone tell namesakes apart.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from appliance.core.french import fold
from appliance.records.patients.names import alias_keys, compare, name_key

TERMS_MAX = 6
PHONE_DIGITS_MIN = 6
LIKELY = 7
"""Points from which a file is worth showing before a person is registered a second time."""

_SILENT = frozenset({"de", "du", "des", "d", "le", "la", "les", "l", "village", "et", "nom", "prenom"})
_CHILD_OF = {"fille": "F", "fils": "M", "enfant": None, "bebe": None, "mere": None, "maman": None}
_TOKEN = re.compile(r"[^\W_]+(?:['`][^\W_]+)*|[,;]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word typed: the spellings it may stand for, their sound keys, the villages it may name."""

    spellings: tuple[str, ...]
    sounds: frozenset[str]
    keys: frozenset[str]
    is_mother: bool = False
    villages: frozenset[int] = frozenset()

    @property
    def is_phone(self) -> bool:
        """Digits enough for a telephone number."""
        return self.spellings[0].isdigit() and len(self.spellings[0]) >= PHONE_DIGITS_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was typed, understood: words in any order, and the sex that "fille" or "fils" says."""

    terms: tuple[Term, ...]
    sex: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What of a file ranking looks at: `own` and `mother` are folded words, `id` is the file that stands for it."""

    file: int
    id: int
    own: tuple[str, ...]
    mother: tuple[str, ...]
    village: int | None
    sex: str
    last_visit_on: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person compared with files before registration; `names` as given, `born_precision` day, month or year."""

    names: tuple[str, ...]
    sex: str
    born_on: date
    born_precision: str
    village: int | None = None
    mother_name: str | None = None
    phone: str | None = None


def understood(text: str, villages: Sequence[tuple[int, str]] = ()) -> Query:
    """Read a search: `Kulibali, fille d'Awa, Farabani` is a name, a mother's name, a village and a sex.

    `villages` are (id, folded name). Anything may be typed; what says nothing gives a query without terms.
    """
    terms: list[Term] = []
    sex, is_mother = None, False
    for token in _TOKEN.findall(fold(text)):
        if token in (",", ";"):
            is_mother = False
        elif token in _CHILD_OF:
            sex, is_mother = _CHILD_OF[token] or sex, True
        elif token not in _SILENT and len(terms) < TERMS_MAX:
            terms.append(replace(_term(token, villages), is_mother=is_mother))
    return Query(terms=tuple(terms), sex=sex)


def near_keys(keys: frozenset[str]) -> frozenset[str]:
    """Every key one slip away: a letter more, less, other, or two neighbours swapped."""
    found: set[str] = set(keys)
    for key in keys:
        if not 2 <= len(key) <= 10:
            continue
        splits = [(key[:i], key[i:]) for i in range(len(key) + 1)]
        found |= {a + b[1:] for a, b in splits if b and len(key) > 2}
        found |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        found |= {a + c + b[1:] for a, b in splits if b for c in string.ascii_uppercase}
        found |= {a + c + b for a, b in splits for c in string.ascii_uppercase}
    return frozenset(found)


def distance(a: str, b: str) -> int:
    """Edit distance (insert, delete, change, swap of neighbours) between two short words."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        older, before = before, row
        row = [i]
        for j, y in enumerate(b, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


class Judge:
    """Ranks files against one query. Hundreds of files share a few dozen names: each word is compared once."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._known: list[dict[str, int]] = [{} for _ in query.terms]

    def points(self, found: Candidate) -> tuple[int, ...]:
        """Points of each word typed; 0 where it has no place in the file."""
        return tuple(
            max(self._fit(term, known, found), _PLACE if found.village in term.villages else 0)
            for term, known in zip(self._query.terms, self._known, strict=True)
        )

    def rank(self, found: Candidate, points: tuple[int, ...]) -> tuple[int, str, int]:
        """How well a file fits; greater is better, ties go to the one seen last."""
        total = sum(points)
        if self._query.sex and self._query.sex == found.sex:
            total += 3
        spare = len(found.own) - len(points)
        return total * 4 - max(spare, 0), found.last_visit_on, found.id

    def _fit(self, term: Term, known: dict[str, int], found: Candidate) -> int:
        """Points of one word: own name before the mother's, unless it was said to be the mother's."""
        if term.is_phone:
            return 20 if phone_key(term.spellings[0]) == found.phone else 0
        own, mother = 0, 0
        for word in found.own:
            if (held := known.get(word)) is None:
                held = known[word] = _word_points(term, word)
            own = max(own, held)
        for word in found.mother:
            if (held := known.get(word)) is None:
                held = known[word] = _word_points(term, word)
            mother = max(mother, held)
        return max(own - 4, mother) if term.is_mother else max(own, mother - 6)


def fits(points: tuple[int, ...], *, slips: bool = False) -> bool:
    """Whether every word typed has its place in the file; slips of the finger count only when asked."""
    return min(points, default=1) > (0 if slips else _SLIP)


def likeness(person: Person, known: Person, today: date) -> int:
    """Points for one file being this person; `LIKELY` and more are worth a look, 0 when no name agrees.

    Name 4 (exact), 3 (sound, or one slip in one word) or 2 (family); date of birth exact 3, age within a fifth (or its error) 2; village 2; mother's
    name 2; phone 3. Another sex is 0, for twins and couples share everything else.
    """
    if person.sex != known.sex:
        return 0
    match = max((_name_points(a, b) for a in person.names for b in known.names), default=0)
    if not match:
        return 0
    points = match + _age_points(person, known, today)
    points += 2 if person.village and person.village == known.village else 0
    if person.mother_name and known.mother_name and compare_safely(person.mother_name, known.mother_name):
        points += 2
    if person.phone and known.phone and phone_key(person.phone) == phone_key(known.phone):
        points += 3
    return points


def compare_safely(a: str, b: str) -> bool:
    """Whether two names agree in some way; a name without letters agrees with none."""
    if not (_TOKEN.search(fold(a)) and _TOKEN.search(fold(b))):
        return False
    return compare(a[:200], b[:200]) is not None


def phone_key(text: str) -> str:
    """The last eight digits: with or without +223 it is the same phone."""
    return re.sub(r"\D", "", text)[-8:]


_NAME_POINTS: dict[str | None, int] = {"exact": 4, "key": 3, "alias": 2, None: 0}
_SLIP = 5
_PLACE = 16


def _term(token: str, villages: Sequence[tuple[int, str]]) -> Term:
    spellings = list(_spellings(token))
    sounds = frozenset(name_key(s) for s in spellings)
    keys = frozenset(k for s in spellings for k in alias_keys(s))
    places = {i for i, folded in villages for word in re.split(r"[\W_]+", folded) if word in spellings}
    if not places and len(token) >= 4:
        places = {
            i for i, folded in villages for word in re.split(r"[\W_]+", folded) if len(word) >= 4 and name_key(word) in sounds
        }  # fmt: skip
    return Term(spellings=tuple(spellings), sounds=sounds, keys=keys, villages=frozenset(places))


def _spellings(token: str) -> Iterator[str]:
    """`d'awa` is Awa with its article, or a name of its own; `n'golo` is one word."""
    if re.match(r"[dl]['`]", token):
        yield re.sub(r"['`]", "", token[2:])
    yield re.sub(r"['`]", "", token)


def _name_points(a: str, b: str) -> int:
    """Points of two names; a slip of the finger in one word is forgiven when another word agrees wholly."""
    if points := _NAME_POINTS[compare(a, b)]:
        return points
    left, right = set(_TOKEN.findall(fold(a))), set(_TOKEN.findall(fold(b)))
    one, other = left - right, right - left
    slipped = len(one) == len(other) == 1 and left & right and _is_slip(*one, *other)
    return 3 if slipped else 0


def _word_points(term: Term, word: str) -> int:
    if word in term.spellings:
        return 20
    key = _sound(word)
    if key in term.sounds:
        return 15
    if key in term.keys:
        return 12
    return _SLIP if _is_slip(word, term.spellings[0]) else 0


# The same few hundred words are compared at every search.
_sound = lru_cache(maxsize=20_000)(name_key)


@lru_cache(maxsize=20_000)
def _is_slip(a: str, b: str) -> bool:
    """Whether two words are one slip apart, two when they are long."""
    allowed = 1 + len(a) // 7
    return len(a) > 2 and abs(len(a) - len(b)) <= allowed and distance(a, b) <= allowed


def _age_points(a: Person, b: Person, today: date) -> int:
    apart = abs((a.born_on - b.born_on).days)
    if a.born_precision == b.born_precision == "day":
        return 3 if apart == 0 else 2 if apart <= 31 else 0
    lived = (today - min(a.born_on, b.born_on)).days
    error = 400 if {"year", "decade"} & {a.born_precision, b.born_precision} else 62
    return 2 if apart <= max(error, lived // 5) else 0
