"""Finding patients by one box: a number, a card, a phone, or names in any order, the mother's and the village's.

Words are looked for in steps, and a later step runs only while the page has room: exact spelling of the
person's own names, their sound and families, the mother's name among them, a word still being typed, one slip
of the finger, one word too many. Then everything found is ranked together (`matching.rank`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from appliance.core.french import fold
from appliance.core.identifiers import is_valid_code, normalise_code, normalise_patient_number
from appliance.records.patients.lines import get, latest, lines, standing_merges, survivor
from appliance.records.patients.matching import (
    Candidate,
    Judge,
    Query,
    Term,
    fits,
    near_keys,
    phone_key,
    understood,
)
from appliance.records.patients.model import PatientLine
from appliance.storage import Database

__all__ = [
    "by_card", "by_code", "get", "latest", "lines", "search", "standing_merges", "survivor", "with_keys",
]  # fmt: skip

LIMIT = 25
TYPED_MAX = 120
STEP_MAX = 120
FAIR_ENOUGH = 3
_OWN, _ALL = ("n",), ("n", "m")
_Part = tuple[str, list[object]]


def search(db: Database, text: str, limit: int = LIMIT, offset: int = 0) -> list[PatientLine]:
    """The patients that what was typed may mean, the likeliest first. Anything typed is answered, if with nothing.

    `limit` and `offset` page through at most a few hundred; a merged file is shown as the one that stands.
    """
    typed = " ".join(text.split())[:TYPED_MAX]
    if exact := by_code(db, typed):
        return lines(db, [exact])[offset : offset + limit]
    digits = re.sub(r"[\s.+()/-]", "", typed)
    if digits.isdigit() and len(digits) >= 6:
        return lines(db, _survivors(db, _with_phone(db, digits))[offset : offset + limit])
    query = understood(typed, db.kept("villages-folded", lambda: db.all("SELECT id, folded FROM village")))
    if not query.terms:
        return []
    if not _names(query):
        return _of_villages(db, query, limit, offset)
    found = _gathered(db, query, limit + offset)
    return lines(db, found[offset : offset + limit])


def by_card(db: Database, code: str) -> int | None:
    """The patient a card is bound to; a lost card finds nobody."""
    found: int | None = db.value(
        "SELECT patient FROM card WHERE code = ? AND ended_act IS NULL", (normalise_code(code),)
    )
    return survivor(db, found) if found else None


def with_keys(
    db: Database, groups: Iterable[tuple[frozenset[str], tuple[str, ...]]], limit: int, village: int | None = None
) -> list[int]:
    """Patients (of a village) that hold a key of every group of (keys, kinds), the newest files first."""
    places = frozenset[int]() if village is None else frozenset({village})
    return _ids(db, [_keyed(keys, kinds) for keys, kinds in groups], places, limit)


def by_code(db: Database, typed: str) -> int | None:
    """The file that a whole patient's number or a printed card names, the one that stands; None for anything else."""
    if number := normalise_patient_number(typed):
        found: int | None = db.value("SELECT id FROM patient WHERE number = ?", (number,))
        if found:
            return survivor(db, found)
    # A word of few letters may by chance end in its own check character: only a printed card makes it a card.
    return by_card(db, typed) if is_valid_code(typed) else None


def _with_phone(db: Database, digits: str) -> list[int]:
    key = phone_key(digits)
    rows = db.all(
        "SELECT patient FROM patient_search WHERE kind = 'p' AND key >= ? AND key < ? ORDER BY patient DESC LIMIT ?",
        (key, key + ":", STEP_MAX),
    )
    return [row[0] for row in rows]


def _names(query: Query) -> list[Term]:
    """The words that are not certainly a village."""
    return [t for t in query.terms if not t.villages]


def _of_villages(db: Database, query: Query, limit: int, offset: int) -> list[PatientLine]:
    """Only villages were typed: people of that name first, then those who live there, the last seen first."""
    named = with_keys(db, [(t.keys, _OWN) for t in query.terms], STEP_MAX)
    places = frozenset.union(*(t.villages for t in query.terms))
    marks = ",".join("?" * len(places))
    rows = db.all(
        f"SELECT id FROM patient WHERE village IN ({marks}) AND merged_into IS NULL"
        " ORDER BY last_visit_on DESC, id DESC LIMIT ? OFFSET ?",
        (*places, limit + offset, 0),
    )
    both = list(dict.fromkeys([*_survivors(db, named), *(r[0] for r in rows)]))
    return lines(db, both[offset : offset + limit])


def _gathered(db: Database, query: Query, wanted: int) -> list[int]:
    """Files that may be meant, best first: strict steps until the page is full, wider ones only while none fits wholly.

    A person whose absorbed file fits better is ranked by that one.
    """
    judge = Judge(query)
    found: dict[int, tuple[tuple[int, str, int], int]] = {}
    whole = fair = 0
    # The more was said, the less a second file fits by accident.
    enough = max(FAIR_ENOUGH - len(query.terms) // 2, 1)
    for is_wide, parts, places in _steps(db, query):
        if len(found) >= wanted or (is_wide and (whole or fair >= enough)):
            break
        fresh = _ids(db, parts, places, STEP_MAX)
        for candidate in _candidates(db, [i for i in fresh if i not in found]):
            points = judge.points(candidate)
            found[candidate.file] = judge.rank(candidate, points), candidate.id
            whole += fits(points)
            fair += fits(points, slips=True)
    return list(dict.fromkeys(patient for _, patient in sorted(found.values(), reverse=True)))


def _steps(db: Database, query: Query) -> Iterator[tuple[bool, list[_Part], frozenset[int]]]:
    """Each step: whether it is a wide one, the select of each word, the villages that it keeps to."""
    named = _names(query)
    places = frozenset[int]().union(*(t.villages for t in query.terms))

    def own(term: Term) -> _Part:
        return _part(term, term.keys, ("m",) if term.is_mother else _OWN)

    def spelt(term: Term) -> _Part:
        return own(term) if term.is_mother else _part(term, frozenset(term.spellings), ("x",))

    anyhow = [_part(t, t.keys, _ALL) for t in named]
    yield False, [spelt(t) for t in named], places
    yield False, [own(t) for t in named], places
    yield False, anyhow, places
    last = named[-1]
    if any(len(key) >= 2 for key in last.sounds) and not last.is_phone:
        yield True, [*anyhow[:-1], _begun(last)], places
    if places:
        yield True, [_part(t, t.keys, _ALL) for t in query.terms], frozenset()
        yield True, anyhow, frozenset()
    yield from ((True, parts, places) for parts in _slips(db, named, anyhow))


def _slips(db: Database, named: list[Term], anyhow: list[_Part]) -> Iterator[list[_Part]]:
    """With slips of the finger: in the words that nobody bears, in one word, in all; then with one word left out."""
    near = [_part(term, near_keys(term.sounds), _ALL) for term in named]
    unknown = {i for i, part in enumerate(anyhow) if not _is_known(db, part)}
    every = set(range(len(named)))
    ones = [{i} for i in every] if not unknown and len(named) > 1 else []
    for slipped in [*([unknown] if unknown else []), *ones, every]:
        yield [near[i] if i in slipped else anyhow[i] for i in every]
    for left_out in every if len(named) > 1 else ():
        yield [near[i] if i in unknown else anyhow[i] for i in every if i != left_out]


def _is_known(db: Database, part: _Part) -> bool:
    return db.value(f"{part[0]} LIMIT 1", part[1]) is not None


def _part(term: Term, keys: frozenset[str], kinds: tuple[str, ...]) -> _Part:
    """The select of those who bear one word, as keys of some kinds, or who have that phone."""
    if term.is_phone:
        return _keyed(frozenset({phone_key(term.spellings[0])}), ("p",))
    return _keyed(keys, kinds)


def _begun(term: Term) -> _Part:
    """A word still being typed: names whose sound begins like it."""
    key = max(term.sounds, key=len)
    return "SELECT patient FROM patient_search WHERE key >= ? AND key < ? AND kind = 'n'", [key, key + "~"]


def _keyed(keys: frozenset[str], kinds: tuple[str, ...]) -> _Part:
    marks, kind_marks = ",".join("?" * len(keys)), ",".join("?" * len(kinds))
    sql = f"SELECT patient FROM patient_search WHERE key IN ({marks}) AND kind IN ({kind_marks})"
    return sql, [*sorted(keys), *kinds]


def _ids(db: Database, parts: list[_Part], places: frozenset[int], limit: int) -> list[int]:
    """Patients that every part finds, of some villages (or any), the newest files first."""
    if not parts:
        return []
    sql = f"SELECT DISTINCT patient FROM ({' INTERSECT '.join(part for part, _ in parts)})"
    parameters = [value for _, values in parts for value in values]
    if places:
        sql += f" JOIN patient p ON p.id = patient WHERE p.village IN ({','.join('?' * len(places))})"
        parameters += sorted(places)
    return [row[0] for row in db.all(f"{sql} ORDER BY patient DESC LIMIT {limit}", parameters)]


def _survivors(db: Database, found: Iterable[int]) -> list[int]:
    """Each file, or the one it was merged into, once."""
    asked = list(found)
    marks = ",".join("?" * len(asked))
    into: dict[int, int] = dict(
        db.all(f"SELECT id, merged_into FROM patient WHERE id IN ({marks}) AND merged_into IS NOT NULL", asked)
    )
    return list(dict.fromkeys(into.get(i, i) for i in asked))


def _candidates(db: Database, found: Iterable[int]) -> list[Candidate]:
    asked = list(found)
    marks = ",".join("?" * len(asked))
    rows = db.all(
        "SELECT p.id, coalesce(p.merged_into, p.id), (SELECT group_concat(folded, ' ') FROM patient_name n WHERE n.patient = p.id),"
        " c.mother_name, p.village, p.sex, coalesce(p.last_visit_on, ''), c.phone FROM patient p"
        f" LEFT JOIN patient_contact c ON c.patient = p.id WHERE p.id IN ({marks})",
        asked,
    )
    return [
        Candidate(
            file=row[0],
            id=row[1],
            own=_parted(row[2] or ""),
            mother=_folded_parted(row[3]) if row[3] else (),
            village=row[4],
            sex=row[5],
            last_visit_on=row[6],
            phone=phone_key(row[7]) if row[7] else "",
        )
        for row in rows
    ]


# A few dozen first and family names make every name here, so most were parted a moment ago.
@lru_cache(maxsize=8_192)
def _parted(folded: str) -> tuple[str, ...]:
    return tuple(_WORD.split(folded))


@lru_cache(maxsize=8_192)
def _folded_parted(text: str) -> tuple[str, ...]:
    return tuple(_WORD.split(fold(text)))


_WORD = re.compile(r"[\s-]+")
