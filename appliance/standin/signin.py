"""Who is let in: Basic with lock-out and sessions, personal tokens, and the redirect to the log-in page."""

from __future__ import annotations

import base64
import re
import secrets
import zlib
from datetime import datetime, timedelta

from appliance.standin.instance import Instance
from appliance.standin.wire.answers import Answer, message
from appliance.standin.wire.request import Request

LOCKED_FOR = timedelta(minutes=15)
SESSION_LASTS = timedelta(seconds=3600)
_HEADER = re.compile(r"^ApiToken (?P<token>[a-z0-9\-._~+/]+=*)$", re.IGNORECASE)
_TOKEN = re.compile(r"^d2pat_([A-Za-z0-9]{32})(\d{10})$")


class SignIn:
    """The door; sessions and counted failures live in memory."""

    def __init__(self, here: Instance) -> None:
        self._here = here
        self.reset()

    def reset(self) -> None:
        """Forget sessions and failures."""
        self._failures, self._failed_at = 0, self._here.clock.now()
        self._sessions: dict[str, datetime] = {}
        self._pushed_out: set[str] = set()

    def refused(self, request: Request) -> tuple[Answer | None, dict[str, str]]:
        """Why the request may not come in (None when it may), and headers for its answer."""
        given = request.headers.get("authorization", "")
        if given.lower().startswith("apitoken"):
            return self._token(given, request.method), {}
        session = _session(request.headers.get("cookie", ""))
        if session in self._pushed_out:
            return self._to_login(), {}
        now = self._here.clock.now()
        if session in self._sessions and now - self._sessions[session] < SESSION_LASTS:
            self._sessions[session] = now
            return None, {}
        if not given.lower().startswith("basic "):
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                return message(401, "Unauthorized"), {}
            return self._to_login(), {}
        if fault := self._basic(given, now):
            return message(401, fault), {}
        return None, {
            "set-cookie": f"JSESSIONID={self._open(now)}; Path={self._here.settings.context_path or '/'}; HttpOnly"
        }

    def _to_login(self) -> Answer:
        settings = self._here.settings
        return 302, {"location": settings.context_path + str(settings.quirk("login_redirect_path"))}, b""

    def _basic(self, given: str, now: datetime) -> str | None:
        settings = self._here.settings
        is_locked = settings.lock_after and self._failures >= settings.lock_after
        if is_locked and now - self._failed_at < LOCKED_FOR:
            return "Account locked"
        try:
            name, _, password = base64.b64decode(given.split(" ", 1)[1], validate=True).decode().partition(":")
        except ValueError:
            name = password = ""
        if (name, password) != (settings.username, settings.password):
            self._failures = 1 if is_locked else self._failures + 1
            self._failed_at = now
            return "Unauthorized"
        self._failures = 0
        if settings.disabled:
            return "Account disabled"
        return "Unauthorized" if settings.two_factor else None

    def _open(self, now: datetime) -> str:
        made = secrets.token_hex(16).upper()
        self._sessions[made] = now
        while len(self._sessions) > self._here.settings.max_sessions:
            oldest = min(self._sessions, key=lambda held: self._sessions[held])
            self._pushed_out.add(oldest)
            del self._sessions[oldest]
        return made

    def _token(self, given: str, method: str) -> Answer | None:
        settings = self._here.settings
        found = _HEADER.match(given)
        if not found or not is_whole(found["token"]):
            return message(400, "The API token is malformed")
        is_good = found["token"] == settings.token and not settings.token_expired
        is_good = is_good and not settings.disabled and not settings.two_factor
        if not is_good:
            return message(401, "The API token is not known or no longer good", {"www-authenticate": "ApiToken"})
        if settings.token_methods and method not in settings.token_methods:
            return message(401, f"The API token may not {method}", {"www-authenticate": "ApiToken"})
        return None


def is_whole(token: str) -> bool:
    """Whether a personal token has its form and its checksum (CRC-32 of the 32 signs, ten digits)."""
    found = _TOKEN.match(token)
    return found is not None and int(found[2]) == zlib.crc32(found[1].encode())


def made_token(seed: str) -> str:
    """A whole token from up to 32 letters and digits."""
    signs = seed.ljust(32, "0")[:32]
    return f"d2pat_{signs}{zlib.crc32(signs.encode()):010d}"


def _session(cookie: str) -> str:
    found = re.search(r"JSESSIONID=([0-9A-F]+)", cookie)
    return found[1] if found else ""
