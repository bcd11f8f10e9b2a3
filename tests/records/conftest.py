"""A centre that is set up, and people in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from appliance.records.care.visits import open_visit
from appliance.records.patients.services import register_patient
from tests.conftest import Act
from tests.records.people import open_centre, person


@pytest.fixture
def villages(act: Act) -> list[int]:
    """Farabani and Toura-Peulh in the area, Sananfara outside it."""
    ids: list[int] = act(open_centre)
    return ids


@pytest.fixture
def register(act: Act, villages: list[int]) -> Callable[..., int]:
    """Register someone as another person than all before: `register("Awa Diarra", age=4)`."""

    def run(name: str, **more: Any) -> int:
        made: int = act(register_patient, person(name, **more), is_other=True)
        return made

    return run


@pytest.fixture
def visit(act: Act, register: Callable[..., int]) -> int:
    """The visit of a four-year-old girl of Farabani."""
    patient = register("Awa Diarra", age=4, village=1)
    made: int = act(open_visit, patient, "Fièvre")
    return made
