"""What a consultation says to the report, also after it is corrected, and what it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.records.care import prescriptions, visits
from appliance.records.care.diagnoses import default_diagnoses
from appliance.records.care.facts import facts_of
from appliance.records.care.model import (
    CaseType,
    Consultation,
    Microscopy,
    Outcome,
    PrescribedLine,
    Rdt,
    Station,
    Vitals,
)
from appliance.records.care.timeline import register_of, summary, timeline
from appliance.records.patients.services import correct_patient, merge, unmerge
from appliance.storage import Database, Store
from tests.conftest import TODAY, Act
from tests.records.people import person

Register = Callable[..., int]
CONSULTATIONS = st.builds(
    Consultation,
    case_type=st.sampled_from(CaseType), motive=st.text(max_size=20), diagnosis=st.sampled_from(sorted(default_diagnoses())),
    rdt=st.sampled_from(Rdt), microscopy=st.sampled_from(Microscopy), malaria_suspected=st.booleans(),
    pregnant=st.sampled_from(["yes", "no", "unknown"]), outcome=st.sampled_from(Outcome),
    signs=st.lists(st.text(max_size=8), max_size=3).map(tuple), notes=st.none() | st.text(max_size=20),
)  # fmt: skip
MALARIA = Consultation(case_type=CaseType.NEW, motive="Fièvre", diagnosis="palu-simple", rdt=Rdt.POSITIVE)
ACT_LINE = PrescribedLine(product="AL-ENFANT", quantity=12, dosage="2 × 3 jours", days=3)


def net(db: Database) -> Counter[tuple[Any, ...]]:
    """What is left of the facts when withdrawals are counted against them."""
    total: Counter[tuple[Any, ...]] = Counter()
    for *what, quantity in db.all(
        "SELECT month, kind, code, age_months, age_days, sex, zone, strategy, quantity FROM fact"
    ):
        total[tuple(what)] += quantity
    return Counter({what: n for what, n in total.items() if n})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(CONSULTATIONS, min_size=1, max_size=5))
def test_facts_net_of_corrections_are_those_of_the_last_version(
    act: Act, register: Register, store: Store, versions: list[Consultation]
) -> None:
    with store.reading() as db:
        before = net(db)
    visit = act(visits.open_visit, register("Awa Diarra", age=4, village=1), "Fièvre")
    stands: Consultation | None = None
    for found in versions:
        with store.reading() as db:
            current = visits.current_consultation(db, visit)
        why = {"replaces": current[0], "reason": "relu"} if current else {}
        try:
            act(visits.record_consultation, visit, found, **why)
        except Refused as fault:
            assert fault.code == "malaria-with-negative-test"
            continue
        stands = found
    with store.reading() as db:
        written = net(db)
        written.subtract(before)
        subject = visits.subject_of(db, visit)
        current = visits.current_consultation(db, visit)
    wanted = Counter(
        (str(TODAY)[:7], f.kind, f.code, f.age_months, f.age_days, f.sex, f.zone, f.strategy)
        for f in (facts_of(stands, subject, TODAY) if stands else ())
    )
    assert Counter({w: n for w, n in written.items() if n}) == wanted
    assert (current[1] if current else None) == stands


def test_every_version_stays_readable_with_author_and_reason(act: Act, visit: int, store: Store) -> None:
    first = act(visits.record_consultation, visit, MALARIA)
    act(
        visits.record_consultation,
        visit,
        replace(MALARIA, rdt=Rdt.NEGATIVE, diagnosis="ira-haute"),
        replaces=first,
        reason="TDR relu",
    )
    with store.reading() as db:
        seen = visits.versions(db, visit)
    assert [v[1].diagnosis for v in seen] == ["ira-haute", "palu-simple"]
    assert [v[4] for v in seen] == ["TDR relu", None]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"diagnosis": "grippe-martienne"}, "diagnosis-unknown"), ({"other_diagnoses": ("?",)}, "diagnosis-unknown"),
        ({"rdt": Rdt.NEGATIVE}, "malaria-with-negative-test"), ({"microscopy": Microscopy.NEGATIVE}, "malaria-with-negative-test"),
        ({"notes": "x" * 2_001}, "text-too-long"), ({"signs": ("x",) * 41}, "text-too-long"), ({"pregnant": "peut-être"}, "pregnant"),
        ({"outcome": Outcome.DIED, "died_on": date(2026, 10, 14)}, "died-on"), ({"died_on": TODAY}, "died-on"),
        ({"outcome": Outcome.DIED, "died_on": date(2026, 10, 16)}, "died-on"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused_and_writes_no_fact(
    act: Act, visit: int, store: Store, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as fault:
        act(visits.record_consultation, visit, replace(MALARIA, **change))
    assert fault.value.code == code
    with store.reading() as db:
        assert not net(db)


def test_a_man_is_not_pregnant(act: Act, register: Register) -> None:
    visit = act(visits.open_visit, register("Moussa Traoré", sex="M"), "Fièvre")
    with pytest.raises(Refused) as fault:
        act(visits.record_consultation, visit, replace(MALARIA, pregnant="yes"))
    assert fault.value.code == "pregnant"


def test_a_correction_names_the_version_that_stands_and_why(act: Act, visit: int, register: Register) -> None:
    first = act(visits.record_consultation, visit, MALARIA)
    elsewhere = act(visits.open_visit, register("Sira Sow"), "")
    for where, replaces, reason, code in (
        (visit, None, None, "consultation-exists"), (visit, first, " ", "reason-needed"), (elsewhere, first, "erreur", "already-replaced"),
        (visit, 99, "erreur", "already-replaced"), (99, None, None, "no-such-visit"),
    ):  # fmt: skip
        with pytest.raises(Refused) as fault:
            act(visits.record_consultation, where, MALARIA, replaces=replaces, reason=reason)
        assert fault.value.code == code
    act(visits.record_consultation, visit, MALARIA, replaces=first, reason="relu")
    with pytest.raises(Refused) as fault:
        act(visits.record_consultation, visit, MALARIA, replaces=first, reason="encore")
    assert fault.value.code == "already-replaced"


@pytest.mark.parametrize(
    ("days", "code", "expected"),
    [(14, "palu-grave", "NC"), (14, "palu-simple", "AC"), (15, "palu-simple", "NC"), (3, "vers", "NC")],
)
def test_the_same_affection_within_fourteen_days_is_proposed_as_follow_up(
    act: Act, visit: int, store: Store, days: int, code: str, expected: str
) -> None:
    act(visits.record_consultation, visit, MALARIA)
    with store.reading() as db:
        assert visits.proposed_case_type(db, 1, code, date.fromordinal(TODAY.toordinal() + days)) == expected


def test_a_diagnosis_that_was_corrected_away_makes_no_follow_up(act: Act, visit: int, store: Store) -> None:
    first = act(visits.record_consultation, visit, MALARIA)
    act(
        visits.record_consultation,
        visit,
        replace(MALARIA, diagnosis="vers", rdt=Rdt.NEGATIVE),
        replaces=first,
        reason="TDR relu",
    )
    with store.reading() as db:
        assert visits.proposed_case_type(db, 1, "palu-simple", date(2026, 10, 20)) is CaseType.NEW


@pytest.mark.parametrize(("village", "zone"), [(1, "AIRE"), (3, "HAIRE"), (None, None)])
def test_late_care_counts_in_its_own_month_at_the_age_and_place_of_then(
    act: Act, register: Register, store: Store, village: int | None, zone: str | None
) -> None:
    child = register("Awa Diarra", born="2025-09-30", village=village)
    visit = act(visits.open_visit, child, "Fièvre", occurred_on=date(2026, 9, 30), strategy="avancee")
    act(visits.record_consultation, visit, MALARIA)
    with store.reading() as db:
        facts = set(db.all("SELECT month, age_months, sex, zone, strategy FROM fact"))
    assert facts == {("2026-09", 12, "F", zone, "avancee")}


def test_a_death_counts_on_its_own_day(act: Act, visit: int, store: Store, clock: FixedClock) -> None:
    clock.set(date(2026, 11, 2))
    act(visits.record_consultation, visit, replace(MALARIA, outcome=Outcome.DIED, died_on=date(2026, 11, 1)))
    with store.reading() as db:
        assert db.all("SELECT month, code FROM fact WHERE kind = 'death'") == [("2026-11", "PALCS")]


def treatment(db: Database) -> dict[str, int]:
    """Treatment facts that are left."""
    return {what[2]: n for what, n in net(db).items() if what[1] == "malaria-treatment"}


def test_treatment_follows_what_was_handed_over_and_is_taken_back_with_it(act: Act, visit: int, store: Store) -> None:
    first = act(visits.record_consultation, visit, replace(MALARIA, diagnosis="palu-grave"))
    prescription = act(prescriptions.prescribe, visit, [ACT_LINE])
    for groups, left in (
        ({"act"}, {"severe-act": 1}), ({"act"}, {"severe-act": 1}), (set(), {}),
        ({"act", "injectable"}, {"severe-act": 1, "severe-injectable": 1, "severe-act-after-injectable": 1}),
    ):  # fmt: skip
        act(prescriptions.record_malaria_treatment, prescription, frozenset(groups))
        with store.reading() as db:
            assert treatment(db) == left
    act(visits.record_consultation, visit, MALARIA, replaces=first, reason="pas de signe de gravité")
    with store.reading() as db:
        assert treatment(db) == {"simple-act": 1, "simple-injectable": 1, "simple-act-after-injectable": 1}


@pytest.mark.parametrize(
    "found",
    [
        replace(MALARIA, rdt=Rdt.NOT_DONE),
        replace(MALARIA, case_type=CaseType.FOLLOW_UP),
        replace(MALARIA, diagnosis="vers", rdt=Rdt.NEGATIVE),
    ],
)
def test_without_a_confirmed_new_case_no_treatment_counts(
    act: Act, visit: int, store: Store, found: Consultation
) -> None:
    act(visits.record_consultation, visit, found)
    act(prescriptions.record_malaria_treatment, act(prescriptions.prescribe, visit, [ACT_LINE]), frozenset({"act"}))
    with store.reading() as db:
        assert treatment(db) == {}


def test_a_correction_that_confirms_malaria_counts_what_was_already_handed_over(
    act: Act, visit: int, store: Store
) -> None:
    """The test result comes after the blisters left: no second serving is needed for the treatment to count."""
    first = act(visits.record_consultation, visit, replace(MALARIA, rdt=Rdt.NOT_DONE))
    act(prescriptions.record_malaria_treatment, act(prescriptions.prescribe, visit, [ACT_LINE]), frozenset({"act"}))
    with store.reading() as db:
        assert treatment(db) == {}
    second = act(visits.record_consultation, visit, MALARIA, replaces=first, reason="TDR lu plus tard")
    with store.reading() as db:
        assert treatment(db) == {"simple-act": 1}
    third = act(
        visits.record_consultation, visit, replace(MALARIA, diagnosis="vers", rdt=Rdt.NEGATIVE), replaces=second, reason="TDR relu"
    )  # fmt: skip
    with store.reading() as db:
        assert treatment(db) == {}
    act(visits.record_consultation, visit, MALARIA, replaces=third, reason="TDR refait")
    with store.reading() as db:
        assert treatment(db) == {"simple-act": 1}


def test_visits_of_a_merged_file_count_by_the_sex_and_birth_of_the_file_that_stays(
    act: Act, register: Register, store: Store
) -> None:
    child = register("Awa Diarra", age=4)
    visit = act(visits.open_visit, child, "Fièvre")
    act(visits.record_consultation, visit, MALARIA)
    other = register("Adama Diarra", sex="M", age=7)
    with store.reading() as db:
        before = net(db)
    merged = act(merge, child, other, "même enfant")
    with store.reading() as db:
        assert {what[5] for what in net(db)} == {"M"}
        assert set(net(db).values()) == {1}
    act(unmerge, merged, "deux enfants")
    with store.reading() as db:
        assert net(db) == before


def test_a_corrected_sex_and_birth_restate_the_facts_where_they_were_counted(
    act: Act, register: Register, store: Store
) -> None:
    child = register("Awa Diarra", age=4, village=3)
    visit = act(visits.open_visit, child, "Fièvre")
    act(visits.record_consultation, visit, MALARIA)
    prescription = act(prescriptions.prescribe, visit, [ACT_LINE])
    act(prescriptions.record_malaria_treatment, prescription, frozenset({"act"}))
    act(correct_patient, child, person("Adama Diarra", sex="M", born="2020-10-15", village=1), "c'est un garçon")
    with store.reading() as db:
        assert {(what[3], what[5], what[6]) for what in net(db)} == {(72, "M", "HAIRE")}
        assert treatment(db) == {"simple-act": 1}
        assert set(net(db).values()) == {1}
        changed = db.value("SELECT count(*) FROM fact")
    act(
        correct_patient,
        child,
        person("Adama Diarra", sex="M", born="2020-10-15", village=1, phone="66112233"),
        "téléphone",
    )
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM fact") == changed


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "prescription-empty"), ([ACT_LINE] * 21, "prescription-too-long"), ([ACT_LINE, ACT_LINE], "product-twice"),
        ([replace(ACT_LINE, quantity=0)], "quantity"), ([replace(ACT_LINE, quantity=10**6)], "quantity"), ([replace(ACT_LINE, days=0)], "days"),
        ([replace(ACT_LINE, dosage="x" * 201)], "text-too-long"),
    ],
)  # fmt: skip
def test_a_prescription_that_can_not_be_served_is_refused(
    act: Act, visit: int, lines: list[PrescribedLine], code: str
) -> None:
    with pytest.raises(Refused) as fault:
        act(prescriptions.prescribe, visit, lines)
    assert fault.value.code == code


def test_a_prescription_waits_until_it_is_served_closed_or_cancelled(act: Act, visit: int, store: Store) -> None:
    made = [
        act(prescriptions.prescribe, visit, [ACT_LINE, replace(ACT_LINE, product="SRO", quantity=4)]) for _ in range(4)
    ]
    with store.reading() as db:
        assert [p.id for p in prescriptions.waiting(db, TODAY)] == made
        assert prescriptions.waiting(db, date(2026, 10, 23)) == []
        lines = [line[0] for line in prescriptions.get(db, made[0]).lines]  # type: ignore[union-attr]
    assert act(prescriptions.set_served, made[0], {lines[0]: 12}) == "part_served"
    assert act(prescriptions.set_served, made[0], {lines[0]: 12, lines[1]: 4}) == "served"
    assert act(prescriptions.set_served, made[0], {}) == "issued"  # everything was brought back
    act(prescriptions.close, made[1])
    act(prescriptions.cancel, made[2], "autre choix")
    with pytest.raises(Refused) as fault:
        act(prescriptions.cancel, made[1], "trop tard")
    assert fault.value.code == "prescription-not-open"
    with store.reading() as db:
        assert [p.id for p in prescriptions.waiting(db, TODAY)] == [made[0], made[3]]
        assert [p.state for p in prescriptions.of_visit(db, visit)] == ["issued", "closed", "cancelled", "issued"]


def test_the_band_shows_alerts_weight_and_the_last_three_visits(act: Act, register: Register, store: Store) -> None:
    patient = register("Awa Diarra", village=1, allergies=("pénicilline",), allergies_asked=True)
    for rank, code in enumerate(("vers", "gale", "vih", "palu-simple")):
        visit = act(visits.open_visit, patient, f"Motif {rank}", occurred_on=date(2026, 10, 10 + rank))
        act(visits.record_vitals, visit, Vitals(weight_grams=50_000 + rank, danger_signs={"lethargic": "yes"}))
        found = Consultation(
            case_type=CaseType.NEW, motive="", diagnosis=code, pregnant="yes" if rank == 1 else "unknown"
        )
        act(visits.record_consultation, visit, found)
        act(visits.move_visit, visit, Station.DONE)
    with store.reading() as db:
        band = summary(db, patient, TODAY)
        assert band is not None
        assert (band.allergies, band.is_pregnant, band.weight_grams) == (("pénicilline",), True, 50_003)
        assert band.danger_signs == ()
        assert [entry.diagnosis for entry in band.last] == ["palu-simple", None, "gale"]
        assert [entry.is_hidden for entry in band.last] == [False, True, False]
        open_book = timeline(db, patient, sensitive=True, limit=2)
        assert [entry.diagnosis for entry in open_book] == ["palu-simple", "vih"]
        rest = timeline(db, patient, before=(open_book[-1].on, open_book[-1].visit))
        assert [entry.diagnosis for entry in rest] == ["gale", "vers"]
        assert summary(db, 99, TODAY) is None


def test_the_register_of_the_day_ranks_by_arrival_and_hides_what_is_sensitive(
    act: Act, register: Register, store: Store
) -> None:
    first, second = (act(visits.open_visit, register(f"Nom{n} Sow", village=1), "Fièvre") for n in range(2))
    act(visits.record_consultation, second, replace(MALARIA, diagnosis="vih", rdt=Rdt.NOT_DONE))
    act(visits.record_consultation, first, MALARIA)
    act(visits.record_vitals, first, Vitals(weight_grams=14_000))
    act(prescriptions.cancel, act(prescriptions.prescribe, first, [replace(ACT_LINE, product="SRO")]), "erreur")
    act(prescriptions.prescribe, first, [ACT_LINE])
    with store.reading() as db:
        rows = register_of(db, TODAY)
        assert [(r.rank, r.visit, r.diagnosis, r.is_hidden) for r in rows] == [
            (1, first, "palu-simple", False),
            (2, second, None, True),
        ]
        assert (rows[0].vitals.weight_grams, rows[0].treatment) == (14_000, (("AL-ENFANT", 12),))
        assert register_of(db, TODAY, sensitive=True)[1].icd10 == default_diagnoses()["vih"].icd10
        assert register_of(db, date(2026, 10, 14)) == []
