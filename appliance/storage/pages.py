"""The keyed checksum of single pages, checked without SQLite.

The pages that the log is about to overwrite are never read again, so a flipped bit in one of them would
heal unseen when the log is folded in. A worn card should be known by its first wrong bit: the opener checks
these pages first. A cut while the log was being folded in tears such pages as well, which is no damage: the log
holds them whole, and sectors that are already the log's prove who wrote there. Layout of SQLCipher 4: each page ends in an IV of 16 bytes and an HMAC-SHA512 over the
page's content, the IV and the page's number (little-endian); the HMAC key comes from the store's key and
the file's salt (its first 16 bytes, each XORed with 0x3a) by two rounds of PBKDF2.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE_BYTES = 4096
SECTOR_BYTES = 512
SALT_BYTES = 16
HMAC_BYTES = 64


def bad_pages(path: Path, key: bytes, numbers: Iterable[int]) -> list[int]:
    """Of the pages named (from 1), those in the file whose checksum does not fit. Pages past its end are not there yet."""
    with path.open("rb") as file:
        salt = file.read(SALT_BYTES)
        mac_key = hashlib.pbkdf2_hmac("sha512", key, bytes(b ^ 0x3A for b in salt), 2, 32)
        bad = []
        for number in sorted(set(numbers)):
            file.seek((number - 1) * PAGE_BYTES)
            page = file.read(PAGE_BYTES)
            if page and not _fits(page, number, mac_key):
                bad.append(number)
        return bad


def was_torn(path: Path, number: int, versions: Sequence[bytes]) -> bool:
    """Whether a bad page is one that a cut tore while `versions` of it were being copied from the log.

    Some of its sectors are then a version's, or zeros where the file had just grown. A page that is one bit from a
    whole version was copied whole and turned afterwards: that is damage.
    """
    with path.open("rb") as file:
        file.seek((number - 1) * PAGE_BYTES)
        page = file.read(PAGE_BYTES)
    if any(_bits_apart(page, version) == 1 for version in versions):
        return False
    places = range(0, PAGE_BYTES, SECTOR_BYTES)
    blank = bytes(SECTOR_BYTES)
    known = ({blank, *(version[at : at + SECTOR_BYTES] for version in versions)} for at in places)
    return bool(versions) and any(page[at : at + SECTOR_BYTES] in held for at, held in zip(places, known, strict=True))


def _bits_apart(page: bytes, version: bytes) -> int:
    if len(page) != len(version):
        return len(version) * 8
    return (int.from_bytes(page, "big") ^ int.from_bytes(version, "big")).bit_count()


def _fits(page: bytes, number: int, mac_key: bytes) -> bool:
    if len(page) != PAGE_BYTES:
        return False
    body = page[SALT_BYTES if number == 1 else 0 : -HMAC_BYTES]
    expected = hmac.digest(mac_key, body + number.to_bytes(4, "little"), "sha512")
    return hmac.compare_digest(expected, page[-HMAC_BYTES:])
