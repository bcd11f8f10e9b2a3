"""`appliance rules` for care: exact keys, faults named, no store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.test_rules import appliance, asked


def test_the_clinical_rules_answer_under_their_keys() -> None:
    child = ["--sex", "F", "--age-days", "234", "--weight-kg", "7.2", "--length-cm", "67", "--position", "lying"]
    grown = asked("rules", "zscore", *child)
    wanted: dict[str, Any] = {
        "wfa": -0.72,
        "lhfa": -0.55,
        "wfl": -0.49,
        "wfh": None,
        "bmifa": -0.56,
        "mfa": None,
        "class": "normal",
        "flags": [],
    }
    assert {k: grown[k] for k in wanted} == wanted
    assert asked("rules", "antenatal", "--first-contact-week", "10")["contacts"] == [18, 26, 30, 34, 36, 38, 40, 41]
    dose = asked("rules", "dose", "artemether-lumefantrine", "--weight-kg", "14.9")
    wanted = {
        "per_dose": {"quantity": 1, "unit": "comprimé"},
        "doses": 6,
        "days": 3,
        "times": [0, 8, 24, 36, 48, 60],
        "refused": None,
    }
    assert {k: dose[k] for k in wanted} == wanted
    sick = asked("rules", "classify", "-", case={"age_months": 20, "convulsions": True})
    assert (sick["classes"][0]["code"], sick["classes"][0]["because"], sick["refer"]) == (
        "danger-sign",
        ["convulsions"],
        True,
    )


def test_the_doses_given_are_read_from_a_file_and_a_fault_in_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    file.write_text('[{"antigen": "PENTA", "on": "2026-04-12"}]', encoding="utf-8")
    words = ["rules", "vaccines", "--born", "2026-03-01", "--sex", "F", "--on", "2026-11-22", "--given", str(file)]
    doses = asked(*words, "--district-packs", "r21")["doses"]
    penta = [d for d in doses if d["antigen"] == "PENTA"]
    assert [(d["dose"], d["status"], d["due"]) for d in penta[:2]] == [
        (1, "given", "2026-04-12"),
        (2, "overdue", "2026-05-10"),
    ]
    file.write_text('[{"antigen": "PENTA"}]', encoding="utf-8")
    done = appliance(*words, "--json")
    assert (done.returncode, json.loads(done.stderr)["error"]) == (2, "vaccine-given")


def test_the_packs_are_checked_by_their_vectors() -> None:
    packs = asked("rules", "check")["packs"]
    assert {p["id"] for p in packs} >= {"pev-mali", "pcime", "doses", "contacts-cpn", "malnutrition-aigue"}
    assert all(p["failed"] == [] and p["vectors"] for p in packs)
    assert appliance("rules", "check", "nothing").returncode == 2


def test_a_dose_says_the_span_of_its_source_and_a_case_which_findings_it_may_hold() -> None:
    drink = asked("rules", "dose", "ors-plan-b", "--weight-kg", "8")
    assert (drink["per_dose"], drink["up_to"]) == ({"quantity": 600, "unit": "ml"}, 700)
    assert asked("rules", "dose", "zinc", "--weight-kg", "9")["refused"] == "age-needed"
    assert asked("rules", "classify", "--findings")["findings"]["rdt"]["of"] == ["positive", "negative", "not_done"]


def test_a_sign_that_nobody_asked_for_does_not_let_a_lethargic_child_stay() -> None:
    child = {"age_months": 20, "lethargic": True, "diarrhoea": True, "sunken_eyes": True, "skin_pinch": "very_slow"}
    asked_for = {"unable_to_drink": False, "vomits_everything": False, "convulsions": False}
    assert asked("rules", "classify", "-", case=child)["refer"] is True
    assert asked("rules", "classify", "-", case=child | asked_for)["refer"] is False
