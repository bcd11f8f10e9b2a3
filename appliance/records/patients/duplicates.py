"""Files that may already be the person about to be registered."""

from __future__ import annotations

from datetime import date

from appliance.records.patients import identity, repository
from appliance.records.patients.matching import LIKELY, Person, likeness, near_keys, phone_key
from appliance.records.patients.model import PatientLine
from appliance.records.patients.names import alias_keys, words
from appliance.storage import Database

SHOWN = 3
READ_MAX = 150
WORDS_COMPARED = 3
Groups = list[tuple[frozenset[str], tuple[str, ...]]]


def likely_duplicates(db: Database, person: Person, today: date) -> list[tuple[PatientLine, int]]:
    """Up to three files that may be this person, the likeliest first, each with its points (`matching.likeness`)."""
    best: dict[int, tuple[PatientLine, int]] = {}
    for line in repository.lines(db, _namesakes(db, person)):
        known = Person(
            names=(line.name, *line.other_names), sex=line.sex, born_on=line.born_on,
            born_precision=line.born_precision, village=line.village_id, mother_name=line.mother_name, phone=line.phone,
        )  # fmt: skip
        points = likeness(person, known, today)
        shown = repository.get(db, repository.survivor(db, line.id)) if line.merged_into else line
        if shown and points >= LIKELY and points > best.get(shown.id, (shown, 0))[1]:
            best[shown.id] = (shown, points)
    return sorted(best.values(), key=lambda pair: -pair[1])[:SHOWN]


def _namesakes(db: Database, person: Person) -> list[int]:
    """Files that bear one of the names and share mother, phone or village (one slip allowed), and the newest that bear
    the whole name."""
    mother: Groups = [(alias_keys(w), ("m",)) for w in identity.words_of(person.mother_name or "")[:2]]
    phone: Groups = [(frozenset({phone_key(person.phone)}), ("p",))] if person.phone else []
    none: Groups = []
    found: dict[int, None] = {}
    for text in person.names:
        own: Groups = [(alias_keys(w), ("n",)) for w in words(text)[:WORDS_COMPARED]]
        near: list[Groups] = [
            [(near_keys(keys), kinds) if j == i else (keys, kinds) for j, (keys, kinds) in enumerate(own)]
            for i in range(len(own))
            if len(own) > 1
        ]
        for names in (own, *near):
            for more, village in ((none, person.village), (mother, None), (phone, None)):
                if more or village is not None:
                    found |= dict.fromkeys(repository.with_keys(db, [*names, *more], READ_MAX, village))
        if len(own) > 1:
            found |= dict.fromkeys(repository.with_keys(db, own, READ_MAX))
    return list(found)
