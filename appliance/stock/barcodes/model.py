"""What a code says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Caution(StrEnum):
    """What to look at on the box again after a reading; the reading stands, without what is named here."""

    UNKNOWN_ELEMENT = "unknown-ai"
    GTIN_CHECK_DIGIT = "gtin-check-digit"
    CHECK_DIGIT = "check-digit"
    BAD_DATE = "bad-date"
    BAD_VALUE = "bad-value"
    TRUNCATED = "truncated"
    SEPARATOR_MISSING = "separator-missing"
    SEPARATOR_DOUBTFUL = "separator-doubtful"
    REPEATED = "repeated-ai"
    KEYBOARD = "keyboard-layout"
    PLAIN = "plain-code"
    NOT_GS1 = "not-gs1"
    EXPIRY_DIFFERS = "expiry-differs"
    EXPIRY_HOUR = "expiry-has-hour"
    BEST_BEFORE = "best-before-only"
    GTIN_OF_CONTENT = "gtin-of-content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element as it stands in the code: its application identifier and its value, untouched."""

    ai: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """The last usable day, and whether the code told the day or only the month (`precision`: "day" or "month")."""

    on: date
    precision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a code.

    `gtin` has 14 digits (an EAN-13 with a 0 before it). `count` is the number of units of a pack, or of packs of a
    carton. `other` keeps each element that has no field of its own, by application identifier; a code that is none of
    GS1 stands there whole under "plain", what could not be cut under "unparsed". `fault` says that nothing was
    read: "code-empty", "code-too-long" or "code-unreadable".
    """

    gtin: str | None = None
    lot: str | None = None
    expiry: Expiry | None = None
    serial: str | None = None
    count: int | None = None
    other: dict[str, str]
    cautions: tuple[Caution, ...] = ()
    elements: tuple[Element, ...] = ()
    symbology: str = ""
    fault: str = ""

    def facts(self) -> dict[str, Any]:
        """As JSON facts; null is what the code does not carry, or carries wrong (then `warnings` says so)."""
        return {
            "gtin": self.gtin, "lot": self.lot, "expires_on": self.expiry.on.isoformat() if self.expiry else None,
            "expiry_precision": self.expiry.precision if self.expiry else None, "serial": self.serial,
            "count": self.count, "other": self.other, "warnings": [c.value for c in self.cautions],
            "symbology": self.symbology, "elements": [{"ai": e.ai, "value": e.value} for e in self.elements],
        }  # fmt: skip


def check_digit(digits: str) -> str:
    """The check digit of GS1 (GTIN, SSCC, GLN) for the digits before it: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return len(digits) > 1 and digits.isascii() and digits.isdigit() and check_digit(digits[:-1]) == digits[-1]
