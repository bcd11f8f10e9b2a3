"""The people whom an invented centre knows: who comes next is one seen days ago, one known, or one new."""

from __future__ import annotations

import random
from datetime import date
from functools import partial
from typing import Any

from appliance.core.actors import Actor, Role
from appliance.core.periods import completed_months
from appliance.generator import illness, people
from appliance.generator.world import age_group, share
from appliance.records.patients.services import NewPatient, register_patient
from appliance.storage import Database, Unit
from appliance.storage.store import ActRunner

NURSE = Actor(staff_id=3, roles=frozenset({Role.NURSE}), device="T-00a")
RETURNING_TRIES = 12
Known = tuple[int, date, str]
"""A person known at the centre: file, birth, sex."""
Seen = tuple[tuple[int, str], ...]
"""File and diagnosis of those seen three to ten days ago."""


class Crowd:
    """The living people with a file."""

    def __init__(self) -> None:
        self._people: list[Known] = []

    def load(self, db: Database, day: date) -> None:
        """Learn who has a file; those registered on later days (by real people) are not known yet."""
        self._people = [
            (patient, date.fromisoformat(born), sex)
            for patient, born, sex in db.all(
                "SELECT id, born_on, sex FROM patient WHERE registered_on <= ? AND merged_into IS NULL"
                " AND (deceased_on IS NULL OR deceased_on > ?) ORDER BY id",
                (day.isoformat(), day.isoformat()),
            )
        ]

    def forget(self, patient: int) -> None:
        """Someone died."""
        self._people = [known for known in self._people if known[0] != patient]

    def someone(
        self, runner: ActRunner, chance: random.Random, day: date, seen_lately: Seen
    ) -> tuple[Known, illness.Illness]:
        """Who comes next, and with what: someone seen days ago, someone known, or someone new."""
        if seen_lately and chance.random() < share("follow_up"):
            patient, code = chance.choice(seen_lately)
            row = runner.db.one(
                "SELECT born_on, sex FROM patient WHERE id = ? AND deceased_on IS NULL AND merged_into IS NULL",
                (patient,),
            )
            if row:
                return (patient, date.fromisoformat(row[0]), row[1]), illness.control(code)
        is_malaria = illness.has_malaria(chance, day)
        band = people.age_band(chance, "malaria" if is_malaria else "others")
        sex = "F" if chance.random() < share("female") else "M"
        who = self._returning(runner, chance, day, band, sex)
        if who is None:
            who = self._register(runner, people.newcomers(chance, day, band, sex))
        months = completed_months(who[1], day)
        found = illness.malaria(chance, months) if is_malaria else illness.other(chance, day, months, who[2])
        return who, found

    def _returning(
        self, runner: ActRunner, chance: random.Random, day: date, band: people.Band, sex: str
    ) -> Known | None:
        """Someone known, of the wanted age group and sex, rather lately registered; now and then under a second file."""
        if not self._people or chance.random() >= share("returning"):
            return None
        for _ in range(RETURNING_TRIES):
            who = self._people[int(len(self._people) * (1 - chance.random() ** 2))]
            if who[2] == sex and age_group(completed_months(who[1], day)) == age_group(band[0]):
                break
        else:
            return None
        if chance.random() >= share("second_file"):
            return who
        name, village, mother = _as_registered(runner.db, who[0])
        return self._register(runner, [people.written_anew(chance, day, name, sex, who[1], village, mother)])

    def _register(self, runner: ActRunner, forms: list[NewPatient]) -> Known:
        """Register people who come together; returns the first."""
        made = []
        for form in forms:
            done = runner.act("register-patient", NURSE, partial(_register, form))
            made.append((int(done.result["p"]), form.birth.born_on, form.sex))
        self._people += made
        return made[0]


def _register(form: NewPatient, unit: Unit) -> dict[str, Any]:
    return {"p": register_patient(unit, form, is_other=True)}


def _as_registered(db: Database, patient: int) -> tuple[str, int | None, str | None]:
    """Civil name, village and mother's name of a file."""
    row = db.one(
        "SELECT n.text, p.village, c.mother_name FROM patient p JOIN patient_name n ON n.patient = p.id AND n.kind = 'civil'"
        " LEFT JOIN patient_contact c ON c.patient = p.id WHERE p.id = ? ORDER BY n.id LIMIT 1",
        (patient,),
    )
    return row if row else ("", None, None)
