"""Demand from people: who is due, times how many come, beside the consumption; sessions by vials; targets where nobody is known."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import CaseType, Consultation, PrescribedLine, Rdt
from appliance.records.facility.services import add_village, villages
from appliance.records.facility.targets import area_population
from appliance.records.patients.services import register_patient
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.cold_chain.sessions import expect, plan
from appliance.stock.demand.expected import expected
from appliance.stock.demand.model import Attendance, DemandRule, Due, Part, appointments, attendance
from appliance.stock.demand.rules import FILE, load_rules
from appliance.stock.dispensing.services import DispenseForm, DispenseLine, dispense
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.stock.places.services import add_place
from appliance.storage import Store, Unit
from tests.conftest import TODAY, Act
from tests.records.people import open_centre, person

SP, BCG, AMLODIPINE = "MLS009", "MLS050", "MLS097"
IPTP = next(rule for rule in load_rules().rules if rule.code == "iptp")


def part(count: int, share: F, origin: str = "people") -> Part:
    dues = tuple(Due(rule="iptp", product=SP, due_on=TODAY, units=3, patient=n) for n in range(count))
    return Part(
        rule=IPTP, origin=origin, dues=dues, full_units=3 * count, people=count,
        attendance=Attendance(share=share, due=0, came=0),
    )  # fmt: skip


def test_25_women_due_sp_of_whom_8_in_10_come_need_60_tablets() -> None:
    assert part(25, F(8, 10)).units == 60


def test_attendance_is_the_usual_one_until_twenty_appointments_have_passed() -> None:
    assert attendance([True] * 19, F(4, 5)).share == F(4, 5)
    seen = attendance([True] * 15 + [False] * 5, F(4, 5))
    assert (seen.share, seen.is_observed) == (F(3, 4), True)


@given(st.integers(-40, 60), st.integers(0, 60), st.integers(0, 120), st.integers(0, 6))
def test_appointments_lie_in_their_days_and_are_never_too_many(start: int, every: int, span: int, most: int) -> None:
    first, last = TODAY + timedelta(days=start), TODAY + timedelta(days=span)
    days = appointments(first, every, last, most)
    assert len(days) <= most
    assert all(first <= day <= last for day in days)
    assert all((b - a).days == every for a, b in pairwise(days))


def centre(unit: Unit) -> dict[str, int]:
    open_centre(unit)
    place = add_place(unit, "depot", "Dépôt")
    load_list(unit, read_whole(STARTER))
    found = {code: p.id for code in (SP, BCG, AMLODIPINE) if (p := catalogue.by_code(unit, code))}
    lots = [
        ReceivedLot(product=key, lot_number="D1", expires_year=2028, expires_month=1, quantity=3_000)
        for key in found.values()
    ]
    receive(unit, place, "BL-1", "DRC", lots, date(2026, 10, 1))
    return found


def pregnant_woman(unit: Unit, name: str) -> int:
    patient = register_patient(unit, person(name, sex="F", age=25), is_other=True)
    visit = visits.open_visit(unit, patient, "Consultation")
    said = Consultation(
        case_type=CaseType.NEW, motive="Consultation", diagnosis="autre", rdt=Rdt.NOT_DONE, pregnant="yes"
    )
    visits.record_consultation(unit, visit, said)
    return patient


def test_women_known_to_be_pregnant_are_due_sp_and_once_they_had_it_four_weeks_later(store: Store, act: Act) -> None:
    keys = act(centre)
    women = [act(pregnant_woman, f"Femme Essai {chr(65 + n)}") for n in range(25)]
    with store.reading() as db:
        demand = expected(db, TODAY)[SP]
    assert demand.units == 120  # each twice in 30 days: today and on the 28th day after
    assert [p.origin for p in demand.parts] == ["people"]
    line = DispenseLine(product=keys[SP], asked=3, given=3)
    act(dispense, DispenseForm(place=1, patient=women[0], lines=(line,)))
    with store.reading() as db:
        demand = expected(db, TODAY)[SP]
    hers = [due.due_on for due in demand.parts[0].dues if due.patient == women[0]]
    assert hers == [TODAY + timedelta(days=28)]


def test_a_lasting_treatment_comes_back_when_its_days_are_over(store: Store, act: Act, clock: FixedClock) -> None:
    keys = act(centre)
    patient = act(register_patient, person("Vieux Essai", sex="M", age=60), is_other=True)

    def treated(unit: Unit) -> None:
        visit = visits.open_visit(unit, patient, "Tension")
        asked = PrescribedLine(product=AMLODIPINE, quantity=28, dosage="1 par jour", days=28)
        made = prescriptions.prescribe(unit, visit, [asked])
        held = prescriptions.get(unit, made)
        assert held
        line = DispenseLine(product=keys[AMLODIPINE], asked=28, given=28, prescription_line=held.lines[0][0])
        dispense(unit, DispenseForm(place=1, prescription=made, patient=patient, lines=(line,)))

    act(treated)
    with store.reading() as db:
        assert AMLODIPINE not in expected(db, TODAY)  # once is no lasting treatment
    clock.advance(seconds=28 * 86_400)
    act(treated)
    later = TODAY + timedelta(days=28)
    with store.reading() as db:
        demand = expected(db, later)[AMLODIPINE]
    assert [(due.due_on, due.units) for due in demand.parts[0].dues] == [(later + timedelta(days=28), 28)]


def test_four_sessions_of_six_children_open_four_vials(store: Store, act: Act) -> None:
    keys = act(centre)
    for week in range(4):
        session = act(plan, TODAY + timedelta(days=7 * week + 1), "fixed")
        act(expect, session, keys[BCG], 6)
    with store.reading() as db:
        assert expected(db, TODAY)[BCG].units == 4 * 20


def test_where_nobody_is_registered_the_target_stands_and_says_so(store: Store, act: Act) -> None:
    act(centre)
    act(add_village, "Village Essai", population={2026: 7_300})
    with store.reading() as db:
        (village,) = {v.population for v in villages(db) if v.name == "Village Essai"}
        area = area_population(db, 2026)
        found = expected(db, TODAY)[SP]
    assert village == 7_300
    women = int(F(area * 500, 10_000) + F(1, 2))
    full = int(F(women * 3 * 3 * 30, 365) + F(1, 2))
    assert (found.is_target, found.units) == (True, full * F(4, 5))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"source": "refill"', '"source": "rumeur"', "none of"),
        ('"usual_attendance_percent": 80', '"usual_attendance_percent": 0', "from 1 to 100"),
        ('"code": "iron"', '"code": "iptp"', "a code twice"),
        ('"every_days": 28', '"every_days": -1', "whole number"),
    ],
)
def test_a_wrong_rules_file_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "demand.json"
    file.write_text(FILE.read_text("utf-8").replace(old, new, 1))
    with pytest.raises(DataFileError, match=said):
        load_rules(file)


def test_a_weight_tells_the_sachets_of_a_week() -> None:
    rule: Any = next(r for r in load_rules().rules if r.code == "rutf")
    assert [rule.sachets(w) for w in (None, 3_000, 7_200, 30_000)] == [None, None, 21, 35]
    assert isinstance(rule, DemandRule)
