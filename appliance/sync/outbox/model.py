"""States of a thing to be sent, and what an answer does to them. Pure.

| answer                                   | state afterwards                                            |
|------------------------------------------|-------------------------------------------------------------|
| accepted                                 | done                                                        |
| about the link (unreachable, account)    | waiting: the link rests or is paused, the thing is innocent |
| retry, wait                              | waiting, later                                              |
| retry-few                                | waiting, later; after a few tries held for a person         |
| person: nothing was stored               | held; one that the district can unlock is tried daily       |
| person: stored but for some values       | refused: not yet declared complete                          |
| permanent                                | refused                                                     |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.sync.backoff import delay_seconds
from appliance.sync.dhis2.codes import FEW, Fate, is_daily


class State(StrEnum):
    """Where a thing stands; `waiting` and `sending` are the courier's, `refused` and `held` a person's."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    REFUSED = "refused"
    HELD = "held"
    SUPERSEDED = "superseded"


WAIT_SECONDS = 6 * 3600
DAY_SECONDS = 24 * 3600
PARTLY = ("partly-refused", "partly-counted", "values-kept-back")
"""Codes of a report that is stored but for some values: a person may declare it complete as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What becomes of the row: its state, and in how many seconds it is due again."""

    state: State
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a try ended. `attempts` counts tries of the row, `same` how often in a row it ended with this code within a
    day, `tries` how many of those a `RETRY_FEW` gets; `is_link` when the end is about the link and not the thing."""

    fate: Fate
    code: str
    attempts: int
    same: int = 1
    tries: int = FEW
    retry_after: int | None = None
    is_link: bool = False
    wait_seconds: int = WAIT_SECONDS


def after(ended: Ended) -> Next:
    """The row's next state."""
    if ended.fate is Fate.ACCEPTED:
        return Next(state=State.DONE)
    if ended.is_link or ended.fate is Fate.RETRY:
        return Next(state=State.WAITING, delay_seconds=delay_seconds(ended.attempts, ended.retry_after))
    if ended.fate is Fate.WAIT:
        return Next(state=State.WAITING, delay_seconds=max(ended.wait_seconds, WAIT_SECONDS))
    if ended.fate is Fate.RETRY_FEW and ended.same < (ended.tries or FEW):
        return Next(state=State.WAITING, delay_seconds=delay_seconds(ended.same, ended.retry_after))
    if ended.fate is Fate.PERMANENT or ended.code in PARTLY:
        return Next(state=State.REFUSED)
    return Next(state=State.HELD, delay_seconds=DAY_SECONDS if is_daily(ended.code) else 0)
