"""The typeface of every paper. PDF's built-in fonts know Latin-1 only: no ɛ, ɔ, ŋ or ɲ of Bambara, no œ.

DejaVu Sans has them; a PDF embeds only the letters it uses. The files stand in `vendor/` with licence and hash.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
FOLDER = Path(__file__).parent / "vendor"


@cache
def use_fonts() -> None:
    """Make both weights known to reportlab, once a process."""
    from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (PLAIN, BOLD):
        registerFont(TTFont(name, FOLDER / f"{name}.ttf"))
    registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def markup(text: str) -> str:
    """Text as reportlab's paragraphs take it: the signs of its markup escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
