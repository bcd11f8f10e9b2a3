"""What someone has, how it is tested, how it ends, what is prescribed: drawn from the mix of a month."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from appliance.generator.world import (
    AGE_GROUPS,
    age_group,
    malaria_in_month,
    product_for,
    share,
    visits_in_month,
    world,
)
from appliance.records.care.model import Outcome, PrescribedLine, Rdt, Vitals

SEVERE = "palu-grave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness:
    """One diagnosis with its test and its outcome."""

    code: str
    suspected: bool
    rdt: Rdt
    outcome: Outcome


def has_malaria(chance: random.Random, day: date) -> bool:
    """Whether the next person has malaria, by the share of the month."""
    return chance.random() < malaria_in_month(day.month) / visits_in_month(day.month)


def malaria(chance: random.Random, months: int) -> Illness:
    """A case of malaria: simple or severe."""
    outcome = Outcome.OBSERVATION if chance.random() < share("observed_of_simple_malaria") else Outcome.HOME
    code = "palu-simple"
    if chance.random() < share("severe_of_malaria"):
        code = SEVERE
        draw = chance.random()
        dying = share("dying_of_severe_under5" if months < 60 else "dying_of_severe")
        outcome = Outcome.OBSERVATION
        if draw < dying:
            outcome = Outcome.DIED
        elif draw < dying + share("evacuated_of_severe"):
            outcome = Outcome.EVACUATED
    return Illness(code=code, suspected=True, rdt=Rdt.POSITIVE, outcome=outcome)


def control(code: str) -> Illness:
    """Someone who was told to come again: the same illness, no new test."""
    is_malaria = code in ("palu-simple", SEVERE)
    rdt = Rdt.POSITIVE if is_malaria else Rdt.NOT_DONE
    return Illness(code=code, suspected=is_malaria, rdt=rdt, outcome=Outcome.HOME)


def other(chance: random.Random, day: date, months: int, sex: str) -> Illness:
    """Another illness of the season and the age; fever makes malaria suspected and the test says no."""
    held = world()
    rank = [name for _, name in AGE_GROUPS].index(age_group(months))
    rows = [row for row in held["illnesses"] if row[1 + rank] and (sex == "F" or row[0] not in held["women_only"])]
    code = chance.choices(
        [row[0] for row in rows], [row[1 + rank] * held["seasons"][row[4]][day.month - 1] for row in rows]
    )[0]
    outcome = Outcome.HOME
    draw = chance.random()
    for name, ends in (
        ("referred", Outcome.REFERRED),
        ("evacuated", Outcome.EVACUATED),
        ("observed", Outcome.OBSERVATION),
    ):
        if draw < share(name):
            outcome = ends
            break
        draw -= share(name)
    if code == "ira-basse" and chance.random() < share("dying_of_pneumonia"):
        outcome = Outcome.DIED
    suspected = chance.random() < _suspected_of_others(day.month)
    tested = suspected and chance.random() < share("tested_of_suspected")
    return Illness(code=code, suspected=suspected, rdt=Rdt.NEGATIVE if tested else Rdt.NOT_DONE, outcome=outcome)


def measures(chance: random.Random, code: str, months: int) -> Vitals:
    """Temperature and weight; a severe case carries its danger sign."""
    weight = (
        3_300 + months * 500
        if months < 12
        else 9_000 + (months - 12) * 200
        if months < 120
        else 30_000 + min(months - 120, 140) * 230
    )
    fever = code in ("palu-simple", SEVERE, "ira-basse", "angine")
    return Vitals(
        temperature_decidegrees=chance.randint(380, 402) if fever else chance.randint(364, 374),
        weight_grams=int(weight * chance.uniform(0.88, 1.1)),
        danger_signs={"lethargic": "yes"} if code == SEVERE else {},
    )


def treatment(chance: random.Random, code: str, months: int) -> list[PrescribedLine]:
    """What is prescribed: each line of the illness's list by its probability, a product once."""
    lines: dict[str, PrescribedLine] = {}
    for name, quantity, probability in world()["treatments"][code]:
        if chance.random() >= probability:
            continue
        product, units = product_for(name, quantity, months)
        lines.setdefault(
            product, PrescribedLine(product=product, quantity=units, dosage="selon protocole", days=3)
        )  # fmt: skip
    return list(lines.values())


def _suspected_of_others(month: int) -> float:
    """The share of the other visits in which malaria is suspected, so that all suspects together are the month's share."""
    visits, cases = visits_in_month(month), malaria_in_month(month)
    suspected: float = world()["suspected_share_by_month"][month - 1]
    return max(suspected * visits - cases, 0) / (visits - cases)
