"""Who is signed in on which tablet, in memory only: a restart asks the PIN again, a stolen disk holds no session.

The token is kept as its hash. A session without a touch for ten minutes is locked: the same person's PIN opens
it where it was, another's replaces it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from appliance.core.actors import Actor, Role

IDLE_SECONDS = 660
"""The page locks itself after ten minutes; the minute more lets it save the draft and lock in its own name."""
SESSIONS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person at a tablet. `csrf` must come back with every form; `last_seen` is monotonic seconds."""

    staff: int
    name: str
    initials: str
    roles: frozenset[Role]
    device: str
    csrf: str
    last_seen: float
    must_change_pin: bool = False

    @property
    def actor(self) -> Actor:
        """The person as acts name one."""
        return Actor(staff_id=self.staff, roles=self.roles, device=self.device)


class Sessions:
    """Every open session; the oldest gives way when there are too many."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._held: dict[bytes, Session] = {}
        self._gone: dict[bytes, int] = {}

    def open(
        self, *, staff: int, name: str, initials: str, roles: frozenset[Role], device: str, must_change_pin: bool
    ) -> tuple[str, Session]:
        """Open a session; returns the token for the tablet's cookie and the session."""
        token = secrets.token_urlsafe(24)
        session = Session(
            staff=staff, name=name, initials=initials, roles=roles, device=device, csrf=secrets.token_urlsafe(18),
            last_seen=self._monotonic(), must_change_pin=must_change_pin,
        )  # fmt: skip
        if len(self._held) >= SESSIONS_MAX:
            oldest = min(self._held, key=lambda k: self._held[k].last_seen)
            del self._held[oldest]
        self._held[_key(token)] = session
        return token, session

    def find(self, token: str) -> Session | None:
        """The session of a token, touched; None when there is none or it has idled too long."""
        key = _key(token)
        session = self._held.get(key)
        if session is None:
            return None
        if self._monotonic() - session.last_seen > IDLE_SECONDS:
            self.close(token)
            return None
        touched = replace(session, last_seen=self._monotonic())
        self._held[key] = touched
        return touched

    def update(self, token: str, **changes: object) -> None:
        """Change what a session says, e.g. once the initial PIN was changed."""
        if session := self._held.get(_key(token)):
            self._held[_key(token)] = replace(session, **changes)  # type: ignore[arg-type]

    def close(self, token: str) -> None:
        """Lock: the tablet must sign in again."""
        if session := self._held.pop(_key(token), None):
            while len(self._gone) >= SESSIONS_MAX:
                del self._gone[next(iter(self._gone))]
            self._gone[_key(token)] = session.staff

    def who_was(self, token: str) -> int | None:
        """Whose session a token was, after it was locked: only that person is led back to where they were."""
        return self._gone.get(_key(token))

    def close_staff(self, staff: int, *, but: str = "") -> None:
        """End every session of a person (but one): rights were taken, or the PIN was set anew."""
        kept = _key(but)
        self._held = {k: s for k, s in self._held.items() if s.staff != staff or k == kept}

    def __len__(self) -> int:
        return len(self._held)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
