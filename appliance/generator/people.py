"""Invented people as a register meets them: spelt by ear, aged as they say, twins, newborns not named yet."""

from __future__ import annotations

import random
from datetime import date, timedelta

from appliance.generator.world import share, weighted, world
from appliance.records.patients.model import Birth, birth_from_age, birth_from_date
from appliance.records.patients.services import NewPatient

Band = tuple[int, int]
"""The lowest and highest completed months of an age band."""


def age_band(chance: random.Random, kind: str) -> Band:
    """The age band of who comes, for `malaria` or `others`."""
    bands = world()["ages"][kind]
    low, high, _ = chance.choices(bands, [band[2] for band in bands])[0]
    return low, high


def person(chance: random.Random, on: date) -> tuple[str, str, date, str]:
    """A name, a sex, a birth date and a mother's name, for whoever only needs somebody."""
    sex = "F" if chance.random() < share("female") else "M"
    low, high = age_band(chance, "others")
    born = on - timedelta(days=chance.randint(low * 30 + (5 if low == 0 else 0), high * 30 + 29))
    return f"{_first(chance, sex)} {_family(chance)}", sex, born, f"{_first(chance, 'F')} {_family(chance)}"


def newcomers(chance: random.Random, on: date, band: Band, sex: str) -> list[NewPatient]:
    """The people registered together: one, or twins when a small child has one."""
    low, high = band
    days = chance.randint(low * 30 + (5 if low == 0 else 0), high * 30 + 29)
    born = on - timedelta(days=days)
    village = _village(chance)
    father = _family(chance)
    mother = f"{_first(chance, 'F')} {_family(chance)}"
    if days < 1_800 and chance.random() < share("twins_of_children"):
        return [
            _form(f"{spelt(chance, given)} {father}", sex_of, born, on, chance, village, mother)
            for given, sex_of in chance.choice(world()["twins"])
        ]
    given = _first(chance, sex)
    name = f"Bébé de {mother}" if days < 30 and chance.random() < share("newborns_not_named") else f"{given} {father}"
    return [_form(name, sex, born, on, chance, village, mother if days < 6_500 else None)]


def written_anew(
    chance: random.Random, on: date, name: str, sex: str, born: date, village: int | None, mother: str | None
) -> NewPatient:
    """A second file for someone who came without a card, spelt as another hand heard it."""
    again = " ".join(spelt(chance, word) for word in name.split(" "))
    return _form(again, sex, born, on, chance, village, mother)


def spelt(chance: random.Random, name: str) -> str:
    """A name as one of the spellings met in registers; an unknown name as it is."""
    held = world()
    for group in (*(row[0] for row in held["family_names"]), *held["women"], *held["men"]):
        if name in group:
            return _one_spelling(chance, group)
    return name


def _form(
    name: str, sex: str, born: date, on: date, chance: random.Random, village: int | None, mother: str | None
) -> NewPatient:
    names = [("civil", name)]
    if not name.startswith("Bébé de ") and chance.random() < share("nicknamed"):
        names.append(("usual", chance.choice(world()["nicknames"])))
    return NewPatient(
        names=tuple(names), sex=sex, birth=_birth(chance, born, on), village=village, mother_name=mother,
        allergies_asked=True,
    )  # fmt: skip


def _birth(chance: random.Random, born: date, on: date) -> Birth:
    """A birth day for most small children, an age as said for most others, rounded to five or ten years."""
    years = (on - born).days // 365
    if years < 1 or chance.random() < share("birth_day_known_under5" if years < 5 else "birth_day_known"):
        if years >= 5 and chance.random() < share("born_on_1_january"):
            born = born.replace(month=1, day=1)
        return birth_from_date(born, on)
    if years >= 20 and chance.random() < share("age_rounded"):
        years = round(years / 5) * 5
    return birth_from_age(years, "year", on)


def _first(chance: random.Random, sex: str) -> str:
    return _one_spelling(chance, chance.choice(world()["women" if sex == "F" else "men"]))


def _family(chance: random.Random) -> str:
    return _one_spelling(chance, weighted(chance, world()["family_names"]))


def _one_spelling(chance: random.Random, group: list[str]) -> str:
    """The first spelling of a group for most; the others share the rest."""
    if len(group) == 1 or chance.random() >= share("spelt_otherwise"):
        return group[0]
    return chance.choice(group[1:])


def _village(chance: random.Random) -> int:
    villages = world()["villages"]
    return chance.choices(range(1, len(villages) + 1), [village[3] for village in villages])[0]
