"""The paper form: every letter written here, page x of y, who closed what under which hash, drawn without the key."""

from __future__ import annotations

import asyncio
import io
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from appliance.core.errors import InvariantBroken
from appliance.core.periods import Month
from appliance.core.printing.child import drawn_by_child
from appliance.records.patients import cards
from appliance.reports.closing import repository
from appliance.reports.paper import MODULE, paper_of
from appliance.storage import FileKey, Store
from tests.conftest import FixedClock

BAMBARA = "Kɛnɛya sɔrɔ yɔrɔ ŋaniya ɲɛ – Sœur"


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def fonts_of(pdf: bytes) -> set[str]:
    found = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found.add(font.get_object()["/BaseFont"])
    return found


@pytest.fixture
def september(centre_copy: Path) -> dict[str, Any]:
    store = Store.open(centre_copy, FileKey(centre_copy / "store.key").key(), FixedClock(date(2026, 11, 2)))
    with store.reading() as db:
        made = paper_of(db, "RMA", Month(2026, 9), date(2026, 11, 2))
        closing = repository.latest(db, "RMA", "2026-09")
    store.close()
    assert closing is not None
    return made | {"hash": closing.hash.hex()}


def test_letters_of_bambara_and_french_ligatures_are_printed(september: dict[str, Any]) -> None:
    september["masthead"][0][0] = ("Centre", BAMBARA)
    report = asyncio.run(drawn_by_child(MODULE, september))
    card = asyncio.run(drawn_by_child(cards.__name__, {"codes": ["ABC00001X"], "centre": BAMBARA, "is_sheet": False}))
    for pdf in (report, card):
        letters = "".join("".join(text_of(pdf)).split())
        assert all(word in letters for word in BAMBARA.split())
        assert any("DejaVuSans" in font for font in fonts_of(pdf))


def test_each_page_says_which_it_is_and_the_first_which_closing(september: dict[str, Any]) -> None:
    pages = text_of(asyncio.run(drawn_by_child(MODULE, september)))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"page {number} / {len(pages)}" in page
        assert september["hash"][:16] in page
    first = "".join(pages[0].split())
    assert september["hash"] in first
    assert "Version:1" in first
    assert "septembre2026" in first
    last = " ".join(pages[-1].split())
    assert "Le DTC" in last
    assert "signature" in last


def test_the_child_has_no_key_and_no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "looks_around.py").write_text(
        "import os, sys\n"
        "sys.stdin.read()\n"
        "seen = sorted(n for n in os.environ if n.startswith('APPLIANCE') or 'KEY' in n or 'TOKEN' in n)\n"
        "import appliance.reports.drawing\n"
        "heavy = sorted(m for m in sys.modules if m.startswith('appliance.storage') or m == 'sqlcipher3')\n"
        "print('%PDF', seen, heavy)\n"
    )
    monkeypatch.setenv("APPLIANCE_KEY_FILE", "/etc/appliance/store.key")
    monkeypatch.setenv("DHIS2_TOKEN", "d2pat_secret")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(sys.path)}")
    assert asyncio.run(drawn_by_child("looks_around", {})) == b"%PDF [] []\n"


def test_a_child_that_draws_nothing_is_a_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "says_nothing.py").write_text("raise SystemExit(3)\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(sys.path)}")
    with pytest.raises(InvariantBroken, match="paper-failed"):
        asyncio.run(drawn_by_child("says_nothing", {}))
