"""The application in this process, with people signed in by function: for walks over many routes and many people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx

from appliance.core.actors import Role
from appliance.storage import Store
from appliance.web.app import create_app
from appliance.web.security import SESSION_COOKIE
from appliance.web.state import AppState


class House:
    """One running application over a store."""

    def __init__(self, store: Store) -> None:
        self.state = AppState(store=store)
        self.app = create_app(self.state)

    def walk(self, visit: Callable[[Visitor], Awaitable[None]]) -> None:
        """Run a walk through pages."""

        async def run() -> None:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                await visit(Visitor(self, client))

        asyncio.run(run())

    def routes(self, method: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path patterns and options of every handler of a method."""
        for route in self.app.routes:
            for handler in getattr(route, "route_handlers", ()):
                if method in handler.http_methods:
                    yield route.path, handler.opt


class Visitor:
    """Somebody at a tablet, who may become somebody else."""

    def __init__(self, house: House, client: httpx.AsyncClient) -> None:
        self.house = house
        self.client = client
        self.csrf = ""

    def becomes(self, staff: int, *roles: Role) -> None:
        """Sign in as a person without the PIN."""
        token, session = self.house.state.sessions.open(
            staff=staff,
            name=f"P{staff}",
            initials="P",
            roles=frozenset(roles),
            device="T-000001",
            must_change_pin=False,
        )
        self.client.cookies.set(SESSION_COOKIE, token)
        self.csrf = session.csrf

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, **more)

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.csrf, **fields})
