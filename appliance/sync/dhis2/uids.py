"""Identifiers of our records at DHIS2: eleven signs, made from the record itself under the site's own key.

A box restored from its backup makes the same ones, so that what was sent before the fire is met again and not doubled.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

from appliance.storage import Database, Unit, settings

_FIRST = string.ascii_letters
_REST = string.ascii_letters + string.digits
_KEY = "site-key"
_LENGTH = 11


def made_uid(key: bytes, *names: str) -> str:
    """The UID of what these names stand for, by HMAC-SHA-256 mapped on `[a-zA-Z][a-zA-Z0-9]{10}`; case matters."""
    number = int.from_bytes(hmac.digest(key, "\x1f".join(names).encode(), hashlib.sha256), "big")
    number, first = divmod(number, len(_FIRST))
    made = _FIRST[first]
    while len(made) < _LENGTH:
        number, rest = divmod(number, len(_REST))
        made += _REST[rest]
    return made


def site_key(db: Database) -> bytes | None:
    """The site's key, or None before it was made."""
    held = settings.get(db, _KEY)
    return bytes.fromhex(held) if held else None


def make_site_key(unit: Unit) -> None:
    """Make the site's key, once for ever: another one would send everything a second time."""
    if site_key(unit) is None:
        settings.put(unit, _KEY, secrets.token_hex(32))
