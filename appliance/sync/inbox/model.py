"""What a file of a message goes through, and when messages are looked for. Pure.

| a file is… | when                                                                                              |
|------------|---------------------------------------------------------------------------------------------------|
| waiting    | it will be fetched by itself: a known sender, and not too large                                   |
| shown      | a person sees its size and asks for it, or not: an unknown sender, a large file, all tries used up |
| kept       | its bytes are in the store                                                                        |
| given_up   | the server has it no more, or it is larger than the box takes                                     |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from appliance.sync.backoff import delay_seconds

TRIES_PER_DAY = 4
"""The server knows no ranges: a download that breaks starts again from nothing, and costs it all again."""
SIZE_MAX = 5 << 20
"""Bytes of the largest file that is taken at all."""
SUBJECT_MAX, NAME_MAX, TEXT_MAX = 300, 120, 20_000
DAY_MS = 86_400_000


class FileState(StrEnum):
    """Where a file of a message stands."""

    WAITING = "waiting"
    SHOWN = "shown"
    KEPT = "kept"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A file after a try that brought no bytes: its state, tries of that day, and the earliest next try (ms UTC)."""

    state: FileState
    tries: int
    not_before: int


def begins_as(size: int | None, *, is_known: bool, limit: int) -> FileState:
    """How a file begins; `limit` is the size in bytes up to which a known sender's file is fetched unasked."""
    if size is not None and size > SIZE_MAX:
        return FileState.GIVEN_UP
    if not is_known or (size is not None and size > limit):
        return FileState.SHOWN
    return FileState.WAITING


def after_try(code: str, tries_before: int, *, is_link: bool, today: date, tries_on: str, now_ms: int) -> Tried:
    """What a try without success leaves; tries are counted by day, and the last of a day waits for the next."""
    if code in ("not-found", "too-large"):
        return Tried(state=FileState.GIVEN_UP, tries=tries_before + 1, not_before=now_ms)
    tries = (tries_before if tries_on == today.isoformat() else 0) + 1
    if code == "still-pending" or tries >= TRIES_PER_DAY:
        wait = 3600 if code == "still-pending" and tries < TRIES_PER_DAY else DAY_MS // 1000 - now_ms // 1000 % 86_400
        return Tried(state=FileState.WAITING, tries=tries, not_before=now_ms + wait * 1000)
    wait = 0 if is_link else delay_seconds(tries)  # an unreachable server lets the whole link rest
    return Tried(state=FileState.WAITING, tries=tries, not_before=now_ms + wait * 1000)
