"""Registering and correcting people: what is refused, what is asked, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.identifiers import normalise_patient_number
from appliance.records.patients import history, repository
from appliance.records.patients.model import Birth, birth_from_age, birth_from_date, said_text
from appliance.records.patients.services import (
    NewPatient,
    add_name,
    correct_patient,
    erase_identity,
    merge,
    register_patient,
    retire_name,
)
from appliance.storage import Store
from tests.conftest import TODAY, Act
from tests.records.people import person

Register = Callable[..., int]


def test_numbers_follow_each_other_within_the_year_and_carry_a_check_digit(register: Register, store: Store) -> None:
    first, second = register("Awa Diarra"), register("Moussa Keïta", sex="M")
    with store.reading() as db:
        numbers = [line.number for line in repository.lines(db, [first, second])]
    assert [n[:13] for n in numbers] == ["0417-26-00001", "0417-26-00002"]
    assert all(normalise_patient_number(n.replace("-", "")) == n for n in numbers)


def test_a_new_year_begins_at_one(register: Register, store: Store, clock: FixedClock) -> None:
    register("Awa Diarra")
    clock.set(date(2027, 1, 2))
    made = register("Moussa Keïta", sex="M")
    with store.reading() as db:
        line = repository.get(db, made)
    assert line is not None
    assert line.number.startswith("0417-27-00001-")


def test_the_same_person_spelt_otherwise_is_asked_about(act: Act, register: Register) -> None:
    known = register("Fatoumata Coulibaly", age=24, village=1, mother_name="Awa Diarra")
    with pytest.raises(Refused) as asked:
        act(register_patient, person("Fatimata Kulibali", age=25, village=1, mother_name="Hawa Jara"))
    assert asked.value.code == "possible-duplicate"
    assert asked.value.params["candidates"] == [known]


def test_one_slip_of_the_finger_is_asked_about(act: Act, register: Register) -> None:
    known = register("Kadiatou Semblable", age=24, village=1)
    with pytest.raises(Refused) as asked:
        act(register_patient, person("Kadiatou Semblabe", age=24, village=1))
    assert asked.value.params["candidates"] == [known]


@pytest.mark.parametrize(
    "other",
    [
        person("Moussa Traoré", sex="M", age=24, village=1, mother_name="Awa Diarra"),
        person("Fatoumata Coulibaly", age=60, village=2, mother_name="Sira Sow"),
        person("Aminata Coulibaly", age=24, village=1, mother_name="Awa Diarra"),
    ],
    ids=["brother", "namesake of another age, village and mother", "twin sister of another name"],
)
def test_who_only_resembles_is_not_asked_about(act: Act, register: Register, other: NewPatient) -> None:
    register("Fatoumata Coulibaly", age=24, village=1, mother_name="Awa Diarra")
    assert act(register_patient, other)


def test_a_merged_file_warns_with_the_one_that_stands(act: Act, register: Register) -> None:
    absorbed = register("Sira Sow", age=24, village=1, mother_name="Awa")
    stands = register("Sira Sow Diallo", age=24, village=1, mother_name="Awa")
    act(merge, absorbed, stands, "même personne")
    with pytest.raises(Refused) as asked:
        act(register_patient, person("Sira Sow", age=24, village=1, mother_name="Awa"))
    assert asked.value.params["candidates"] == [stands]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"names": ()}, "name-empty"), ({"names": (("civil", "?!"),)}, "name-empty"),
        ({"names": (("civil", "a" * 121),)}, "name-too-long"), ({"names": (("civil", "a" * 9_000),)}, "name-too-long"),
        ({"names": (("prénom", "Awa"),)}, "name-kind"), ({"sex": "X"}, "sex"), ({"phone": "12"}, "phone"),
        ({"phone": "٣٣٣٣٣٣٣"}, "phone"), ({"village": 99}, "village-unknown"),
        ({"birth": Birth(born_on=date(2027, 1, 1), precision="day")}, "born-ahead"),
        ({"birth": Birth(born_on=date(1850, 1, 1), precision="day")}, "born-too-long-ago"),
        ({"allergies": ("a" * 500,)}, "text-too-long"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_a_code(act: Act, villages: list[int], change: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as fault:
        act(register_patient, replace(person("Awa Diarra"), **change))  # type: ignore[arg-type]
    assert fault.value.code == code


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=140), mother=st.none() | st.text(max_size=140), phone=st.none() | st.text(max_size=20))
def test_whatever_is_typed_is_registered_or_refused(
    act: Act, villages: list[int], text: str, mother: str | None, phone: str | None
) -> None:
    form = replace(person("Awa"), names=(("civil", text),), mother_name=mother, phone=phone)
    try:
        assert act(register_patient, form)
    except Refused as fault:
        assert fault.code in ("name-empty", "name-too-long", "phone", "possible-duplicate")


def test_a_correction_keeps_what_stood_before_with_its_reason(act: Act, register: Register, store: Store) -> None:
    patient = register("Awa Diara", age=4, village=1, phone="66112233", mother_name="Sira")
    act(
        correct_patient,
        patient,
        person("Awa Diarra", age=5, village=2, phone="77112233", mother_name="Sira"),
        "mal entendu",
    )
    with store.reading() as db:
        line, past = repository.get(db, patient), history.changes(db, patient)
        names = [(n.text, n.is_current) for n in history.names(db, patient)]
        before = db.one("SELECT mother_name, phone FROM patient_contact_before")
        found = [[p.id for p in repository.search(db, typed)] for typed in ("Diara", "77112233", "66112233")]
    assert line is not None
    assert (line.name, line.village, line.phone) == ("Awa Diarra", "Toura-Peulh", "77112233")
    assert past[0].reason == "mal entendu"
    assert past[0].before["village"] == 1
    assert names == [("Awa Diarra", True), ("Awa Diara", False)]
    assert before == ("Sira", "66112233")
    assert found == [[patient], [patient], []]


def test_a_bride_gets_a_new_name_and_is_found_by_both(act: Act, register: Register, store: Store) -> None:
    patient = register("Sitan Traoré")
    name = act(add_name, patient, "marriage", "Nana Keïta")
    with store.reading() as db:
        assert [p.id for p in repository.search(db, "nana keita")] == [patient]
    act(retire_name, name)
    with store.reading() as db:
        line = repository.search(db, "nana keita")[0]
        assert (line.id, line.other_names) == (patient, ())
        last = history.names(db, patient)[0].id
    with pytest.raises(Refused) as kept:
        act(retire_name, last)
    assert kept.value.code == "last-name"


def test_an_erased_person_is_found_by_nothing_and_the_file_stays_nameless(
    act: Act, register: Register, store: Store
) -> None:
    patient = register("Awa Diarra", phone="66112233", mother_name="Sira Sow", village=1)
    act(add_name, patient, "nickname", "Vieux")
    act(erase_identity, patient, "demande-2026-3")
    with store.reading() as db:
        for typed in ("Awa Diarra", "Vieux", "66112233", "Sira"):
            assert repository.search(db, typed) == []
        line = repository.get(db, patient)
        assert line is not None
        assert (line.phone, line.mother_name, line.other_names) == (None, None, ())
        for table in ("patient_name", "patient_contact", "patient_contact_before", "patient_search"):
            assert db.value(f"SELECT count(*) FROM {table} WHERE patient = ?", (patient,)) == 0
        assert db.value("SELECT village FROM patient WHERE id = ?", (patient,)) == 1


@pytest.mark.parametrize(
    ("value", "unit"), [(3, "day"), (10, "week"), (8, "month"), (4, "year"), (0, "year"), (125, "year")]
)
def test_an_age_as_said_is_kept_and_lies_in_its_span(value: int, unit: str) -> None:
    birth = birth_from_age(value, unit, TODAY)
    assert (birth.age_value, birth.age_unit, birth.age_said_on) == (value, unit, TODAY)
    lived = (TODAY - birth.born_on).days
    days = {"day": 1, "week": 7, "month": 30.5, "year": 365.25}[unit]
    assert value * days - 3 <= lived <= (value + 1) * days + 3


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [(-1, "year", "age-out-of-range"), (126, "year", "age-out-of-range"), (4, "siècle", "age-unit")],
)
def test_an_age_that_nobody_has_is_refused(value: int, unit: str, code: str) -> None:
    with pytest.raises(Refused) as fault:
        birth_from_age(value, unit, TODAY)
    assert fault.value.code == code


def test_a_birth_to_come_is_refused() -> None:
    with pytest.raises(Refused):
        birth_from_date(date(2026, 10, 16), TODAY)


@pytest.mark.parametrize(("value", "written"), [(1, "1 an (dit le 03/02/2026)"), (4, "4 ans (dit le 03/02/2026)")])
def test_an_age_is_written_as_it_was_said(value: int, written: str) -> None:
    assert said_text(birth_from_age(value, "year", date(2026, 2, 3))) == written
