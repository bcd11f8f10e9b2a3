"""The essential path in a real browser at three sizes, with JavaScript and without, and what must be true of every screen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.storage import FileKey, Store
from tests.web.running import PINS, Resident

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"landscape": (1280, 800), "portrait": (800, 1280), "phone": (360, 640)}
PAGES = (
    "/", "/patients", "/patients/nouveau", "/patients/3", "/patients/3/famille", "/patients/3/famille?q=Traor%C3%A9&lien=mother", "/visites/3", "/visites/3?corriger=1", "/visites/3/labo",
    "/visites/3/ordonnances", "/visites/3/triage", "/laboratoire", "/registre?jour=2026-10-05", "/registre?mois=2026-10", "/?file=tous", "/depot",
    "/depot/produits/MLS001", "/depot/produits/MLS001/calcul", "/depot/reception", "/vente", "/vente-directe", "/caisse", "/rapports",
    "/depot/reception?produit=MLS001", "/depot/produits/MLS001/fiche", "/depot/tarif?produit=MLS001", "/depot/codes", "/depot/mouvements", "/depot/mouvements/nouveau?motif=broken&produit=1", "/depot/mouvements/nouveau", "/depot/lieux", "/depot/lieux/1", "/depot/prets", "/depot/kits?kit=MLS001",
    "/depot/lots", "/depot/lots/1", "/depot/produits/MLS001/fiche?mois=2026-09&lot=1", "/rapports/RMA/2026-10/ligne?element=CUR_NC",
    "/depot/codes?code=(01)03453120000011(17)270300(10)A", "/depot/froid", "/depot/froid/fiche", "/depot/froid/flacons", "/depot/froid/pcv",
    "/depot/froid/seances", "/depot/froid/seances?vaccin=MLS050", "/depot/froid/pertes", "/depot/froid/incidents", "/depot/froid/appareils",
    "/rapports/RMA/2026-10/case?element=CUR_NC&d=%7B%22AGE6%22%3A%221_4A%22%7D",
    "/rapports/RMA/2026-10", "/rapports/RMA/2026-10?section=MORB", "/rapports/CRGS/2026-10", "/envois", "/envois/1", "/envois/liaison",
    "/envois/correspondance", "/personnel", "/personnel/matrice", "/personnel/matrice?fonction=gerant_depot", "/nulle-part", "/personnel/journal", "/personnel/2", "/villages", "/villages/2", "/patients/3/corriger", "/patients/3/histoire",
    "/patients/3/lectures", "/patients/3/carte", "/patients/3/fusion", "/patients/3/fusion?avec=5", "/cartes", "/urgence/3", "/mon-code",
    "/entretien", "/entretien/heure", "/plus", "/depot/papiers", "/envois/medexis", "/depot/commandes", "/depot/commandes/1", "/depot/commandes/1/papier", "/depot/receptions/1", "/depot/reception?commande=2", "/depot/commandes/nouvelle", "/depot/commandes/reglages", "/depot/receptions",
    "/depot/inventaire", "/depot/inventaire/rayons", "/depot/peremptions", "/depot/tableau", "/depot/tableau?programme=PALU&mois=2026-09",
    "/caisse/actes?acte=CPN", "/caisse/payeurs", "/caisse/visites", "/caisse/visites/3", "/caisse/tiers-payants", "/caisse/tiers-payants/feuilles/1",
    "/caisse/tiers-payants/factures/1", "/caisse/dettes", "/caisse/registre?jour=2026-10-05", "/caisse/registre/mois?mois=2026-10",
    "/patients/3/couverture", "/ventes/3",
    "/caisse/ouverture", "/caisse/cloture", "/caisse/sessions/3", "/caisse/remises", "/caisse/remises/1", "/caisse/tresor",
    "/caisse/depenses?mois=2026-10", "/caisse/brouillard?compte=treasury&mois=2026-10", "/caisse/banque", "/caisse/solidarite",
    "/caisse/budget", "/caisse/asaco?mois=2026-10", "/caisse/asaco/2026-10/lignes?de=margin", "/caisse/ecritures/1",
    "/depot/reglages", "/depot/reglages?pour=product:MLS001", "/depot/produits/MLS001/commande", "/depot/produits/MLS009/personnes",
)  # fmt: skip


@pytest.fixture(scope="module")
def resident(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resident]:
    running = Resident(Path(shutil.copytree(generated, tmp_path_factory.mktemp("browser") / "centre")))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def signed_in(
    browser: Any, resident: Resident, size: str = "landscape", *, script: bool = True, who: str = "Mariam Sanogo"
) -> Any:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=script, base_url=resident.url
    )
    page = context.new_page()
    page.goto("/entrer")
    page.click(f"text={who}")
    page.fill("#code", PINS[who])
    page.click("button:has-text('Entrer')")
    return page


@pytest.mark.parametrize("size", SIZES)
def test_no_screen_runs_sideways_and_the_person_and_the_lock_are_always_in_sight(
    browser: Any, resident: Resident, size: str
) -> None:
    page = signed_in(browser, resident, size)
    wrong = []
    for path in PAGES:
        page.goto(path)
        found = page.evaluate(
            "() => { const who = document.querySelector('.top .who').getBoundingClientRect();"
            " return [document.documentElement.scrollWidth <= innerWidth, who.left >= 0 && who.right <= innerWidth && who.top >= 0 && who.bottom <= innerHeight]; }"
        )
        if found != [True, True]:
            wrong.append((path, found))
    page.context.close()
    assert wrong == []


@pytest.mark.parametrize("size", SIZES)
def test_everything_to_touch_is_large_enough(browser: Any, resident: Resident, size: str) -> None:
    page = signed_in(browser, resident, size)
    small = []
    for path in PAGES:
        page.goto(path)
        small += [
            (path, *one)
            for one in page.evaluate(
                "() => [...document.querySelectorAll('button, a.btn, .rail a, .tabs a, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, .chips span')]"
                ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 47).map(e => [e.tagName, e.className, Math.round(e.getBoundingClientRect().height)])"
            )
        ]
    page.context.close()
    assert small == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(browser: Any, resident: Resident, size: str) -> None:
    page = signed_in(browser, resident, size)
    script, found = AXE.read_text("utf-8"), []
    for path in PAGES:
        page.goto(path)
        page.evaluate(script)  # as the page's own policy allows no foreign script, it is run through the debugger
        result = page.evaluate(
            "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.slice(0, 2).map(n => n.html.slice(0, 120))])"
        )
        found += [(path, *v) for v in result]
    page.context.close()
    assert found == []


@pytest.mark.parametrize("size", SIZES)
def test_the_first_run_page_is_as_good_as_the_others(browser: Any, tmp_path: Path, size: str) -> None:
    Store.create(tmp_path, FileKey(tmp_path / "store.key").create())
    empty = Resident(tmp_path, demo=False)
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, base_url=empty.url).new_page()
    try:
        page.goto("/mise-en-service")
        page.fill("#code_mise_en_service", empty.setup_code)
        page.fill("#nom", "CSCom Neuf")
        page.click("button:has-text('Mettre en service')")
        page.wait_for_selector("[role=alert] >> text=District : À remplir.")
        assert page.input_value("#nom") == "CSCom Neuf"
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate("async () => (await axe.run()).violations.map(v => v.id)") == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        page.context.close()
        empty.stop()


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_that_saves_never_hides_the_field_that_is_typed_in(browser: Any, resident: Resident, size: str) -> None:
    page = signed_in(browser, resident, size)
    hidden = []
    for path in ("/patients/nouveau", "/visites/3?corriger=1", "/depot/reception?produit=MLS001", "/villages/2"):
        page.goto(path)
        for _ in range(40):
            page.keyboard.press("Tab")
            hidden += [
                (path, name)
                for name in page.evaluate(
                    "() => { const e = document.activeElement, b = document.querySelector('main .act');"
                    " if (!b || !e.matches('main input:not([type=radio]), main select, main textarea') || b.contains(e)) return [];"
                    " const f = e.getBoundingClientRect(), a = b.getBoundingClientRect();"
                    " return f.bottom > a.top + 1 && f.top < a.bottom ? [e.id || e.name] : []; }"
                )
            ]
    page.context.close()
    assert hidden == []


def test_a_refused_figure_of_a_report_loses_none_of_the_others(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident)
    page.goto("/rapports/RMA/2026-11?section=PALU")
    fields = page.locator("#saisie input[name^=case-]")
    fields.nth(0).fill("4")
    fields.nth(1).fill("douze")
    label = page.inner_text(f"label[for='{fields.nth(1).get_attribute('id')}']")
    page.click("button:has-text('Garder ces chiffres')")
    page.click(f'[role=alert] a:has-text("{label}")')
    assert page.evaluate("document.activeElement.name") == fields.nth(1).get_attribute("name")
    assert [fields.nth(n).input_value() for n in (0, 1)] == ["4", "douze"]
    fields.nth(1).fill("12")
    page.click("button:has-text('Garder ces chiffres')")
    page.wait_for_selector("text=Enregistré.")
    assert [fields.nth(n).input_value() for n in (0, 1)] == ["4", "12"]
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
@pytest.mark.parametrize("size", SIZES)
def test_from_arrival_to_receipt(browser: Any, resident: Resident, size: str, script: bool) -> None:
    page = signed_in(browser, resident, size, script=script)
    name = f"Sira {size} {'avec' if script else 'sans'}"
    page.goto("/patients/nouveau")
    page.fill("#nom", name)
    page.check("input[name=sexe][value=F]")
    page.fill("#age", "31")
    page.fill("#motif", "Fièvre")
    page.click("button:has-text('Enregistrer')")
    page.wait_for_url(re.compile("/visites/"))
    page.fill("#temperature", "39,1")
    page.fill("#poids", "54")
    page.check("input[name=tdr][value=positive]")
    page.select_option("#diagnostic", "palu-simple")
    page.fill("#ligne-0-produit", "MLS069")
    page.fill("#ligne-0-quantite", "6")
    page.click("button:has-text('Enregistrer')")
    page.click("a:has-text('Servir')")
    page.click("button:has-text('Servir et encaisser')")
    page.wait_for_url(re.compile("/ventes/"))
    assert "Reçu" in page.inner_text("h1")
    page.context.close()


def test_search_answers_while_one_types(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident)
    page.goto("/patients")
    with page.expect_response(lambda r: "/patients?q=" in r.url):
        page.type("#q", "traor", delay=30)
    page.wait_for_selector("#resultats >> text=Traoré")
    assert "/patients" in page.url
    page.context.close()


def test_what_is_typed_is_kept_while_the_network_is_cut_and_saved_once_when_it_is_back(
    browser: Any, resident: Resident
) -> None:
    page = signed_in(browser, resident)
    page.goto("/patients/nouveau")
    page.fill("#nom", "Yah Coupure")
    page.check("input[name=sexe][value=F]")
    page.fill("#age", "8")
    page.click("button:has-text('Enregistrer')")
    page.wait_for_url(re.compile("/visites/"))
    with page.expect_response(lambda r: "/brouillons/" in r.url):
        page.fill("#notes", "toux depuis hier")
    page.context.set_offline(True)
    page.fill("#temperature", "38,2")
    page.wait_for_selector("[data-draft-state]:has-text('Non enregistré')")
    page.context.set_offline(False)
    page.wait_for_selector("[data-draft-state]:has-text('Brouillon gardé')", timeout=15_000)
    page.reload()
    assert page.input_value("#temperature") == "38,2"
    assert page.input_value("#notes") == "toux depuis hier"
    page.context.close()


def test_a_save_pressed_while_the_network_is_cut_goes_out_by_itself_when_it_is_back(
    browser: Any, resident: Resident
) -> None:
    page = signed_in(browser, resident)
    page.goto("/patients/nouveau")
    page.fill("#nom", "Bakono Attente")
    page.check("input[name=sexe][value=F]")
    page.fill("#age", "19")
    page.context.set_offline(True)
    page.click("button:has-text('Enregistrer')")
    page.wait_for_timeout(2500)
    assert page.input_value("#nom") == "Bakono Attente"
    page.context.set_offline(False)
    page.wait_for_url(re.compile("/visites/"))
    found = page.context.request.get("/patients?q=Bakono Attente", headers={"HX-Request": "1"}).text()
    assert found.count("Bakono Attente</b>") == 1
    page.context.close()


def test_a_cell_opens_and_the_month_is_signed(browser: Any, resident: Resident) -> None:
    page = signed_in(browser, resident, "portrait")
    page.goto("/rapports/RMA/2026-10")
    page.click("td a.open >> nth=1")
    page.wait_for_selector("#panneau >> text=lignes comptées")
    page.goto("/rapports/RMA/2026-10")
    page.click("button:has-text('Signer et envoyer')")
    page.wait_for_selector("main >> text=Empreinte")
    page.context.close()


def test_a_box_that_woke_in_another_year_is_noticed_by_the_tablet_and_set_right_from_it(
    browser: Any, resident: Resident
) -> None:
    page = signed_in(browser, resident)
    page.goto("/entretien")
    assert page.is_hidden("[data-clock-doubt]")
    page.add_init_script("const real = Date.now; Date.now = () => real() + 90 * 60 * 1000;")
    page.goto("/entretien")
    page.click("[data-clock-doubt]")
    assert re.fullmatch(r"\d\d/\d\d/\d{4}", page.input_value("#jour"))
    assert re.fullmatch(r"\d\d:\d\d", page.input_value("#heure"))
    page.context.close()
