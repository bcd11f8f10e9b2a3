"""Parts that every room's tests stand on: a real store in a temporary folder, and a clock set by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.core.actors import MACHINE, Actor
from appliance.core.clock import FixedClock
from appliance.storage import Store, Unit

KEY = bytes(range(32))
TODAY = date(2026, 10, 15)
Act = Callable[..., Any]


@pytest.fixture
def clock() -> FixedClock:
    """15 October 2026, eight in the morning."""
    return FixedClock(TODAY)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """A new, empty store on a real file."""
    Store.create(tmp_path / "centre", KEY)
    opened = Store.open(tmp_path / "centre", KEY, clock)
    yield opened
    opened.close()


@pytest.fixture
def act(store: Store) -> Act:
    """Run a service as one act and return its value: `act(register_patient, form)`."""

    def run(service: Callable[..., Any], *args: Any, actor: Actor = MACHINE, **kwargs: Any) -> Any:
        kept: list[Any] = []

        def use_case(unit: Unit) -> dict[str, Any]:
            kept.append(service(unit, *args, **kwargs))
            return {}

        store.act_now("test", actor, use_case)
        return kept[-1]

    return run
