"""States of a thing to be sent, and what an answer does to them. Pure.

| answer                          | state afterwards                                        |
|---------------------------------|---------------------------------------------------------|
| accepted                        | done                                                    |
| retry, wait                     | waiting, later                                          |
| retry-few                       | waiting, later; after five tries held for a person      |
| person: nothing was stored      | held                                                    |
| person: partly refused          | refused: stored but for some values, not yet complete   |
| permanent                       | refused                                                 |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.sync.backoff import FEW_TRIES, delay_seconds
from appliance.sync.dhis2.outcomes import Fate


class State(StrEnum):
    """Where a thing stands; `waiting` and `sending` are the courier's, `refused` and `held` a person's."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    REFUSED = "refused"
    HELD = "held"
    SUPERSEDED = "superseded"


WAIT_SECONDS = 6 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What becomes of the row: its state, and in how many seconds it is due again."""

    state: State
    delay_seconds: int = 0


def after(fate: Fate, code: str, attempts: int, retry_after: int | None = None) -> Next:
    """The row's next state after its `attempts`-th try ended so."""
    if fate is Fate.ACCEPTED:
        return Next(state=State.DONE)
    if fate is Fate.RETRY:
        return Next(state=State.WAITING, delay_seconds=delay_seconds(attempts, retry_after))
    if fate is Fate.WAIT:
        return Next(state=State.WAITING, delay_seconds=WAIT_SECONDS)
    if fate is Fate.RETRY_FEW:
        if attempts < FEW_TRIES:
            return Next(state=State.WAITING, delay_seconds=delay_seconds(attempts, retry_after))
        return Next(state=State.HELD)
    if fate is Fate.PERMANENT or code == "partly-refused":
        return Next(state=State.REFUSED)
    return Next(state=State.HELD)
