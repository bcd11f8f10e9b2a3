"""The resident process: pages, the writer, the door, the heartbeat, in one event loop.

Idle it sleeps: uvicorn's tick of a tenth of a second is replaced by waiting for the signal to stop. The watchdog
is fed only after a row was truly written and read back.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import uvicorn

from appliance.access.aside import take_in
from appliance.core.actors import MACHINE
from appliance.core.errors import ApplianceError
from appliance.records.care.visits import close_forgotten, has_forgotten
from appliance.reports.due import owed, prepare_owed
from appliance.storage import Unit
from appliance.storage.door import ASK_SOCKET_NAME, SOCKET_NAME, Door
from appliance.sync.cells import cells_of
from appliance.sync.verbs import SyncVerbs
from appliance.upkeep import nightly, notify, runs
from appliance.upkeep.duties import Duties
from appliance.upkeep.health import read_health
from appliance.web.app import create_app
from appliance.web.state import AppState

HEARTBEAT_SECONDS = 10
DUTIES_SECONDS = 60
CHECK_SECONDS = 600
ASIDE_THREADS = 3
log = logging.getLogger(__name__)


class _Quiet(uvicorn.Server):
    """uvicorn without its tick: the main loop waits to be told to stop."""

    async def main_loop(self) -> None:
        self._leave = asyncio.Event()
        if self.should_exit:
            return
        await self._leave.wait()

    def leave(self) -> None:
        self.should_exit = True
        if hasattr(self, "_leave"):
            self._leave.set()


async def serve(state: AppState, host: str, port: int, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; `on_ready` gets the port once pages are answered."""
    app = create_app(state)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, loop="asyncio", http="httptools", lifespan="on",
        server_header=False, date_header=True, timeout_keep_alive=30, limit_concurrency=300,
    )  # fmt: skip
    server = _Quiet(config)
    listening = _listen(host, port)
    loop = asyncio.get_running_loop()
    # Each of these threads may open a reader of its own: few, so that their pages stay few.
    loop.set_default_executor(ThreadPoolExecutor(ASIDE_THREADS, thread_name_prefix="aside"))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.leave)
    doors: list[Door] = []
    duties: Duties | None = None
    tasks: list[asyncio.Task[None]] = []
    if state.store is not None:
        if state.store.damage is None:
            await asyncio.to_thread(take_in, state.store)
        sync = SyncVerbs(state.store, cells_of)
        state.on_outbox = sync.wake
        doors = [
            Door(state.store.directory / SOCKET_NAME, sync.verbs()),
            Door(state.store.directory / ASK_SOCKET_NAME, state.asks, mode=0o600),
        ]
        for door in doors:
            await door.open()
        duties = Duties({
            "reports-and-queue": (partial(_what_is_owed, state), DUTIES_SECONDS),
            "check-store": (partial(_check_store, state), CHECK_SECONDS),
            "machine": (partial(_look_at_machine, state), DUTIES_SECONDS),
        })  # fmt: skip
        duties.start()
        tasks = [asyncio.create_task(_heartbeat(state, duties)), asyncio.create_task(_begin(state))]
        tasks += [asyncio.create_task(work()) for work in state.background]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    on_ready(listening.getsockname()[1])
    notify.ready()
    await running
    notify.stopping()
    if duties:
        duties.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for door in doors:
        await door.close()
    if state.store is not None:
        await _note_stop(state)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket that says it is TCP: asyncio turns Nagle's delay (40 ms a page) off only then."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    made.listen(128)
    return made


async def _heartbeat(state: AppState, duties: Duties) -> None:
    """Feed the watchdog after a real write; a store that can't write any more is not hidden by a restart loop."""
    while True:
        try:
            await asyncio.to_thread(state.opened.heartbeat)
            duties.notice_jumps()
            notify.watchdog()
        except ApplianceError as fault:
            log.error("heartbeat: %s", fault.code)
            if state.opened.damage is not None:
                notify.watchdog()
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def _what_is_owed(state: AppState) -> None:
    """What is owed now is asked of the store, not of a timer: a week without power changes nothing."""
    try:
        if await asyncio.to_thread(_is_forgotten, state):
            await state.opened.act("close-forgotten", MACHINE, lambda unit: {"closed": close_forgotten(unit)})
        if await asyncio.to_thread(_is_owed, state):
            await state.opened.act("prepare-reports", MACHINE, lambda unit: {"prepared": prepare_owed(unit)})
    except ApplianceError as fault:
        log.error("duties: %s", fault.code)


async def _begin(state: AppState) -> None:
    """What is done once at each start: keep the start, look at the machine, do what is owed."""
    try:
        await state.opened.act("start", MACHINE, lambda unit: {"clean": runs.record_start(unit)})
    except ApplianceError as fault:
        log.error("start: %s", fault.code)
    await _look_at_machine(state)
    await _what_is_owed(state)


async def _look_at_machine(state: AppState) -> None:
    """Read power, disk and heat, and whether the last check of the store held: what every page shows on top."""
    state.health = await asyncio.to_thread(read_health, state.opened.directory)
    state.is_check_failed = await asyncio.to_thread(_is_check_failed, state)


async def _check_store(state: AppState) -> None:
    """The nightly check, when it is owed; what it finds stays on every page until a later one finds nothing."""
    store = state.opened
    try:
        if not await asyncio.to_thread(_is_check_owed, state):
            return
        bad = await asyncio.to_thread(nightly.check_store, store)

        def write(unit: Unit) -> dict[str, Any]:
            nightly.record_check(unit, bad)
            return {"bad": len(bad)}

        await store.act("check-store", MACHINE, write)
        state.is_check_failed = bool(bad)
    except ApplianceError as fault:
        log.error("check: %s", fault.code)


async def _note_stop(state: AppState) -> None:
    """A stop that is kept tells the next start that no cut came between."""

    def write(unit: Unit) -> dict[str, Any]:
        runs.record_run(unit, runs.STOP, is_ok=True)
        return {}

    try:
        await state.opened.act("stop", MACHINE, write)
    except ApplianceError as fault:
        log.error("stop: %s", fault.code)


def _is_check_failed(state: AppState) -> bool:
    with state.opened.reading() as db:
        last = runs.last_run(db, nightly.JOB)
    return last is not None and not last.is_ok


def _is_check_owed(state: AppState) -> bool:
    store = state.opened
    with store.reading() as db:
        return nightly.owed(db, store.clock.now().ms).is_owed


def _is_forgotten(state: AppState) -> bool:
    with state.opened.reading() as db:
        return has_forgotten(db, state.opened.clock.now().ms)


def _is_owed(state: AppState) -> bool:
    with state.opened.reading() as db:
        return any(not o.is_prepared for o in owed(db, state.opened.clock.today()))


def is_port_free(host: str, port: int) -> bool:
    """Whether a port can be listened on."""
    if port == 0:
        return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):  # taken, not ours to take, or no port at all
            return False
    return True
