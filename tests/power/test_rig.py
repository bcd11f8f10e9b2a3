"""The rigs themselves: a cut that loses nothing of a careless program would prove nothing of a careful one."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from tests.power.plain_writer import opened
from tests.power.rig import Acknowledging, cut_while, flip_bit, kill_while, needs_fuse, volatile_disk

pytestmark = pytest.mark.power
KEY_HEX = bytes(range(32)).hex()
CUTS = int(os.environ.get("APPLIANCE_RIG_CUTS", "12"))


def plain(file: Path, synchronous: str) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("plain_writer.py")), str(file), KEY_HEX, synchronous]


def rows_after(file: Path) -> set[int]:
    connection = opened(str(file), KEY_HEX, "FULL")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        # A cut in the middle of a checkpoint leaves half-written pages that the log still covers; the checksums are
        # read from the file alone, so the log is folded in first, as the store does when it opens.
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
        if not connection.execute("SELECT 1 FROM sqlite_schema").fetchall():
            return set()
        return {number for (number,) in connection.execute("SELECT number FROM line")}
    finally:
        connection.close()


def lost_over(folder: Path, synchronous: str, cuts: int) -> tuple[int, int]:
    """Acknowledged rows, and how many of them were missing afterwards."""
    acknowledged = lost = 0
    for number in range(cuts):
        chance = random.Random(number)
        with volatile_disk(folder / f"{synchronous}-{number}", seed=number) as disk:
            acks = cut_while(plain(disk.mount / "plain.db", synchronous), disk, chance, acks=chance.randrange(20, 150))
        rows = rows_after(disk.backing / "plain.db")
        promised = {int(ack) for ack in acks}
        acknowledged += len(promised)
        lost += len(promised - rows)
    return acknowledged, lost


@needs_fuse
def test_a_commit_under_full_survives_every_cut(tmp_path: Path) -> None:
    acknowledged, lost = lost_over(tmp_path, "FULL", CUTS)
    assert acknowledged > 20 * CUTS
    assert lost == 0


@needs_fuse
def test_a_commit_under_normal_does_not_so_the_rig_bites(tmp_path: Path) -> None:
    _, lost = lost_over(tmp_path, "NORMAL", CUTS)
    assert lost > 0


@needs_fuse
def test_what_was_not_fsynced_is_lost_by_about_half_and_what_was_is_kept(tmp_path: Path) -> None:
    with volatile_disk(tmp_path, seed=7) as disk:
        kept = os.open(disk.mount / "kept", os.O_WRONLY | os.O_CREAT)
        risked = os.open(disk.mount / "risked", os.O_WRONLY | os.O_CREAT)
        os.write(kept, b"k" * 4096 * 100)
        os.write(risked, b"r" * 4096 * 100)
        os.fsync(kept)
        disk.cut()
    assert (disk.backing / "kept").read_bytes() == b"k" * 4096 * 100
    survived = (disk.backing / "risked").read_bytes().count(b"r") / 4096
    assert 25 < survived < 75


@needs_fuse
def test_a_disk_that_is_left_properly_loses_nothing(tmp_path: Path) -> None:
    with volatile_disk(tmp_path) as disk:
        (disk.mount / "file").write_bytes(b"a" * 10_000)
        (disk.mount / "file").rename(disk.mount / "other")
        with (disk.mount / "other").open("r+b") as file:
            file.truncate(5000)
            file.seek(8000)
            file.write(b"b")
        assert (disk.mount / "other").stat().st_size == 8001
    assert (disk.backing / "other").read_bytes() == b"a" * 5000 + bytes(3000) + b"b"


@needs_fuse
def test_a_full_disk_refuses_and_takes_again_when_there_is_room(tmp_path: Path) -> None:
    with volatile_disk(tmp_path, quota_bytes=200_000) as disk:
        file = str(disk.mount / "plain.db")
        connection = opened(file, KEY_HEX, "FULL")
        connection.execute("CREATE TABLE line (number INTEGER PRIMARY KEY, text TEXT)")
        with pytest.raises(sqlite.OperationalError, match="full"):
            for number in range(1000):
                connection.execute("INSERT INTO line VALUES (?, ?)", (number, "x" * 3000))
        disk.limit(0)
        time.sleep(0.2)
        connection.execute("INSERT INTO line VALUES (5000, 'x')")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


@needs_fuse
def test_a_failing_disk_gives_errors(tmp_path: Path) -> None:
    with volatile_disk(tmp_path) as disk:
        program = Acknowledging(plain(disk.mount / "plain.db", "FULL"))
        program.wait_for(10)
        disk.fail()
        acks = program.finish()
        assert program.process.returncode != 0
    assert {int(ack) for ack in acks} <= rows_after(disk.backing / "plain.db")


@needs_fuse
def test_a_slow_card_makes_each_commit_wait(tmp_path: Path) -> None:
    def seconds(folder: Path, fsync_ms: int) -> float:
        with volatile_disk(folder, fsync_ms=fsync_ms) as disk, (disk.mount / "f").open("wb") as file:
            started = time.monotonic()
            for _ in range(10):
                file.write(b"x")
                file.flush()
                os.fsync(file.fileno())
            return time.monotonic() - started

    assert seconds(tmp_path / "slow", 20) - seconds(tmp_path / "fast", 0) > 0.15


def test_a_killed_program_keeps_what_it_acknowledged_even_under_normal(tmp_path: Path) -> None:
    """The machine goes on, so the kernel writes what the process had handed over: a kill is the milder fault."""
    for number in range(3):
        file = tmp_path / f"{number}.db"
        acks = kill_while(plain(file, "NORMAL"), random.Random(number), acks=50)
        assert {int(ack) for ack in acks} <= rows_after(file)


def test_a_program_that_ends_too_early_fails_the_rig() -> None:
    program = Acknowledging([sys.executable, "-c", "print(1)"])
    with pytest.raises(AssertionError, match="1 acknowledged of 2"):
        program.wait_for(2, seconds=5)
    program.finish()


def test_one_flipped_bit_is_one_bit(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"\x00\x00")
    flip_bit(file, 9)
    assert file.read_bytes() == b"\x00\x02"
