"""Who knocks: the session, tablet and tokens that the gate found for one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar.connection import ASGIConnection

from appliance.access.sessions import Session


@dataclass(slots=True, kw_only=True)
class Visitor:
    """What the gate found. `csrf0` guards the forms before sign-in; `set_cookies` go out with the answer.

    `emergency` holds the tabs that break-glass opens on the file this request is about; `stale` what was typed into a
    page whose token is no longer good, so that the answer can give it back; `body` the form of a tablet whose session
    had ended.
    """

    session: Session | None
    token: str
    device: str = ""
    csrf0: str = ""
    set_cookies: list[str] = field(default_factory=list)
    emergency: frozenset[str] = frozenset()
    stale: dict[str, list[str]] | None = None
    body: bytes = b""


def visitor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor:
    """The visitor of a request; a stranger where the gate was not passed (an error page before it)."""
    found = connection.scope.get("state", {}).get("visitor")
    return found if isinstance(found, Visitor) else Visitor(session=None, token="")
