"""The form's rules, each broken once: the whole, by age band, cell by cell, line by line; and the rows behind a broken one."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.reports.aggregate import count
from appliance.reports.closing.model import ReportCell, Source
from appliance.reports.cross_checks import Finding, findings
from appliance.reports.form import form

CHILD, ADULT = 30, 400


def cells_of(facts: list[tuple[int, str, str, int, str, int]]) -> list[ReportCell]:
    held = form("RMA")
    counted = count(held, facts)
    return [
        ReportCell(
            code=e.code, disaggregation=d, value=counted.sums.get((e.code, tuple(d.values())), 0),
            source=Source.COMPUTED, records=counted.facts.get((e.code, tuple(d.values())), ()),
        )
        for e in held.elements if e.kind for d in held.cells(e)
    ]  # fmt: skip


def broken(facts: list[tuple[int, str, str, int, str, int]], visits: dict[int, int] | None = None) -> list[Finding]:
    return findings(form("RMA"), cells_of(facts), 31, visits)


def sound(case: int, months: int, sex: str = "F", affection: str = "GALE") -> list[tuple[int, str, str, int, str, int]]:
    return [(case, "consultation", "NC", months, sex, 1), (case + 1, "morbidity", affection, months, sex, 1)]


def test_a_sound_month_breaks_no_rule() -> None:
    assert broken([*sound(1, CHILD), *sound(3, ADULT, "M")]) == []


@pytest.mark.parametrize(
    ("code", "severity", "extra"),
    [
        ("V01", "blocking", [(9, "malaria-suspect", "suspect", CHILD, "F", 3)]),
        ("V02", "warning", [(9, "malaria-test", "tdr-pos", CHILD, "F", 1)]),
        ("V03", "blocking", [(9, "malaria-test", "tdr-neg", CHILD, "F", 1)]),
        ("V04", "blocking", [(9, "malaria-test", "ge-neg", CHILD, "F", 1)]),
        ("V05", "blocking", [(9, "malaria-case", "simple-tdr", CHILD, "F", 1)]),
        ("V06", "blocking", [(9, "malaria-case", "severe-ge", CHILD, "F", 1)]),
        ("V07", "blocking", [(9, "malaria-treatment", "simple-act", CHILD, "F", 1)]),
        ("V08", "blocking", [(9, "malaria-treatment", "severe-injectable", CHILD, "F", 1)]),
        ("V09", "blocking", [(9, "malaria-treatment", "severe-act-after-injectable", CHILD, "F", 1)]),
        ("V14", "blocking", [(9, "referral", "refer", CHILD, "F", 9)]),
        ("V16", "warning", [(9, "morbidity", "GALE", CHILD, "F", 1)]),
        ("V17", "warning", [(9, "death", "CHOLERA", CHILD, "F", 1)]),
        ("V18", "blocking", [(9, "morbidity", "PALCS", CHILD, "F", 1)]),
    ],
)
def test_each_rule_can_be_broken(code: str, severity: str, extra: list[Any]) -> None:
    found = {f.check.code: f for f in broken([*sound(1, CHILD), *extra])}
    assert found[code].check.severity == severity
    assert found[code].left > found[code].right or found[code].check.op == "=="


def test_totals_that_agree_hide_no_band_that_does_not() -> None:
    """An adult's morbidity row for a child's new case: the whole agrees, the bands do not (V16)."""
    found = broken([(1, "consultation", "NC", CHILD, "F", 1), (2, "morbidity", "GALE", ADULT, "F", 1)])
    assert [(f.check.code, f.left, f.right, f.where) for f in found if f.check.code == "V16"] == [
        ("V16", 0, 1, "1-4 ans"), ("V16", 1, 0, "15-44 ans"),
    ]  # fmt: skip
    death = broken([*sound(1, CHILD, "F", "CHOLERA"), (9, "death", "CHOLERA", CHILD, "M", 1)])
    assert [(f.check.code, f.where) for f in death] == [("V17", "1-4 ans · Masculin")]


def test_a_broken_rule_points_to_the_visits_that_are_too_many() -> None:
    facts = [
        *sound(1, CHILD), (3, "malaria-suspect", "suspect", CHILD, "F", 1), (4, "malaria-test", "tdr-pos", CHILD, "F", 1),
        (5, "malaria-test", "tdr-neg", ADULT, "F", 1),
    ]  # fmt: skip
    found = next(f for f in broken(facts, {1: 70, 2: 70, 3: 70, 4: 70, 5: 71}) if f.check.code == "V03")
    assert found.records == (5,)


def test_the_lines_of_the_crgs_are_checked_one_by_one() -> None:
    columns = [c for c, _, _ in form("CRGS").columns]

    def line(code: str, **figures: int) -> list[ReportCell]:
        whole = dict.fromkeys(columns, 0) | figures
        return [
            ReportCell(code=code, disaggregation={"column": c}, value=v, source=Source.COMPUTED, records=())
            for c, v in whole.items()
        ]

    good = line("A", SI=10, QR=5, QU=4, ST=11, SDU=11)
    bad = line("B", SI=10, QU=14, QA=-2, JR=31, ST=-6)
    found = findings(form("CRGS"), [*good, *bad], 30)
    assert {(f.check.code, f.where) for f in found} == {("V45", "B"), ("V47", "B"), ("V48", "B")}
