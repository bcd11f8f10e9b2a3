"""Running the stand-in on real HTTP; a raised cut closes the connection without a word."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import uvicorn

from appliance.standin.app import Cut, StandIn


class _Protocol:
    """Wraps the application: after a cut the transport is closed instead of a 500 being sent."""

    def __init__(self, app: StandIn) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        except Cut:
            # What was sent of a half answer must be on the wire before the connection breaks.
            await asyncio.sleep(0.02)
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            if transport is None:
                raise
            transport.abort()
            await asyncio.sleep(0)


def server(app: StandIn, host: str, port: int) -> uvicorn.Server:
    """A server ready to run; `server.run()` blocks. The date in its answers is the stand-in's own."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        _Protocol(app), host=host, port=port, log_level="critical", access_log=False, http="h11", loop="asyncio",
        date_header=False, server_header=False,
    )  # fmt: skip
    return uvicorn.Server(config)
