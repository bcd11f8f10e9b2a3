"""Reading the code of a box by the GS1 General Specifications: GTIN, lot, expiry, serial number, count. Pure.

Whatever is given, an answer comes back and nothing is raised: what can be read with certainty is given, what is wrong
is left out and named by a caution, and a code of which nothing can be read has a `fault`.
"""

from __future__ import annotations

import re
from datetime import date

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.barcodes.cutting import Cut, cut_brackets, cut_link, cut_symbol
from appliance.stock.barcodes.identifiers import identifiers
from appliance.stock.barcodes.model import Caution, Element, Expiry, Reading, has_check_digit
from appliance.stock.barcodes.wedge import GTIN_SYMBOLOGIES, Cleaned, cleaned

LENGTH_MAX = 2_400
"""A DataMatrix holds 2,335 letters at most."""
GTIN_LENGTHS = (8, 12, 13, 14)
WITH_CHECK_DIGIT = {"00": 18, "253": 13, "402": 17, "410": 13, "411": 13, "412": 13, "413": 13, "414": 13, "415": 13,
                    "416": 13, "417": 13, "8003": 14, "8017": 18, "8018": 18}  # fmt: skip
"""Elements other than a GTIN whose first so many digits end with a check digit."""
OWN_FIELD = {"01", "10", "17", "21", "30"}
DATES = ("11", "12", "13", "15", "16", "17", "7006")


def read(text: str, today: date) -> Reading:
    """What a code says; `today` tells the century of its two-digit years."""
    if len(text) > LENGTH_MAX:
        return Reading(other={}, fault="code-too-long")
    found = _read(cleaned(text), today)
    # Signs that look like a swapped keyboard's are a person's own when they make no code of GS1.
    return _read(cleaned(text, as_typed=True), today) if found.fault or "plain" in found.other else found


def _read(code: Cleaned, today: date) -> Reading:
    if not code.text:
        return Reading(other={}, fault="code-empty", symbology=code.symbology)
    if code.symbology in GTIN_SYMBOLOGIES or (not code.symbology and not code.is_gs1 and _is_gtin(code.text)):
        return _plain(code)
    cut = _cut(code)
    return _plain(code) if cut is None else _told(code, cut, today)


def year_of(two_digits: int, this_year: int) -> int:
    """The year of two digits: at most 49 years back and 50 ahead of this one (General Specifications, 7.12)."""
    century, ahead = this_year // 100, two_digits - this_year % 100
    return (century - (ahead >= 51) + (ahead <= -50)) * 100 + two_digits


def day_of(six_digits: str, today: date) -> Expiry | None:
    """The day of YYMMDD, or the last day of its month when DD is 00; None when there is no such day."""
    if not re.fullmatch(r"[0-9]{6}", six_digits, re.ASCII):
        return None
    year, month, day = year_of(int(six_digits[:2]), today.year), int(six_digits[2:4]), int(six_digits[4:])
    try:
        if not day:
            return Expiry(on=Month(year, month).last, precision="month")
        return Expiry(on=date(year, month, day), precision="day")
    except (ValueError, Refused):
        return None


def _cut(code: Cleaned) -> Cut | None:
    """The elements of a code, or None when it is none of GS1."""
    if code.symbology and not code.is_gs1:
        return cut_link(code.text)
    if (linked := cut_link(code.text)) is not None:
        return linked
    if code.text.startswith("("):
        cut = cut_brackets(code.text)
        return cut if cut.elements else None
    cut = cut_symbol(code.text)
    return cut if code.is_gs1 or _begins_surely(cut, code.text) else None


def _begins_surely(cut: Cut, text: str) -> bool:
    """Whether a code that nothing announces as GS1 begins as one: a number with its check digit, or a date."""
    if not cut.elements:
        return False
    first = cut.elements[0]
    if first.ai in ("00", "01", "02"):
        return has_check_digit(first.value) or (first.ai == "01" and len(text) > 16 and len(cut.elements) > 1)
    if first.ai in ("11", "13", "15", "17"):
        return day_of(first.value, date(2000, 1, 1)) is not None
    return "\x1d" in text and first.ai in identifiers().known


def _is_gtin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS and has_check_digit(text)


def _plain(code: Cleaned) -> Reading:
    """A code of one number: a GTIN of 8 to 14 digits, or a code that only its maker understands."""
    swapped = [Caution.KEYBOARD] if code.is_swapped else []
    text = code.text.replace(" ", "") if re.fullmatch(r"[0-9 ]+", code.text, re.ASCII) else code.text
    if code.symbology == "]E3" and len(text) > 13:
        text = text[:13]  # the add-on of two or five digits is the printer's own
    if _is_gtin(text) and (not code.symbology or code.symbology in GTIN_SYMBOLOGIES):
        return Reading(gtin=text.zfill(14), other={}, cautions=tuple(swapped), symbology=code.symbology,
                       elements=(Element(ai="01", value=text.zfill(14)),))  # fmt: skip
    cautions = [*swapped, Caution.PLAIN]
    if code.symbology in GTIN_SYMBOLOGIES or (text.isdigit() and len(text) in (13, 14)):
        cautions.append(Caution.GTIN_CHECK_DIGIT)
    if code.symbology and code.symbology not in GTIN_SYMBOLOGIES:
        cautions.append(Caution.NOT_GS1)
    return Reading(other={"plain": code.text}, cautions=tuple(cautions), symbology=code.symbology)


def _told(code: Cleaned, cut: Cut, today: date) -> Reading:
    cautions = ([Caution.KEYBOARD] if code.is_swapped else []) + cut.cautions
    held: dict[str, str] = {}
    other: dict[str, str] = {}
    for element in cut.elements:
        caution = _fault_of(element, today)
        if caution:
            cautions.append(caution)
        if element.ai in held or element.ai in other:
            if held.get(element.ai, other.get(element.ai)) != element.value:
                cautions.append(Caution.REPEATED)
            continue
        if caution is None and element.ai in OWN_FIELD:
            held[element.ai] = element.value
        else:
            other[element.ai] = element.value
    gtin = held.get("01")
    if gtin is None and "02" in other and has_check_digit(other["02"]):
        gtin = other["02"]
        cautions.append(Caution.GTIN_OF_CONTENT)
    count = held.get("30")
    if count is None and re.fullmatch(r"[0-9]{1,8}", other.get("37", "")):
        count = other.pop("37")
    expiry = _expiry(held, other, cautions, today)
    if cut.unparsed:
        other["unparsed"] = cut.unparsed.replace("\x1d", "|")
    is_lost = not held and gtin is None and expiry is None and not any(_is_sound(e, today) for e in cut.elements)
    return Reading(
        gtin=gtin, lot=held.get("10"), expiry=expiry, serial=held.get("21"), count=int(count) if count else None,
        other=other, cautions=tuple(dict.fromkeys(cautions)), elements=tuple(cut.elements), symbology=code.symbology,
        fault="code-unreadable" if is_lost else "",
    )  # fmt: skip


def _expiry(held: dict[str, str], other: dict[str, str], cautions: list[Caution], today: date) -> Expiry | None:
    """By element 17, else by 7003, which also tells the hour; 15 is a date of quality and no expiry."""
    expiry = day_of(held["17"], today) if "17" in held else None
    timed = other.get("7003", "")
    if _is_sound(Element(ai="7003", value=timed), today) and (hour := day_of(timed[:6], today)):
        cautions.append(Caution.EXPIRY_HOUR)
        if expiry and expiry.on != hour.on:
            cautions.append(Caution.EXPIRY_DIFFERS)
        expiry = expiry or hour
    if expiry is None and "17" not in other and day_of(other.get("15", ""), today):
        cautions.append(Caution.BEST_BEFORE)
    return expiry


def _is_sound(element: Element, today: date) -> bool:
    return element.ai in identifiers().known and _fault_of(element, today) is None


def _fault_of(element: Element, today: date) -> Caution | None:
    """What is wrong with one element, or None."""
    known = identifiers().known.get(element.ai)
    if known is None:
        return Caution.UNKNOWN_ELEMENT
    value = element.value
    if not known.pattern.fullmatch(value):
        if known.length is not None and len(value) < known.length:
            return Caution.TRUNCATED
        return Caution.SEPARATOR_MISSING if len(value) > known.longest else Caution.BAD_VALUE
    if element.ai in ("01", "02", "03"):
        return None if has_check_digit(value) else Caution.GTIN_CHECK_DIGIT
    if element.ai in WITH_CHECK_DIGIT and not has_check_digit(value[: WITH_CHECK_DIGIT[element.ai]]):
        return Caution.CHECK_DIGIT
    if element.ai in DATES and day_of(value, today) is None:
        return Caution.BAD_DATE
    if element.ai == "7003" and (day_of(value[:6], today) is None or int(value[6:8]) > 23 or int(value[8:]) > 59):
        return Caution.BAD_DATE
    return None
