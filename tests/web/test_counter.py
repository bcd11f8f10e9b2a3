"""The depot's counter and the cashier: lots, short lines, the last box, causes, equivalents, money apart, taking back."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.billing import checks as billing_checks
from appliance.core.actors import Role
from appliance.stock import checks as stock_checks
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import (
    METRONIDAZOLE,
    PARACETAMOL,
    SYRUP,
    Counter,
    Hand,
    balance,
    line_fields,
    prescribed,
    stocked,
)


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def counter(store: Store, keys: dict[str, int]) -> Counter:
    return Counter(store)


@pytest.fixture
def keeper(counter: Counter, act: Act) -> Hand:
    return counter.tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


@pytest.fixture
def cashier(counter: Counter, act: Act) -> Hand:
    return counter.tablet(act, "Kadia Essai", Role.CASHIER)


def rows(store: Store, sql: str) -> list[Any]:
    with store.reading() as db:
        return db.all(sql)


def holds(store: Store) -> dict[str, list[str]]:
    with store.reading() as db:
        found = {n: c(db) for n, c in {**stock_checks.CHECKS, **billing_checks.CHECKS}.items()}
    return {n: f for n, f in found.items() if f}


def test_the_lot_that_expires_first_is_given_first_and_the_split_is_said(keeper: Hand, act: Act) -> None:
    page = keeper.get(f"/vente/{act(prescribed, (PARACETAMOL, 20))}")
    assert "7A11 · 12/2026 : 12" in page.text
    assert "7B02 · 08/2027 : 8" in page.text
    assert "À payer 200" in page.text


def test_a_short_line_becomes_unmet_demand_for_want_of_stock_by_the_one_tap_that_serves(
    keeper: Hand, act: Act, store: Store
) -> None:
    prescription = act(prescribed, (METRONIDAZOLE, 21))
    page = keeper.get(f"/vente/{prescription}")
    assert "reste 9 : il manque 12" in page.text
    assert "Reçu n° 1" in keeper.post(f"/vente/{prescription}", {line_fields(page)[0]: "9"}).text
    assert rows(store, "SELECT quantity, cause FROM unmet_demand") == [(12, "stockout")]
    assert holds(store) == {}


def test_less_than_the_shelf_has_needs_a_cause_and_keeps_what_was_typed(keeper: Hand, act: Act, store: Store) -> None:
    prescription = act(prescribed, (PARACETAMOL, 20))
    name = line_fields(keeper.get(f"/vente/{prescription}"))[0]
    answer = keeper.post(f"/vente/{prescription}", {name: "5"})
    assert answer.status_code == 422
    assert "Dites pourquoi" in answer.text
    assert f'id="{name}"' in answer.text and 'value="5"' in answer.text
    cause = name.replace("donne", "cause")
    assert "Reçu n° 1" in keeper.post(f"/vente/{prescription}", {name: "5", cause: "too_expensive"}).text
    assert rows(store, "SELECT quantity, cause FROM unmet_demand") == [(15, "too_expensive")]


def test_the_rest_served_later_is_the_same_demand_and_counts_once(keeper: Hand, act: Act, store: Store) -> None:
    prescription = act(prescribed, (PARACETAMOL, 20))
    name = line_fields(keeper.get(f"/vente/{prescription}"))[0]
    keeper.post(f"/vente/{prescription}", {name: "5", name.replace("donne", "cause"): "other"})
    later = keeper.post(f"/vente/{prescription}", {name: "15"})
    assert "Reçu n° 2" in later.text
    assert rows(store, "SELECT sum(quantity) FROM unmet_demand") == [(0,)]
    keeper.post("/ventes/2/annuler", {"raison": "erreur de personne"})
    assert rows(store, "SELECT sum(quantity) FROM unmet_demand") == [(15,)]
    assert holds(store) == {}


def test_two_tablets_and_the_last_boxes_the_loser_reads_what_is_left_beside_what_it_typed(
    counter: Counter, keeper: Hand, act: Act, store: Store, keys: dict[str, int]
) -> None:
    other = counter.tablet(act, "Adama Essai", Role.NURSE)
    first, second = act(prescribed, (METRONIDAZOLE, 6)), act(prescribed, (METRONIDAZOLE, 6))
    names = [line_fields(keeper.get(f"/vente/{p}"))[0] for p in (first, second)]
    assert keeper.post(f"/vente/{first}", {names[0]: "6"}).status_code == 200
    lost = other.post(f"/vente/{second}", {names[1]: "6"})
    assert lost.status_code == 409
    assert "Il ne reste que 3." in lost.text
    assert "Servir 3 et noter 3 non servis" in lost.text
    assert 'value="6"' in lost.text
    assert other.post(f"/vente/{second}", {names[1]: "3"}).status_code == 200
    assert balance(store, keys[METRONIDAZOLE]) == 0
    assert rows(store, "SELECT quantity, cause FROM unmet_demand") == [(3, "stockout")]


def test_the_steppers_count_without_script_and_are_left_alone_with_it(keeper: Hand, act: Act) -> None:
    prescription = act(prescribed, (PARACETAMOL, 20))
    name = line_fields(keeper.get(f"/vente/{prescription}"))[0]
    less = {name: "20", "pas": f"{name}-1"}
    assert 'value="19"' in keeper.post(f"/vente/{prescription}/calculer", less).text
    assert 'value="20"' in keeper.post(f"/vente/{prescription}/calculer", less, **{"HX-Request": "true"}).text


def test_another_lot_needs_a_reason_and_then_leaves_the_shelf(
    keeper: Hand, act: Act, store: Store, keys: dict[str, int]
) -> None:
    prescription = act(prescribed, (PARACETAMOL, 10))
    name = line_fields(keeper.get(f"/vente/{prescription}"))[0]
    line = name.removeprefix("donne-")
    later = rows(store, "SELECT id FROM lot WHERE number = '7B02'")[0][0]
    chosen = {name: "10", f"lot-{line}-{later}": "10"}
    assert "pas le lot qui périme d" in keeper.post(f"/vente/{prescription}", chosen).text
    assert balance(store, keys[PARACETAMOL]) == 52
    keeper.post(f"/vente/{prescription}", {**chosen, f"lot-{line}-raison": "boîte entamée"})
    assert rows(
        store, "SELECT l.number, -m.quantity FROM movement m JOIN lot l ON l.id = m.lot WHERE m.quantity < 0"
    ) == [("7B02", 10)]


def test_payment_at_the_cashier_waits_there_and_is_taken_once(
    keeper: Hand, cashier: Hand, act: Act, store: Store
) -> None:
    prescription = act(prescribed, (PARACETAMOL, 20))
    name = line_fields(keeper.get(f"/vente/{prescription}"))[0]
    assert "reste à payer" in keeper.post(f"/vente/{prescription}", {name: "20", "paiement": "caisse"}).text
    assert rows(store, "SELECT station FROM visit") == [("cashier",)]
    assert "Reçu 1" in cashier.get("/caisse").text
    too_much = cashier.post("/caisse/ventes/1", {"montant": "201"})
    assert too_much.status_code == 409
    assert "il reste 200 F" in too_much.text
    assert "Paiement enregistré" in cashier.post("/caisse/ventes/1", {"montant": "150"}).text
    assert "il reste 50 F" in cashier.post("/caisse/ventes/1", {"montant": "100"}).text
    assert "Paiement enregistré" in cashier.post("/caisse/ventes/1", {"montant": "50", "moyen": "mobile_money"}).text
    assert rows(store, "SELECT station FROM visit") == [("done",)]
    till = cashier.get("/caisse").text
    assert "Personne ne doit rien" in till
    assert "Kadia Essai" in till
    assert holds(store) == {}


def test_a_sale_is_taken_back_once_with_its_reason_and_its_money(
    keeper: Hand, act: Act, store: Store, keys: dict[str, int]
) -> None:
    keeper.post("/vente-directe", {"ligne-0-produit": str(keys[PARACETAMOL]), "ligne-0-quantite": "7"})
    assert keeper.post("/ventes/1/annuler", {"raison": ""}).status_code == 409
    assert "annule le reçu 1" in keeper.post("/ventes/1/annuler", {"raison": "rendu"}).text
    assert "déjà annulé" in keeper.post("/ventes/1/annuler", {"raison": "rendu"}).text
    assert balance(store, keys[PARACETAMOL]) == 52
    assert rows(store, "SELECT sum(amount_fcfa) FROM payment") == [(0,)]
    assert holds(store) == {}


def test_a_movement_that_was_sold_is_not_undone_behind_its_sale_s_back(
    keeper: Hand, store: Store, keys: dict[str, int]
) -> None:
    keeper.post("/vente-directe", {"ligne-0-produit": str(keys[PARACETAMOL]), "ligne-0-quantite": "7"})
    sold = rows(store, "SELECT id FROM movement WHERE kind = 'dispense'")[0][0]
    answer = keeper.post(f"/depot/mouvements/{sold}/annuler", {"produit": PARACETAMOL, "raison": "erreur"})
    assert answer.status_code == 409
    assert "annulez la vente" in answer.text
    assert balance(store, keys[PARACETAMOL]) == 45


def test_a_basket_grows_by_search_and_shrinks_without_script(keeper: Hand, keys: dict[str, int]) -> None:
    found = keeper.post("/vente-directe/calculer", {"cherche": "metro"})
    assert f'name="ajoute" value="{keys[METRONIDAZOLE]}"' in found.text
    one = keeper.post("/vente-directe/calculer", {"ajoute": str(keys[METRONIDAZOLE])})
    assert 'name="ligne-0-produit"' in one.text and "reste 9" in one.text
    gone = keeper.post("/vente-directe/calculer", {"ligne-0-produit": str(keys[METRONIDAZOLE]), "retire": "0"})
    assert 'name="ligne-0-produit"' not in gone.text


def test_a_frozen_lot_is_given_by_nobody(keeper: Hand, act: Act, store: Store) -> None:
    keeper.post("/depot/lots/3/etat", {"produit": METRONIDAZOLE, "etat": "quarantined", "raison": "rappel"})
    page = keeper.get(f"/vente/{act(prescribed, (METRONIDAZOLE, 5))}")
    assert "rupture" in page.text
    assert "9 périmés ou bloqués" in page.text


def test_another_form_of_the_same_dci_is_shown_and_given_in_its_place(
    keeper: Hand, act: Act, store: Store, keys: dict[str, int]
) -> None:
    prescription = act(prescribed, (METRONIDAZOLE, 21))
    page = keeper.get(f"/vente/{prescription}")
    assert "Même DCI en stock : Métronidazole 125 mg/5 ml" in page.text
    assert "demandez au prescripteur" in page.text
    name = line_fields(page)[0]
    instead = f"remplace-{name.removeprefix('donne-')}-{keys[SYRUP]}"
    keeper.post(f"/vente/{prescription}", {name: "9", instead: "2"})
    assert balance(store, keys[SYRUP]) == 2
    assert rows(store, "SELECT quantity, cause, substituted_by FROM unmet_demand") == [(12, "substituted", keys[SYRUP])]
    assert rows(store, "SELECT state FROM prescription") == [("served",)]
    assert rows(store, "SELECT total_fcfa FROM sale") == [(110,)]
    assert holds(store) == {}
