"""Living day by day: who comes, what they have, what they are given, what is delivered, which months are closed.

The same seed and span give the same centre: chance is one seeded source, time is a clock set by hand, and each
day is one durable commit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from appliance.billing.sales.services import SaleForm, sell
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month, completed_months
from appliance.generator.setup import set_up
from appliance.generator.world import person, weighted, world
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import CaseType, Consultation, Outcome, PrescribedLine, Rdt, Station, Vitals
from appliance.records.patients.model import birth_from_age, birth_from_date
from appliance.records.patients.services import NewPatient, register_patient
from appliance.reports.closing.services import close_month
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.history import history
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.stock.ordering.quantity import Situation, propose
from appliance.storage import Store, Unit
from appliance.storage.store import ActRunner

OPEN_HOUR, MINUTES_OPEN = 8, 480
RETURNING = 0.55
NURSE = Actor(staff_id=3, roles=frozenset({Role.NURSE}), device="T-00a")
KEEPER = Actor(staff_id=4, roles=frozenset({Role.DEPOT_KEEPER}), device="T-00b")
HEAD = Actor(staff_id=1, roles=frozenset({Role.HEAD}), device="T-00c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to generate: months end with the last full one before `until`; the newest is left open to be closed by hand."""

    seed: int
    population: int
    months: int
    until: date

    @property
    def last(self) -> Month:
        """The last generated month: the last full month up to `until` (that month itself when `until` ends it)."""
        month = Month.of(self.until)
        return month if month.last == self.until else month.plus(-1)

    @property
    def first(self) -> Month:
        """The first generated month."""
        return self.last.plus(1 - self.months)


class Centre:
    """One invented centre being lived."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self.store = store
        self.plan = plan
        self.chance = random.Random(plan.seed)
        self.clock = FixedClock(plan.first.first)
        self.scale = plan.population / 12_000
        self.codes: dict[str, int] = {}
        self.patients: list[tuple[int, date, str]] = []
        self.ids: list[int] = []

    def prepare(self) -> None:
        """Set the centre up on the first morning."""
        self.codes = set_up(self.store, self.clock, self.plan.first, self._monthly_use(), self.scale)

    def days(self) -> Iterator[date]:
        """Every day of the span in order."""
        day, last = self.plan.first.first, self.plan.last.last
        while day <= last:
            yield day
            day += timedelta(days=1)

    def live(self, day: date) -> None:
        """Live one day, in one durable commit."""
        self.store.in_writer(lambda runner: self._day(runner, day), self.clock)

    def close_last_months(self, day: date) -> None:
        """On the 4th, close the month that ended, unless it is the newest (that one is left to a person)."""
        month = Month.of(day).plus(-1)
        if day.day != 4 or not self.plan.first <= month < self.plan.last:
            return
        self.clock.set(datetime(day.year, day.month, day.day, 17, tzinfo=UTC))
        for form in ("RMA", "CRGS"):
            self.store.in_writer(partial(_close, form, month), self.clock)

    def _day(self, runner: ActRunner, day: date) -> None:
        self.clock.set(datetime(day.year, day.month, day.day, OPEN_HOUR, tzinfo=UTC))
        if day.day == 10:
            self._deliver(runner, day)
        busy = 1.15 if day.weekday() < 5 else 0.35
        mean = world()["visits_per_month_per_12000"] / 30 * self.scale * world()["visit_season"][day.month - 1] * busy
        count = max(int(self.chance.gauss(mean, mean**0.5) + 0.5), 0)
        for index in range(count):
            minutes = index * MINUTES_OPEN // max(count, 1)
            self.clock.set(datetime(day.year, day.month, day.day, OPEN_HOUR, tzinfo=UTC) + timedelta(minutes=minutes))
            self._visit(runner, day)

    def _visit(self, runner: ActRunner, day: date) -> None:
        patient, born, sex = self._someone(runner, day)
        months = completed_months(born, day)
        code, rdt, suspected, outcome = self._illness(day, months)
        motive = world()["motives"].get(code, "Consultation")
        measures = self._vitals(months, code)
        visit: int = runner.act("open-visit", NURSE, lambda u: {"v": visits.open_visit(u, patient, motive)}).result["v"]
        pregnant = "yes" if sex == "F" and 180 <= months < 540 and self.chance.random() < 0.12 else "unknown"
        listed = self._prescription(code, months) if outcome is not Outcome.DIED else []

        def consult(unit: Unit) -> dict[str, Any]:
            visits.record_vitals(unit, visit, measures)
            case = visits.proposed_case_type(unit, patient, code, day)
            found = Consultation(
                case_type=CaseType(case), motive=motive, diagnosis=code, rdt=rdt, malaria_suspected=suspected,
                pregnant=pregnant, outcome=outcome, died_on=day if outcome is Outcome.DIED else None,
            )  # fmt: skip
            visits.record_consultation(unit, visit, found)
            made = prescriptions.prescribe(unit, visit, listed) if listed else None
            visits.move_visit(unit, visit, Station.PHARMACY if made else Station.DONE)
            return {"prescription": made}

        made = runner.act("record-visit", NURSE, consult).result["prescription"]
        if outcome is Outcome.DIED:
            self.patients = [p for p in self.patients if p[0] != patient]
        if made is not None:
            self._serve(runner, made, patient, visit, day)

    def _serve(self, runner: ActRunner, prescription: int, patient: int, visit: int, day: date) -> None:
        held = prescriptions.get(runner.db, prescription)
        lines = []
        for line, code, quantity, _, _ in held.lines if held else ():
            there = ledger.usable(runner.db, self.codes[code], day)
            bought = quantity if self.chance.random() > 0.06 else 0
            given = min(bought, there)
            cause = None if given == quantity else "stockout" if there < bought or not there else "too_expensive"
            lines.append(
                DispenseLine(
                    product=self.codes[code], asked=quantity, given=given, prescription_line=line, unmet_cause=cause
                )
            )
        form = SaleForm(dispense=DispenseForm(place=1, prescription=prescription, patient=patient, lines=tuple(lines)))

        def write(unit: Unit) -> dict[str, Any]:
            sale = sell(unit, form)
            visits.move_visit(unit, visit, Station.DONE)
            return {"sale": sale.sale}

        try:
            runner.act("sell", KEEPER, write)
        except Refused:
            # A person at a tablet took the last of a lot meanwhile: the prescription waits in the queue.
            return

    def _deliver(self, runner: ActRunner, day: date) -> None:
        """The monthly delivery: what our own rule proposes, now and then late, short or forgotten."""
        lots = []
        for code in self._monthly_use():
            estimate = average_monthly_consumption(history(runner.db, self.codes[code], day))
            usable = ledger.usable(runner.db, self.codes[code], day)
            order = propose(Situation(cmm=estimate.cmm, max_months=Fraction(3), usable=Fraction(usable), pack=1))
            share = self.chance.choice([0, 0.4, 1, 1, 1, 1, 1, 1])
            quantity = int((order.quantity or 0) * share)
            if quantity:
                month = Month.of(day).plus(self.chance.randint(9, 24))
                lots.append(
                    ReceivedLot(
                        product=self.codes[code], lot_number=f"{code[-3:]}{day:%y%m}", expires_year=month.year,
                        expires_month=month.month, quantity=quantity,
                    )
                )  # fmt: skip
        if lots:
            runner.act("receive", KEEPER, lambda u: {"r": receive(u, 1, f"BL-{day:%Y-%m}", "DRC", lots, day)})

    def _someone(self, runner: ActRunner, day: date) -> tuple[int, date, str]:
        if self.patients and self.chance.random() < RETURNING:
            return self.chance.choice(self.patients)
        name, sex, born, mother = person(self.chance, day)
        years = (day - born).days // 365
        exact = self.chance.random() < (0.75 if years < 5 else 0.35)
        birth = (
            birth_from_date(born, day)
            if exact
            else birth_from_age(max(years, 0), "year", day)
            if years
            else birth_from_date(born, day)
        )
        village = self.chance.choices(range(1, len(world()["villages"]) + 1), [v[1] for v in world()["villages"]])[0]
        form = NewPatient(names=(("civil", name),), sex=sex, birth=birth, village=village, mother_name=mother)
        patient: int = runner.act(
            "register-patient", NURSE, lambda u: {"p": register_patient(u, form, is_other=True)}
        ).result["p"]
        self.patients.append((patient, birth.born_on, sex))
        return self.patients[-1]

    def _illness(self, day: date, months: int) -> tuple[str, Rdt, bool, Outcome]:
        share = world()["malaria_share"][day.month - 1]
        outcome = Outcome.HOME
        draw = self.chance.random()
        suspected = self.chance.random() < 0.35 + share / 2
        if draw < share:
            severe = self.chance.random() < 0.06
            outcome = Outcome.OBSERVATION if severe else Outcome.HOME
            if severe and self.chance.random() < 0.25:
                outcome = Outcome.DIED if self.chance.random() < 0.06 else Outcome.EVACUATED
            rdt = Rdt.POSITIVE if self.chance.random() < 0.96 else Rdt.NOT_DONE
            return ("palu-grave" if severe else "palu-simple"), rdt, True, outcome
        code = weighted(self.chance, world()["other_diagnoses"])
        if self.chance.random() < 0.02:
            outcome = Outcome.REFERRED
        return code, Rdt.NEGATIVE if suspected and self.chance.random() < 0.95 else Rdt.NOT_DONE, suspected, outcome

    def _vitals(self, months: int, code: str) -> Vitals:
        weight = (
            3_300 + months * 500
            if months < 12
            else 9_000 + (months - 12) * 200
            if months < 120
            else 30_000 + min(months - 120, 140) * 230
        )
        fever = code in ("palu-simple", "palu-grave", "ira-basse", "angine")
        signs = {"lethargic": "yes"} if code == "palu-grave" else {}
        return Vitals(
            temperature_decidegrees=self.chance.randint(380, 402) if fever else self.chance.randint(364, 374),
            weight_grams=int(weight * self.chance.uniform(0.88, 1.1)), danger_signs=signs,
        )  # fmt: skip

    def _prescription(self, code: str, months: int) -> list[PrescribedLine]:
        lines: list[PrescribedLine] = []
        for name, quantity in world()["treatments"].get(code, []):
            product, units = _product(name, quantity, months)
            if all(line.product != product for line in lines):
                lines.append(PrescribedLine(product=product, quantity=units, dosage="selon protocole", days=3))
        return lines

    def _monthly_use(self) -> dict[str, int]:
        """A rough first guess of each product's monthly use, for the opening stock and the paper months."""
        base = {
            "MLS001": 55,
            "MLS002": 35,
            "MLS003": 20,
            "MLS004": 45,
            "MLS006": 45,
            "MLS012": 240,
            "MLS042": 60,
            "MLS069": 1400,
        }
        base |= {"MLS037": 700, "MLS072": 900, "MLS040": 130, "MLS041": 320, "MLS091": 500, "MLS029": 700, "MLS083": 14}
        base |= {"MLS097": 400, "MLS098": 400, "MLS087": 12, "MLS077": 180, "MLS070": 400, "MLS089": 170, "MLS033": 10}
        base |= {"MLS047": 260, "MLS081": 130, "MLS099": 180, "MLS116": 90, "MLS107": 15, "MLS101": 12, "MLS114": 12}
        return {code: max(int(use * self.scale), 1) for code, use in sorted(base.items())}


def _product(name: str, quantity: int, months: int) -> tuple[str, int]:
    """The product for an age: ACT by weight band, syrup or tablets of paracetamol, amoxicillin by age."""
    if name == "ACT":
        bands = ((36, "MLS001"), (96, "MLS002"), (144, "MLS003"))
        return next((code for limit, code in bands if months < limit), "MLS004"), quantity
    if name == "PARA":
        return ("MLS042", 1) if months < 60 else ("MLS069", 15)
    if name == "AMOX":
        return ("MLS037", 20) if months < 120 else ("MLS072", 21)
    return name, quantity


def _close(form: str, month: Month, runner: ActRunner) -> None:
    runner.act("close-month", HEAD, lambda unit: {"version": close_month(unit, form, month).version})


def generate(store: Store, plan: Plan, said: Callable[[Month], None] = lambda _: None) -> Centre:
    """Generate a whole centre."""
    centre = Centre(store, plan)
    centre.prepare()
    for day in centre.days():
        centre.live(day)
        centre.close_last_months(day)
        if day == Month.of(day).last:
            said(Month.of(day))
    return centre
