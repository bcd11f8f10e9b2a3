"""When to try again: one minute, doubling to six hours, jittered so that a district's boxes do not knock together."""

from __future__ import annotations

import random

FIRST_SECONDS = 60
LONGEST_SECONDS = 6 * 3600


def delay_seconds(attempts: int, retry_after: int | None = None, chance: random.Random | None = None) -> int:
    """Seconds until the next try after `attempts` failed ones; never sooner than the server asked.

    The jitter takes up to half away, so that the mean stays near three quarters of the step.
    """
    step = min(FIRST_SECONDS * 2 ** min(attempts - 1, 20), LONGEST_SECONDS) if attempts > 0 else FIRST_SECONDS
    jittered = int(step * (chance or random).uniform(0.5, 1.0))
    return max(jittered, retry_after or 0)
