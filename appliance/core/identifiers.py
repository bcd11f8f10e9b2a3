"""Identifiers: UUIDs that leave the box, printed numbers with a check character."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable

CARD_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 capitals and digits, without I, L, O, U, Z: read aloud or copied by hand they stay the same."""
CARD_LENGTH = 9
# The quasigroup of order ten published by Damm (2004).
_DAMM = tuple(
    tuple(int(d) for d in row)
    for row in (
        "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
    )
)  # fmt: skip

RandomBytes = Callable[[int], bytes]


def new_uuid(random_bytes: RandomBytes = secrets.token_bytes) -> bytes:
    """A version 4 UUID as 16 bytes; the generator passes its own seeded source."""
    return uuid.UUID(bytes=random_bytes(16), version=4).bytes


def check_character(text: str) -> str:
    """The check character of a printed card code: a weighted sum modulo 31 over the card alphabet.

    Every single wrong character and every swap of two neighbours changes it: 31 is prime, the weights
    are 2, 3, 4… and two neighbours' weights differ by one.
    """
    total = 0
    for weight, symbol in enumerate(reversed(_clean(text)), start=2):
        total += weight * max(CARD_ALPHABET.find(symbol), 0)
    return CARD_ALPHABET[total % 31]


def check_digit(digits: str) -> str:
    """The check digit of a patient's number, by Damm's method: numbers are typed on a numeric keypad.

    It notices every single wrong digit and every swap of two neighbours.
    """
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def card_code(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """A fresh card code: eight random symbols and their check character. It says nothing of the patient."""
    body = "".join(CARD_ALPHABET[byte % 31] for byte in random_bytes(CARD_LENGTH - 1))
    return body + check_character(body)


def is_valid_code(text: str) -> bool:
    """Whether the last character of a code is the check character of the rest."""
    cleaned = _clean(text)
    return (
        len(cleaned) >= 2
        and all(c in CARD_ALPHABET for c in cleaned)
        and (cleaned[-1] == check_character(cleaned[:-1]))
    )


def normalise_code(text: str) -> str:
    """A typed or scanned code in capitals without separators; I and L read as 1, O as 0."""
    return _clean(text).replace("I", "1").replace("L", "1").replace("O", "0")


def grouped(code: str) -> str:
    """A code as people read it aloud: by three."""
    return " ".join(code[i : i + 3] for i in range(0, len(code), 3))


def patient_number(facility_code: str, year: int, rank: int) -> str:
    """A patient's number as printed, e.g. `0417-26-00318-7`: facility, year of the first visit, rank, check.

    `facility_code` keeps its last four digits; ranks past 99,999 simply grow longer.
    """
    facility = re.sub(r"\D", "", facility_code)[-4:].rjust(4, "0")
    body = f"{facility}{year % 100:02d}{rank:05d}"
    return f"{facility}-{year % 100:02d}-{rank:05d}-{check_digit(body)}"


def normalise_patient_number(text: str) -> str | None:
    """The printed form of a patient's number typed with or without dashes; None when it is not one."""
    cleaned = normalise_code(text)
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{5,8})(\d)", cleaned)
    if not found or check_digit(cleaned[:-1]) != found[4]:
        return None
    return "-".join(found.groups())


def _clean(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
