"""A stand-in per version, started once and made fresh for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.standin.play import Dhis2, playing

At = Callable[..., Dhis2]


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Dhis2]]:
    held: dict[str, Dhis2] = {}
    with ExitStack() as stack:

        def running(version: str) -> Dhis2:
            if version not in held:
                directory = tmp_path_factory.mktemp("standin")
                held[version] = stack.enter_context(playing(directory, version=version))
            return held[version]

        yield running


@pytest.fixture
def at(_running: Callable[[str], Dhis2]) -> At:
    """`at("2.40.12")` is a fresh stand-in of that version; further settings by name."""

    def fresh(version: str, **settings: Any) -> Dhis2:
        running = _running(version)
        running.fresh()
        if settings:
            running.control("settings", **settings)
        return running

    return fresh
