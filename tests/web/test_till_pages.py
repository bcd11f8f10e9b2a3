"""The till and the books on their pages: blind until counted, signed by PIN, nothing typed lost, no name to the treasurer."""

from __future__ import annotations

import re

import httpx
import pytest

from appliance.access import pins, staff
from appliance.core.actors import Role
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import PARACETAMOL, Counter, Hand, stocked
from tests.web.inside import House
from tests.web.test_no_names import filled, text_of

PIN = "274193"


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return dict(act(stocked))


@pytest.fixture
def counter(store: Store, act: Act, keys: dict[str, int]) -> Counter:
    assert keys
    act(staff.add_member, "La Cheffe", [Role.HEAD])
    return Counter(store)


@pytest.fixture
def cashier(counter: Counter, act: Act) -> Hand:
    return counter.tablet(act, "Kadia Essai", Role.CASHIER, Role.DEPOT_KEEPER)


@pytest.fixture
def treasurer(counter: Counter, act: Act) -> Hand:
    hand = counter.tablet(act, "Bakary Essai", Role.TREASURER)
    give_pin(act, "Bakary Essai")
    return hand


def give_pin(act: Act, name: str) -> int:
    key = int(act(lambda unit: unit.value("SELECT id FROM staff WHERE name = ?", (name,))))
    act(staff.set_pin, key, pins.hash_pin(PIN), by_other=False)
    return key


def sell(hand: Hand, keys: dict[str, int], quantity: int) -> None:
    fields = {"ligne-0-produit": str(keys[PARACETAMOL]), "ligne-0-quantite": str(quantity)}
    assert hand.post("/vente-directe", fields).status_code == 200


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with store.reading() as db:
        return db.all(sql)


def opened(cashier: Hand) -> int:
    """The cashier's till with a float of 5,000 F."""
    done = cashier.post("/caisse/ouverture", {"caisse": "nouvelle", "nom": "Caisse", "piece-5000": "1"})
    assert "Caisse ouverte" in done.text
    found = re.search(r"/caisse/sessions/(\d+)", done.text)
    assert found is not None
    return int(found[1])


def test_the_count_is_blind_until_it_is_saved_and_a_difference_needs_its_reason(
    cashier: Hand, treasurer: Hand, keys: dict[str, int], store: Store
) -> None:
    session = opened(cashier)
    sell(cashier, keys, 41)  # 410 F: 5,410 F must lie there
    for path in ("/caisse/cloture", f"/caisse/cloture/{session}", "/caisse", f"/caisse/sessions/{session}"):
        text = cashier.get(path).text.replace("\u202f", "").replace("\u00a0", "")
        assert "5410" not in text, path
        assert not re.search(r"\b410\b", text), path
    assert "410" in treasurer.get(f"/caisse/sessions/{session}").text
    shown = cashier.post(f"/caisse/cloture/{session}/compter", {"piece-5000": "1", "piece-200": "2"})
    assert "il manque 10" in shown.text
    refused = cashier.post(f"/caisse/cloture/{session}", {"raison": ""})
    assert refused.status_code == 409
    assert "donnez la raison" in refused.text
    done = cashier.post(f"/caisse/cloture/{session}", {"raison": "pièce tombée"})
    assert "Caisse clôturée" in done.text
    assert rows(store, "SELECT variance_fcfa, reason FROM till_closing") == [(-10, "pièce tombée")]


def test_who_keeps_a_till_finds_its_figure_nowhere_the_head_neither(
    counter: Counter, act: Act, keys: dict[str, int]
) -> None:
    head = counter.tablet(act, "Une Cheffe", Role.HEAD)
    pieces = {"piece-5000": "1", "piece-500": "3", "piece-50": "1"}
    head.post("/caisse/ouverture", {"caisse": "nouvelle", "nom": "Caisse", **pieces})
    sell(head, keys, 13)  # 6,550 + 130 F
    paths = [
        filled(path) for path, opt in House(counter.store).routes("GET") if opt.get("tab") in ("caisse", "comptes")
    ]
    found = {path for path in [*paths, "/", "/caisse/brouillard?compte=till"] if "6680" in plain(head.get(path))}
    expense = {"compte": "energy", "montant": "9 000", "objet": "Facture d'eau", "piece": "F1", "paye": "1"}
    refused = head.post("/caisse/depenses", expense)
    assert "pas autant" in refused.text
    found |= {"a refused expense"} if "6680" in plain(refused) else set()
    paths = [f"/caisse/asaco/2026-10/lignes?de={code}" for code in ("till", "stock")] + ["/caisse/asaco?mois=2026-10"]
    found |= {path for path in paths if head.get(path).status_code == 200}
    assert found == set()
    assert "Encaissé ce jour" not in head.get("/caisse/registre").text  # the float and this make the figure
    treasurer = counter.tablet(act, "Une Trésorière", Role.TREASURER)
    assert "6680" in plain(treasurer.get("/caisse/brouillard"))


def plain(answer: httpx.Response) -> str:
    """An answer's text with the figures unspaced."""
    return re.sub("[\u202f\u00a0]", "", text_of(answer))


def test_the_treasurer_signs_with_the_own_pin_on_the_cashier_s_tablet(
    cashier: Hand, treasurer: Hand, act: Act, store: Store
) -> None:
    assert treasurer
    receiver = str(give_pin(act, "Bakary Essai"))
    opened(cashier)
    wrong = cashier.post("/caisse/remises", {"montant": "3 000", "receveur": receiver, "pin": "111"})
    assert wrong.status_code == 409
    assert 'value="3 000"' in wrong.text
    assert '"111"' not in wrong.text
    done = cashier.post("/caisse/remises", {"montant": "3000", "receveur": receiver, "pin": PIN})
    assert "les deux ont signé" in done.text
    assert rows(store, "SELECT amount_fcfa, receiver FROM till_handover") == [(3_000, int(receiver))]
    nobody = cashier.post("/caisse/remises", {"montant": "10", "receveur": "999", "pin": PIN})
    assert nobody.status_code == 422


def test_the_night_s_drawer_is_counted_with_the_nurse_who_signs(
    counter: Counter, cashier: Hand, act: Act, keys: dict[str, int], store: Store
) -> None:
    nurse = counter.tablet(act, "Oumou Essai", Role.NURSE)
    give_pin(act, "Oumou Essai")
    sell(nurse, keys, 30)
    opened(cashier)
    page = cashier.get("/caisse").text
    assert "Compter et recevoir" in page
    night = re.search(r"/caisse/cloture/(\d+)", page)
    assert night is not None
    cashier.post(f"/caisse/cloture/{night[1]}/compter", {"piece-100": "3"})
    assert cashier.post(f"/caisse/cloture/{night[1]}", {"pin": "000000"}).status_code == 409
    assert "Caisse clôturée" in cashier.post(f"/caisse/cloture/{night[1]}", {"pin": PIN}).text
    assert rows(store, "SELECT amount_fcfa, receiver_session IS NOT NULL FROM till_handover") == [(300, 1)]


def test_the_books_are_written_and_read_on_their_pages(
    counter: Counter, cashier: Hand, treasurer: Hand, act: Act, keys: dict[str, int], store: Store
) -> None:
    president = counter.tablet(act, "Fanta Essai", Role.PRESIDENT)
    sell(cashier, keys, 10)
    for path, fields in (
        ("/caisse/tresor/depart", {"compte": "treasury", "montant": "200 000"}),
        ("/caisse/tresor/deplacer", {"trajet": "treasury:bank", "montant": "50000", "piece": "B1"}),
        ("/caisse/tresor/recette", {"compte": "memberships", "dans": "treasury", "montant": "2500"}),
        ("/caisse/solidarite", {"operation": "contribution", "montant": "10000"}),
        ("/caisse/tresor/depenses", {"compte": "energy", "montant": "6000", "objet": "Facture d'eau", "piece": "F1", "de": "treasury", "paye": "1"}),
        ("/caisse/tresor/depenses", {"compte": "equipment", "montant": "90000", "objet": "Un vélo", "de": "bank", "paye": "1"}),
        ("/caisse/banque", {"compte": "bank", "solde": "50000", "ligne": "entry-2", "piece": "R1"}),
        ("/caisse/budget/2026", {"prevu-energy": "12000", "prevu-sales": "1000"}),
    ):  # fmt: skip
        done = treasurer.post(path, fields)
        assert "Enregistré" in done.text, (
            path,
            done.status_code,
            re.findall(r'role="alert">(.*?)</div>', done.text, re.S),
        )
    assert rows(store, "SELECT kind, amount_fcfa FROM account_entry WHERE kind = 'expense'") == [("expense", 6_000)]
    assert treasurer.post("/caisse/depenses/2/regler", {"de": "bank", "piece": "F2"}).status_code == 409
    assert "accord" in treasurer.post("/caisse/depenses/2/avis", {"avis": "oui"}).text
    assert "à payer" in president.post("/caisse/depenses/2/avis", {"avis": "oui"}).text
    refused = treasurer.post("/caisse/depenses/2/regler", {"de": "bank", "piece": "F2"})
    assert "Il n'y a que 50" in refused.text.replace("&#39;", "'")
    too_much = treasurer.post("/caisse/tresor/drc", {"de": "treasury", "montant": "77", "piece": "X9"})
    assert too_much.status_code == 409
    assert 'value="X9"' in too_much.text
    for path in (
        "/caisse/brouillard?compte=treasury", "/caisse/brouillard", "/caisse/banque", "/caisse/banque?compte=mobile_money",
        "/caisse/budget", "/caisse/asaco?mois=2026-10", "/caisse/solidarite", "/caisse/ecritures/2", "/caisse/depenses",
        *(f"/caisse/asaco/2026-10/lignes?de={code}" for code in (
            "stock", "till", "treasury", "patients", "payers", "drc", "margin", "exemptions", "cuts", "losses", "expenses",
            "income", "opening", "rounding", "loans", "autre",
        )),
    ):  # fmt: skip
        answer = treasurer.get(path)
        assert answer.status_code == 200, path
        assert "ne s'expliquent pas" not in answer.text.replace("&#39;", "'"), path
    assert cashier.get("/caisse/brouillard").status_code == 403
    assert treasurer.post("/caisse/ecritures/2/annuler", {"raison": "mauvais montant"}).status_code == 200
    pdf = treasurer.get("/caisse/asaco/2026-10/pdf")
    assert pdf.content.startswith(b"%PDF")


def test_the_month_is_frozen_with_the_treasurer_s_pin_and_co_signed(
    counter: Counter, treasurer: Hand, act: Act, clock: object, store: Store
) -> None:
    head = counter.tablet(act, "Mariam Essai", Role.HEAD)
    give_pin(act, "Mariam Essai")
    act(lambda unit: unit.append("stock_period", month="2026-09"))
    assert treasurer.post("/caisse/asaco/2026-09", {"pin": "999999"}).status_code == 409
    assert head.post("/caisse/asaco/2026-09", {"pin": PIN}).status_code == 403
    assert "arrêtée et signée" in treasurer.post("/caisse/asaco/2026-09", {"pin": PIN}).text
    assert "Médecin chef" in head.post("/caisse/asaco/2026-09/signer", {"pin": PIN}).text
    assert rows(store, "SELECT role FROM asaco_signature ORDER BY id") == [("tresorier_asaco",), ("dtc",)]
    assert treasurer.get("/caisse/asaco/2026-09/pdf").content.startswith(b"%PDF")
