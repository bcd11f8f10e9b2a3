"""The key of the store, and the value beside the store that tells a wrong key from a damaged first page.

SQLCipher answers both with the same error. The key-check file holds a salt and an HMAC of it under the
key, and a checksum of its own, so that three things are told apart: this key does not fit, this file is
damaged, or the key fits and what follows is damage of the store. Where the key comes from is a seam:
a file in the demonstration, a PIN with a share held by a tablet, a stick or a TPM on a real box.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import zlib
from pathlib import Path
from typing import Protocol

from appliance.core.errors import InvariantBroken, Refused

KEY_BYTES = 32


class KeySource(Protocol):
    """Something that can hand over the 32 bytes of the store's key."""

    def key(self) -> bytes:
        """The key; raises `Refused("key-missing")` when it is not to be had now."""
        ...


class FileKey:
    """A key kept in a file readable by the service alone: for the demonstration and for tests."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def key(self) -> bytes:
        try:
            text = self.path.read_text(encoding="ascii").strip()
            key = bytes.fromhex(text)
        except (FileNotFoundError, NotADirectoryError):
            raise Refused("key-missing", file=str(self.path)) from None
        except ValueError:
            raise Refused("key-malformed", file=str(self.path)) from None
        if len(key) != KEY_BYTES or key.hex() != text:  # a letter that changed its case is a flipped bit as well
            raise Refused("key-malformed", file=str(self.path))
        return key

    def create(self) -> bytes:
        """Make a key and write it durably; an existing file is never replaced."""
        key = secrets.token_bytes(KEY_BYTES)
        write_new_file(self.path, key.hex().encode() + b"\n")
        return key


def write_key_check(path: Path, key: bytes) -> None:
    """Write the key-check value of a new store."""
    salt = secrets.token_bytes(16)
    body = {"salt": salt.hex(), "check": _check(key, salt)}
    write_new_file(path, json.dumps({**body, "crc": _crc(body)}).encode() + b"\n")


def verify_key(path: Path, key: bytes) -> None:
    """Raise `Refused("key-wrong")` when the key is not this store's, `InvariantBroken` when the check is damaged."""
    try:
        held = json.loads(path.read_bytes())
        body = {"salt": held["salt"], "check": held["check"]}
        if held["crc"] != _crc(body):
            raise ValueError("checksum")
        salt = bytes.fromhex(body["salt"])
    except FileNotFoundError:
        raise InvariantBroken("store-damaged", where="key-check", fault="missing") from None
    except (ValueError, KeyError, TypeError):
        raise InvariantBroken("store-damaged", where="key-check", fault="unreadable") from None
    if not hmac.compare_digest(_check(key, salt), body["check"]):
        raise Refused("key-wrong")


def write_new_file(path: Path, content: bytes) -> None:
    """Create a private file and make both it and its name survive a power cut."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check(key: bytes, salt: bytes) -> str:
    return hmac.digest(key, b"appliance key check" + salt, hashlib.sha256).hex()


def _crc(body: dict[str, str]) -> int:
    return zlib.crc32(json.dumps(body, sort_keys=True).encode())
