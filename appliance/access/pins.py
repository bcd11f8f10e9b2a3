"""PINs: argon2id with 19 MiB, one at a time (a short PIN is only as strong as the wait between two guesses)."""

from __future__ import annotations

import itertools
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from appliance.core.errors import Refused

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_one_at_a_time = threading.Lock()
FREE_TRIES = 3
LONGEST_WAIT_MS = 3_600_000


def check_policy(pin: str) -> None:
    """Raise `Refused` ("pin-digits", "pin-trivial") for a PIN that is no four to eight digits, or one of the first tried."""
    if not (4 <= len(pin) <= 8 and pin.isascii() and pin.isdigit()):
        raise Refused("pin-digits")
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    if steps in ({0}, {1}, {-1}) or pin[: len(pin) // 2] * 2 == pin:
        raise Refused("pin-trivial")


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN that satisfies the policy."""
    check_policy(pin)
    with _one_at_a_time:
        return _hasher.hash(pin)


def is_right(pin_hash: str, pin: str) -> bool:
    """Whether a PIN is the one hashed."""
    if len(pin) > 32:
        return False
    with _one_at_a_time:
        try:
            return bool(_hasher.verify(pin_hash, pin))
        except (Argon2Error, InvalidHashError):
            return False


def wait_ms(failures: int) -> int:
    """How long sign-in is locked after so many failures in a row: none for three, then 30 s doubling to an hour."""
    if failures <= FREE_TRIES:
        return 0
    return min(30_000 << min(failures - FREE_TRIES - 1, 20), LONGEST_WAIT_MS)


def fresh_pin() -> str:
    """A first PIN of six digits that is not among the first tried."""
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        try:
            check_policy(pin)
        except Refused:
            continue
        return pin
