"""Duties run whatever the wall clock does."""

from __future__ import annotations

import asyncio
import time

import pytest

from appliance.upkeep.duties import Duties


@pytest.mark.parametrize(
    "jump", [-365 * 86_400.0, 2 * 365 * 86_400.0, 3_600.0], ids=["a-year-back", "two-years-ahead", "an-hour"]
)
def test_a_jump_of_the_clock_is_noticed_once_and_duties_go_on(jump: float) -> None:
    shifted = [0.0]
    ran: list[int] = []

    async def duty() -> None:
        ran.append(1)

    async def live() -> None:
        duties = Duties({"d": (duty, 1)}, wall=lambda: int((time.time() + shifted[0]) * 1000))
        duties.start()
        assert not duties.notice_jumps()
        shifted[0] = jump
        assert duties.notice_jumps()
        assert not duties.notice_jumps()
        await asyncio.sleep(1.3)
        duties.stop()

    asyncio.run(live())
    assert len(ran) == 1


def test_a_missed_run_is_made_up_once() -> None:
    ran: list[int] = []

    async def duty() -> None:
        ran.append(1)

    async def live() -> None:
        duties = Duties({"d": (duty, 1)})
        duties.start()
        await asyncio.sleep(0)
        time.sleep(3.2)  # the machine was busy: three runs are due
        await asyncio.sleep(0.2)
        duties.stop()

    asyncio.run(live())
    assert len(ran) == 1
