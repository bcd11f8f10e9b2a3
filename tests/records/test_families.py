"""Who belongs to whom and who lives with whom, kept right when two files turn out to be one person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.core.errors import Refused
from appliance.records.families import repository as families
from appliance.records.families.services import (
    end_link,
    found_household,
    join_household,
    leave_household,
    link,
    name_concession,
    register_newborn,
    set_head,
)
from appliance.records.patients import repository
from appliance.records.patients.services import correct_patient, erase_identity, merge, unmerge
from appliance.storage import Database, Store
from tests.conftest import Act
from tests.records.people import person

Register = Callable[..., int]
BORN = date(2026, 10, 14)


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as fault:
        call()
    return fault.value.code


def test_a_mother_s_file_shows_her_children_and_theirs_the_mother(act: Act, register: Register, store: Store) -> None:
    awa, fatou, issa = register("Awa Diarra"), register("Fatou Traoré", age=5), register("Issa Traoré", sex="M", age=2)
    father = register("Modibo Traoré", sex="M", age=40)
    for child in (issa, fatou):
        act(link, awa, child, "mother")
    act(link, father, fatou, "father")
    act(link, awa, father, "couple")
    with store.reading() as db:
        assert families.children_of(db, awa) == [fatou, issa]
        assert families.mother_of(db, issa) == awa
        assert [t.other for t in families.ties(db, fatou) if t.role == "father"] == [father]
        assert families.siblings(db, issa) == [fatou]
        assert [(t.other, t.role) for t in families.ties(db, father)] == [(fatou, "child"), (awa, "couple")]
        # The search box finds the child by its mother's name, which the file had not.
        assert repository.get(db, issa).mother_name == "Awa Diarra"  # type: ignore[union-attr]


def test_a_tie_said_twice_is_one_and_ends_with_a_reason(act: Act, register: Register, store: Store) -> None:
    awa, issa = register("Awa Diarra"), register("Issa Traoré", sex="M", age=2)
    first = act(link, awa, issa, "mother")
    assert act(link, awa, issa, "mother") == first
    assert refusal(lambda: act(end_link, issa, first, " ")) == "reason-needed"
    act(end_link, issa, first, "mère de l'autre Issa")
    assert refusal(lambda: act(end_link, issa, first, "encore")) == "no-such-link"
    with store.reading() as db:
        assert families.mother_of(db, issa) is None
        assert families.children_of(db, awa) == []


@pytest.mark.parametrize(
    ("first", "second", "kind", "code"),
    [
        ("grandmother", "grandmother", "mother", "family-self"), ("man", "child", "mother", "family-sex"),
        ("child", "grandmother", "mother", "family-age"), ("cousin", "child", "mother", "family-age"),
        ("other", "child", "mother", "family-known"), ("man", "child", "aunt", "family-kind"),
    ],
)  # fmt: skip
def test_a_tie_that_can_not_be_is_refused(
    act: Act, register: Register, first: str, second: str, kind: str, code: str
) -> None:
    people = {
        "grandmother": register("Sira Koné", age=60), "child": register("Fatou Traoré", born="2021-03-02"),
        "man": register("Modibo Traoré", sex="M"), "cousin": register("Oumou Sow", born="2014-01-01"),
        "other": register("Kadia Sow"), "mother": register("Awa Diarra"),
    }  # fmt: skip
    act(link, people["mother"], people["child"], "mother")
    assert refusal(lambda: act(link, people[first], people[second], kind)) == code


def test_nobody_descends_from_their_own_child_after_an_age_was_corrected(act: Act, register: Register) -> None:
    sira, nana = register("Sira Diallo", age=50), register("Nana Diallo", age=20)
    act(link, sira, nana, "mother")
    act(correct_patient, sira, person("Sira Diallo", age=4), "âge mal saisi")
    assert refusal(lambda: act(link, nana, sira, "mother")) == "family-circle"


def test_who_is_noted_in_two_households_lives_in_the_one_entered_last(
    act: Act, register: Register, store: Store
) -> None:
    awa, twice = register("Awa Diarra"), register("Awa Diara", age=45)
    act(found_household, awa)
    last = act(found_household, twice)
    act(merge, awa, twice, "même personne")
    with store.reading() as db:
        here = families.household_of(db, awa)
        assert here is not None
        assert here.id == last


def test_a_household_has_one_head_and_a_person_one_household(act: Act, register: Register, store: Store) -> None:
    modibo = register("Modibo Traoré", sex="M", village=1)
    awa, issa, other = register("Awa Diarra"), register("Issa Traoré", sex="M", age=2), register("Bakary Sow", sex="M")
    home = act(found_household, modibo, "Concession près du puits")
    act(join_household, home, awa)
    act(join_household, home, issa)
    act(join_household, home, issa)
    elsewhere = act(found_household, other)
    assert refusal(lambda: act(join_household, elsewhere, awa)) == "household-other"
    with store.reading() as db:
        held = families.household_of(db, issa)
    assert held is not None
    assert (held.head, held.members, held.village, held.concession) == (
        modibo, (modibo, awa, issa), 1, "Concession près du puits",
    )  # fmt: skip
    act(set_head, awa)
    act(join_household, elsewhere, modibo, moves=True)
    act(leave_household, issa, "parti chez sa tante")
    act(name_concession, awa, "Concession du forgeron")
    with store.reading() as db:
        stays, moved = families.household_of(db, awa), families.household_of(db, modibo)
        assert families.household_of(db, issa) is None
    assert stays is not None and moved is not None
    assert (stays.head, stays.members, stays.concession) == (awa, (awa,), "Concession du forgeron")
    assert moved.members == (other, modibo)
    act(leave_household, awa, "déménagée")
    act(leave_household, other, "parti")
    with store.reading() as db:
        left = families.household_of(db, modibo)
    assert left is not None
    assert (left.head, left.members) == (None, (modibo,))


def test_the_name_of_the_concession_goes_with_the_identity(act: Act, register: Register, store: Store) -> None:
    modibo = register("Modibo Traoré", sex="M")
    act(found_household, modibo, "Chez Modibo")
    act(erase_identity, modibo, "demande 1")
    with store.reading() as db:
        held = families.household_of(db, modibo)
        assert held is not None and held.concession is None
        assert not [r for r in db.all("SELECT household FROM patient_contact_before") if r[0]]
    act(name_concession, modibo, "Chez Modibo")
    with store.reading() as db:
        assert db.all("SELECT * FROM patient_contact WHERE patient = ?", (modibo,)) == []


def test_a_newborn_takes_village_phone_household_and_mother(act: Act, register: Register, store: Store) -> None:
    awa = register("Awa Diarra", village=2, phone="76112233")
    modibo = register("Modibo Traoré", sex="M", age=40)
    home = act(found_household, modibo)
    act(join_household, home, awa)
    child = act(register_newborn, awa, sex="F", born_on=BORN, father=modibo)
    with store.reading() as db:
        line, held = repository.get(db, child), families.household_of(db, child)
        assert line is not None and held is not None
        assert (line.name, line.sex, line.born_on, line.village_id, line.phone, line.mother_name) == (
            "Bébé de Awa Diarra", "F", BORN, 2, "76112233", "Awa Diarra",
        )  # fmt: skip
        assert ([(t.other, t.role) for t in families.ties(db, child)], held.id) == (
            [(awa, "mother"), (modibo, "father")],
            home,
        )


def test_twins_are_two_files_and_one_child_is_not_written_twice(act: Act, register: Register, store: Store) -> None:
    awa = register("Awa Diarra", village=2)
    first = act(register_newborn, awa, sex="F", born_on=BORN, rank=1)
    assert refusal(lambda: act(register_newborn, awa, sex="F", born_on=BORN)) == "newborn-known"
    second = act(register_newborn, awa, sex="F", born_on=BORN, rank=2, twins=(first,))
    third = act(register_newborn, awa, sex="M", born_on=BORN, rank=3, twins=(first, second))
    with store.reading() as db:
        names = [repository.get(db, one).name for one in (first, second, third)]  # type: ignore[union-attr]
        assert names == ["Bébé 1 de Awa Diarra", "Bébé 2 de Awa Diarra", "Bébé 3 de Awa Diarra"]
        assert [t.other for t in families.ties(db, second) if t.role == "twin"] == [first, third]
        assert families.siblings(db, third) == [first, second]
    assert refusal(lambda: act(register_newborn, awa, sex="F", born_on=BORN, twins=(first,))) == "newborn-known"
    assert act(register_newborn, awa, sex="F", born_on=BORN, is_other=True)


def test_a_newborn_already_registered_at_the_counter_is_shown_first(act: Act, register: Register) -> None:
    awa = register("Awa Diarra", village=2)
    known = register("Bébé de Awa Diarra", born="2026-10-14", village=2, mother_name="Awa Diarra")
    with pytest.raises(Refused) as fault:
        act(register_newborn, awa, sex="F", born_on=BORN)
    assert (fault.value.code, fault.value.params["candidates"]) == ("newborn-known", [known])


def everything(db: Database, people: list[int]) -> dict[int, Any]:
    """What every page says of each person's family."""
    return {one: (families.ties(db, one), families.siblings(db, one), families.household_of(db, one)) for one in people}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["mother", "couple", "twin", "home"])), max_size=8
    ),
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=3),
)  # fmt: skip
def test_merges_hand_the_ties_to_the_file_that_stands_and_give_them_back(
    act: Act, register: Register, store: Store, said: list[tuple[int, int, str]], pairs: list[tuple[int, int]]
) -> None:
    people = [register(f"Nom{n} Sow", age=age) for n, age in enumerate((60, 58, 30, 28, 2, 1))]
    for a, b, kind in said:
        try:
            if kind != "home":
                act(link, people[a], people[b], kind)
            else:
                with store.reading() as db:
                    here = families.household_of(db, people[a])
                act(join_household, here.id if here else act(found_household, people[a]), people[b])
        except Refused as fault:
            assert fault.code in ("family-self", "family-age", "family-known", "family-circle", "household-other")
    with store.reading() as db:
        before = everything(db, people)
    merges: list[tuple[int, int, int]] = []
    for a, b in pairs:
        try:
            merges.append((act(merge, people[a], people[b], "même personne"), people[a], people[b]))
        except Refused as fault:
            assert fault.code in ("same-patient", "already-merged")
    with store.reading() as db:
        stands = {one: repository.survivor(db, one) for one in people}
        for one, (ties, _, home) in before.items():
            now = families.ties(db, stands[one])
            for tie in ties:
                if stands[tie.other] != stands[one]:
                    assert (stands[tie.other], tie.role) in {(t.other, t.role) for t in now}
            held = families.household_of(db, stands[one])
            assert home is None or held is not None
        for one in people:  # nothing is shown of a file that does not stand, and a tie has two ends
            for tie in families.ties(db, stands[one]):
                assert stands[tie.other] == tie.other
                assert stands[one] in {t.other for t in families.ties(db, tie.other)}
    for made, _, _ in reversed(merges):
        act(unmerge, made, "erreur")
    with store.reading() as db:
        assert everything(db, people) == before
