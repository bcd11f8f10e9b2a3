"""A paper made to break its reader stops no other: it is read by a person, and the next one is read by the machine."""

from __future__ import annotations

import asyncio
import zlib

import pytest

from appliance.storage import Store
from appliance.sync.inbox import repository
from appliance.sync.inbox.services import keep_by_hand
from appliance.sync.medexis.desk import read_owed
from tests.conftest import Act

HALF_A_LETTER = (
    b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <61> <D800> endbfchar endcmap"
)
"""A font that reads "a" as one half of a letter of two: no text of it can be written anywhere."""


def pdf(page: bytes, font: bytes = b"", *, packed: bool = False, trailer: bytes = b"") -> bytes:
    """A PDF of one page."""
    page = zlib.compress(page, 9) if packed else page
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(page, b" /Filter /FlateDecode" if packed else b""),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica" + (b" /ToUnicode 6 0 R" if font else b"") + b" >>",
        stream(font),
    )
    made, places = b"%PDF-1.4\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 7 /Root 1 0 R%b >>\nstartxref\n%d\n%%%%EOF" % (trailer, len(made))
    return made + b"xref\n0 7\n0000000000 65535 f \n" + table + end


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(content), more, content)


WORDS = b"BT /F1 10 Tf 50 700 Td (aab) Tj ET"
HOSTILE = {
    "half letters": pdf(WORDS, HALF_A_LETTER),
    "a bomb": pdf(b" " * (200 << 20), packed=True),
    "an unknown cipher": pdf(WORDS, trailer=b" /Encrypt << /Filter /Standard /V 9 /R 9 /O (x) /U (y) /P -4 >>"),
    "garbage": b"%PDF" + bytes(range(256)) * 50,
    "a picture": b"\x89PNG\r\n",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_paper_that_breaks_its_reader_is_for_a_person_and_the_next_is_read(
    store: Store, act: Act, content: bytes
) -> None:
    first = act(keep_by_hand, "../../etc/\x00passwd\u202e.pdf", "application/pdf", content)
    second = act(keep_by_hand, "b.pdf", "application/pdf", pdf(WORDS))
    assert asyncio.run(read_owed(store)) == 2
    with store.reading() as db:
        for key in (first, second):
            held = repository.document(db, key)
            assert held is not None
            assert held.reading is not None, key
            assert held.reading["faults"], key
            assert held.outcome is None
        assert repository.bytes_of(db, first) == content
