"""The part of an answer that means the same for every request: no answer, HTTP codes, redirects, portals. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from appliance.sync.dhis2.codes import Fate, Outcome

ASKED = "x-appliance-asked"
"""The header under which the client keeps the address that was asked, to tell a login page from a portal."""
RETRY_AFTER_MAX = 24 * 3600
_PASSING = (408, 425, 429, 502, 503, 504)
FAULT_TRIES = 5


def of_failure(kind: str) -> Outcome:
    """No answer at all: `dns`, `connect`, `tls`, `timeout`, `cut`, `too-long`.

    A bad certificate needs a person, who looks at the clock first (`clock-wrong` when the server's differs).
    """
    if kind in ("certificate", "clock-wrong"):
        return Outcome(fate=Fate.PERSON, code=kind, pauses_link=True)
    return Outcome(fate=Fate.RETRY, code=kind)


def of_transport(status: int, headers: dict[str, str], body: bytes) -> Outcome | None:
    """What is settled without reading the body's sense; None when the body has to be read."""
    later = retry_after(headers)
    if 300 <= status < 400:
        return _redirected(headers)
    if status in _PASSING:
        return Outcome(fate=Fate.RETRY, code=f"http-{status}", retry_after=later)
    if status == 511:
        return Outcome(fate=Fate.RETRY, code="portal", retry_after=later)
    if status == 401:
        return Outcome(fate=Fate.PERSON, code="unauthorized", pauses_link=True)
    parsed = parse(body)
    if status == 403:
        # DHIS2 says it in JSON; a page is a guard on the way, which may pass.
        if isinstance(parsed, dict):
            return Outcome(fate=Fate.PERSON, code="forbidden")
        return Outcome(fate=Fate.RETRY_FEW, code="forbidden", tries=FAULT_TRIES)
    if status == 404:
        # An overloaded proxy answers so too.
        return Outcome(fate=Fate.RETRY_FEW, code="not-found", retry_after=later)
    if status == 413:
        return Outcome(fate=Fate.PERMANENT, code="too-large")
    if status in (406, 415):
        return Outcome(fate=Fate.PERMANENT, code=f"http-{status}")
    if status == 500:
        return Outcome(fate=Fate.RETRY_FEW, code="http-500", retry_after=later, tries=FAULT_TRIES)
    if status > 500:
        return Outcome(fate=Fate.RETRY, code=f"http-{status}", retry_after=later)
    if not isinstance(parsed, (dict, list)):
        # A captive portal, a proxy's page, an empty body: nobody at DHIS2 said yes.
        return Outcome(fate=Fate.RETRY, code="not-json")
    return None


def parse(body: bytes) -> Any:
    """The JSON of a body, or None when it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def http_date(text: str | None) -> datetime | None:
    """A `Date` header as an aware moment; None when it can't be read."""
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def retry_after(headers: dict[str, str]) -> int | None:
    """Seconds that the server or a proxy asks to wait, given as a number or as a date; a day at most."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), RETRY_AFTER_MAX)
    until, there = http_date(text), http_date(headers.get("date"))
    if until is None or there is None:
        return None
    return min(max(int((until - there).total_seconds()), 0), RETRY_AFTER_MAX)


def _redirected(headers: dict[str, str]) -> Outcome:
    """No redirect is followed. To a login page of the same server: the account. Elsewhere: a portal on the way."""
    asked, location = headers.get(ASKED, ""), headers.get("location", "")
    if not location:
        return Outcome(fate=Fate.RETRY, code="not-json")
    there = urlsplit(urljoin(asked, location))
    if asked and (there.hostname or "").lower() != (urlsplit(asked).hostname or "").lower():
        return Outcome(fate=Fate.RETRY, code="portal")
    code = "redirected-to-login" if "login" in there.path.lower() else "redirected"
    return Outcome(fate=Fate.PERSON, code=code, pauses_link=True)
