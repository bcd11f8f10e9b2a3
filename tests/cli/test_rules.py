"""`appliance rules` as a pharmacist calls it: exact keys, clear faults, no store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def appliance(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "appliance", *words], input=stdin, capture_output=True, text=True, timeout=60
    )


def asked(*words: str, case: dict[str, Any] | None = None) -> dict[str, Any]:
    done = appliance(*words, "--json", stdin=json.dumps(case) if case is not None else "")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


CASE = {
    "as_of": "2026-09-30",
    "months": [
        {"month": "2026-07", "consumed": 300, "stockout_days": 0, "unmet": 0, "unmet_captured": 0.0},
        {"month": "2026-08", "consumed": 0, "stockout_days": 31, "unmet": 0, "unmet_captured": 0.0},
        {"month": "2026-09", "consumed": 300, "stockout_days": 0, "unmet": 0, "unmet_captured": 0.0},
    ],
    "first_receipt": None,
}


def test_names() -> None:
    answer = asked("rules", "names", "Coulibaly", "Koulibali")
    assert (answer["match"], answer["by"]) == (True, "key")
    assert asked("rules", "names", "Traoré", "Touré")["by"] is None


def test_consumption() -> None:
    answer = asked("rules", "consumption", "-", case=CASE)
    wanted = {"cmm": 301.64, "estimator": "A1", "months_used": 3, "available_days": 61, "unknown": False}
    assert {k: answer[k] for k in wanted} == wanted


def test_order_from_cmm_and_from_months() -> None:
    order = {"max_months": 3, "usable": 130, "on_order": 0, "reserved": 0, "pack": 100, "shelf_life_months": None}
    answer = asked("rules", "order", "-", case={**order, "cmm": 120})
    wanted = {"need": 230, "quantity": 300, "packs": 3, "at_risk": 0, "warnings": []}
    assert {k: answer[k] for k in wanted} == wanted
    assert asked("rules", "order", "-", case={**order, **CASE})["cmm"] == 301.64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"as_of": "30/09/2026"}, "as_of must be a date"),
        ({"months": "x"}, "months must be list"),
        ({"months": [{"month": "2026-02", "consumed": 1, "stockout_days": 29}]}, "stockout_days must not be above 28"),
        ({"months": [{"month": "2026-07", "consumed": 1}] * 2}, "stands twice"),
        ({"months": [{"month": "2026-7", "consumed": 1}]}, "must be a month"),
        ({"months": [{"month": "2026-07"}]}, "has no 'consumed'"),
        ({"months": [{"month": "2026-07", "consumed": "trois"}]}, "must be a number"),
        ({"first_receipt": "hier"}, "first_receipt must be a date"),
    ],
)
def test_a_wrong_case_is_named_by_file_line_and_field(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({**CASE, **change}))
    done = appliance("rules", "consumption", str(file))
    assert done.returncode == 2
    assert f"{file}:1: " in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"as_of": 3}'])
def test_nonsense_is_refused_in_one_line(text: str) -> None:
    done = appliance("rules", "order", "-", stdin=text)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
