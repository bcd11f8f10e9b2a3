"""French of the screens: every visible string passes through one catalogue, so that Bambara can be added.

The msgid is the French sentence itself. `provisioning/words.py` writes `locale/appliance.pot`, what a translator starts
from; `locale/<language>/LC_MESSAGES/appliance.mo` would translate it, for the language named by APPLIANCE_LANGUAGE.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parents[1] / "locale"


@cache
def catalogue(language: str = "") -> gettext.NullTranslations:
    """The catalogue of a language (of the centre when none is named); French needs none."""
    wanted = language or os.environ.get("APPLIANCE_LANGUAGE", "fr")
    return gettext.translation("appliance", LOCALE, [wanted], fallback=True)


def _(text: str) -> str:
    """A sentence in the language of the centre."""
    return catalogue().gettext(text)


class Words(Mapping[str, str]):
    """French by code; whatever is taken out of it is in the language of the centre."""

    def __init__(self, french: Mapping[str, str]) -> None:
        self._french = dict(french)

    def __getitem__(self, code: str) -> str:
        return _(self._french[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._french)

    def __len__(self) -> int:
        return len(self._french)
