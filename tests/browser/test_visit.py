"""A visit in a real browser: what measures say as they are typed, words that find, the shelf seen while prescribing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_tablet import CHROMIUM, SIZES, browser, signed_in
from tests.web.running import Resident

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]


@pytest.fixture(scope="module")
def resident(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resident]:
    running = Resident(Path(shutil.copytree(generated, tmp_path_factory.mktemp("visit") / "centre")))
    yield running
    running.stop()


def arrive(page: Any, name: str, *, age: str, unit: str = "year") -> str:
    """Someone comes: registered and welcomed; returns the path of the visit."""
    page.goto("/patients/nouveau")
    page.fill("#nom", name)
    page.check("input[name=sexe][value=F]")
    page.fill("#age", age)
    page.select_option("#age_unite", unit) if page.query_selector("select#age_unite") else page.check(
        f"input[name=age_unite][value={unit}]"
    )
    page.fill("#motif", "Fièvre")
    page.click("button:has-text('Enregistrer')")
    page.wait_for_url(re.compile("/visites/"))
    return re.search(r"/visites/\d+", page.url)[0]  # type: ignore[index]


@pytest.mark.parametrize("size", SIZES)
def test_the_nurse_sees_bands_words_and_shelf_while_typing(browser: Any, resident: Resident, size: str) -> None:
    page = signed_in(browser, resident, size, who="Adama Koné")
    arrive(page, f"Nana {size}", age="10", unit="month")
    page.fill("#temperature", "39,4")
    page.fill("#fr", "54")
    page.fill("#pb", "118")
    page.wait_for_selector("#dit-pb:has-text('modérée')")
    assert page.inner_text("#dit-fr") == "rapide ≥ 50"
    assert "danger" in page.get_attribute("#dit-temperature", "class")
    page.fill("#trouver", "sumaya")
    page.click("#trouves button:has-text('Paludisme simple')")
    assert page.input_value("#diagnostic") == "palu-simple"
    page.fill("#ligne-0-produit", "paracétamol")
    page.click("#info-0 button:has-text('120 mg/5 ml')")
    page.wait_for_selector("#info-0:has-text('unité : flacon')")
    page.fill("#ligne-0-prise", "0,5")
    page.fill("#ligne-0-fois", "2")
    page.fill("#ligne-0-jours", "3")
    page.wait_for_selector("#info-0:has-text('Tapez la quantité')")
    page.fill("#ligne-0-quantite", "1")
    page.wait_for_selector("#info-0:has-text('1 flacon =')")
    page.click("button:has-text('Ajouter une ligne')")
    page.fill("#ligne-1-produit", "MLS040")
    page.wait_for_selector("#info-1:has-text('sachet')")
    page.click("[aria-label='Retirer la ligne 2']")
    page.wait_for_selector("#ligne-1-produit", state="detached")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(".act button:has-text('Enregistrer')")
    page.wait_for_selector("main >> text=Paludisme simple")
    page.wait_for_selector("main >> text=0,5 x 2 par jour, 3 jours")
    page.context.close()


def test_without_script_lines_are_added_and_removed_and_nothing_typed_is_lost(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident, script=False, who="Adama Koné")
    arrive(page, "Yaye Sansscript", age="30")
    page.fill("#notes", "à garder")
    page.fill("#ligne-0-produit", "amoxicilline")
    page.fill("#ligne-0-quantite", "21")
    page.click("button:has-text('Ajouter une ligne')")
    assert page.input_value("#notes") == "à garder"
    page.click("#info-0 button >> nth=0")
    assert page.input_value("#ligne-0-produit").startswith("Amoxicilline")
    assert page.input_value("#ligne-0-quantite") == "21"
    page.click("[aria-label='Retirer la ligne 1']")
    assert "Amoxicilline" not in page.input_value("#ligne-0-produit")
    page.context.close()


@pytest.mark.parametrize("size", ["landscape", "phone"])
def test_the_band_with_the_alerts_stays_in_sight_on_a_tablet(browser: Any, resident: Resident, size: str) -> None:
    page = signed_in(browser, resident, size)
    path = arrive(page, f"Bande {size}", age="2")
    page.check("input[name=signe-convulsions][value=yes]")
    page.click("button:has-text('envoyer en consultation')")
    page.wait_for_selector("h2:has-text('File')")
    page.goto(path)
    assert "Arrêter la convulsion" in page.inner_text(".note.danger")
    page.evaluate("window.scrollTo(0, 900)")
    top = page.evaluate("document.querySelector('.band').getBoundingClientRect().top")
    assert (top >= 50) is (size == "landscape")
    page.context.close()


def test_on_a_phone_each_person_who_waits_is_one_short_card_that_opens_anywhere(
    browser: Any, resident: Resident
) -> None:
    page = signed_in(browser, resident, "phone", who="Adama Koné")
    path = arrive(page, "Niélé Carte", age="4")
    page.goto("/?file=tous")
    box = page.evaluate(
        "() => { const row = [...document.querySelectorAll('.waitlist tr')].find(r => r.innerText.includes('Niélé Carte'));"
        " row.scrollIntoView({block: 'center'}); const b = row.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; }"
    )
    assert box[2] <= 336
    assert box[3] <= 120
    page.mouse.click(box[0] + box[2] - 12, box[1] + box[3] / 2)
    page.wait_for_url(re.compile(path))
    page.context.close()
