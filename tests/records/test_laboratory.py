"""The laboratory: asked, answered, corrected; the person comes back; malaria is counted once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from appliance.core.errors import DataFileError, Refused
from appliance.core.periods import Month
from appliance.records.care import visits
from appliance.records.care.model import CaseType, Consultation, Rdt, Station
from appliance.records.laboratory import repository
from appliance.records.laboratory.services import Answer, answer, ask, correct, with_results
from appliance.records.laboratory.tests_list import FILE, default_tests, load_tests
from appliance.storage import Store, facts
from tests.conftest import TODAY, Act


def standing(store: Store, kind: str) -> Counter[str]:
    """What the month counts of a kind, reversals taken off."""
    found: Counter[str] = Counter()
    with store.reading() as db:
        for row in db.all(f"SELECT {facts.COLUMNS} FROM fact WHERE month = ? ORDER BY id", (str(Month.of(TODAY)),)):
            if row[2] == kind:
                found[row[3]] += row[10]
    return +found


def station(store: Store, visit: int) -> Station:
    with store.reading() as db:
        held = visits.get(db, visit)
    assert held is not None
    return held.station


def malaria(**more: Any) -> Consultation:
    return Consultation(case_type=CaseType.NEW, motive="Fièvre", diagnosis="palu-simple", **more)


def test_a_test_asked_sends_the_person_to_the_laboratory_and_its_result_back(
    store: Store, act: Act, visit: int
) -> None:
    first, second = act(ask, visit, ["TDR", "HB"])
    assert station(store, visit) is Station.LABORATORY
    with store.reading() as db:
        assert [line.test.code for line in repository.waiting(db, TODAY)] == ["TDR", "HB"]
    act(answer, first, Answer(outcome="positive"))
    assert station(store, visit) is Station.LABORATORY
    act(answer, second, Answer(outcome="value", value_milli=6_800))
    assert station(store, visit) is Station.CONSULTATION
    with store.reading() as db:
        assert repository.waiting(db, TODAY) == []
        found = repository.of_visit(db, visit)
    assert [(line.text, line.is_alarming) for line in found] == [("Positif", True), ("6,8 g/dl", True)]


def test_a_test_that_still_waits_is_not_asked_twice(act: Act, visit: int) -> None:
    assert len(act(ask, visit, ["TDR"])) == 1
    assert act(ask, visit, ["TDR"]) == []


@pytest.mark.parametrize(
    ("test", "given", "code"),
    [
        ("TDR", Answer(outcome="peut-être"), "lab-outcome"),
        ("TDR", Answer(outcome="value", value_milli=1), "lab-outcome"),
        ("HB", Answer(outcome="positive"), "lab-outcome"),
        ("HB", Answer(outcome="value", value_milli=250), "lab-value"),
        ("HB", Answer(outcome="value", value_milli=90_000), "lab-value"),
        ("HB", Answer(outcome="value"), "lab-value"),
        ("HB", Answer(outcome="not_done"), "reason-needed"),
        ("TDR", Answer(outcome="positive", note="x" * 500), "text-too-long"),
    ],
)
def test_what_no_test_answers_is_refused(act: Act, visit: int, test: str, given: Answer, code: str) -> None:
    (order,) = act(ask, visit, [test])
    with pytest.raises(Refused) as refusal:
        act(answer, order, given)
    assert refusal.value.code == code


def test_nothing_and_an_unknown_test_can_not_be_asked(act: Act, visit: int) -> None:
    for tests, code in (([], "lab-empty"), (["IRM"], "lab-test-unknown")):
        with pytest.raises(Refused) as refusal:
            act(ask, visit, tests)
        assert refusal.value.code == code


def test_a_test_that_could_not_be_done_says_why_and_counts_nothing(store: Store, act: Act, visit: int) -> None:
    (order,) = act(ask, visit, ["TDR"])
    act(answer, order, Answer(outcome="not_done", reason="rupture de TDR"))
    with store.reading() as db:
        assert with_results(db, visit, malaria()).rdt is Rdt.NOT_DONE
    assert station(store, visit) is Station.CONSULTATION


def test_a_result_is_corrected_with_a_reason_and_the_one_before_stays_readable(
    store: Store, act: Act, visit: int
) -> None:
    (order,) = act(ask, visit, ["HB"])
    first = act(answer, order, Answer(outcome="value", value_milli=11_200))
    with pytest.raises(Refused, match="lab-answered"):
        act(answer, order, Answer(outcome="value", value_milli=1_120))
    with pytest.raises(Refused, match="reason-needed"):
        act(correct, order, Answer(outcome="value", value_milli=10_200), replaces=first)
    act(correct, order, Answer(outcome="value", value_milli=10_200, reason="chiffre mal lu"), replaces=first)
    with pytest.raises(Refused, match="already-replaced"):
        act(correct, order, Answer(outcome="value", value_milli=9_900, reason="encore"), replaces=first)
    with store.reading() as db:
        assert repository.of_visit(db, visit)[0].text == "10,2 g/dl"
        (old,) = repository.versions(db, visit)
    assert (old.value_milli, old.replaced_because) == (11_200, "chiffre mal lu")


def test_rdt_and_smear_both_positive_count_two_tests_and_one_case(store: Store, act: Act, visit: int) -> None:
    rdt, smear = act(ask, visit, ["TDR", "GE"])
    act(answer, rdt, Answer(outcome="positive"))
    act(answer, smear, Answer(outcome="positive"))

    def write(unit: Any) -> None:
        visits.record_consultation(unit, visit, with_results(unit, visit, malaria()))

    act(write)
    assert standing(store, "malaria-test") == {"tdr-pos": 1, "ge-pos": 1}
    assert standing(store, "malaria-case") == {"simple-ge": 1}


def test_a_result_after_the_consultation_confirms_the_case_and_a_correction_takes_it_back(
    store: Store, act: Act, visit: int
) -> None:
    act(visits.record_consultation, visit, malaria())
    assert standing(store, "malaria-case") == {"presumed-simple": 1}
    (order,) = act(ask, visit, ["TDR"])
    first = act(answer, order, Answer(outcome="positive"))
    assert standing(store, "malaria-case") == {"simple-tdr": 1}
    assert standing(store, "malaria-test") == {"tdr-pos": 1}
    act(correct, order, Answer(outcome="negative", reason="lu trop tôt"), replaces=first)
    assert standing(store, "malaria-test") == {"tdr-neg": 1}
    assert standing(store, "malaria-case") == {"presumed-simple": 1}


def test_what_the_prescriber_noted_himself_is_not_overwritten(store: Store, act: Act, visit: int) -> None:
    act(visits.record_consultation, visit, malaria(rdt=Rdt.POSITIVE))
    (order,) = act(ask, visit, ["TDR"])
    act(answer, order, Answer(outcome="negative"))
    with store.reading() as db:
        current = visits.current_consultation(db, visit)
    assert current is not None
    assert current[1].rdt is Rdt.POSITIVE
    assert standing(store, "malaria-test") == {"tdr-pos": 1}


def test_the_list_feeds_only_the_two_malaria_tests_and_says_that_it_is_to_be_confirmed() -> None:
    assert {t.code: t.feeds for t in default_tests().values() if t.feeds} == {"TDR": "rdt", "GE": "microscopy"}
    assert '"status": "à confirmer"' in FILE.read_text("utf-8")


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ('"feeds": "sang"', '"feeds": "rdt"', "feeds"),
        ('"kind": "couleur"', '"kind": "number"', "kind"),
        ('"low": 30', '"low": 1', "high"),
    ],
)
def test_a_fault_in_the_list_is_named_with_its_line(tmp_path: Path, wrong: str, right: str, fault: str) -> None:
    file = tmp_path / "tests.json"
    text = FILE.read_text("utf-8").replace(right, wrong, 1)
    file.write_text(text, "utf-8")
    with pytest.raises(DataFileError) as found:
        load_tests(file)
    assert found.value.line == text[: text.index(wrong)].count("\n") + 1
    assert fault in found.value.fault
