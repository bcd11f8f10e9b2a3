"""What breaks machines, on purpose: a disk that forgets at a cut, a process killed, a disk that is full or slow.

Each part takes any command that prints one line for each thing it acknowledges; the line is the promise that is
checked afterwards. Everything runs below a folder of its own and leaves no mount and no process behind.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOUNT_SECONDS = 10
FIRST_ACK_SECONDS = 60


def _can_mount() -> bool:
    if not os.access("/dev/fuse", os.R_OK | os.W_OK) or shutil.which("fusermount") is None:
        return False
    try:
        import fuse  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


needs_fuse = pytest.mark.skipif(not _can_mount(), reason="no FUSE here: needs /dev/fuse, fusermount and libfuse 2")


class Disk:
    """A volatile disk that is mounted: write below `mount`, read what survived below `backing`."""

    def __init__(self, folder: Path, *, seed: int = 0, fsync_ms: int = 0, quota_bytes: int = 0) -> None:
        self.backing, self.mount = folder / "backing", folder / "mount"
        for made in (self.backing, self.mount):
            made.mkdir(parents=True, exist_ok=True)
        program = str(Path(__file__).with_name("volatile_fs.py"))
        command = [sys.executable, program, str(self.backing), str(self.mount)]
        self._process = subprocess.Popen(
            [*command, str(seed), str(fsync_ms), str(quota_bytes)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "mounted":
            self.close()
            raise RuntimeError("the volatile disk did not mount")

    def cut(self) -> None:
        """Cut the power; whoever still writes gets errors from now on."""
        self._say("cut")
        self._process.wait(MOUNT_SECONDS)

    def fail(self) -> None:
        """Let every later write and fsync fail, as a dying card does."""
        self._say("io-errors")

    def limit(self, quota_bytes: int) -> None:
        """Let the disk be full at this many bytes; 0 lifts the limit."""
        self._say(f"quota {quota_bytes}")

    def close(self) -> None:
        """Unmount, writing everything unless the power was cut."""
        if self._process.poll() is None:
            self._say("leave")
            try:
                self._process.wait(MOUNT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        subprocess.run(["fusermount", "-uz", str(self.mount)], capture_output=True)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait(MOUNT_SECONDS)

    def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()


@contextmanager
def volatile_disk(folder: Path, *, seed: int = 0, fsync_ms: int = 0, quota_bytes: int = 0) -> Iterator[Disk]:
    """A mounted volatile disk; what was not fsynced when the block ends without a cut is written."""
    disk = Disk(folder, seed=seed, fsync_ms=fsync_ms, quota_bytes=quota_bytes)
    try:
        yield disk
    finally:
        disk.close()


class Acknowledging:
    """A running program whose lines are promises; `acks` grows while it runs."""

    def __init__(self, command: Sequence[str], env: dict[str, str] | None = None) -> None:
        self.acks: list[str] = []
        self.errors: list[str] = []
        self._grew = threading.Condition()
        self.process = subprocess.Popen(
            list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(env or {})},
        )  # fmt: skip
        self._readers = [
            threading.Thread(target=self._read, args=(pipe, kept), daemon=True)
            for pipe, kept in ((self.process.stdout, self.acks), (self.process.stderr, self.errors))
        ]
        for reader in self._readers:
            reader.start()

    def wait_for(self, count: int, seconds: float = FIRST_ACK_SECONDS) -> None:
        """Wait until so many lines were printed; fails when the program ends or stalls before."""
        deadline = time.monotonic() + seconds
        with self._grew:
            while len(self.acks) < count:
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._readers[0].is_alive()):
                    raise AssertionError(f"{len(self.acks)} acknowledged of {count}: {''.join(self.errors)[-2000:]}")
                self._grew.wait(min(left, 0.2))

    def kill(self) -> list[str]:
        """End it without warning, with all that it started; returns every line that it got out."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.finish()

    def finish(self) -> list[str]:
        """Wait for its end; returns its whole lines (one cut in the middle was no promise)."""
        self.process.wait(FIRST_ACK_SECONDS)
        for reader in self._readers:
            reader.join(MOUNT_SECONDS)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
        return [line.rstrip("\n") for line in self.acks if line.endswith("\n")]

    def _read(self, pipe, kept: list[str]) -> None:
        for line in pipe:
            with self._grew:
                kept.append(line)
                self._grew.notify_all()


def cut_while(command: Sequence[str], disk: Disk, chance: random.Random, *, acks: int) -> list[str]:
    """Run a program on a disk, cut the power some time after `acks` lines; returns all that it had acknowledged."""
    program = Acknowledging(command)
    try:
        program.wait_for(acks)
        time.sleep(chance.uniform(0, 0.05))
        disk.cut()
    finally:
        printed = program.kill()
    return printed


def kill_while(command: Sequence[str], chance: random.Random, *, acks: int, spread: float = 0.2) -> list[str]:
    """Run a program and kill it some time after `acks` lines; returns all that it had acknowledged."""
    program = Acknowledging(command)
    try:
        program.wait_for(acks)
        time.sleep(chance.uniform(0, spread))
    finally:
        printed = program.kill()
    return printed


def flip_bit(path: Path, bit: int) -> None:
    """Turn one bit of a file, counted from its start, as a worn card does."""
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ (1 << bit % 8)]))


def each_flip(
    source: Path, name: str, bits: Sequence[int], folder: Path, reported: Callable[[Path], bool]
) -> list[int]:
    """Flip each bit in a fresh copy of a store's folder; returns the bits whose flip was not reported."""
    missed = []
    for number, bit in enumerate(bits):
        copy = folder / f"flip-{number}"
        shutil.copytree(source, copy)
        flip_bit(copy / name, bit)
        if not reported(copy):
            missed.append(bit)
        shutil.rmtree(copy)
    return missed


def shifted(**offset: float) -> dict[str, str]:
    """Environment of a process whose clock stands off: `shifted(days=-365)`."""
    from datetime import timedelta

    from appliance.cli.opening import OFFSET

    return {OFFSET: str(int(timedelta(**offset).total_seconds() * 1000))}
