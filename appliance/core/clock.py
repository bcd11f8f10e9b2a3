"""Time as the appliance knows it: never below a floor, and honest about its doubt.

The machine may have no battery for its clock. A wall clock before the floor (the newest instant the
store has seen, or the day this release was built) is not believed: time stands at the floor, just
after it, and what is written is marked untrusted so that it can be settled later. A clock far ahead
of the floor is followed, since a machine may truly have been off for months, but is marked as well, and does
not raise the floor: else one morning in a wrong year would hold every later day in that year.
A person who says what time it is ends the doubt until the machine starts again: from then on time runs by the
monotonic clock, which nothing sets. Order never rests on time: the store numbers its acts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

# Mali keeps UTC+0 all year, so the local date and the UTC date are the same.
RELEASE_FLOOR_MS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
LEAP_AHEAD_MS = 180 * 86_400_000
"""A jump of the wall clock by more than this many milliseconds past the floor is marked as doubtful."""
STEP_BACK_MS = 120_000
"""A wall clock set back by no more than this is a clock being kept right: time stands still for it, without a doubt."""


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """Milliseconds since 1970 UTC, and whether the clock that gave them could be believed."""

    ms: int
    trusted: bool = True

    @property
    def date(self) -> date:
        """The calendar date in Mali (UTC+0) of this instant."""
        return to_datetime(self.ms).date()

    @property
    def datetime(self) -> datetime:
        """The same instant as an aware datetime in UTC."""
        return to_datetime(self.ms)


def to_datetime(ms: int) -> datetime:
    """An aware UTC datetime of milliseconds since 1970."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return int(moment.timestamp() * 1000)


class Clock(Protocol):
    """What a use case may ask of time."""

    def now(self) -> Instant:
        """The instant now, never below the floor."""
        ...

    def today(self) -> date:
        """The date of `now()` in Mali."""
        ...

    def raise_floor(self, ms: int) -> None:
        """Learn that the store already holds an instant this late, written under a clock that could be believed."""
        ...

    def tell(self, ms: int) -> None:
        """Believe a person that it is this instant."""
        ...


class SystemClock:
    """The machine's clock behind a floor.

    `wall` returns milliseconds since 1970 and `ticks` milliseconds that never jump; tests and the clock-fault rig
    pass others.
    """

    def __init__(
        self, floor_ms: int = RELEASE_FLOOR_MS, wall: WallClock | None = None, ticks: WallClock | None = None
    ) -> None:
        self._floor = max(floor_ms, RELEASE_FLOOR_MS)
        self._wall = wall or system_wall
        self._ticks = ticks or system_ticks
        self._told: tuple[int, int] | None = None
        # Before anything was written there is nothing to be far ahead of.
        self._is_floor_lived = floor_ms > RELEASE_FLOOR_MS

    def now(self) -> Instant:
        if self._told is not None:
            told, at = self._told
            return Instant(max(told + self._ticks() - at, self._floor))
        wall = self._wall()
        if wall < self._floor:
            return Instant(self._floor, trusted=self._floor - wall <= STEP_BACK_MS)
        return Instant(wall, trusted=not self._is_floor_lived or wall - self._floor <= LEAP_AHEAD_MS)

    def today(self) -> date:
        return self.now().date

    def raise_floor(self, ms: int) -> None:
        self._floor = max(self._floor, ms)
        self._is_floor_lived = True

    def tell(self, ms: int) -> None:
        """Believe a person that it is this instant, until the machine starts again. It may not be below the floor."""
        self._told = (ms, self._ticks())


class FixedClock:
    """A clock that a test or the generator sets by hand."""

    def __init__(self, moment: datetime | date, trusted: bool = True) -> None:
        self._trusted = trusted
        self.set(moment)

    def set(self, moment: datetime | date) -> None:
        """Put the clock at a moment; a bare date means eight in the morning."""
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, 8, tzinfo=UTC)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        self._ms = to_ms(moment)

    def advance(self, **delta: float) -> None:
        """Move by a `timedelta` given as keywords: `advance(minutes=5)`."""
        self._ms += int(timedelta(**delta).total_seconds() * 1000)

    def now(self) -> Instant:
        return Instant(self._ms, self._trusted)

    def today(self) -> date:
        return self.now().date

    def raise_floor(self, ms: int) -> None:
        """A hand-set clock has no floor."""

    def tell(self, ms: int) -> None:
        """Set by hand, it may also be told."""
        self._ms, self._trusted = ms, True


class WallClock(Protocol):
    """A function that returns the wall clock in milliseconds since 1970."""

    def __call__(self) -> int: ...


def system_wall() -> int:
    """The machine's own clock as it stands, believed or not, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def system_ticks() -> int:
    """Milliseconds since some fixed moment, which go on evenly whatever the wall clock does."""
    return time.monotonic_ns() // 1_000_000
