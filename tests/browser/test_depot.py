"""The depot in a real browser: what is asked of the keeper's thumb, with script and without."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_tablet import CHROMIUM, browser, resident, signed_in
from tests.web.running import Resident

__all__ = ["browser", "resident"]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]


@pytest.mark.parametrize("script", [True, False])
def test_a_basket_is_filled_by_typing_counted_by_tapping_and_sold(
    browser: Any, resident: Resident, script: bool
) -> None:
    page = signed_in(browser, resident, "phone", script=script)
    page.goto("/vente-directe")
    page.fill("#cherche", "parac")
    if not script:
        page.click("button:has-text('Chercher')")
    page.click("button.pick >> nth=0")
    page.wait_for_selector("#ligne-0-quantite")
    page.click("button[value='ligne-0-quantite+1']")
    page.click("button[value='ligne-0-quantite+1']")
    page.wait_for_selector("#panier >> text=: 3")
    assert page.input_value("#ligne-0-quantite") == "3"
    page.click("button:has-text('Servir et encaisser')")
    page.wait_for_url("**/ventes/*")
    assert "réglé" in page.inner_text("main")
    page.context.close()


def test_a_delivery_works_out_packs_while_one_types(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident)
    page.goto("/depot/reception?produit=MLS069")
    page.fill("#lot-0-boites", "2")
    page.fill("#lot-0-numero", "LX9")
    page.wait_for_selector("text=entre : 2")
    assert page.input_value("#lot-0-numero") == "LX9"
    page.context.close()


def test_the_depot_s_list_follows_what_is_typed(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident)
    page.goto("/depot")
    page.type("#q", "parac")
    page.wait_for_selector("#liste tr:has-text('Paracétamol')")
    page.wait_for_selector("#liste tr:has-text('Amoxicilline')", state="detached")
    assert page.input_value("#q") == "parac"
    page.context.close()


def test_a_phone_reads_the_report_row_by_row(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident, "phone")
    page.goto("/rapports/RMA/2026-10")
    page.click("a.row >> nth=0")
    page.wait_for_selector("#panneau >> text=1-4 ans")
    page.click("#panneau a.open >> nth=1")
    page.wait_for_selector("#panneau >> text=lignes comptées")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@pytest.mark.parametrize("focus", ["#lot-0-quantite", None], ids=["in-a-field", "nowhere"])
def test_a_reader_that_plays_a_keyboard_fills_what_is_empty_and_blanks_nothing(
    browser: Any, resident: Resident, focus: str | None
) -> None:
    page = signed_in(browser, resident, "portrait")
    page.goto("/depot/reception?produit=MLS069")
    page.fill("#lot-0-numero", "LX-7")
    page.fill("#lot-0-quantite", "40")
    if focus:
        page.focus(focus)
    else:
        page.evaluate("document.activeElement.blur()")
    with page.expect_response("**/depot/reception/code"):
        page.keyboard.type("01034531200000111728030010LX-7")
        page.keyboard.press("Control+BracketRight")
        page.keyboard.type("21S1")
        page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#lot-0-peremption').value === '03/2028'")
    assert page.input_value("#lot-0-numero") == "LX-7"
    assert page.input_value("#lot-0-quantite") == "40"  # the reader's digits are taken out of the field they fell into
    page.keyboard.type("3453120000011")
    page.keyboard.press("Enter")  # a second scan, of a code that carries no lot
    page.wait_for_load_state("networkidle")
    assert [page.input_value(f"#lot-0-{name}") for name in ("numero", "peremption", "quantite")] == [
        "LX-7",
        "03/2028",
        "40",
    ]
    assert "/depot/reception" in page.url
    page.context.close()
