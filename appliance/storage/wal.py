"""What the write-ahead log holds, judged before SQLite opens it.

SQLite stops in silence at the first frame whose checksum does not fit: after a power cut that is the torn
tail of a group nobody was told about, but after a flipped bit on a worn card it would be acknowledged rows.
The two are told apart. A transaction begun behind a later commit means that the unsound frame was once durable.
And the checksum is linear, so that for a frame of the last group we can ask whether turning one bit would make
it fit: a torn write never looks like that. Format: sqlite.org/fileformat2.html, section 4.
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
_MAGIC = (0x377F0682, 0x377F0683)
_MASK = 0xFFFFFFFF


class Verdict(StrEnum):
    """What the log is fit for."""

    EMPTY = "empty"
    CLEAN = "clean"
    TORN_TAIL = "torn-tail"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalState:
    """Verdict, frames that are sound, frames up to the last commit, where the first unsound byte group lies,
    and which pages of the store the sound frames replace."""

    verdict: Verdict
    frames: int = 0
    committed_frames: int = 0
    damaged_at: int | None = None
    pages: frozenset[int] = frozenset()


def scan(path: Path) -> WalState:
    """Judge a log file; a missing one is empty. Reads the file once."""
    content = path.read_bytes() if path.exists() else b""
    if not content:
        return WalState(verdict=Verdict.EMPTY)
    if len(content) < HEADER_BYTES:
        return WalState(verdict=Verdict.TORN_TAIL, damaged_at=0)
    return _Scan(content).run()


def versions(path: Path, state: WalState, numbers: Collection[int], page_bytes: int = 4096) -> dict[int, list[bytes]]:
    """What the sound frames hold of each of the pages named, oldest first."""
    found: dict[int, list[bytes]] = {number: [] for number in numbers}
    if found:
        with path.open("rb") as file:
            file.seek(HEADER_BYTES)
            for _ in range(state.frames):
                number = int.from_bytes(file.read(FRAME_HEADER_BYTES)[:4], "big")
                content = file.read(page_bytes)
                if number in found:
                    found[number].append(content)
    return found


class _Scan:
    def __init__(self, content: bytes) -> None:
        self.content = content
        fields = struct.unpack(">8I", content[:HEADER_BYTES])
        self.order = ">" if fields[0] == _MAGIC[1] else "<"
        self.page_bytes = fields[2]
        self.salts = fields[4:6]
        self.stored = fields[6:8]

    def run(self) -> WalState:
        header = self._checksum(self.content[:24], (0, 0))
        if self.content[:4] not in (struct.pack(">I", m) for m in _MAGIC) or header != self.stored:
            return self._bad_header()
        frame_bytes = FRAME_HEADER_BYTES + self.page_bytes
        running, committed, count = header, 0, 0
        pages: set[int] = set()
        total = (len(self.content) - HEADER_BYTES) // frame_bytes
        while count < total:
            offset = HEADER_BYTES + count * frame_bytes
            computed, fits = self._frame(offset, running)
            if not fits:
                return replace(self._unsound(count, committed, offset, running, computed), pages=frozenset(pages))
            running, count = computed, count + 1
            page, pages_after_commit = struct.unpack(">2I", self.content[offset : offset + 8])
            pages.add(page)
            if pages_after_commit:
                committed = count
        torn = count > committed or (len(self.content) - HEADER_BYTES) % frame_bytes
        verdict = Verdict.TORN_TAIL if torn else Verdict.CLEAN
        return WalState(verdict=verdict, frames=count, committed_frames=committed, pages=frozenset(pages))

    def _frame(self, offset: int, running: tuple[int, int]) -> tuple[tuple[int, int], bool]:
        head = self.content[offset : offset + FRAME_HEADER_BYTES]
        page = self.content[offset + FRAME_HEADER_BYTES : offset + FRAME_HEADER_BYTES + self.page_bytes]
        computed = self._checksum(head[:8] + page, running)
        stored = struct.unpack(">4I", head[8:24])
        return computed, stored[:2] == self.salts and stored[2:] == computed

    def _unsound(
        self, count: int, committed: int, offset: int, running: tuple[int, int], computed: tuple[int, int]
    ) -> WalState:
        """The frame at `offset` does not fit: is it the end of what was written, or damage?"""
        stored = struct.unpack(">4I", self.content[offset + 8 : offset + 24])
        if stored[:2] != self.salts:
            damaged = stored[2:] == computed  # the page is whole, only a salt was turned
        else:
            damaged = self._one_bit_of(stored[2:], computed) or self._one_bit_explains(offset, running, stored[2:])
        return WalState(
            verdict=Verdict.DAMAGED if damaged or self._was_durable(offset, computed) else Verdict.TORN_TAIL,
            frames=count,
            committed_frames=committed,
            damaged_at=offset,
        )

    def _was_durable(self, offset: int, computed: tuple[int, int]) -> bool:
        """Whether a transaction was begun behind a commit that lies at or after the unsound frame.

        Each commit reaches the disk before the next frame is written, so then the unsound frame once was
        sound. Frames of one unfinished group may reach the disk in any order and prove nothing.
        """
        frame_bytes = FRAME_HEADER_BYTES + self.page_bytes
        after_commit = False
        seeds = [computed]
        while offset + frame_bytes <= len(self.content):
            head = struct.unpack(">6I", self.content[offset : offset + FRAME_HEADER_BYTES])
            if after_commit and any(self._frame(offset, seed)[1] for seed in seeds):
                return True
            after_commit = after_commit or head[1] != 0
            seeds = [(head[4], head[5])]
            offset += frame_bytes
        return False

    def _bad_header(self) -> WalState:
        """A header torn by a cut has no frame behind it that was ever acknowledged; a flipped one has."""
        size = len(self.content)
        for page_bytes in (self.page_bytes, 4096):
            if page_bytes >= 512 and size >= HEADER_BYTES + FRAME_HEADER_BYTES + page_bytes:
                return WalState(verdict=Verdict.DAMAGED, damaged_at=0)
        return WalState(verdict=Verdict.TORN_TAIL, damaged_at=0)

    @staticmethod
    def _one_bit_of(stored: tuple[int, ...], computed: tuple[int, int]) -> bool:
        return sum((a ^ b).bit_count() for a, b in zip(stored, computed, strict=True)) == 1

    def _one_bit_explains(self, offset: int, running: tuple[int, int], wanted: tuple[int, ...]) -> bool:
        """Whether one turned bit of the frame's header or page gives the stored checksum.

        A change d of word k shifts the two sums by d times two Fibonacci numbers that depend on the
        distance of k from the end only, so each of the 32 x words candidates costs two products.
        """
        head = self.content[offset : offset + 8]
        page = self.content[offset + FRAME_HEADER_BYTES : offset + FRAME_HEADER_BYTES + self.page_bytes]
        words = struct.unpack(f"{self.order}{(8 + len(page)) // 4}I", head + page)
        computed = self._sum(words, running)
        shift = ((wanted[0] - computed[0]) & _MASK, (wanted[1] - computed[1]) & _MASK)
        for word, (on_first, on_second) in zip(words, _effects(len(words)), strict=True):
            for bit in range(32):
                change = -(1 << bit) if word >> bit & 1 else 1 << bit
                if (change * on_first) & _MASK == shift[0] and (change * on_second) & _MASK == shift[1]:
                    return True
        return False

    def _checksum(self, data: bytes, seed: tuple[int, int]) -> tuple[int, int]:
        return self._sum(struct.unpack(f"{self.order}{len(data) // 4}I", data), seed)

    @staticmethod
    def _sum(words: tuple[int, ...], seed: tuple[int, int]) -> tuple[int, int]:
        first, second = seed
        pairs = iter(words)
        for even in pairs:
            first = (first + even + second) & _MASK
            second = (second + next(pairs) + first) & _MASK
        return first, second


def _effects(count: int) -> list[tuple[int, int]]:
    """By how much one more in word k raises the two final sums, for each k of `count` words."""
    effects: list[tuple[int, int]] = [(0, 0)] * count
    # After its pair, an even word has raised (s0, s1) by (1, 1), an odd word by (0, 1); each later pair
    # maps (a, b) to (a + b, a + 2b).
    even, odd = (1, 1), (0, 1)
    for k in range(count - 2, -1, -2):
        effects[k], effects[k + 1] = even, odd
        even = ((even[0] + even[1]) & _MASK, (even[0] + 2 * even[1]) & _MASK)
        odd = ((odd[0] + odd[1]) & _MASK, (odd[0] + 2 * odd[1]) & _MASK)
    return effects
