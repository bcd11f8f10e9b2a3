"""A cut while the log is folded in tears pages of the store: the log still holds them whole, so nothing is lost."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.errors import InvariantBroken
from appliance.storage import Store, wal
from appliance.storage.pages import PAGE_BYTES, SECTOR_BYTES
from tests.conftest import KEY, TODAY
from tests.storage.test_damage import flip, write_some

ACTS = 60


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A store whose log is full, and the store file as it would be once that log is folded in."""
    directory = tmp_path_factory.mktemp("torn") / "centre"
    Store.create(directory, KEY)
    store = Store.open(directory, KEY, FixedClock(TODAY))
    for _ in range(ACTS):
        store.act_now("t", MACHINE, write_some)
    copy = directory.with_name("before")
    copy.mkdir()
    for name in ("store.db", "store.db-wal", "store.check"):
        shutil.copy(directory / name, copy / name)
    store._writer._checkpoint()
    folded = (directory / "store.db").read_bytes()
    store.close()
    return copy, folded


def written(before: Path) -> list[int]:
    """Pages that folding the log in writes."""
    return sorted(wal.scan(before / "store.db-wal").pages)


def acts_in(directory: Path) -> int:
    store = Store.open(directory, KEY, FixedClock(TODAY))
    try:
        assert store.verify_pages() == 0
        with store.reading() as db:
            return int(db.value("SELECT count(*) FROM act"))
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(20))
def test_pages_torn_while_the_log_was_folded_in_cost_nothing(
    halves: tuple[Path, bytes], tmp_path: Path, seed: int
) -> None:
    before, folded = halves
    directory, chance = tmp_path / "c", random.Random(seed)
    shutil.copytree(before, directory)
    content = bytearray((directory / "store.db").read_bytes())
    for number in written(before):
        sectors = chance.randrange(PAGE_BYTES // SECTOR_BYTES + 1)  # none, some or all of the page reached the disk
        start, end = (number - 1) * PAGE_BYTES, (number - 1) * PAGE_BYTES + sectors * SECTOR_BYTES
        content.extend(bytes(max(start + PAGE_BYTES - len(content), 0)))
        content[start:end] = folded[start:end]
    (directory / "store.db").write_bytes(content)
    assert acts_in(directory) == ACTS


def test_a_bit_that_turned_in_a_page_already_folded_in_is_still_reported(
    halves: tuple[Path, bytes], tmp_path: Path
) -> None:
    before, folded = halves
    chance = random.Random(5)
    for count in range(20):
        directory = tmp_path / str(count)
        shutil.copytree(before, directory)
        (directory / "store.db").write_bytes(folded)
        number = chance.choice(written(before))
        flip(directory / "store.db", (number - 1) * PAGE_BYTES * 8 + chance.randrange(PAGE_BYTES * 8))
        with pytest.raises(InvariantBroken) as fault:
            Store.open(directory, KEY, FixedClock(TODAY))
        assert fault.value.code == "store-damaged"
