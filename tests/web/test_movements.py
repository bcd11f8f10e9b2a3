"""The depot writes by hand: a reason, lots, evidence; the paper prints; the journal shows it; a lot names its people."""

from __future__ import annotations

import csv
import io
import re

import pytest

from appliance.core.actors import Role
from appliance.stock.loans.repository import due_in, due_out
from appliance.stock.places.services import add_place, set_level
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import METRONIDAZOLE, PARACETAMOL, Counter, Hand, balance, line_fields, prescribed, stocked

PATH = "/depot/mouvements"
EVIDENCE = {"temoin": "Awa Essai", "note": "constaté ce matin", "autre": "CSCom de Kati", "piece": "B-4"}


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def counter(store: Store, keys: dict[str, int]) -> Counter:
    return Counter(store)


@pytest.fixture
def keeper(counter: Counter, act: Act) -> Hand:
    return counter.tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


def out(product: int, lot: int, quantity: str, row: int = 0) -> dict[str, str]:
    return {f"lot-{row}-produit": str(product), f"lot-{row}-lot": str(lot), f"lot-{row}-quantite": quantity}


def into(product: int, quantity: str, **cells: str) -> dict[str, str]:
    cells = {"numero": "N1", "peremption": "03/2028", "quantite": quantity, **cells}
    return {"lot-0-produit": str(product), **{f"lot-0-{name}": value for name, value in cells.items()}}


def test_a_loss_is_written_and_its_paper_prints(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    shown = keeper.post(PATH, {"motif": "broken", **EVIDENCE, **out(keys[PARACETAMOL], 1, "5")})
    assert shown.status_code == 200
    for said in ("Procès-verbal de perte n° 1", "7A11", "Cassé ou renversé", "constaté ce matin", "Awa Essai"):
        assert said in shown.text, said
    assert balance(store, keys[PARACETAMOL]) == 47
    journal = keeper.get(PATH)
    assert 'href="/depot/pieces/1"' in journal.text
    assert "Cassé ou renversé" in journal.text


def test_why_is_asked_in_two_taps_and_what_was_typed_stays(keeper: Hand, keys: dict[str, int]) -> None:
    first = keeper.get(f"{PATH}/nouveau").text
    assert "Que s&#39;est-il passé ?" in first
    assert "Cassé ou renversé" not in first
    assert "Enregistrer le mouvement" not in first
    second = keeper.post(f"{PATH}/lignes", {"choisit": "loss"}).text
    assert "Cassé ou renversé" in second
    assert "Emprunté" not in second
    typed = {"motif": "broken", "note": "tombé de l'étagère", **out(keys[PARACETAMOL], 1, "5")}
    again = keeper.post(f"{PATH}/lignes", {**typed, "choisit": "neighbour"}).text
    assert "Prêté à un centre voisin" in again
    assert 'name="motif" value=""' in again
    assert 'name="note" value="tombé de l&#39;étagère"' in again
    assert 'name="lot-0-quantite" value="5"' in again
    third = keeper.post(f"{PATH}/lignes", {**typed, "choisit": "stolen"}).text
    assert 'name="motif" value="stolen"' in third
    assert "tombé de l&#39;étagère" in third


def test_a_reason_alone_in_its_group_is_taken_at_once(keeper: Hand) -> None:
    assert 'name="motif" value="donated"' in keeper.get(f"{PATH}/nouveau?quoi=donation").text


def test_each_reason_asks_for_its_evidence_and_nothing_typed_is_lost(
    keeper: Hand, store: Store, keys: dict[str, int]
) -> None:
    answer = keeper.post(
        PATH, {"motif": "stolen", "piece": "PV-77", "le": "31/02/2026", **out(keys[PARACETAMOL], 1, "99")}
    )
    assert answer.status_code == 422
    for said in (
        "À remplir.",
        "Il n&#39;y en a que 12 ici.",
        'value="PV-77"',
        'value="99"',
        "Cette date n&#39;existe pas",
    ):
        assert said in answer.text, said
    assert balance(store, keys[PARACETAMOL]) == 52
    assert keeper.post(PATH, {"lot-0-quantite": "5"}).status_code == 422


def test_the_form_shows_what_the_reason_needs_and_keeps_what_was_typed(keeper: Hand, keys: dict[str, int]) -> None:
    fields = {"motif": "lent", "note": "urgence", **out(keys[PARACETAMOL], 2, "7")}
    shown = keeper.post(f"{PATH}/lignes", fields).text
    assert "Centre qui emprunte" in shown
    assert 'value="urgence"' in shown
    assert re.search(r'<option value="2" selected>', shown)
    assert "Centre qui emprunte" not in keeper.post(f"{PATH}/lignes", {**fields, "motif": "broken"}).text


def test_a_loan_is_lent_and_its_return_is_proposed(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    assert (
        keeper.post(
            PATH, {"motif": "lent", "retour": "01/12/2026", **EVIDENCE, **out(keys[PARACETAMOL], 2, "30")}
        ).status_code
        == 200
    )
    with store.reading() as db:
        assert due_in(db, keys[PARACETAMOL]) == 30
    assert "CSCom de Kati" in keeper.get("/depot/prets").text
    page = keeper.get(f"{PATH}/nouveau?pret=1").text
    assert 'name="lot-0-quantite" type="text" value="30"' in page
    answer = keeper.post(PATH, {"pret": "1", **into(keys[PARACETAMOL], "31")})
    assert "30 au plus" in answer.text
    keeper.post(PATH, {"pret": "1", **into(keys[PARACETAMOL], "30")})
    with store.reading() as db:
        assert due_in(db, keys[PARACETAMOL]) == 0
    assert "réglé" in keeper.get("/depot/prets").text


def test_borrowing_brings_lots_in(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    assert keeper.post(PATH, {"motif": "borrowed", **EVIDENCE, **into(keys[METRONIDAZOLE], "20")}).status_code == 200
    with store.reading() as db:
        assert due_out(db, keys[METRONIDAZOLE]) == 20
    assert balance(store, keys[METRONIDAZOLE]) == 29
    keeper.post("/depot/prets/1/abandon", {"raison": "cédé pour de bon"})
    with store.reading() as db:
        assert due_out(db, keys[METRONIDAZOLE]) == 0


def test_the_night_cupboard_is_filled_from_its_page_and_served_from(
    keeper: Hand, store: Store, act: Act, keys: dict[str, int], counter: Counter
) -> None:
    night = act(add_place, "garde", "Garde", "on_call")
    act(set_level, night, keys[PARACETAMOL], 10)
    page = keeper.get(f"{PATH}/nouveau?motif=resupply&de=1&vers={night}").text
    assert 'name="lot-0-quantite" type="text" value="10"' in page
    shown = keeper.post(
        PATH, {"motif": "resupply", "lieu": "1", "vers": str(night), **EVIDENCE, **out(keys[PARACETAMOL], 1, "10")}
    )
    assert "Bon de transfert n° 1" in shown.text
    nurse = counter.tablet(act, "Salif Essai", Role.NURSE)
    assert nurse.post(f"/depot/lieux/{night}/servir", {"vers": "/vente"}).status_code == 200
    prescription = act(prescribed, (PARACETAMOL, 4))
    serving = nurse.get(f"/vente/{prescription}")
    assert f'name="lieu" value="{night}"' in serving.text
    [field] = line_fields(serving)
    assert nurse.post(f"/vente/{prescription}", {"lieu": str(night), field: "4"}).status_code == 200
    with store.reading() as db:
        assert db.value("SELECT quantity FROM balance WHERE place = ?", (night,)) == 6
    listed = keeper.get("/depot/lieux").text
    assert "1 lignes données" in listed
    assert "À apporter" in keeper.get(f"/depot/lieux/{night}").text


def test_a_place_that_serves_no_more_refuses_an_open_form(
    keeper: Hand, store: Store, act: Act, keys: dict[str, int], counter: Counter
) -> None:
    ward = act(add_place, "salle", "Salle de soins", "care_room", serves=False)
    prescription = act(prescribed, (PARACETAMOL, 4))
    [field] = line_fields(keeper.get(f"/vente/{prescription}"))
    assert keeper.post(f"/vente/{prescription}", {"lieu": str(ward), field: "4"}).status_code == 409
    assert balance(store, keys[PARACETAMOL]) == 52


def test_a_paper_is_undone_from_its_page(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    keeper.post(PATH, {"motif": "broken", **EVIDENCE, **out(keys[PARACETAMOL], 1, "5")})
    assert keeper.post("/depot/pieces/1/annuler", {"raison": ""}).status_code == 409
    shown = keeper.post("/depot/pieces/1/annuler", {"raison": "mauvaise boîte"})
    assert "mauvaise boîte" in shown.text
    assert balance(store, keys[PARACETAMOL]) == 52
    assert "Annuler la pièce" not in shown.text


def test_kits_are_said_and_opened(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    said = {"kit": METRONIDAZOLE, "part-0-produit": PARACETAMOL, "part-0-quantite": "6"}
    assert keeper.post("/depot/kits", said).status_code == 200
    assert 'value="6"' in keeper.get(f"/depot/kits?kit={METRONIDAZOLE}").text
    with store.reading() as db:
        lot = db.value("SELECT lot FROM balance WHERE product = ?", (keys[METRONIDAZOLE],))
    shown = keeper.post(PATH, {"motif": "kit_unpacked", **out(keys[METRONIDAZOLE], lot, "2")})
    assert "ouverture de kit" in shown.text
    assert (balance(store, keys[METRONIDAZOLE]), balance(store, keys[PARACETAMOL])) == (7, 64)


def test_places_are_added_and_ended(keeper: Hand, keys: dict[str, int]) -> None:
    assert "Maternité" in keeper.post("/depot/lieux", {"nom": "Maternité", "genre": "maternity"}).text
    assert keeper.post("/depot/lieux", {"nom": "maternite", "genre": "maternity"}).status_code == 409
    fields = {"produit": PARACETAMOL, "niveau": "20"}
    assert "20" in keeper.post("/depot/lieux/2/dotation", fields).text
    assert keeper.post("/depot/lieux/2/dotation", {"produit": "?", "niveau": "-1"}).status_code == 422
    assert (
        "fermé"
        in (
            keeper.post("/depot/lieux/2", {"nom": "Maternité", "genre": "maternity", "ferme": "1"})
            and keeper.get("/depot/lieux")
        ).text
    )


def test_a_recalled_lot_lists_its_people_in_one_tap_for_those_who_may_read_names(
    keeper: Hand, store: Store, act: Act, keys: dict[str, int], counter: Counter
) -> None:
    prescription = act(prescribed, (PARACETAMOL, 4))
    [field] = line_fields(keeper.get(f"/vente/{prescription}"))
    keeper.post(f"/vente/{prescription}", {field: "4"})
    assert 'href="/depot/lots/1"' in keeper.get(f"/depot/produits/{PARACETAMOL}").text
    keeper.post("/depot/lots/1/statut", {"etat": "recalled", "raison": "avis n° 12"})
    shown = keeper.get("/depot/lots/1").text
    assert "Seydou Essai" in shown
    assert "rappelé" in shown
    counter.state.reads.flush()
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM read_entry WHERE tab = 'patients'") >= 1
        patient = db.value("SELECT patient FROM dispense")
    noted = keeper.post(
        "/depot/lots/1/contacts", {"patient": str(patient), "resultat": "gave_back", "remarque": "2 rendus"}
    )
    assert "A rendu le reste" in noted.text
    rows = list(csv.reader(io.StringIO(keeper.get("/depot/lots/1/liste.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert rows[1][1].startswith("Seydou Essai")
    assert rows[1][7] == "4"
    supervisor = counter.tablet(act, "Visite Essai", Role.DISTRICT_SUPERVISOR)
    seen = supervisor.get("/depot/lots/1")
    assert seen.status_code == 200
    assert "Seydou" not in seen.text
    assert supervisor.get("/depot/lots/1/liste.csv").status_code == 403
    assert "7A11" in keeper.get("/depot/lots?numero=7a11").text
