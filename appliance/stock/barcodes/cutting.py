"""Cutting a code into its elements: as a symbol carries them, as people write them with brackets, as an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from appliance.stock.barcodes.identifiers import identifiers
from appliance.stock.barcodes.model import Caution, Element
from appliance.stock.barcodes.wedge import SEPARATOR

_BRACKETS = re.compile(r"\(([0-9]{2,4})\)")
DOUBTFUL_SERIAL_MIN = 4
"""A lot followed by "21" and so many letters may be a lot and a serial number that lost their separator."""


@dataclass(slots=True)
class Cut:
    """The elements in their order, what could not be cut, and what to look at again."""

    elements: list[Element] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    unparsed: str = ""


def cut_symbol(text: str) -> Cut:
    """Elements one after another; FNC1 ends those whose length is not told by their first two digits."""
    table, cut, at = identifiers(), Cut(), 0
    has_separator = SEPARATOR in text
    while at < len(text):
        if text[at] == SEPARATOR:
            at += 1
            continue
        digits = table.digits.get(text[at : at + 2], 0)
        ai = text[at : at + digits]
        if not digits or len(ai) < digits or not ai.isdigit():
            # No identifier: nothing tells where the next element begins, so the rest is kept as it stands.
            cut.unparsed = text[at:]
            cut.cautions.append(Caution.UNKNOWN_ELEMENT)
            return cut
        end = _end(cut, text, at, ai)
        value = text[at + digits : end]
        if not has_separator and end == len(text) and _hides_more(ai, value):
            cut.cautions.append(Caution.SEPARATOR_DOUBTFUL)
        cut.elements.append(Element(ai=ai, value=value))
        at = end
    return cut


def _end(cut: Cut, text: str, at: int, ai: str) -> int:
    """Where an element ends."""
    table = identifiers()
    stop = text.find(SEPARATOR, at)
    stop = len(text) if stop < 0 else stop
    predefined = table.predefined.get(ai[:2])
    if predefined is not None:
        return min(at + predefined, stop)
    known = table.known.get(ai)
    if known and known.length is not None and stop - at - len(ai) > known.length:
        # It should end at a separator, and can hold only so much: the scanner dropped it, and that can be told.
        cut.cautions.append(Caution.SEPARATOR_MISSING)
        return at + len(ai) + known.length
    return stop


def _hides_more(ai: str, value: str) -> bool:
    """Whether the last element of a code without any separator may hold others: a date, or a serial number."""
    if ai in identifiers().predefined or ai[:2] in identifiers().predefined:
        return False
    more = r"(11|13|15|17)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])"
    return bool(re.search(rf".{more}$|.{more}(10|21)|...21.{{{DOUBTFUL_SERIAL_MIN},}}$", value))


def cut_brackets(text: str) -> Cut:
    """As printed beside a symbol: (01)0345…(17)260930(10)A1. A lot may hold brackets: only a known identifier ends it."""
    cut, found = Cut(), list(_openings(text))
    if not found or text[: found[0].start()].strip(SEPARATOR + " "):
        cut.unparsed = text
        cut.cautions.append(Caution.UNKNOWN_ELEMENT)
        return cut
    ends = [mark.start() for mark in found[1:]] + [len(text)]
    for mark, end in zip(found, ends, strict=True):
        value = text[mark.end() : end].strip(SEPARATOR + " ")
        known = identifiers().known.get(mark[1])
        if known and known.length is not None:
            value = value.replace(" ", "")
        cut.elements.append(Element(ai=mark[1], value=value))
    return cut


def _openings(text: str) -> Iterator[re.Match[str]]:
    table, at = identifiers(), 0
    while found := _BRACKETS.search(text, at):
        at = found.end()
        if table.digits.get(found[1][:2], len(found[1])) != len(found[1]):
            at = found.start() + 1
            continue
        yield found


def cut_link(text: str) -> Cut | None:
    """A GS1 Digital Link, the address in some QR codes: https://…/01/03453120000011/10/A1?17=260930. None: no such."""
    try:
        address = urlsplit(text)
    except ValueError:
        return None
    if address.scheme not in ("http", "https"):
        return None
    parts = [unquote(part) for part in address.path.split("/") if part]
    if "01" not in parts:
        return None
    parts = parts[parts.index("01") :]
    pairs = [*zip(parts[::2], parts[1::2], strict=False), *parse_qsl(address.query)]
    cut = Cut()
    for ai, value in pairs:
        if identifiers().digits.get(ai[:2]) == len(ai) and ai.isdigit():
            cut.elements.append(Element(ai=ai, value=value.zfill(14) if ai == "01" else value))
    return cut
