"""Gestures of the door and of the card: the keypad, the door at three sizes, a card read from a photo, an alike file taken."""

# ruff: noqa: F811  (a fixture borrowed from the neighbouring file is named again by each test)
from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode

from appliance.records.patients.services import bind_card, blank_cards
from appliance.storage import FileKey, Store
from tests.browser.test_tablet import AXE, SIZES, browser, pytestmark, signed_in  # noqa: F401
from tests.web.running import PINS, Resident


@pytest.fixture(scope="module")
def card(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A centre where patient 5 holds a card; its code."""
    import shutil

    where = Path(shutil.copytree(generated, tmp_path_factory.mktemp("gestures") / "centre"))
    store = Store.open(where, FileKey(where / "store.key").key())
    from appliance.core.actors import MACHINE

    done = store.act_now("test", MACHINE, lambda u: {"code": bind_card(u, 5, blank_cards(u, 1)[0])})
    store.close()
    return where, str(done.result["code"])


@pytest.fixture(scope="module")
def resident(card: tuple[Path, str]) -> Iterator[Resident]:
    running = Resident(card[0])
    yield running
    running.stop()


@pytest.mark.parametrize("size", SIZES)
def test_the_door_is_as_good_as_the_rooms(browser: Any, resident: Resident, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=resident.url)
    page = context.new_page()
    for step in ("/entrer", "text=Oumou Sangaré"):
        page.goto(step) if step.startswith("/") else page.click(step)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate("async () => (await axe.run()).violations.map(v => v.id)") == []
    for digit in PINS["Oumou Sangaré"]:
        page.click(f"[data-key='{digit}']")
    small = page.evaluate(
        "() => [...document.querySelectorAll('.keys button')].filter(b => b.getBoundingClientRect().height < 60).length"
    )
    assert small == 0
    page.click("button:has-text('Entrer')")
    page.wait_for_selector("text=File d'attente")
    context.close()


def test_a_card_is_read_from_a_photo_and_its_reader_is_fetched_only_then(
    browser: Any,
    resident: Resident,
    card: tuple[Path, str],
) -> None:
    page = signed_in(browser, resident)
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url))
    page.goto("/cartes")
    assert not any("jsqr" in url for url in fetched)
    picture = io.BytesIO()
    qrcode.make(card[1], error_correction=qrcode.constants.ERROR_CORRECT_Q).save(picture)
    page.set_input_files("#photo", {"name": "carte.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    page.wait_for_url("**/patients/5")
    page.goto("/cartes")
    page.fill("#code", card[1].lower())
    page.press("#code", "Enter")
    page.wait_for_url("**/patients/5")
    page.context.close()


def test_an_alike_file_appears_while_one_types_and_one_tap_takes_it(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident)
    for _ in range(2):
        page.goto("/patients/nouveau")
        page.fill("#nom", "Tenimba Gestuelle")
        page.check("input[name=sexe][value=F]")
        page.fill("#age", "27")
        page.fill("#mere", "Nana Gestuelle")
        page.check("input[name=motif_choisi] >> nth=0")
        if _ == 0:
            page.click("button:has-text('Enregistrer')")
            page.wait_for_url("**/visites/*")
    page.wait_for_selector("#ressemblants >> text=Tenimba Gestuelle")
    page.click("#ressemblants >> button:has-text('elle')")
    page.wait_for_url("**/visites/*")
    found = page.context.request.get("/patients?q=Tenimba Gestuelle", headers={"HX-Request": "1"}).text()
    assert found.count("Tenimba Gestuelle</b>") == 1
    page.context.close()
