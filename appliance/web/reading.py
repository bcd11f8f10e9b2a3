"""Reading handlers run in a few reader threads, each with its own read-only connection.

The thread that rested last is woken first: while one person reads, one connection's pages and kept answers serve, and
the other threads hold no memory. A handler goes over and its answer comes back by one wake-up each; the executors of
the standard library, with a lock, a condition and two futures a call, cost a fifth of a small page.

Litestar's own `sync_to_thread` wraps a handler again each time another handler joins its path (GET beside POST),
and a handler wrapped twice answers with a coroutine; this wrapper is put on once.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

READERS = 4
P = ParamSpec("P")
T = TypeVar("T")
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


def in_reader(handler: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run a plain function in a reader thread."""

    @functools.wraps(handler)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        readers = _of_loop.get(loop)
        if readers is None:
            readers = _of_loop[loop] = _Readers()
        answer: asyncio.Future[T] = loop.create_future()
        readers.take(loop, (functools.partial(handler, *args, **kwargs), answer))
        return await answer

    return run


class _Readers:
    """The reader threads of one event loop. Everything but `_work` runs in the loop, so nothing needs a lock."""

    def __init__(self) -> None:
        self._resting: list[SimpleQueue[_Job]] = []
        self._waiting: deque[_Job] = deque()
        self._started = 0

    def take(self, loop: asyncio.AbstractEventLoop, job: _Job) -> None:
        """Give a job to a thread that rests, to a new one while there are few, or let it wait."""
        if self._resting:
            self._resting.pop().put(job)
        elif self._started < READERS:
            desk: SimpleQueue[_Job] = SimpleQueue()
            desk.put(job)
            # A reader of a process that ends is not waited for: it holds nothing that could be lost.
            threading.Thread(target=self._work, args=(loop, desk), name=f"reader-{self._started}", daemon=True).start()
            self._started += 1
        else:
            self._waiting.append(job)

    def _work(self, loop: asyncio.AbstractEventLoop, desk: SimpleQueue[_Job]) -> None:
        while True:
            call, answer = desk.get()
            value, fault = None, None
            try:
                value = call()
            except BaseException as error:
                fault = error
            try:
                loop.call_soon_threadsafe(self._done, desk, answer, value, fault)
            except RuntimeError:  # the loop was closed: nobody waits for the answer
                return
            del call, answer, value, fault

    def _done(
        self, desk: SimpleQueue[_Job], answer: asyncio.Future[Any], value: Any, fault: BaseException | None
    ) -> None:
        if self._waiting:
            desk.put(self._waiting.popleft())
        else:
            self._resting.append(desk)
        if answer.cancelled():
            return
        if fault is None:
            answer.set_result(value)
        else:
            answer.set_exception(fault)


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Readers] = WeakKeyDictionary()
