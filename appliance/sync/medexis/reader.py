"""Reading a PDF from outside in a short-lived child that knows neither key nor store, within memory, time and pages.

`python -m appliance.sync.medexis.reader` takes `{"pdf": base64}` as JSON on its standard input and writes the reading.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from typing import Any

from appliance.core.printing.child import asked_of_child
from appliance.sync.medexis.layouts import Piece, layouts, read

MODULE = "appliance.sync.medexis.reader"
SECONDS_MAX, MEMORY_MAX, PAGES_MAX, PIECES_MAX = 20, 512 << 20, 20, 20_000
_LETTER = 0.52
"""Width of a letter as a part of its size, about."""


async def reading_of(content: bytes) -> dict[str, Any]:
    """What the layouts read in a document; one that breaks its reader is read by a person ("unreadable")."""
    if not content.startswith(b"%PDF"):
        return _unread("not-a-pdf")
    told = await asked_of_child(MODULE, {"pdf": base64.b64encode(content).decode()}, SECONDS_MAX + 5)
    try:
        found: dict[str, Any] = json.loads(told or b"")
    except ValueError:
        return _unread("unreadable")
    return found


def pieces_of(content: bytes) -> list[Piece]:
    """Every piece of text of a PDF with its place."""
    from pypdf import PdfReader

    found: list[Piece] = []
    for number, page in enumerate(PdfReader(io.BytesIO(content)).pages[:PAGES_MAX]):

        def visit(text: str, cm: Any, tm: Any, _font: Any, size: float, page_: int = number) -> None:
            # A font may map to half a letter, which nothing can write: it is shown as unreadable.
            shown = " ".join(text.encode(errors="replace").decode().split())
            if shown and len(found) < PIECES_MAX:
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                found.append(Piece(page_, x, x + len(shown) * size * _LETTER, y, shown))

        page.extract_text(visitor_text=visit)
    return found


def _unread(code: str) -> dict[str, Any]:
    return {
        "layout": None,
        "paper": None,
        "header": {},
        "lines": [],
        "faults": [{"code": code, "what": ""}],
        "text": "",
    }


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    content = base64.b64decode(json.loads(sys.stdin.buffer.read())["pdf"])
    try:
        found = read(pieces_of(content), layouts()[1])
    except Exception:  # whatever a paper from outside does to its reader, a person reads it
        found = _unread("unreadable")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main()
