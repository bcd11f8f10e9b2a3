"""`appliance rules wastage` and `sessions`: the worked rows T23 and T24, and what is refused with its place named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.test_rules import appliance, asked


def test_t23_only_the_cumulative_rate_is_a_rate() -> None:
    months = [{"month": 1, "vials": 12, "administered": 200}, {"month": 2, "vials": 9, "children": 195}]
    answer = asked("rules", "wastage", "-", case={"doses_per_vial": 20, "months": months})
    assert [m["rate_percent"] for m in answer["months"]] == [16.7, -8.3]
    assert (answer["opened"], answer["administered"], answer["cumulative_percent"]) == (420, 395, 6.0)


def test_nothing_opened_has_no_rate() -> None:
    answer = asked("rules", "wastage", "-", case={"months": [{"month": 3, "opened": 0, "administered": 0}]})
    assert (answer["months"][0]["rate_percent"], answer["cumulative_percent"]) == (None, None)


@pytest.mark.parametrize("expected", [{"sessions": [6, 6, 6, 6]}, {"sessions": 4, "children_per_session": 6}])
def test_t24_each_session_opens_its_own_vial(expected: dict[str, Any]) -> None:
    answer = asked("rules", "sessions", "-", case={"doses_per_vial": 20, **expected})
    assert (answer["vials"], answer["wastage_percent"], answer["children"]) == (4, 70.0, 24)


@pytest.mark.parametrize(
    ("words", "case", "fault"),
    [
        ("sessions", {"sessions": [6]}, "doses_per_vial"),
        ("sessions", {"doses_per_vial": 0, "sessions": [6]}, "doses_per_vial must not be below 1"),
        ("sessions", {"doses_per_vial": 20, "sessions": 4}, "children_per_session"),
        ("wastage", {"months": []}, "months must be 1 to 12"),
        ("wastage", {"months": [{"month": 13, "opened": 1, "administered": 1}]}, "months[0].month"),
        ("wastage", {"months": [{"month": 1, "opened": 1, "administered": 1}] * 2}, "1 stands twice"),
    ],
)
def test_a_fault_names_its_field(words: str, case: dict[str, Any], fault: str) -> None:
    done = appliance("rules", words, "-", stdin=json.dumps(case))
    assert done.returncode != 0
    assert fault in done.stderr
