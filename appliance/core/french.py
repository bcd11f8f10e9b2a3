"""French as written at a Malian health centre: dates, numbers and money, and text folded for comparison."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from fractions import Fraction

from appliance.core.clock import to_datetime
from appliance.core.periods import Month

NARROW_SPACE = "\u202f"
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def fold(text: str) -> str:
    """Text without accents and case, œ as oe, spaces collapsed: what two spellings are compared by."""
    spread = text.replace("œ", "oe").replace("Œ", "oe").replace("\u2019", "'")
    plain = "".join(c for c in unicodedata.normalize("NFD", spread) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def one_line(text: str) -> str:
    """Typed text as it is kept: one line, composed letters, nothing invisible (marks of direction, zero width)."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return " ".join("".join(c for c in composed if c.isprintable()).split())


def has_mixed_letters(text: str) -> bool:
    """Whether a word mixes Latin with Cyrillic or Greek letters: it looks like a name and is found under none."""
    for word in text.split():
        alphabets = {unicodedata.name(c, "").split(" ")[0] for c in word if c.isalpha()} & {
            "LATIN",
            "CYRILLIC",
            "GREEK",
        }
        if len(alphabets) > 1:
            return True
    return False


def date_fr(day: date, weekday: bool = False) -> str:
    """`23 novembre 2026`, or `lundi 23 novembre 2026`; the first of a month is `1er`."""
    number = "1er" if day.day == 1 else str(day.day)
    text = f"{number} {_MONTHS[day.month - 1]} {day.year}"
    return f"{_DAYS[day.weekday()]} {text}" if weekday else text


def date_short(day: date) -> str:
    """`23/11/2026`."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def time_fr(ms: int) -> str:
    """`09 h 40`, local time in Mali, from milliseconds since 1970 UTC."""
    moment = to_datetime(ms)
    return f"{moment.hour:02d} h {moment.minute:02d}"


def moment_fr(ms: int) -> str:
    """`24/11/2026 à 09 h 40`, local time in Mali, from milliseconds since 1970 UTC."""
    return f"{date_short(to_datetime(ms).date())} à {time_fr(ms)}"


def size_fr(count: int) -> str:
    """Bytes as people read them: `812 Mo`, `1,4 Go`; one decimal from a gigabyte on."""
    if count >= 10**9:
        return f"{number_fr(Fraction(count, 10**9), 1)}\u00a0Go"
    return (
        f"{number_fr(Fraction(count, 10**6))}\u00a0Mo"
        if count >= 10**6
        else f"{number_fr(Fraction(count, 1000))}\u00a0ko"
    )


def month_fr(month: Month) -> str:
    """`octobre 2026`."""
    return f"{_MONTHS[month.month - 1]} {month.year}"


def number_fr(value: float | Fraction | Decimal, decimals: int = 0) -> str:
    """Groups of three parted by a narrow space, decimal comma: `1 234,5`. Rounded half up."""
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    scaled = abs(exact) * 10**decimals
    units = int(scaled + Fraction(1, 2))
    whole, rest = divmod(units, 10**decimals)
    text = f"{whole:,}".replace(",", NARROW_SPACE)
    if decimals:
        text += "," + str(rest).rjust(decimals, "0")
    return f"−{text}" if exact < 0 and units else text


def exact_fr(text: str | None, decimals: int = 0) -> str:
    """An exact number kept as text ("1812/5") as people read it; a dash for none."""
    return "—" if text is None else number_fr(Fraction(text), decimals)


def fcfa(amount: int) -> str:
    """`1 290 F`: whole francs, as written on receipts."""
    return f"{number_fr(amount)}\u00a0F"
