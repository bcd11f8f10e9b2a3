"""An order compared and signed by two, and its boxes counted on two tablets held upright."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.test_tablet import browser, pytestmark, resident, signed_in
from tests.web.running import PINS, Resident

__all__ = ["browser", "pytestmark", "resident"]
HEAD, KEEPER = "Mariam Sanogo", "Moussa Samaké"


def begun(page: Any, programme: str) -> str:
    """An order of a programme as our own rules propose it; its path."""
    page.goto("/depot/commandes/nouvelle")
    page.select_option("[name=programme]", programme)
    page.click("main button.main")
    page.wait_for_url(re.compile(r"/depot/commandes/\d+"))
    return re.sub(r"\?.*", "", page.url)


def countersigned(page: Any) -> None:
    page.click("button:has-text('Confirmer')")
    page.select_option("[name=signataire]", label=HEAD)
    page.fill("[name=code]", PINS[HEAD])
    page.click("button:has-text('Contresigner')")
    page.wait_for_selector("h2:has-text('Remettre la commande')")


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_quantities_are_compared_given_reasons_and_signed_by_two_on_one_tablet(
    browser: Any, resident: Resident
) -> None:
    page = signed_in(browser, resident, "portrait", who=KEEPER)
    begun(page, "PALU")
    asked = int(page.input_value("[name=l-1-boites]"))
    page.click("button[value='l-1-boites+1']")
    assert page.input_value("[name=l-1-boites]") == str(asked + 1), "the thumb counts without waiting for the network"
    page.fill("[name=l-2-boites]", "dix")
    page.click("button:has-text('Confirmer')")
    page.wait_for_selector("[role=alert] >> text=Dites pourquoi.")
    assert [page.input_value(f"[name=l-{n}-boites]") for n in (1, 2)] == [str(asked + 1), "dix"]
    assert fits(page)
    page.fill("[name=l-2-boites]", "9")
    for line in (1, 2):
        page.select_option(f"[name=l-{line}-motif]", "outbreak")
    countersigned(page)
    page.click("label:has([name=voie][value=paper])")
    page.fill("[name=a_qui]", "Le chauffeur")
    page.click("button:has-text('est remis')")
    page.wait_for_selector("h1 + .tag:has-text('envoyée')")
    assert fits(page)
    page.context.close()


def test_boxes_are_counted_on_two_tablets_and_signed_once(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident, "portrait", who=KEEPER)
    path = begun(page, "PALU")
    page.fill("[name=l-1-boites]", "77")
    page.select_option("[name=l-1-motif]", "outbreak")
    countersigned(page)
    counting = f"/depot/reception?commande={path.rsplit('/', 1)[1]}"
    page.goto(counting)
    with page.expect_response("**/depot/reception/brouillon"):
        page.fill("[name=lot-0-boites]", "2")
    other = signed_in(browser, resident, "portrait", who=HEAD)
    other.goto(counting)
    other.wait_for_selector(f"main >> text=Comptage commencé par {KEEPER}")
    assert other.input_value("[name=lot-0-boites]") == "2"
    other.fill("[name=lot-0-numero]", "CX9")
    other.fill("[name=lot-0-peremption]", "01/2020")
    other.fill("[name=numero]", "BL-9")
    other.click("button:has-text('Signer la réception')")
    other.wait_for_selector("[role=alert] >> text=périmé")
    assert other.input_value("[name=lot-0-numero]") == "CX9"
    other.click("details:has([name=lot-0-refuse]) summary")
    pack = re.search(r"de (\d+)", other.inner_text("label[for=lot-0-boites]"))
    other.fill("[name=lot-0-refuse]", str(2 * int(pack[1] if pack else 1)))  # what is refused is told in units
    other.select_option("[name=lot-0-motif]", "expired")
    other.click("button:has-text('Signer la réception')")
    other.wait_for_url(re.compile(r"/depot/receptions/\d+"))
    assert "BL-9" in other.inner_text("main")
    assert fits(other)
    other.context.close()
    page.context.close()
