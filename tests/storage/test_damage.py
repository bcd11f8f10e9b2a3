"""Damage: each flipped bit of the store or its log is reported; a torn tail is not taken for one."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.errors import ApplianceError, InvariantBroken
from appliance.storage import Store, Unit, wal
from appliance.storage.database import translated
from tests.conftest import KEY, TODAY

FLIPS = 200


def write_some(unit: Unit) -> dict[str, Any]:
    for _ in range(3):
        unit.append("fact", month="2026-10", kind="consultation", code="NC", occurred_on="2026-10-15", quantity=1)
    return {}


@pytest.fixture(scope="module")
def cut_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a store as a power cut leaves them: acknowledged acts in the log, nothing folded in since."""
    directory = tmp_path_factory.mktemp("damage") / "centre"
    Store.create(directory, KEY)
    store = Store.open(directory, KEY, FixedClock(TODAY))
    for _ in range(30):
        store.act_now("t", MACHINE, write_some)
    store._writer._checkpoint()
    for _ in range(10):
        store.act_now("t", MACHINE, write_some)
    copy = directory.with_name("cut")
    copy.mkdir()
    for name in ("store.db", "store.db-wal", "store.check"):
        shutil.copy(directory / name, copy / name)
    store.close()
    return copy


def taken(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def flip(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ (1 << bit % 8)]))


def reported(directory: Path) -> bool:
    """Whether opening, or checking every page, tells of damage."""
    try:
        store = Store.open(directory, KEY, FixedClock(TODAY))
    except ApplianceError as fault:
        return fault.code == "store-damaged"
    try:
        return store.verify_pages() > 0
    except ApplianceError as fault:
        return fault.code == "store-damaged"
    finally:
        store.close()


def test_the_untouched_files_are_sound_and_hold_every_act(cut_store: Path, tmp_path: Path) -> None:
    directory = taken(cut_store, tmp_path / "c")
    assert wal.scan(directory / "store.db-wal").verdict is wal.Verdict.CLEAN
    store = Store.open(directory, KEY, FixedClock(TODAY))
    assert store.verify_pages() == 0
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM act") == 40
    store.close()


@pytest.mark.parametrize("name", ["store.db", "store.db-wal"])
def test_every_flipped_bit_is_reported(cut_store: Path, tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    size = (cut_store / name).stat().st_size * 8
    bits = [0, 7, size - 1, *(chance.randrange(size) for _ in range(FLIPS - 3))]
    missed = []
    for number, bit in enumerate(bits):
        directory = taken(cut_store, tmp_path / str(number))
        flip(directory / name, bit)
        if not reported(directory):
            missed.append(bit)
        shutil.rmtree(directory)
    assert missed == []


def test_each_bit_of_the_last_commit_s_frame_is_told_from_a_torn_tail(cut_store: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    content = (cut_store / "store.db-wal").read_bytes()
    chance = random.Random(3)
    frame = 4096 + wal.FRAME_HEADER_BYTES
    for bit in [*range(24 * 8), *(24 * 8 + chance.randrange(4096 * 8) for _ in range(100))]:
        log.write_bytes(content)
        flip(log, (len(content) - frame) * 8 + bit)
        assert wal.scan(log).verdict is wal.Verdict.DAMAGED, bit


def test_a_torn_tail_loses_only_what_was_never_acknowledged(cut_store: Path, tmp_path: Path) -> None:
    content = (cut_store / "store.db-wal").read_bytes()
    frame = 4096 + wal.FRAME_HEADER_BYTES
    chance = random.Random(4)
    for number in range(40):
        directory = taken(cut_store, tmp_path / str(number))
        tail = bytearray(content[-frame * 2 :])
        kind = number % 3
        if kind == 0:  # the file ends early
            tail = tail[: chance.randrange(1, frame)]
        elif kind == 1:  # a page never reached the disk: zeros
            at = chance.randrange(0, frame // 512) * 512
            tail[at : at + 512] = bytes(512)
        else:  # an old sector remains
            at = chance.randrange(0, frame // 512) * 512
            tail[at : at + 512] = chance.randbytes(512)
        # The torn part lies behind the last acknowledged commit.
        (directory / "store.db-wal").write_bytes(content + bytes(tail))
        state = wal.scan(directory / "store.db-wal")
        assert state.verdict in (wal.Verdict.TORN_TAIL, wal.Verdict.CLEAN), (number, state)
        store = Store.open(directory, KEY, FixedClock(TODAY))
        with store.reading() as db:
            assert db.value("SELECT count(*) FROM act") == 40
        store.close()


def test_a_damaged_store_serves_nothing_and_is_left_as_it_is(cut_store: Path, tmp_path: Path) -> None:
    directory = taken(cut_store, tmp_path / "c")
    flip(directory / "store.db-wal", 8 * (wal.HEADER_BYTES + 2000))
    before = (directory / "store.db-wal").read_bytes()
    with pytest.raises(ApplianceError) as fault:
        Store.open(directory, KEY, FixedClock(TODAY))
    assert fault.value.params["where"] == "wal"
    assert (directory / "store.db-wal").read_bytes() == before


def test_damage_met_while_serving_makes_the_store_read_only(cut_store: Path, tmp_path: Path) -> None:
    directory = taken(cut_store, tmp_path / "c")
    (directory / "store.db-wal").unlink()
    size = (directory / "store.db").stat().st_size
    for page in range(1, size // 4096):  # every page but the first
        flip(directory / "store.db", page * 4096 * 8 + 99)
    try:
        store = Store.open(directory, KEY, FixedClock(TODAY))
    except ApplianceError as fault:
        assert fault.code == "store-damaged"
        return
    with pytest.raises(ApplianceError):
        store.act_now("t", MACHINE, write_some)
    assert store.damage is not None
    with pytest.raises(ApplianceError) as refusal:
        store.act_now("t", MACHINE, write_some)
    assert refusal.value.code == "store-read-only"
    store.close()


@pytest.mark.parametrize("pages_left", [0, 1, 3, 20])
def test_a_store_that_was_cut_off_is_reported_and_never_taken_for_a_smaller_one(
    cut_store: Path, tmp_path: Path, pages_left: int
) -> None:
    directory = taken(cut_store, tmp_path / "cut-off")
    with (directory / "store.db").open("r+b") as file:
        file.truncate(pages_left * 4096)
    with pytest.raises(InvariantBroken, match="store-damaged"):
        Store.open(directory, KEY, FixedClock(TODAY))


def test_a_store_whose_file_is_gone_is_damage_and_no_new_one_is_made(cut_store: Path, tmp_path: Path) -> None:
    directory = taken(cut_store, tmp_path / "gone")
    (directory / "store.db").unlink()
    with pytest.raises(InvariantBroken, match="store-damaged"):
        Store.open(directory, KEY, FixedClock(TODAY))
    assert not (directory / "store.db").exists()


def test_an_error_of_a_full_disk_at_opening_is_not_told_as_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = sqlite.OperationalError("disk I/O error")
    assert translated(fault, tmp_path).code == "store-damaged"
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=4096))
    assert translated(fault, tmp_path).code == "disk-full"
    assert translated(sqlite.DatabaseError("database disk image is malformed"), tmp_path).code == "store-damaged"


def test_damage_that_was_met_is_remembered_after_a_restart_and_forgotten_once_the_file_is_whole(
    cut_store: Path, tmp_path: Path
) -> None:
    directory = taken(cut_store, tmp_path / "c")
    sound = Store.open(directory, KEY, FixedClock(TODAY))
    sound.close()
    whole = (directory / "store.db").read_bytes()
    store = Store.open(directory, KEY, FixedClock(TODAY))
    flip(directory / "store.db", len(whole) * 8 - 4096 * 8 + 99)  # the last page: nobody reads it at a start
    assert store.verify_pages() > 0
    store.close()

    again = Store.open(directory, KEY, FixedClock(TODAY))
    assert again.damage is not None
    with again.reading() as db:
        assert db.value("SELECT count(*) FROM act") == 40
    with pytest.raises(ApplianceError) as refusal:
        again.act_now("t", MACHINE, write_some)
    assert refusal.value.code == "store-read-only"
    again.close()

    (directory / "store.db").write_bytes(whole)
    mended = Store.open(directory, KEY, FixedClock(TODAY))
    assert mended.damage is None
    mended.act_now("t", MACHINE, write_some)
    mended.close()
    assert not (directory / "store.damaged").exists()
