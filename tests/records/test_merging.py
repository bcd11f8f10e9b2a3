"""Two files of one person: merged, read as one, and parted again as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.core.errors import Refused
from appliance.records.care.timeline import summary, timeline
from appliance.records.care.visits import of_patient, open_visit
from appliance.records.patients import repository
from appliance.records.patients.services import bind_card, blank_cards, card_for, correct_patient, merge, unmerge
from appliance.storage import Database, Store
from tests.conftest import TODAY, Act
from tests.records.people import person

Register = Callable[..., int]
_TABLES = ("patient", "patient_name", "patient_contact", "patient_search", "visit", "card")


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a merge could touch."""
    return {table: sorted(db.all(f"SELECT * FROM {table}"), key=repr) for table in _TABLES}


def test_a_merged_person_is_found_by_either_name_number_and_card(act: Act, register: Register, store: Store) -> None:
    old, stands = register("Kadia Sow", phone="66112233"), register("Kadiatou Sow", phone="77112233")
    code = act(card_for, old)
    act(open_visit, old, "Fièvre")
    with store.reading() as db:
        number = repository.get(db, old).number  # type: ignore[union-attr]
    act(merge, old, stands, "même personne")
    with store.reading() as db:
        for typed in ("Kadia Sow", "66112233", number, code):
            assert [line.id for line in repository.search(db, typed)] == [stands], typed
        assert len(of_patient(db, stands)) == len(timeline(db, stands)) == 1
        assert summary(db, stands, TODAY).last  # type: ignore[union-attr]
        assert repository.standing_merges(db, stands) == [(1, number)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8), undone=st.permutations(range(8)))
def test_merges_undone_in_any_order_leave_every_file_as_it_was(
    act: Act, register: Register, store: Store, pairs: list[tuple[int, int]], undone: list[int]
) -> None:
    files = [register(f"Nom{n} Sow", village=1, phone=f"6611223{n}") for n in range(5)]
    for file in files[:3]:
        act(open_visit, file, "Fièvre")
    with store.reading() as db:
        before = everything(db)
    made = []
    for a, b in pairs:
        try:
            made.append(act(merge, files[a], files[b], "même personne"))
        except Refused as fault:
            assert fault.code in ("same-patient", "already-merged")
    for index in undone:
        if index < len(made):
            act(unmerge, made[index], "erreur")
    with store.reading() as db:
        assert everything(db) == before


def test_merges_in_a_chain_are_refused_cleanly(act: Act, register: Register) -> None:
    a, b, c = (register(f"Nom{n} Sow") for n in range(3))
    act(merge, a, b, "même personne")
    for absorbed, survivor in ((a, c), (c, a), (b, c), (a, b)):
        with pytest.raises(Refused) as fault:
            act(merge, absorbed, survivor, "même personne")
        assert fault.value.code == "already-merged"
    act(merge, c, b, "même personne")  # two files into one are no chain


def test_a_merge_is_undone_once_and_may_be_made_again(act: Act, register: Register) -> None:
    a, b = register("Awa Sow"), register("Hawa Sow")
    first = act(merge, a, b, "même personne")
    act(unmerge, first, "erreur")
    with pytest.raises(Refused) as fault:
        act(unmerge, first, "erreur")
    assert fault.value.code == "already-undone"
    assert act(merge, a, b, "si, quand même") != first


def test_what_happens_while_merged_belongs_to_the_file_that_stands(act: Act, register: Register, store: Store) -> None:
    old, stands = register("Awa Sow"), register("Hawa Sow")
    made = act(merge, old, stands, "même personne")
    visit = act(open_visit, old, "Toux")
    code = act(blank_cards, 1)[0]
    for service, given_ in ((bind_card, (old, code)), (correct_patient, (old, person("Awa Sow"), "faute"))):
        with pytest.raises(Refused) as fault:
            act(service, *given_)
        assert fault.value.code == "already-merged"
    act(unmerge, made, "erreur")
    with store.reading() as db:
        assert [v.id for v in of_patient(db, stands)] == [visit]
        assert of_patient(db, old) == []


@pytest.mark.parametrize(
    "service", [lambda act, a: act(merge, a, 99, "raison"), lambda act, a: act(merge, 99, a, "raison")]
)
def test_a_file_that_is_not_there_can_not_be_merged(act: Act, register: Register, service: Callable[..., Any]) -> None:
    with pytest.raises(Refused) as fault:
        service(act, register("Awa Sow"))
    assert fault.value.code == "no-such-patient"
