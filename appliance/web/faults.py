"""The list of faults above a form: each under the label that its field bears on the page itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from appliance.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of the list: the text to read, and the id that the link leads to (empty: nothing on the page)."""

    text: str
    target: str


def faults(body: str, errors: Mapping[str, str]) -> list[Fault]:
    """The faults of a form in the order of the dictionary.

    `body` is the page as drawn. A field is named by its `<label>`, else by its `aria-label`; several fields of one name
    are told apart by the legend of their group. A field that the page does not show keeps its fault, without a link.
    """
    return [_fault(str(body), name, text) for name, text in errors.items()]


def _fault(body: str, name: str, text: str) -> Fault:
    tag = re.search(rf'<[a-z]+[^>]*\sid="{re.escape(name)}"[^>]*>', body)
    label = re.search(rf'<label[^>]*\sfor="{re.escape(name)}"[^>]*>(.*?)</label>', body, re.S)
    aria = re.search(r'\saria-label="([^"]*)"', tag[0]) if tag else None
    named = _plain(label[1]) if label else unescape(aria[1]) if aria else ""
    group = _legend(body, tag.start()) if tag and named else ""
    if not named:
        return Fault(text=text, target=name if tag else "")
    if group:
        return Fault(
            text=_("%(group)s, %(label)s : %(fault)s") % {"group": group, "label": named, "fault": text}, target=name
        )
    return Fault(text=_("%(label)s : %(fault)s") % {"label": named, "fault": text}, target=name)


def _legend(body: str, at: int) -> str:
    """The legend of the group that the field stands in."""
    start = body.rfind("<fieldset", 0, at)
    if start < 0 or body.find("</fieldset>", start, at) >= 0:
        return ""
    found = re.search(r"<legend[^>]*>(.*?)</legend>", body[start:at], re.S)
    return _plain(found[1]) if found else ""


def _plain(html: str) -> str:
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
    return re.sub(r" ([,.])", r"\1", text)  # a tag between a word and its comma is no space
