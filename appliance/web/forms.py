"""Reading a posted form as people type: French decimals and dates, every fault at once, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from appliance.core.french import number_fr
from appliance.web.words import _

FIELDS_MAX = 2_000
"""A reception of a hundred lots has some fifteen fields a lot."""
TEXT_MAX = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Form:
    """Fields as typed, the values read from them, and what is wrong with each.

    Each reader returns a value of its type or None; `errors` then says what to do, in French, by field.
    """

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.typed = {k: [_CONTROL.sub("", v) for v in values] for k, values in list(fields.items())[:FIELDS_MAX]}
        self.errors: dict[str, str] = {}

    def raw(self, name: str) -> str:
        """What was typed, trimmed; the empty text when nothing was."""
        values = self.typed.get(name) or [""]
        return values[-1].strip()

    def many(self, name: str) -> list[str]:
        """Every value of a field that may stand several times."""
        return [v.strip() for v in self.typed.get(name, []) if v.strip()]

    def text(self, name: str, *, required: bool = False, limit: int = TEXT_MAX) -> str | None:
        """A text."""
        value = self.raw(name)
        if not value:
            self._blank(name, required)
            return None
        if len(value) > limit:
            self.errors[name] = _("Trop long : %(limit)s lettres au plus.") % {"limit": limit}
            return None
        return value

    def integer(self, name: str, *, required: bool = False, low: int = 0, high: int = 10**9) -> int | None:
        """A whole number, with or without spaces between thousands."""
        value = re.sub(r"[\s\u202f\u00a0]", "", self.raw(name))
        if not value:
            self._blank(name, required)
            return None
        if not re.fullmatch(r"-?[0-9]{1,12}", value):
            self.errors[name] = _("Écrivez un nombre entier.")
            return None
        return int(value) if self._within(name, Fraction(value), low, high) else None

    def scaled(self, name: str, scale: int, *, low: Fraction | int = 0, high: Fraction | int = 10**6) -> int | None:
        """A decimal (39,4 or 39.4) times `scale` as a whole number, rounded half up; bounds before scaling."""
        value = self.raw(name).replace(" ", "").replace(",", ".")
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,4})?", value):
            self.errors[name] = _("Écrivez un nombre, par exemple 39,4.")
            return None
        exact = Fraction(value)
        return int(exact * scale + Fraction(1, 2)) if self._within(name, exact, low, high) else None

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A date typed 23/11/2026, or given by the browser as 2026-11-23."""
        value = self.raw(name)
        if not value:
            self._blank(name, required)
            return None
        french = re.fullmatch(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})", value)
        iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", value)
        parts = (french[3], french[2], french[1]) if french else iso.groups() if iso else None
        try:
            if parts:
                return date(*(int(p) for p in parts))
        except ValueError:
            pass
        self.errors[name] = _("Cette date n'existe pas. Écrivez jour/mois/année.")
        return None

    def hour(self, name: str, *, required: bool = False) -> str | None:
        """A time of day typed 10:32, 10 h 32 or 1032; kept as HH:MM."""
        value = self.raw(name)
        if not value:
            self._blank(name, required)
            return None
        found = re.fullmatch(r"([0-9]{1,2})\s*[:hH.]?\s*([0-9]{2})", value)
        if found and int(found[1]) < 24 and int(found[2]) < 60:
            return f"{int(found[1]):02d}:{found[2]}"
        self.errors[name] = _("Cette heure n'existe pas. Écrivez heure:minutes, par exemple 10:32.")
        return None

    def choice(
        self, name: str, allowed: Sequence[str], *, required: bool = False, default: str | None = None
    ) -> str | None:
        """One of a list of codes."""
        value = self.raw(name)
        if not value:
            self._blank(name, required)
            return default
        if value not in allowed:
            self.errors[name] = _("Choisissez dans la liste.")
            return None
        return value

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.raw(name))

    def rows(self, prefix: str, limit: int = 40) -> list[int]:
        """The numbers n for which some field `prefix-n-…` was filled."""
        found = set()
        for name, values in self.typed.items():
            match = re.fullmatch(rf"{re.escape(prefix)}-([0-9]{{1,3}})-[a-z_]+", name)
            if match and any(v.strip() for v in values):
                found.add(int(match[1]))
        return sorted(found)[:limit]

    def plain(self) -> dict[str, list[str]]:
        """The fields without those of the page itself: what the request's body is compared by."""
        return {k: v for k, v in self.typed.items() if k not in ("csrf", "request_key", "draft_version")}

    def _blank(self, name: str, required: bool) -> None:
        if required:
            self.errors[name] = _("À remplir.")

    def _within(self, name: str, value: Fraction, low: Fraction | int, high: Fraction | int) -> bool:
        if low <= value <= high:
            return True
        low_text, high_text = (number_fr(bound, 0 if bound == int(bound) else 1) for bound in (low, high))
        if low:
            self.errors[name] = _("Entre %(low)s et %(high)s.") % {"low": low_text, "high": high_text}
        else:
            self.errors[name] = _("Au plus %(high)s.") % {"high": high_text}
        return False
