"""Parts that every room's tests stand on: a real store in a temporary folder, and a clock set by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from appliance.core.actors import MACHINE, Actor
from appliance.core.clock import FixedClock
from appliance.storage import FileKey, Store, Unit

# No test passes or fails by the clock, and hypothesis times every example unless told not to.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

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


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated centre of two months, made once; take a copy before writing to it (`centre_copy`)."""
    from appliance.generator.centre import Plan, generate

    directory = tmp_path_factory.mktemp("generated") / "centre"
    directory.mkdir()
    FileKey(directory / "store.key").create()
    Store.create(directory, FileKey(directory / "store.key").key())
    store = Store.open(directory, FileKey(directory / "store.key").key())
    generate(store, Plan(seed=7, population=4_000, months=2, until=date(2026, 10, 31)))
    store.close()
    return directory


@pytest.fixture
def centre_copy(generated: Path, tmp_path: Path) -> Path:
    """A copy of the generated centre that a test may write to."""
    return Path(shutil.copytree(generated, tmp_path / "centre"))
