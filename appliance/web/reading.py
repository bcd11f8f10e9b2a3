"""Reading handlers run in the small pool of reader threads, each with its own read-only connection.

Litestar's own `sync_to_thread` wraps a handler again each time another handler joins its path (GET beside POST),
and a handler wrapped twice answers with a coroutine; this wrapper is put on once.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from litestar.concurrency import sync_to_thread

P = ParamSpec("P")
T = TypeVar("T")


def in_reader(handler: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run a plain function in a reader thread."""

    @functools.wraps(handler)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return await sync_to_thread(handler, *args, **kwargs)

    return run
