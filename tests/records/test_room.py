"""The room as a whole: codes are listed, enumerations are stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest

import appliance.records
from appliance.records.care import diagnoses
from appliance.records.care.model import CaseType, Microscopy, Outcome, PrescriptionState, Rdt, Station, Strategy
from appliance.records.patients.services import NAME_KINDS, add_name
from appliance.records.refusals import REFUSALS
from appliance.storage import Store
from tests.conftest import Act

ROOM = Path(appliance.records.__path__[0])


def test_every_code_with_which_the_room_refuses_is_explained_and_no_other() -> None:
    raised = {
        code
        for file in ROOM.rglob("*.py")
        for code in re.findall(r'Refused\(\s*"([a-z0-9-]+)"', file.read_text(encoding="utf-8"))
    }
    assert raised == set(REFUSALS)


@pytest.mark.parametrize(
    ("table", "column", "listed"),
    [
        ("visit", "station", Station), ("visit", "strategy", Strategy), ("consultation", "case_type", CaseType),
        ("consultation", "rdt", Rdt), ("consultation", "microscopy", Microscopy), ("consultation", "outcome", Outcome),
        ("prescription", "state", PrescriptionState),
    ],
)  # fmt: skip
def test_the_store_takes_every_state_and_no_other(store: Store, table: str, column: str, listed: type[StrEnum]) -> None:
    with store.reading() as db:
        sql = db.value("SELECT sql FROM sqlite_schema WHERE name = ?", (table,))
    found = re.search(rf"{column} IN \(([^)]*)\)", sql)
    assert found
    assert set(re.findall(r"'(\w+)'", found[1])) == set(listed)


@pytest.mark.parametrize("kind", NAME_KINDS)
def test_every_kind_of_name_is_stored(act: Act, register: Callable[..., int], kind: str) -> None:
    assert act(add_name, register("Awa Diarra"), kind, "Nana")


def test_rules_that_no_source_confirmed_say_so() -> None:
    for file in (diagnoses.FILE, diagnoses.SIGNS_FILE, ROOM / "facility" / "data" / "targets.json"):
        assert '"status": "à confirmer"' in file.read_text(encoding="utf-8")
    assert set(diagnoses.danger_signs()) >= {"convulsions", "lethargic", "unable-to-drink", "vomits-everything"}


def test_no_room_above_is_imported() -> None:
    above = re.compile(r"from appliance\.(stock|billing|reports|sync|upkeep|web|cli|generator)")
    assert not [file for file in ROOM.rglob("*.py") if above.search(file.read_text(encoding="utf-8"))]
