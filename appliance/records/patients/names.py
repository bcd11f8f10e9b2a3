"""Names as people write them here: a sound key for Mande and French spellings, and families of usual names.

The key keeps the first letter and the consonants as they sound; two spellings of one name share it. Families
join names that sound apart but are one (Fatoumata, Fanta). The rules and the families are data
(`data/name-families.json`), with the pairs that must match, need a family, or must stay apart. A key match
ranks candidates; it never merges anyone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Literal

from appliance.core.datafile import Located, load_json
from appliance.core.errors import Refused
from appliance.core.french import fold

FILE = Path(__file__).parent / "data" / "name-families.json"
NAME_LENGTH_MAX = 200
WORDS_MAX = 8
Match = Literal["exact", "key", "alias"]
_STRENGTH: dict[Match, int] = {"alias": 0, "key": 1, "exact": 2}


@dataclass(frozen=True, slots=True)
class NameRules:
    """The rewrites in order, the vowels, and for each word of a family the keys of its whole family."""

    edition: str
    rewrites: tuple[tuple[re.Pattern[str], str], ...]
    vowels: str
    families: dict[str, frozenset[str]]


def load_rules(file: Path = FILE) -> NameRules:
    """Read and check a rules file; raises `DataFileError` with the line of the fault, vectors included."""
    held = load_json(file)
    rewrites = []
    for index, rule in enumerate(held.need(("rewrites",), list)):
        pattern = held.need(("rewrites", index, "pattern"), str)
        held.need(("rewrites", index, "by"), str)
        try:
            rewrites.append((re.compile(pattern), rule["by"]))
        except re.error as error:
            held.fault(("rewrites", index, "pattern"), f"is not a pattern: {error}")
    rules = NameRules(
        edition=held.need(("edition",), str), rewrites=tuple(rewrites), vowels=held.need(("vowels",), str), families={}
    )
    members: dict[str, set[str]] = {}
    for index, family in enumerate(held.need(("families",), list)):
        for place, word in enumerate(family):
            if not isinstance(word, str) or not fold(word):
                held.fault(("families", index, place), "must be a name")
            members.setdefault(fold(word), set()).update(family)
    for word, family_ in members.items():
        rules.families[word] = frozenset(fold(m) for m in family_)
    _check_vectors(held, rules)
    return rules


@cache
def default_rules() -> NameRules:
    """The rules that ship with this release."""
    return load_rules()


def words(name: str) -> tuple[str, ...]:
    """The words of a name, folded; apostrophes and hyphens part nothing in N'Golo, but Marie-Claire is two words.

    Raises `Refused("name-empty")` or `Refused("name-too-long")`.
    """
    if len(name) > NAME_LENGTH_MAX:
        raise Refused("name-too-long", limit=NAME_LENGTH_MAX)
    folded = fold(name).replace("'", "").replace("`", "")
    found = tuple(w for w in re.split(r"[\W_]+", folded) if w)
    if not found:
        raise Refused("name-empty")
    return found[:WORDS_MAX]


def name_key(word: str, rules: NameRules | None = None) -> str:
    """The sound key of one word; a word of other letters than Latin ones is its own key."""
    return _key(fold(word).replace("'", ""), rules or default_rules())


def name_keys(name: str, rules: NameRules | None = None) -> tuple[str, ...]:
    """The keys of the words of a name, in their order."""
    used = rules or default_rules()
    return tuple(_key(w, used) for w in words(name))


def alias_keys(word: str, rules: NameRules | None = None) -> frozenset[str]:
    """The keys under which a word's family may be found, its own included."""
    used = rules or default_rules()
    folded = fold(word).replace("'", "")
    own = _key(folded, used)
    return frozenset(_key(member, used) for member in _family(folded, own, used)) | {own}


def compare(a: str, b: str, rules: NameRules | None = None) -> Match | None:
    """How two names agree: `exact` (accents, case and order of words apart), `key`, `alias`, or None.

    Names of several words agree word by word in some order, and the weakest word decides. Where one name has
    more words, the others must all find a partner: a missing middle name is no difference of key.
    """
    used = rules or default_rules()
    left, right = words(a), words(b)
    if sorted(left) == sorted(right):
        return "exact"
    if len(left) > len(right):
        left, right = right, left
    best: Match | None = None
    for order in permutations(right, len(left)):
        weakest: Match | None = "exact"
        for one, other in zip(left, order, strict=True):
            found = _compare_words(one, other, used)
            weakest = found if found is None or weakest is None or _STRENGTH[found] < _STRENGTH[weakest] else weakest
            if weakest is None:
                break
        if weakest is not None and len(left) < len(right) and weakest == "exact":
            weakest = "key"
        if weakest is not None and (best is None or _STRENGTH[weakest] > _STRENGTH[best]):
            best = weakest
        if best == "exact":
            break
    return best if best is None or len(left) == len(right) or len(left) >= 2 else None


def _compare_words(a: str, b: str, rules: NameRules) -> Match | None:
    if a == b:
        return "exact"
    if _key(a, rules) == _key(b, rules):
        return "key"
    return "alias" if alias_keys(a, rules) & alias_keys(b, rules) and _related(a, b, rules) else None


def _related(a: str, b: str, rules: NameRules) -> bool:
    """Whether some family holds a word of the key of each."""
    family = _family(a, _key(a, rules), rules)
    return any(_key(member, rules) == _key(b, rules) for member in family)


def _family(word: str, key: str, rules: NameRules) -> frozenset[str]:
    """The families of a word, and of the words that are spelt differently and sound the same."""
    if word in rules.families:
        return rules.families[word]
    same: set[str] = set()
    for member, family in rules.families.items():
        if _key(member, rules) == key:
            same |= family
    return frozenset(same)


def _key(word: str, rules: NameRules) -> str:
    cached = _KEYS.get((rules.edition, word))
    if cached is None:
        if len(_KEYS) > 50_000:
            _KEYS.clear()
        cached = _KEYS[rules.edition, word] = _make_key(word, rules)
    return cached


_KEYS: dict[tuple[str, str], str] = {}


def _make_key(word: str, rules: NameRules) -> str:
    if not re.fullmatch(r"[a-zñ]+", word):
        return word.upper()
    text = word
    for pattern, by in rules.rewrites:
        text = pattern.sub(by, text)
    if len(text) > 2 and text[-1] in rules.vowels:
        text = text[:-1]
    head, tail = text[:1], text[1:]
    tail = "".join(c for c in tail if c not in rules.vowels)
    return (head + tail).upper()


def _check_vectors(held: Located, rules: NameRules) -> None:
    wanted: dict[str, Match | None] = {"key": "key", "alias": "alias", "apart": None}
    for kind, expected in wanted.items():
        for index, pair in enumerate(held.need(("vectors", kind), list)):
            found = compare(pair[0], pair[1], rules)
            if found != expected and not (kind == "key" and found == "exact"):
                held.fault(("vectors", kind, index), f"{pair[0]} and {pair[1]} compare as {found}, not {expected}")
