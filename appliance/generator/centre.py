"""Living day by day: who comes, what they have, what they are given, what is delivered, which months are closed.

A day is a row of steps (the delivery, each visit, the tests used, the months closed on the 4th). The same seed and
span give the same centre: the chance of a step hangs on the seed, the day and the step's number alone, time is a
clock set by hand, and how far it is stands in the store, written by the step itself. So a centre that was cut
anywhere and taken up again is the same as one lived in one go.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from appliance.core.actors import MACHINE, Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month, completed_months
from appliance.generator import cold, counting, illness, payers, places, takings
from appliance.generator.crowd import NURSE, Crowd, Seen
from appliance.generator.depot import Depot
from appliance.generator.plan import Plan, Position, keep, kept
from appliance.generator.setup import set_up
from appliance.generator.world import day_weight, expected_monthly_use, share, visits_in_month, world
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import CaseType, Consultation, Outcome, Rdt, Station
from appliance.reports.closing.services import close_month
from appliance.reports.form import CODES
from appliance.storage import Database, Store, Unit
from appliance.storage.store import ActRunner

__all__ = ["Centre", "Plan", "generate"]

OPEN_HOUR, CLOSE_HOUR, MINUTES_OPEN = 8, 17, 480
CLOSING_DAY = 4
FOLLOWED_DAYS = (10, 3)
"""A control visit comes 3 to 10 days after the first."""
HEAD = Actor(staff_id=1, roles=frozenset({Role.HEAD}), device="T-00c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What a day holds: how many come, who was seen days ago, and the steps around the visits."""

    day: date
    visits: int
    seen_lately: Seen
    closes: Month | None

    @property
    def steps(self) -> int:
        """The delivery, the visits, the tests used up, then the forms closed."""
        return 1 + self.visits + 1 + (len(CODES) if self.closes else 0)


class Centre:
    """One invented centre being lived. A store that was begun is taken up where it stands; its own plan then holds."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self.store = store
        with store.reading() as db:
            begun = kept(db)
        self.plan = begun[0] if begun else plan
        self.clock = FixedClock(self.plan.first.first)
        self.scale = self.plan.population / 12_000
        self.position = begun[1] if begun else Position(day=self.plan.first.first, step=0)
        self._depot = Depot(self.plan.seed)
        self._crowd = Crowd()
        self._agenda: Agenda | None = None
        self._is_loaded = False
        self.refused: list[str] = []

    def prepare(self) -> None:
        """Set the centre up on the first morning, unless that was done."""
        with self.store.reading() as db:
            begun = kept(db) is not None
        if not begun:
            monthly = {code: max(round(use * self.scale), 1) for code, use in expected_monthly_use().items()}
            set_up(
                self.store, self.clock, self.plan.first, monthly, self.scale,
                lambda unit: keep(unit, self.plan, self.position),
            )  # fmt: skip

    @property
    def is_done(self) -> bool:
        """Whether the last day is lived."""
        return self.position.day > self.plan.last_day

    def live(self, seconds: float | None = None) -> None:
        """Live the rest of a day in one durable commit; with `seconds`, only what fits, one step at least.

        A job of the writer may be run twice when its group was lost, so it begins from what the store holds whenever
        it did not end well the last time.
        """
        if self.is_done:
            return
        self.position = self.store.in_writer(lambda runner: self._live(runner, seconds), self.clock)
        self._is_loaded = True

    def _live(self, runner: ActRunner, seconds: float | None) -> Position:
        if not self._is_loaded:
            self._load(runner.db)
        position, self._is_loaded = self.position, False
        started = time.monotonic()
        while True:
            agenda = self._agenda_of(runner.db, position.day)
            following = Position(day=position.day, step=position.step + 1)
            if following.step == agenda.steps:
                following = position.next_day()
            self._step(runner, agenda, position.step, following)
            position = following
            if position.step == 0 or (seconds is not None and time.monotonic() - started >= seconds):
                return position

    def _load(self, db: Database) -> None:
        """Everything that is remembered, from the store: people of later days (real ones) are not known yet."""
        if (begun := kept(db)) is not None:
            self.position = begun[1]
        self._crowd.load(db, self.position.day)
        self._depot.load(db)
        self._agenda = None

    def _agenda_of(self, db: Database, day: date) -> Agenda:
        if self._agenda is None or self._agenda.day != day:
            chance = self._chance(day, "day")
            mean = visits_in_month(day.month) * self.scale * day_weight(day)
            since, until = (day - timedelta(days=days) for days in FOLLOWED_DAYS)
            seen = db.all(
                "SELECT v.patient, c.diagnosis FROM visit v JOIN consultation c ON c.visit = v.id"
                " WHERE v.occurred_on BETWEEN ? AND ? AND c.outcome IN ('home', 'observation') ORDER BY v.id, c.id",
                (since.isoformat(), until.isoformat()),
            )
            ended = Month.of(day).plus(-1)
            closes = day.day == CLOSING_DAY and self.plan.first <= ended < self.plan.last
            self._agenda = Agenda(
                day=day, visits=max(int(chance.gauss(mean, mean**0.5) + 0.5), 0), seen_lately=tuple(seen),
                closes=ended if closes else None,
            )  # fmt: skip
        return self._agenda

    def _step(self, runner: ActRunner, agenda: Agenda, step: int, following: Position) -> None:
        chance = self._chance(agenda.day, str(step))

        def note(unit: Unit) -> None:
            keep(unit, self.plan, following)

        if step == 0:
            self._set_clock(agenda.day, 0)
            places.morning(runner, self.plan.seed, agenda.day)
            self._depot.deliver(runner, agenda.day, note)
        elif step <= agenda.visits:
            self._set_clock(agenda.day, (step - 1) * MINUTES_OPEN // agenda.visits)
            try:
                self._visit(runner, chance, agenda, note)
            except Refused as fault:
                # People changed what this step builds on (a file corrected or merged): the person goes home unseen.
                self.refused.append(fault.code)
        elif step == agenda.visits + 1:
            self._set_clock(agenda.day, MINUTES_OPEN)
            payers.bill_and_settle(runner, self.plan.seed, agenda.day)
            self._depot.use_tests(runner, agenda.day, note)
            takings.evening(runner, self.plan.seed, agenda.day)
            cold.evening(runner, self.plan.seed, agenda.day)
            counting.evening(runner, self.plan.seed, agenda.day)
        elif agenda.closes:
            self.clock.set(datetime(agenda.day.year, agenda.day.month, agenda.day.day, CLOSE_HOUR, tzinfo=UTC))
            form = CODES[step - agenda.visits - 2]
            _close(runner, form, agenda.closes, note)
            if form == CODES[-1]:
                takings.state_month(runner, agenda.closes)
        # A step that wrote nothing of its own, or was refused, is over all the same: taken up again it would be lived twice.
        if (held := kept(runner.db)) is None or held[1] != following:
            runner.act("live-on", MACHINE, lambda unit: _only(note, unit))

    def _visit(self, runner: ActRunner, chance: random.Random, agenda: Agenda, note: Callable[[Unit], None]) -> None:
        day = agenda.day
        (patient, born, sex), found = self._crowd.someone(runner, chance, day, agenda.seen_lately)
        months = completed_months(born, day)
        if found.rdt is not Rdt.NOT_DONE and not self._depot.has_tests(runner.db, day):
            found = replace(found, rdt=Rdt.NOT_DONE)
        if found.outcome is Outcome.DIED and _came_later(runner.db, patient, day):
            found = replace(found, outcome=Outcome.EVACUATED)
        motive = world()["motives"].get(found.code, "Consultation")
        vitals = illness.measures(chance, found.code, months)
        opened = runner.act("open-visit", NURSE, lambda u: {"v": visits.open_visit(u, patient, motive)})
        visit: int = opened.result["v"]
        fertile = sex == "F" and 180 <= months < 540
        pregnant = "yes" if fertile and chance.random() < share("pregnant_of_women") else "unknown"
        died = found.outcome is Outcome.DIED
        listed = (
            illness.treatment(chance, found.code, months) if not died and chance.random() < share("prescribed") else []
        )

        def consult(unit: Unit) -> dict[str, Any]:
            payers.cover_some(unit, self.plan.seed, patient, day)
            visits.record_vitals(unit, visit, vitals)
            case = visits.proposed_case_type(unit, patient, found.code, day)
            written = Consultation(
                case_type=CaseType(case), motive=motive, diagnosis=found.code, rdt=found.rdt,
                malaria_suspected=found.suspected, pregnant=pregnant, outcome=found.outcome,
                died_on=day if died else None,
            )  # fmt: skip
            visits.record_consultation(unit, visit, written)
            made = prescriptions.prescribe(unit, visit, listed) if listed else None
            visits.move_visit(unit, visit, Station.PHARMACY if made else Station.DONE)
            note(unit)
            return {"prescription": made}

        made = runner.act("record-visit", NURSE, consult).result["prescription"]
        if died:
            self._crowd.forget(patient)
        if made is not None:
            self._depot.serve(runner, chance, made, patient, visit, day)

    def _set_clock(self, day: date, minutes: int) -> None:
        self.clock.set(datetime(day.year, day.month, day.day, OPEN_HOUR, tzinfo=UTC) + timedelta(minutes=minutes))

    def _chance(self, day: date, name: str) -> random.Random:
        return random.Random(f"{self.plan.seed}/{day}/{name}")


def generate(store: Store, plan: Plan, said: Callable[[Month], None] = lambda _: None) -> Centre:
    """Generate a whole centre, a day to a commit."""
    centre = Centre(store, plan)
    centre.prepare()
    while not centre.is_done:
        day = centre.position.day
        centre.live()
        if day == Month.of(day).last:
            said(Month.of(day))
    return centre


def _only(note: Callable[[Unit], None], unit: Unit) -> dict[str, Any]:
    note(unit)
    return {}


def _close(runner: ActRunner, form: str, month: Month, note: Callable[[Unit], None]) -> None:
    def close(unit: Unit) -> dict[str, Any]:
        note(unit)
        return {"version": close_month(unit, form, month).version}

    # Where someone at the centre closed it first, that version stands.
    with suppress(Refused):
        runner.act("close-month", HEAD, close)


def _came_later(db: Database, patient: int, day: date) -> bool:
    """Whether someone came on a later day already: people at the centre saw them alive."""
    return bool(db.value("SELECT last_visit_on > ? FROM patient WHERE id = ?", (day.isoformat(), patient)))
