"""The bill of a visit through HTTP: the cashier notes who covers, charges what was done once, and takes the patient's part."""

from __future__ import annotations

import io
from datetime import date

import httpx
import pypdf
import pytest

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.tariffs.services import PriceLine, load_prices
from appliance.core.actors import Actor, Role
from appliance.records.care.visits import open_visit
from appliance.records.laboratory.services import ask
from appliance.records.patients.services import register_patient
from appliance.storage import Store, Unit
from tests.conftest import TODAY, Act
from tests.records.people import person
from tests.web.counter import Counter, Hand, line_fields, prescribed, stocked


def came(unit: Unit) -> int:
    """A man is there with a test asked for; consultations cost 455 F, the test 1 000 F; returns the visit."""
    stocked(unit)
    prices = {"CONSULTATION": 455, "LAB-HB": 1_000, "PANSEMENT": 250}
    load_prices(
        unit, [PriceLine(code=c, unit_price_fcfa=p, valid_from=date(2026, 1, 1)) for c, p in prices.items()], "t"
    )
    patient = register_patient(unit, person("Seydou Essai", sex="M", age=33), is_other=True)
    visit = open_visit(unit, patient, "Fièvre")
    ask(unit, visit, ["HB"])
    return visit


@pytest.fixture
def cashier(store: Store, act: Act) -> Hand:
    assert act(came) == 1
    return Counter(store).tablet(act, "La Caissière", Role.CASHIER)


def test_a_visit_is_charged_once_with_the_payer_s_share(store: Store, cashier: Hand) -> None:
    refused = cashier.post("/patients/1/couverture", {"payeur": "AMO-CMSS", "du": "01/01/2026"})
    assert refused.status_code == 409 and "demande le numéro" in refused.text and "01/01/2026" in refused.text
    cashier.post("/patients/1/couverture", {"payeur": "AMO-CMSS", "numero": "12 34", "du": "01/01/2026"})
    shown = cashier.get("/caisse/visites/1")
    assert "droits non vérifiés" in shown.text and "Hémoglobine" in shown.text
    assert "435" in shown.text  # 30 % of 1 455 is 436,5: the payer's half franc goes up, 436 are left, 435 in cash
    fields = {"acte-0-consultation": "1", "acte-1-lab-hb": "1", "moyen": "cash"}
    receipt = cashier.post("/caisse/visites/1", fields)
    assert receipt.status_code == 200 and "1 455" in receipt.text.replace("\u202f", " ")
    with store.reading() as db:
        assert db.one("SELECT total_fcfa, payer_fcfa, due_fcfa FROM sale") == (1_455, 1_019, 436)
        assert {n: f for n, c in checks.CHECKS.items() if (f := c(db))} == {}
    again = cashier.post("/caisse/visites/1", fields)
    assert again.status_code == 409 and "au moins un acte" in again.text
    assert "Tout ce qui a été fait" in cashier.get("/caisse/visites").text


def test_an_exemption_needs_its_bearer_and_its_reason_and_is_kept_when_refused(store: Store, cashier: Hand) -> None:
    fields = {"acte-0-consultation": "1", "acte-0-pansement": "2", "motif": "orphelin"}
    refused = cashier.post("/caisse/visites/1", fields)
    assert refused.status_code == 422 and 'value="orphelin"' in refused.text
    cashier.post("/caisse/visites/1", {**fields, "supporte_par": "asaco", "exonere": "500", "paiement": "dette"})
    with store.reading() as db:
        assert db.one("SELECT total_fcfa, exempt_fcfa, due_fcfa FROM sale") == (955, 500, 455)
        assert db.one("SELECT payer, reason FROM sale_share") == ("asaco", "orphelin")
        assert db.value("SELECT count(*) FROM payment") == 0
    owed = cashier.get("/caisse/visites/1").text
    assert "Reçu 1" in owed and "demandé" in owed  # the test is still to be charged
    cashier.post("/caisse/visites/1", {"acte-1-lab-hb": "1", "avec-1": "1"})
    with store.reading() as db:
        assert db.value("SELECT sum(amount_fcfa) FROM payment") == 1_455


def test_an_act_s_price_is_set_from_a_day_on_and_a_mutuelle_by_the_head(act: Act, store: Store, cashier: Hand) -> None:
    past = cashier.post("/caisse/actes", {"acte": "CPN", "prix": "100", "a_partir_du": "01/01/2020"})
    assert past.status_code == 422 and "ne change pas le passé" in past.text
    assert "100" in cashier.post("/caisse/actes", {"acte": "CPN", "prix": "100"}).text
    assert cashier.post("/caisse/payeurs", {"code": "MF"}).status_code == 403
    head = Counter(store).tablet(act, "La Cheffe", Role.HEAD)
    wrong = head.post("/caisse/payeurs", {"code": "MF", "nom": "Mutuelle de Farako"})
    assert wrong.status_code == 409 and "au moins un taux" in wrong.text and "Mutuelle de Farako" in wrong.text
    made = head.post("/caisse/payeurs", {"code": "MF", "nom": "Mutuelle de Farako", "taux-ambulatoire": "62,5"})
    assert "62,50 %" in made.text
    assert head.post("/caisse/payeurs/arrondi", {"pas": "10", "sens": "up"}).status_code == 200
    assert TODAY.isoformat() not in made.text


def words(answer: httpx.Response) -> str:
    """What a printed answer says: a PDF's text, or a page's as paper shows it."""
    if answer.headers["content-type"] == "application/pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    return answer.text


@pytest.mark.parametrize("paper", ["page", "a5", "80", "58"])
def test_the_first_printing_is_the_original_and_nobody_has_a_second(
    act: Act, store: Store, cashier: Hand, paper: str
) -> None:
    cashier.post("/caisse/visites/1", {"acte-0-consultation": "1", "paye": "200"})
    path = "/ventes/1/imprimer"
    supervisor = Counter(store).tablet(act, "La Superviseuse", Role.DISTRICT_SUPERVISOR)
    if supervisor.get("/ventes/1").status_code == 200:
        assert "DUPLICATA" in words(supervisor.post(path, {"papier": paper}))  # reading takes nobody's original
    for asked in ("/ventes/1", "/ventes/1?dit=enregistre", "/ventes/1?original=1"):
        assert (
            '<b class="copy only-paper">DUPLICATA' in cashier.get(asked).text
        )  # a page printed past its button is no original
    sent = {"papier": paper, "request_key": "ab" * 16}
    assert "DUPLICATA" not in words(cashier.post(path, sent))
    assert "DUPLICATA" in words(cashier.post(path, sent))  # the same sending again, as a reload does
    assert "DUPLICATA" in words(cashier.post(path, {"papier": paper}))
    assert "DUPLICATA" in words(cashier.post(path, {"papier": "a5"}))
    assert '<b class="copy">DUPLICATA' in cashier.get("/ventes/1?dit=paye").text
    cashier.post("/caisse/ventes/1", {"montant": "255", "moyen": "cash"})
    assert "DUPLICATA" not in words(cashier.post(path, {"papier": paper}))  # what is paid since is another receipt
    with store.reading() as db:
        assert [c for (c,) in db.all("SELECT is_copy FROM receipt_print ORDER BY id")][-4:] == [0, 1, 1, 0]
    assert cashier.post(path, {"papier": "a0"}).status_code == 409
    assert cashier.post("/ventes/99/imprimer", {"papier": "a5"}).status_code == 404


def test_a_receipt_says_who_bears_what_and_money_pages_name_nobody(act: Act, store: Store, cashier: Hand) -> None:
    cashier.post("/patients/1/couverture", {"payeur": "AMO-CMSS", "numero": "12 34", "du": "01/01/2026"})
    first = cashier.post("/caisse/visites/1", {"acte-0-consultation": "1"}).text
    assert "Part de AMO, CMSS" in first and "Arrondi des espèces" in first
    treasurer = Counter(store).tablet(act, "Le Trésorier", Role.TREASURER)
    for path in ("/caisse/tiers-payants", "/caisse/tiers-payants/feuilles/1", "/caisse/dettes", "/caisse/registre"):
        page = treasurer.get(path)
        assert page.status_code == 200 and "Seydou" not in page.text
    assert "Consultation curative" not in treasurer.get("/caisse/tiers-payants/feuilles/1").text


def test_the_register_of_a_day_is_a_paper_across_with_its_totals(act: Act, store: Store, cashier: Hand) -> None:
    cashier.post("/caisse/visites/1", {"acte-0-consultation": "1", "acte-0-pansement": "2"})
    path = f"/caisse/registre/pdf?jour={TODAY}"
    paper = cashier.get(path)
    width, height = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].mediabox[2:]
    assert width > height
    said = words(paper).replace("\u202f", " ").replace("\xa0", " ")
    for part in (
        "N° patient",
        "Prescripteur",
        "Prescrit",
        "Consultation curative",
        "455",
        "500",
        "955",
        "Encaissé ce jour",
    ):
        assert part in said, part
    treasurer = Counter(store).tablet(act, "Le Trésorier", Role.TREASURER)
    unnamed = words(treasurer.get(path))
    assert "N° patient" not in unnamed and "Consultation curative" in unnamed


def test_the_register_names_who_prescribed_though_another_served(act: Act, store: Store, cashier: Hand) -> None:
    nurse = Actor(staff_id=act(add_member, "Adama Essai", [Role.NURSE]), roles=frozenset({Role.NURSE}), device="T")
    prescription = act(prescribed, ("MLS069", 10), actor=nurse)
    keeper = Counter(store).tablet(act, "Le Gérant", Role.DEPOT_KEEPER)
    page = keeper.get(f"/vente/{prescription}")
    keeper.post(f"/vente/{prescription}", dict.fromkeys(line_fields(page), "10") | {"paiement": "caisse"})
    shown = cashier.get("/caisse/registre").text
    assert "Adama Essai" in shown and "Le Gérant" not in shown


def test_a_payer_is_billed_and_answers_on_the_pages(store: Store, cashier: Hand) -> None:
    cashier.post("/patients/1/couverture", {"payeur": "AMO-CMSS", "numero": "12 34", "du": "01/01/2026"})
    cashier.post("/caisse/visites/1", {"acte-0-consultation": "1"})
    shown = cashier.get("/caisse/tiers-payants").text
    assert "droits non vérifiés" in shown and "prescripteur manquant" in shown
    period = {"payeur": "AMO-CMSS", "du": "01/10/2026", "au": "15/10/2026"}
    assert "corrigez" in cashier.post("/caisse/tiers-payants", period).text
    cashier.post("/caisse/tiers-payants/feuilles/1", {"prescripteur": "Dr Essai", "reference": "CAN 77"})
    bill = cashier.post("/caisse/tiers-payants", {**period, "tout": "1"})
    assert "Facture 1" in bill.text and "CAN 77" in bill.text
    refused = cashier.post("/caisse/tiers-payants/factures/1", {"accepte-1": "100"})
    assert refused.status_code == 409 and 'value="100"' in refused.text
    done = cashier.post("/caisse/tiers-payants/factures/1", {"accepte-1": "100", "motif-1": "prix", "recu": "100"})
    assert done.status_code == 200 and "payée en partie" in done.text
    assert cashier.get("/caisse/tiers-payants/factures/1/pdf").content.startswith(b"%PDF")
    assert cashier.get("/caisse/tiers-payants/factures/1/csv").text.splitlines()[1].startswith("CAN 77,2026-10-15,")
    with store.reading() as db:
        assert {n: f for n, c in checks.CHECKS.items() if (f := c(db))} == {}
