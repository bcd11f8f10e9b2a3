"""Contacts, doses and the sick child: what must hold beyond the vectors that stand in the packs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.errors import Refused
from appliance.records.rules.antenatal.contacts import contacts
from appliance.records.rules.childhood.classify import classify, default_rules
from appliance.records.rules.dosing.doses import Person, dosage, drugs


@given(st.integers(0, 39))
def test_contacts_come_closer_and_the_fortieth_week_is_never_skipped(first: int) -> None:
    found = (first, *contacts(first))
    gaps = [after - before for before, after in pairwise(found)]
    assert found[-2:] == (40, 41)
    assert all(gap >= 1 for gap in gaps)
    assert gaps[:-1] == sorted(gaps[:-1], reverse=True)


@given(st.integers(0, 30))
def test_a_woman_seen_by_the_thirtieth_week_still_has_two_visits_of_the_old_schedule(first: int) -> None:
    assert len(contacts(first, "4")) >= 2


def test_a_week_of_no_pregnancy_is_refused() -> None:
    with pytest.raises(Refused, match="antenatal-week"):
        contacts(45)


@pytest.mark.parametrize("drug", drugs())
def test_a_dose_never_falls_as_the_child_grows(drug: str) -> None:
    if drug == "artesunate-injectable":  # by its source: less per kilogram from 20 kg on
        return
    before = Fraction(0)
    for tenths in range(20, 700):
        weight = Fraction(tenths, 10)
        found = dosage(drug, Person(weight_kg=weight, age_months=min(int(weight * 2), 71)))
        if found.quantity is not None:
            assert found.quantity >= before, (drug, weight)
            before = found.quantity


def test_the_day_of_paracetamol_stays_under_its_most() -> None:
    for kilograms in range(6, 120):
        found = dosage("paracetamol", Person(weight_kg=Fraction(kilograms), age_months=60))
        assert found.quantity is not None
        assert found.quantity * 4 <= min(60 * kilograms, 4000)


def test_what_was_not_asked_is_never_a_no() -> None:
    asked = classify({"age_months": 20, "cough": True})
    assert [c.topic for c in asked.classes] == []
    assert {o.code for o in asked.unsure} >= {"severe-pneumonia", "pneumonia"}
    assert next(o for o in asked.unsure if o.code == "severe-pneumonia").ask == ("stridor_calm",)


NAMES = default_rules().content["findings"]
VALUES = {
    name: st.booleans() if f["kind"] == "yes_no" else st.sampled_from(f["of"]) if f["kind"] == "choice"
    else st.integers(int(f["low"]) + 1, int(f["high"]))
    for name, f in NAMES.items()
}  # fmt: skip


@given(st.integers(2, 59), st.fixed_dictionaries({}, optional=VALUES), st.data())
def test_learning_more_never_takes_a_grave_class_away(age: int, case: dict[str, object], data: st.DataObject) -> None:
    told = {"age_months": age, **case}
    reds = {c.code for c in classify(told).classes if c.colour == "rouge"}
    unknown = sorted(set(NAMES) - set(case))
    more = (
        {name: data.draw(VALUES[name]) for name in data.draw(st.lists(st.sampled_from(unknown), unique=True))}
        if unknown
        else {}
    )
    assert reds <= {c.code for c in classify(told | more).classes}


def test_a_finding_that_the_pack_lacks_or_cannot_be_is_refused() -> None:
    for case in (
        {"age_months": 20, "fevr": True},
        {"age_months": 20, "rdt": "maybe"},
        {"age_months": 20, "cough": "yes"},
    ):
        with pytest.raises(Refused, match="pcime-finding"):
            classify(case)
    for case in ({}, {"age_months": 60}, {"age_days": -1}):
        with pytest.raises(Refused, match="pcime-age"):
            classify(case)
