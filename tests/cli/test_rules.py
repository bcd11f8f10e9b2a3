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


MONTH = CASE["months"][0]


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
        ({"months": [MONTH, {**MONTH, "month": "2026-05"}]}, "months[1].month 2026-05 comes after 2026-07"),
        ({"months": [{**MONTH, "stockout_days": -1}]}, "stockout_days must not be below 0"),
        ({"months": [{**MONTH, "unmet": -1}]}, "unmet must not be below 0"),
        ({"months": [{**MONTH, "unmet_captured": 1.01}]}, "unmet_captured must not be above 1"),
        ({"months": [{**MONTH, "stockout_days": 1.5}]}, "stockout_days must be a whole number"),
        ({"months": [{**MONTH, "excluded": True}]}, "has no 'by'"),
        ({"months": None}, "months must be list"),
        ({"as_of": None}, "as_of must be str"),
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


def test_an_order_says_where_its_inputs_disagree_and_when_an_order_is_overdue() -> None:
    order = {"usable": 130, "pack": 100, "cmm": 120, "lots": [{"quantity": 60, "days_left": 15}]}
    answer = asked("rules", "order", "-", case=order)
    assert (answer["need"], answer["warnings"]) == (300, ["usable-differs-from-lots"])
    assert asked("rules", "order", "-", case={**CASE, "usable": 130, "cmm": 120})["warnings"] == [
        "cmm-differs-from-months"
    ]
    late = [{"quantity": 100, "age_days": 28}, {"quantity": 500, "age_days": 29}]
    answer = asked("rules", "order", "-", case={"usable": 130, "cmm": 120, "on_order": late, "lead_time_days": 14})
    assert (answer["need"], answer["warnings"]) == (130, ["order-overdue"])


def test_an_unknown_consumption_proposes_nothing() -> None:
    answer = asked("rules", "order", "-", case={"usable": 130, "cmm": None, "pack": 100})
    assert (answer["need"], answer["quantity"], answer["packs"]) == (None, None, None)
    assert answer["warnings"] == ["cmm-unknown"]


def test_a_label_is_french_and_a_code_is_not() -> None:
    new = {"as_of": "2026-09-30", "months": [{"month": "2026-09", "consumed": 84}], "first_receipt": "2026-09-10"}
    answer = asked("rules", "consumption", "-", case=new)
    assert answer["confidence"] == "low"
    assert "confiance faible" in answer["label"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"as_of": 3}'])
def test_nonsense_is_refused_in_one_line(text: str) -> None:
    done = appliance("rules", "order", "-", stdin=text)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_share_is_told_in_whole_francs_that_add_up() -> None:
    told = asked("rules", "share", "--payer", "AMO-CMSS", "--care", "ambulatoire", "--amount", "455")
    assert (told["payer"], told["patient"]) == (319, 136)
    assert (told["cash"], told["rounding"]) == (135, -1)
    refused = appliance("rules", "share", "--payer", "ROI", "--amount", "455", "--json")
    assert refused.returncode == 2 and json.loads(refused.stderr)["error"] == "payer-unknown"


def test_a_code_tells_its_fields_and_nonsense_is_refused() -> None:
    answer = asked("rules", "gs1", "(01)03453120000011(17)260900(10)AB-1(21)S9(240)REF")
    assert {k: answer[k] for k in ("gtin", "lot", "expires_on", "expiry_precision", "serial", "count", "other", "warnings")} == {
        "gtin": "03453120000011", "lot": "AB-1", "expires_on": "2026-09-30", "expiry_precision": "month", "serial": "S9",
        "count": None, "other": {"240": "REF"}, "warnings": [],
    }  # fmt: skip
    done = appliance("rules", "gs1", "(17)261332", "--json")
    assert (done.returncode, json.loads(done.stderr)["error"]) == (2, "code-unreadable")
