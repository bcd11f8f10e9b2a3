"""Identifiers of our records at DHIS2: eleven signs, made from the record itself under the site's own key.

They are kept in the act that signs the record, before anything can be sent. A box restored from its backup makes the same
ones, so that what was sent before the fire is met again and not doubled.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from collections.abc import Iterable

from appliance.storage import settings
from appliance.storage.database import Database
from appliance.storage.unit import Unit

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


def keep_uids(unit: Unit, kind: str, subject: str, parts: Iterable[str]) -> None:
    """Keep the UID of each part of a record ("" is the whole) that has none yet; makes the site's key when it is missing."""
    make_site_key(unit)
    key = site_key(unit) or b""
    held = kept_uids(unit, kind, subject)
    for part in parts:
        if part not in held:
            unit.append("event_uid", uid=made_uid(key, kind, subject, part), kind=kind, subject=subject, part=part)


def kept_uids(db: Database, kind: str, subject: str) -> dict[str, str]:
    """The UID of each part of a record that has one, in the order in which they were kept."""
    rows = db.all("SELECT part, uid FROM event_uid WHERE kind = ? AND subject = ? ORDER BY id", (kind, subject))
    return {row[0]: row[1] for row in rows}
