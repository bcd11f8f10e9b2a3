"""French of the screens: every visible string passes through one catalogue, so that Bambara can be added.

The msgid is the French sentence itself; `locale/<language>/LC_MESSAGES/appliance.mo` would translate it.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


@cache
def catalogue(language: str = "fr") -> gettext.NullTranslations:
    """The catalogue of a language; French needs none."""
    return gettext.translation("appliance", LOCALE, [language], fallback=True)


def _(text: str) -> str:
    """A sentence in the language of the centre."""
    return catalogue().gettext(text)
