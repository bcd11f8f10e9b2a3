"""Living the rest of an example centre's year inside the resident process, while people already work.

In small steps through the process's own writer, each followed by a longer rest, so that pages and people's own acts
come between. Where it stands is in the store: stopped anywhere, it goes on from there at the next start.
"""

from __future__ import annotations

import asyncio
import logging
import time

from appliance.core.errors import ApplianceError, Refused
from appliance.core.periods import Month
from appliance.generator.centre import Centre
from appliance.generator.plan import kept
from appliance.web.state import AppState

STEP_SECONDS = 0.01
REST = 0.6
"""Rest after a step, as a multiple of what the step took: people's acts and pages have that time for themselves."""
REFUSED_SECONDS = 5.0
log = logging.getLogger(__name__)


async def fill(state: AppState) -> None:
    """Live on until the plan's last day; `state.filling` is the month being lived, None once all is."""
    store = state.opened
    with store.reading() as db:
        begun = kept(db)
    if begun is None:
        return
    centre = Centre(store, begun[0])
    while not centre.is_done:
        month = Month.of(centre.position.day)
        if state.filling != month:
            state.filling = month
            state.on_outbox()
        started = time.monotonic()
        try:
            await asyncio.to_thread(centre.live, STEP_SECONDS)
        except ApplianceError as fault:
            log.error("filling: %s", fault.code)
            if not isinstance(fault, Refused) or fault.code == "store-read-only":
                break
            await asyncio.sleep(REFUSED_SECONDS)
        await asyncio.sleep((time.monotonic() - started) * REST)
    state.filling = None
    state.on_outbox()
