"""What a scanner that plays a keyboard does to a code on its way, undone where that can be told. Pure.

Undone: the separator sent as a word or as a sign of its own; the symbology identifier; the end of line; digits that a
French keyboard turned into &é"'(-è_çà, or that an English one turned into )!@#$%^&*(. What can't be known: a separator
that was not sent at all; letters of a keyboard in capital lock (A and Q, Z and W, M are then exchanged unseen); capital
and small letters exchanged. For those the scanner is to be set to "US keyboard" and to send GS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SEPARATOR = "\x1d"
_SENT_AS = re.compile(
    r"<GS>|\{GS\}|\[GS\]|<FNC1>|\{FNC1\}|\[FNC1\]|\\x1d|\\u001d|\\F|&#29;|~1|\^\]|[␝|^~]", re.IGNORECASE
)
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
GS1_SYMBOLOGIES = frozenset({"]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2"})
GTIN_SYMBOLOGIES = frozenset({"]E0", "]E3", "]E4", "]I1"})
"""Symbols that hold a number of an article and nothing else: EAN/UPC, ITF-14."""

_QWERTY = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"
_AZERTY = "&é\"'(-è_çà)=azertyuiop^$qsdfghjklmùwxcvbn,;:!1234567890°+AZERTYUIOP¨£QSDFGHJKLM%WXCVBN?./§"
_FROM_FRENCH = str.maketrans(_AZERTY, _QWERTY)
_FROM_ENGLISH = str.maketrans(_QWERTY, _AZERTY)
_FRENCH_DIGITS = re.compile("[éèçà]")
_ENGLISH_DIGITS = re.compile(r"[)!@#$%^&*(]{4}[)!@#$%^&*(A-Za-z:<>?]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A code as it stood in the symbol. `symbology`: its identifier such as "]d2", or nothing when none was sent."""

    text: str
    symbology: str
    is_gs1: bool
    is_swapped: bool


def cleaned(text: str, *, as_typed: bool = False) -> Cleaned:
    """Undo what the scanner did; `is_gs1` when the symbol itself said so (its identifier, or a separator in front).

    `as_typed`: letters and digits are believed as they stand, whatever they look like.
    """
    text = text.strip(" \t\r\n\x00\x02\x03\x04")
    is_swapped = False
    if as_typed:
        pass
    elif _FRENCH_DIGITS.search(text):
        text, is_swapped = text.translate(_FROM_FRENCH), True
    elif _ENGLISH_DIGITS.fullmatch(text):
        text, is_swapped = text.translate(_FROM_ENGLISH), True
    found = _SYMBOLOGY.match(text)
    symbology = found[0] if found else ""
    text = _SENT_AS.sub(SEPARATOR, text[len(symbology) :])
    is_gs1 = symbology in GS1_SYMBOLOGIES or text.startswith(SEPARATOR)
    return Cleaned(text=text.strip(SEPARATOR + " "), symbology=symbology, is_gs1=is_gs1, is_swapped=is_swapped)
