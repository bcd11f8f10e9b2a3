"""The first run: nobody gets in without the installer's code; a page or a file makes the centre; first PINs must change."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.storage import FileKey, Store
from tests.web.running import Resident, Tablet, hidden

EXAMPLE = Path(__file__).parents[2] / "provisioning" / "centre.example.json"
TYPED = {
    "nom": "CSCom Neuf", "code": "ML0777", "district": "D", "type": "cscom_asaco", "fournisseur": "DRC", "villages": "Unvillage\nAutrevillage",
    "chef": "Cheffe Neuve", "pin": "274193", "pin_encore": "274193",
}  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Resident]:
    (tmp_path / "c").mkdir()
    Store.create(tmp_path / "c", FileKey(tmp_path / "c" / "store.key").create())
    running = Resident(tmp_path / "c", demo=False)
    yield running
    running.stop()


def test_only_the_installer_s_code_opens_the_first_page(empty: Resident) -> None:
    tablet = Tablet(empty.url)
    page = tablet.post("/mise-en-service", {**TYPED, "code_mise_en_service": "faux"})
    assert page.status_code == 409
    assert 'value="CSCom Neuf"' in page.text
    done = tablet.post("/mise-en-service", {**TYPED, "code_mise_en_service": empty.setup_code})
    assert "Cheffe Neuve" in done.text
    assert tablet.post(
        "/mise-en-service", {**TYPED, "code_mise_en_service": empty.setup_code}, to="/mise-en-service"
    ).status_code in (200, 409)
    assert "File d" in tablet.sign_in("Cheffe Neuve", "274193").text


def test_a_description_makes_staff_stock_and_paper_months_and_first_pins_must_change(empty: Resident) -> None:
    tablet = Tablet(empty.url)
    page = tablet.http.get("/mise-en-service")
    fields = {"csrf": hidden(page, "csrf"), "code_mise_en_service": empty.setup_code}
    wrong = json.loads(EXAMPLE.read_text("utf-8"))
    wrong["staff"][1]["roles"] = ["sorcier"]
    refused = tablet.http.post(
        "/mise-en-service/description", data=fields, files={"description": ("c.json", json.dumps(wrong, indent=1))}
    )
    assert refused.status_code == 409
    assert re.search(r"c.json, ligne \d+ : .*sorcier", refused.text)
    made = tablet.http.post(
        "/mise-en-service/description", data=fields, files={"description": ("c.json", EXAMPLE.read_bytes())}
    )
    given = dict(re.findall(r"<b>([^<]+)</b></td><td class=\"num big\">(\d{6})", made.text))
    assert len(given) == 3
    first = tablet.sign_in("Cheffe Exemple", given["Cheffe Exemple"])
    assert "Choisissez votre code" in first.text
    assert "Choisissez votre code" in tablet.http.get("/depot").text
    changed = tablet.post("/mon-code", {"code": "836509", "encore": "836509"})
    assert "Code changé" in changed.text
    assert "120" in tablet.http.get("/depot/produits/MLS001").text
    assert "papier" in tablet.http.get("/depot/produits/MLS001/calcul").text


def test_every_fault_is_told_beside_its_field_and_nothing_typed_or_loaded_is_lost(empty: Resident) -> None:
    tablet = Tablet(empty.url)
    page = tablet.http.get("/mise-en-service")
    fields = {
        **TYPED, "csrf": hidden(page, "csrf"), "request_key": hidden(page, "request_key"), "code_mise_en_service": empty.setup_code,
        "villages": "Unvillage ; Relais Un ; 2026=1200\nAutre ; ; beaucoup", "personnel": "Une Aide ; sorcier", "pin_encore": "111",
    }  # fmt: skip
    files = {
        "stock_fichier": ("stock.csv", "produit;lot;peremption;quantite\nMLS001;A1;03/2027;120\nXX;A2;2027-13;-4\n"),
        "papier_fichier": ("papier.csv", "produit;mois;quantite\nMLS001;08/2026;55\nMLS001;09/2026;60\n"),
        "produits_fichier": ("produits.csv", ""),
    }
    refused = html.unescape(tablet.http.post("/mise-en-service", data=fields, files=files).text)
    for name, said in (
        ("villages", "Ligne 2 : écrivez les habitants"), ("personnel", "Ligne 1 : nom ou fonction inconnue (sorcier)"),
        ("pin_encore", "pas les mêmes"), ("stock", "Ligne 3 : péremption"), ("papier", "de 3 à 12 mois"),
    ):  # fmt: skip
        assert re.search(rf'id="why-{name}">[^<]*{re.escape(said)}', refused), name
    for kept in ("Relais Un", "MLS001;A1;03/2027;120", "MLS001;08/2026;55", 'value="CSCom Neuf"', "Une Aide ; sorcier"):
        assert kept in refused
    assert "Mise en service" in tablet.http.get("/entrer").text

    good = fields | {
        "villages": "Unvillage ; Relais Un ; 2026=1200\nAilleurs ; ; ; hors aire", "personnel": "Une Aide ; Infirmier, gérant de dépôt",
        "pin_encore": TYPED["pin"], "stock": "produit;lot;peremption;quantite\nMLS001;A1;15/03/2027;120\n",
        "papier": "produit,mois,quantite\n" + "".join(f"MLS001,2026-{m:02d},{50 + m}\n" for m in (6, 7, 8)),
    }  # fmt: skip
    made = tablet.http.post("/mise-en-service", data=good)
    given = dict(re.findall(r"<b>([^<]+)</b></td><td class=\"num big\">(\d{6})", made.text))
    assert list(given) == ["Une Aide"]
    assert "File d" in tablet.sign_in("Cheffe Neuve", "274193").text
    assert "120" in tablet.http.get("/depot/produits/MLS001").text
    assert "papier" in tablet.http.get("/depot/produits/MLS001/calcul").text
    area = tablet.http.get("/villages").text
    assert "Relais Un" in area
    assert "1\u202f200" in area
    assert "Choisissez votre code" in Tablet(empty.url).sign_in("Une Aide", given["Une Aide"]).text


def test_the_installer_s_code_is_not_guessed_by_trying(empty: Resident) -> None:
    tablet = Tablet(empty.url)
    for _ in range(4):
        tablet.post("/mise-en-service", {**TYPED, "code_mise_en_service": "0000"})
    locked = tablet.post("/mise-en-service", {**TYPED, "code_mise_en_service": empty.setup_code})
    assert "Attendez" in locked.text
    assert "Mise en service" in tablet.http.get("/entrer").text
