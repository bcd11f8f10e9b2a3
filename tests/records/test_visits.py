"""A visit from post to post: who waits where, what is asked of measures, what a page was typing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.records.care import drafts, visits
from appliance.records.care.model import POSSIBLE, CaseType, Consultation, Outcome, Station, Strategy, Vitals, unusual
from appliance.records.care.timeline import weight_jumped
from appliance.storage import Store
from tests.conftest import TODAY, Act

Register = Callable[..., int]
NURSE_A = Actor(staff_id=3, roles=frozenset({Role.NURSE}), device="T-A")
NURSE_B = Actor(staff_id=3, roles=frozenset({Role.NURSE}), device="T-B")
KEY = bytes(16)


def test_danger_signs_go_first_and_posts_may_be_skipped(act: Act, register: Register, store: Store) -> None:
    first, second, third = (act(visits.open_visit, register(f"Nom{n} Sow"), "Fièvre") for n in range(3))
    act(visits.record_vitals, third, Vitals(danger_signs={"convulsions": "yes"}))
    act(visits.move_visit, second, Station.PHARMACY)
    with store.reading() as db:
        assert [v.id for v in visits.queue(db)] == [third, first, second]
        assert [v.id for v in visits.queue(db, Station.PHARMACY)] == [second]
        assert [v.id for v in visits.waiting_for(db, [Role.NURSE])] == [third, first]
        assert [v.id for v in visits.waiting_for(db, [Role.DEPOT_KEEPER])] == [second]
        assert visits.waiting_for(db, [Role.TREASURER]) == []
    act(visits.record_vitals, third, Vitals(danger_signs={"convulsions": "no"}), replaces=1, reason="mal compris")
    with store.reading() as db:
        assert visits.get(db, third).priority == 0  # type: ignore[union-attr]


@pytest.mark.parametrize("station", list(Station))
@pytest.mark.parametrize("strategy", list(Strategy))
def test_every_post_and_every_strategy_is_stored(
    act: Act, register: Register, store: Store, station: Station, strategy: Strategy
) -> None:
    visit = act(visits.open_visit, register("Awa Sow"), "", strategy=strategy.value)
    act(visits.move_visit, visit, station)
    with store.reading() as db:
        assert visits.get(db, visit).station is station  # type: ignore[union-attr]


def test_who_waits_is_not_queued_twice_and_comes_again_after_being_seen(act: Act, register: Register) -> None:
    patient = register("Awa Sow")
    first = act(visits.open_visit, patient, "Fièvre")
    assert act(visits.open_visit, patient, "Fièvre") == first
    found = Consultation(case_type=CaseType.NEW, motive="Fièvre", diagnosis="palu-simple")
    act(visits.record_consultation, first, found)
    assert act(visits.open_visit, patient, "Plaie") != first


def test_the_forgotten_leave_the_queue_the_next_day(
    act: Act, register: Register, store: Store, clock: FixedClock
) -> None:
    seen, gone = (act(visits.open_visit, register(f"Nom{n} Sow"), "Fièvre") for n in range(2))
    act(visits.record_consultation, seen, Consultation(case_type=CaseType.NEW, motive="", diagnosis="vers"))
    clock.set(datetime(2026, 10, 16, 18))
    here = act(visits.open_visit, register("Nom3 Sow"), "Toux")
    assert act(visits.close_forgotten) == 2
    with store.reading() as db:
        assert [visits.get(db, v).station for v in (seen, gone, here)] == ["done", "left", "triage"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2026, 10, 16), "date-ahead"), (date(2025, 1, 1), "date-too-old"), (date(2026, 9, 30), "before-birth")],
)
def test_a_day_of_care_that_can_not_be_is_refused(act: Act, register: Register, on: date, code: str) -> None:
    newborn = register("Bébé Sow", born="2026-10-01")
    with pytest.raises(Refused) as fault:
        act(visits.open_visit, newborn, "Fièvre", occurred_on=on)
    assert fault.value.code == code


def test_the_dead_are_not_received_and_a_death_that_was_an_error_is_taken_back(
    act: Act, register: Register, visit: int
) -> None:
    died = Consultation(case_type=CaseType.NEW, motive="", diagnosis="palu-grave", outcome=Outcome.DIED, died_on=TODAY)
    made = act(visits.record_consultation, visit, replace(died))
    act(
        visits.record_consultation,
        visit,
        replace(died, outcome=Outcome.EVACUATED, died_on=None),
        replaces=made,
        reason="autre enfant",
    )
    assert act(visits.open_visit, 1, "Contrôle")


def test_nobody_comes_after_their_death(act: Act, visit: int, clock: FixedClock) -> None:
    died = Consultation(case_type=CaseType.NEW, motive="", diagnosis="palu-grave", outcome=Outcome.DIED)
    act(visits.record_consultation, visit, died)
    clock.set(date(2026, 10, 17))
    with pytest.raises(Refused) as fault:
        act(visits.open_visit, 1, "Fièvre")
    assert fault.value.code == "deceased"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.fixed_dictionaries({}, optional={name: st.integers(-10, 400_000) for name in POSSIBLE}),
    signs=st.dictionaries(
        st.sampled_from(["convulsions", "lethargic", "inventé"]), st.sampled_from(["yes", "no", "?"])
    ),
)
def test_measures_are_kept_as_typed_or_refused_by_name(
    act: Act, visit: int, store: Store, values: dict[str, int], signs: dict[str, str]
) -> None:
    typed = Vitals(**values, danger_signs=signs)
    try:
        act(visits.record_vitals, visit, typed)
    except Refused as fault:
        assert fault.code in ("vitals-impossible", "danger-sign-unknown")
        return
    with store.reading() as db:
        assert visits.current_vitals(db, visit) == typed


def test_an_unusual_measure_is_asked_about_and_still_kept(act: Act, visit: int, store: Store) -> None:
    typed = Vitals(temperature_decidegrees=425, weight_grams=14_000)
    assert unusual(typed) == ("temperature_decidegrees",)
    act(visits.record_vitals, visit, typed)
    with store.reading() as db:
        assert weight_jumped(db, 1, 19_000, TODAY)
        assert not weight_jumped(db, 1, 14_500, TODAY)
        assert not weight_jumped(db, 1, None, TODAY)


def test_measures_are_corrected_once_within_their_own_visit(act: Act, visit: int, register: Register) -> None:
    row = act(visits.record_vitals, visit, Vitals(weight_grams=14_000))
    other = act(visits.open_visit, register("Sira Sow"), "")
    for where, reason, code in ((other, "balance", "already-replaced"), (visit, "", "reason-needed")):
        with pytest.raises(Refused) as fault:
            act(visits.record_vitals, where, Vitals(), replaces=row, reason=reason)
        assert fault.value.code == code
    act(visits.record_vitals, visit, Vitals(weight_grams=13_000), replaces=row, reason="balance")
    with pytest.raises(Refused):
        act(visits.record_vitals, visit, Vitals(weight_grams=12_000), replaces=row, reason="balance")


def test_a_draft_goes_on_at_another_tablet_and_the_first_is_told(act: Act, villages: list[int], store: Store) -> None:
    version = act(drafts.save, "visite", "7", {"motif": ["Fi"]}, KEY, 0, actor=NURSE_A)
    with store.reading() as db:
        taken = drafts.get(db, "visite", "7", 3)
    assert taken is not None
    assert (taken.body, taken.device, taken.version) == ({"motif": ["Fi"]}, "T-A", version)
    newer = act(drafts.save, "visite", "7", {"motif": ["Fièvre"]}, KEY, taken.version, actor=NURSE_B)
    with pytest.raises(Refused) as told:
        act(drafts.save, "visite", "7", {"motif": ["Fiè"]}, KEY, version, actor=NURSE_A)
    assert (told.value.code, told.value.params["device"], told.value.params["version"]) == ("draft-newer", "T-B", newer)
    with store.reading() as db:
        assert [d.body for d in drafts.of_staff(db, [3])] == [{"motif": ["Fièvre"]}]
    act(drafts.save, "visite", "7", {"motif": ["Fièvre 3 jours"]}, KEY, newer, actor=NURSE_A)


def test_a_draft_goes_with_the_form_and_a_late_saving_does_not_bring_it_back(
    act: Act, villages: list[int], store: Store
) -> None:
    version = act(drafts.save, "visite", "7", {"motif": ["Fièvre"]}, KEY, 0, actor=NURSE_A)
    act(drafts.drop, "visite", "7", actor=NURSE_A)
    with pytest.raises(Refused) as told:
        act(drafts.save, "visite", "7", {"motif": ["Fièvre"]}, KEY, version, actor=NURSE_A)
    assert told.value.code == "draft-finished"
    with store.reading() as db:
        assert drafts.get(db, "visite", "7", 3) is None


def test_each_person_has_their_own_draft_and_a_book_is_refused(act: Act, villages: list[int], store: Store) -> None:
    act(drafts.save, "visite", "7", {"a": ["1"]}, KEY, 0, actor=NURSE_A)
    act(drafts.save, "visite", "7", {"a": ["2"]}, KEY, 0, actor=Actor(staff_id=4, device="T-A"))
    with store.reading() as db:
        assert [drafts.get(db, "visite", "7", who).body["a"] for who in (3, 4)] == [["1"], ["2"]]  # type: ignore[union-attr]
    with pytest.raises(Refused) as fault:
        act(drafts.save, "visite", "7", {"a": ["x" * 70_000]}, KEY, 1, actor=NURSE_A)
    assert fault.value.code == "draft-too-large"
