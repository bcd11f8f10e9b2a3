"""What a measure says at an age, the order of the queue that follows from it, and drafts of the absent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.access.deputies import absent_for, add_deputy
from appliance.access.staff import add_member
from appliance.core.actors import Actor, Role
from appliance.core.errors import DataFileError, Refused
from appliance.records.care import bands, diagnoses, drafts, visits
from appliance.records.care.model import Vitals
from appliance.storage import Store
from tests.conftest import TODAY, Act

KEY = bytes(16)


def said(age_months: int | None, **measures: int) -> list[tuple[str, str]]:
    return [(f.text, f.tone) for f in bands.findings(Vitals(**measures), age_months)]


@pytest.mark.parametrize(
    ("age", "breaths", "text"),
    [
        (1, 59, None), (1, 60, "rapide ≥ 60 : recompter"), (2, 49, None), (2, 50, "rapide ≥ 50"), (11, 50, "rapide ≥ 50"),
        (12, 39, None), (12, 40, "rapide ≥ 40"), (59, 40, "rapide ≥ 40"), (60, 40, None), (None, 40, None),
    ],
)  # fmt: skip
def test_breathing_is_fast_by_age(age: int | None, breaths: int, text: str | None) -> None:
    assert [t for t, _ in said(age, respiration_per_minute=breaths)] == ([text] if text else [])


@pytest.mark.parametrize(("muac", "tone"), [(114, "danger"), (115, "warn"), (124, "warn"), (125, "ok")])
def test_the_arm_band_has_its_colours_from_six_to_fifty_nine_months(muac: int, tone: str) -> None:
    assert [t for _, t in said(6, muac_mm=muac)] == [tone]
    assert [t for _, t in said(59, muac_mm=muac)] == [tone]
    assert said(5, muac_mm=muac) == said(60, muac_mm=muac) == []


@pytest.mark.parametrize(
    ("tenths", "tone"), [(374, None), (375, "warn"), (389, "warn"), (390, "danger"), (349, "ask"), (420, "ask")]
)
def test_fever_begins_at_37_5_and_what_is_unusual_is_asked_about(tenths: int, tone: str | None) -> None:
    assert [t for _, t in said(24, temperature_decidegrees=tenths)] == ([tone] if tone else [])


def test_fever_of_the_smallest_is_urgent() -> None:
    assert said(1, temperature_decidegrees=375)[0][1] == "danger"


@pytest.mark.parametrize(
    ("found", "priority"),
    [
        (Vitals(danger_signs={"convulsions": "yes"}), 2),
        (Vitals(danger_signs={"convulsions": "no"}), 0),
        (Vitals(temperature_decidegrees=392), 1),
        (Vitals(temperature_decidegrees=380), 0),
        (Vitals(), 0),
    ],
)
def test_a_red_band_puts_a_person_after_danger_signs_and_before_the_others(
    store: Store, act: Act, visit: int, found: Vitals, priority: int
) -> None:
    act(visits.record_vitals, visit, found)
    with store.reading() as db:
        held = visits.get(db, visit)
    assert held is not None
    assert held.priority == priority


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('"measure": "oedema"', '"measure": "humeur"', "measure"),
        ('"tone": "ok"', '"tone": "rose"', "tone"),
        ('"age_months": [2, 11]', '"age_months": [11, 2]', "age_months"),
        ('"from": 115, "to": 124', '"from": 124, "to": 115', "to"),
    ],
)
def test_a_fault_in_the_bands_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, fault: str) -> None:
    text = bands.FILE.read_text("utf-8").replace(right, wrong, 1)
    file = tmp_path / "bands.json"
    file.write_text(text, "utf-8")
    with pytest.raises(DataFileError) as found:
        bands.load_bands(file)
    assert found.value.line == text[: text.index(wrong)].count("\n") + 1
    assert fault in found.value.fault


def test_every_danger_sign_says_what_follows_from_it() -> None:
    assert set(diagnoses.consequences()) == set(diagnoses.danger_signs())
    assert '"status": "à confirmer"' in bands.FILE.read_text("utf-8")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("sumaya", "palu-simple"), ("palu grave", "palu-grave"), ("b54", "palu-simple"), ("konoboli", "diarrhee"), ("oreille", "otite-aigue")],
)  # fmt: skip
def test_the_first_diagnosis_found_is_the_one_meant(typed: str, code: str) -> None:
    assert diagnoses.search(typed)[0].code == code


def test_a_deputy_takes_up_the_draft_of_the_absent_and_does_not_lose_their_own(
    store: Store, act: Act, register: Callable[..., int]
) -> None:
    absent, deputy = act(add_member, "La Sage-femme", [Role.MIDWIFE]), act(add_member, "L'Infirmier", [Role.NURSE])
    act(add_deputy, absent, deputy, TODAY, TODAY + timedelta(3))
    hers, his = Actor(staff_id=absent, device="T-a"), Actor(staff_id=deputy, device="T-b")
    act(drafts.save, "visite", "1", {"notes": ["suite"]}, KEY, 0, actor=hers)
    with store.reading() as db:
        assert absent_for(db, deputy, TODAY) == [absent]
        assert absent_for(db, deputy, TODAY + timedelta(4)) == []
        assert [d.staff for d in drafts.of_staff(db, [deputy, absent])] == [absent]
        assert [d.body for d in drafts.of_subject(db, "visite", "1")] == [{"notes": ["suite"]}]
    act(drafts.save, "visite", "1", {"notes": ["à moi"]}, KEY, 0, actor=his)
    with pytest.raises(Refused, match="draft-yours"):
        act(drafts.take_over, "visite", "1", absent, actor=his)
    act(drafts.drop, "visite", "1", actor=his)
    act(drafts.take_over, "visite", "1", absent, actor=his)
    with store.reading() as db:
        assert [d.staff for d in drafts.of_subject(db, "visite", "1")] == [deputy]
    act(drafts.drop, "visite", "1", actor=his)
    with pytest.raises(Refused, match="draft-finished"):
        act(drafts.take_over, "visite", "1", absent, actor=his)
