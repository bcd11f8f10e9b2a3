"""Duties run whatever the wall clock does."""

from __future__ import annotations

import asyncio
import time

import pytest

from appliance.upkeep.duties import Duties

PATIENCE_SECONDS = 60


@pytest.mark.parametrize(
    "jump", [-365 * 86_400.0, 2 * 365 * 86_400.0, 3_600.0], ids=["a-year-back", "two-years-ahead", "an-hour"]
)
def test_a_jump_of_the_clock_is_noticed_once_and_duties_go_on(jump: float) -> None:
    shifted = [0.0]

    async def live() -> int:
        ran = asyncio.Event()

        async def duty() -> None:
            ran.set()

        duties = Duties({"d": (duty, 1)}, wall=lambda: int((time.time() + shifted[0]) * 1000))
        duties.start()
        assert not duties.notice_jumps()
        shifted[0] = jump
        assert duties.notice_jumps()
        assert not duties.notice_jumps()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ran.wait()
        duties.stop()
        return duties.laid

    assert asyncio.run(live()) == 2


def test_missed_runs_are_made_up_by_one() -> None:
    async def live() -> int:
        ran: list[int] = []
        woken = asyncio.Event()

        async def duty() -> None:
            ran.append(1)
            woken.set()

        duties = Duties({"d": (duty, 1)})
        duties.start()
        await asyncio.sleep(0)
        time.sleep(2.2)  # the machine was busy: two runs are due
        async with asyncio.timeout(PATIENCE_SECONDS):
            await woken.wait()
        # Runs that are made up follow one another before anyone else has a turn: what is counted here is all of them.
        made_up = len(ran)
        duties.stop()
        return made_up

    assert asyncio.run(live()) == 1
