"""Every pack answers its own vectors, and a pack with a fault is named with its file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.core.errors import DataFileError
from appliance.records.rules import packs


@pytest.mark.parametrize("name", packs.KNOWN)
def test_a_pack_answers_every_vector_of_its_source(name: str) -> None:
    found = packs.checked(name)
    assert found.vectors >= 8
    assert found.missed == ()
    assert found.header.source


def edited(tmp_path: Path, name: str, change: Any) -> Path:
    content = json.loads(packs.KNOWN[name].file.read_text(encoding="utf-8"))
    change(content)
    file = tmp_path / f"{name}.json"
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


def test_an_edition_that_changes_a_rule_fails_the_vectors_of_the_old_one(tmp_path: Path) -> None:
    def later(content: dict[str, Any]) -> None:
        penta = next(s for s in content["series"] if s["antigen"] == "PENTA")
        penta["doses"][0]["due"] = penta["doses"][0]["min"] = "8w"

    missed = packs.checked("pev-mali", edited(tmp_path, "pev-mali", later)).missed
    assert {"PENTA1": "due"}.items() <= dict(missed[0].expected).items()
    assert missed[0].found["PENTA1"] == "upcoming"


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("pev-mali", lambda c: c["series"][3]["doses"][0].update(due="six weeks"), "must be a span"),
        ("pev-mali", lambda c: c["live_injected"].append("BCGX"), "BCGX"),
        ("pev-mali", lambda c: c.update(status="sûr"), "must be one of"),
        ("doses", lambda c: c["drugs"][0]["bands"][1].update({"from": 16}), "must begin where the band before ends"),
        ("pcime", lambda c: c["groups"][0]["topics"][0]["rows"][0]["when"]["any"][0].update(f="fevr"), "fevr"),
        ("contacts-cpn", lambda c: c["schedules"]["8"]["steps"][0].update(add_weeks=0), "at least 1"),
        ("contacts-cpn", lambda c: c.update(overdue_days="7"), "must be int"),
        ("datation-grossesse", lambda c: c["sources"][0].update(kind="horoscope"), "must be one of"),
        ("datation-grossesse", lambda c: c.update(trimesters_from_week=[0, 28, 13]), "in order"),
        ("visites-postnatales", lambda c: c["visits"][0].update(until_day=1), "in order"),
        ("conseils-maternite", lambda c: c["rules"][0]["when"]["any"][0].update(f="fievr"), "fievr"),
        ("conseils-maternite", lambda c: c["rules"][1].update(instead_of=["nobody"]), "nobody"),
        ("urgences-obstetricales", lambda c: c["protocols"][1]["steps"][2].update(after="later"), "stand before"),
        ("urgences-obstetricales", lambda c: c["protocols"][0]["steps"][3].pop("every_minutes"), "every_minutes"),
        ("partogramme", lambda c: c["checks"][0].update(every_minutes_active=0), "at least 1"),
        ("malnutrition-aigue", lambda c: c["classes"][0].update(muac_below=115), "knows"),
        ("malnutrition-aigue", lambda c: c.update(vectors=[]), "at least one vector"),
    ],
)
def test_a_fault_in_a_pack_is_named_with_its_line(tmp_path: Path, name: str, change: Any, fault: str) -> None:
    file = edited(tmp_path, name, change)
    with pytest.raises(DataFileError) as raised:
        packs.checked(name, file)
    assert fault in str(raised.value)
    assert raised.value.line > 0
    assert str(file) in str(raised.value)
