"""Time behind a floor: what is believed, what is doubted, and how a doubt ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from appliance.core.clock import LEAP_AHEAD_MS, STEP_BACK_MS, SystemClock, to_ms

NOON = to_ms(datetime(2026, 11, 24, 12, tzinfo=UTC))
HOUR = 3_600_000
YEAR = 365 * 24 * HOUR


@dataclass
class Machine:
    """A wall clock that anyone may set, and ticks that nobody can."""

    wall: int = NOON
    ticks: int = 5_000

    def clock(self, floor: int = NOON) -> SystemClock:
        return SystemClock(floor, wall=lambda: self.wall, ticks=lambda: self.ticks)

    def passes(self, ms: int) -> None:
        self.wall += ms
        self.ticks += ms


def test_a_small_step_back_is_a_clock_being_kept_right_and_raises_no_doubt() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= STEP_BACK_MS
    assert (clock.now().ms, clock.now().trusted) == (NOON, True)
    machine.wall -= 1
    assert (clock.now().ms, clock.now().trusted) == (NOON, False)


def test_a_clock_far_ahead_is_followed_but_doubted_and_its_year_does_not_hold_the_days_after() -> None:
    machine = Machine(wall=NOON + 2 * YEAR)
    clock = machine.clock()
    assert (clock.today().year, clock.now().trusted) == (2028, False)
    machine.wall = NOON + HOUR
    assert (clock.now().ms, clock.now().trusted) == (NOON + HOUR, True)


def test_what_a_person_says_is_believed_and_runs_on_whatever_the_wall_clock_does() -> None:
    machine = Machine(wall=0)
    clock = machine.clock()
    clock.tell(NOON + 3 * HOUR)
    assert (clock.now().ms, clock.now().trusted) == (NOON + 3 * HOUR, True)
    machine.passes(HOUR)
    machine.wall = NOON + 9 * YEAR
    assert (clock.now().ms, clock.now().trusted) == (NOON + 4 * HOUR, True)


@given(
    walls=st.lists(st.integers(0, NOON + 10 * YEAR), min_size=1, max_size=30),
    floors=st.lists(st.integers(0, NOON + YEAR), max_size=10),
)
def test_time_is_never_below_the_floor_and_a_trusted_instant_is_never_a_leap(
    walls: list[int], floors: list[int]
) -> None:
    machine = Machine()
    clock = machine.clock()
    floor = NOON
    for wall, learnt in zip(walls, [*floors, *[0] * len(walls)], strict=False):
        clock.raise_floor(learnt)
        floor = max(floor, learnt)
        machine.wall = wall
        now = clock.now()
        assert now.ms >= floor
        assert not now.trusted or now.ms - floor <= LEAP_AHEAD_MS
