"""An order on its pages: compared, explained, signed by two people on one tablet, handed over, answered."""

from __future__ import annotations

import re

import pytest

from appliance.access import pins, staff
from appliance.core.actors import Role
from appliance.stock.orders import repository, services
from appliance.stock.orders.model import FormLine, OrderForm, State
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import METRONIDAZOLE, PARACETAMOL, Counter, Hand, stocked

PATH = "/depot/commandes"
CODE = "482951"


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def keeper(store: Store, act: Act, keys: dict[str, int]) -> Hand:
    act(staff.add_member, "Mariam Essai", [Role.HEAD], pins.hash_pin(CODE))
    return Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


@pytest.fixture
def order(act: Act, keys: dict[str, int]) -> int:
    lines = (
        FormLine(product=keys[PARACETAMOL], label="Paracétamol 500", code="P5", quantity=3, written_in="pack"),
        FormLine(label="Produit inconnu", code="Z9", quantity=4, written_in="pack"),
    )
    return act(services.form_received, OrderForm(supplier="MEDEXIS", reference="MDX-11", lines=lines))


def state(store: Store, order: int) -> State:
    with store.reading() as db:
        return repository.order(db, order).state


def typed(packs: int, reason: str = "", **more: str) -> dict[str, str]:
    return {
        "l-1-boites": str(packs),
        "l-1-motif": reason,
        "l-2-boites": "0",
        "l-2-motif": "other",
        "l-2-note": "pas ici",
        **more,
    }


def test_what_is_to_be_done_stands_on_top_of_the_list(keeper: Hand, order: int) -> None:
    shown = keeper.get(PATH).text
    assert "Confirmer la commande MDX-11" in shown
    assert keeper.get(f"{PATH}/{order}").text.count("Produits à reconnaître") == 1


def test_a_gap_without_a_reason_is_marked_and_what_was_typed_stands(keeper: Hand, store: Store, order: int) -> None:
    answer = keeper.post(f"{PATH}/{order}", typed(7))
    assert answer.status_code == 422
    assert "Dites pourquoi." in answer.text
    assert re.search(r'id="l-1-boites"[^>]*value="7"', answer.text)
    assert state(store, order) is State.PROPOSED


def test_two_people_sign_on_one_tablet(keeper: Hand, store: Store, order: int) -> None:
    assert keeper.post(f"{PATH}/{order}", typed(7, "outbreak")).status_code == 200
    page = keeper.get(f"{PATH}/{order}").text
    head = re.search(r'<option value="(\d+)"[^>]*>Mariam Essai', page)
    assert head is not None
    wrong = keeper.post(f"{PATH}/{order}/contresigner", {"signataire": head[1], "code": "111111"})
    assert (wrong.status_code, state(store, order)) == (409, State.CONFIRMED)
    assert "111111" not in wrong.text
    keeper.post(f"{PATH}/{order}/contresigner", {"signataire": head[1], "code": CODE})
    assert state(store, order) is State.COUNTERSIGNED
    assert "Mariam Essai" in keeper.get(f"{PATH}/{order}").text


def test_a_line_is_recognised_once_and_then_computed(
    keeper: Hand, store: Store, order: int, keys: dict[str, int]
) -> None:
    with store.reading() as db:
        line = repository.lines(db, order)[1]
    keeper.post(f"{PATH}/{order}/produit/{line.id}", {f"produit-{line.id}": str(keys[METRONIDAZOLE])})
    with store.reading() as db:
        known = repository.lines(db, order)[1]
    assert (known.product, known.theirs) == (keys[METRONIDAZOLE], 4 * known.pack_units)
    assert keeper.get(f"{PATH}/{order}/calcul/{line.id}").status_code == 200


def test_our_own_order_is_computed_printed_handed_over_and_answered(
    keeper: Hand, store: Store, keys: dict[str, int]
) -> None:
    begun = keeper.post(f"{PATH}/nouvelle", {"programme": "", "nature": "emergency", "fournisseur": "DRC de Kati"})
    order = int(str(begun.url).split("/")[-1].split("?")[0])
    with store.reading() as db:
        lines = repository.lines(db, order)
    assert {line.product for line in lines} == set(keys.values())
    fields = {f"l-{line.rank}-boites": "2" for line in lines} | {f"l-{line.rank}-motif": "outbreak" for line in lines}
    assert keeper.post(f"{PATH}/{order}", fields).status_code == 200
    head = re.search(r'<option value="(\d+)"[^>]*>Mariam Essai', keeper.get(f"{PATH}/{order}").text)
    assert head is not None
    keeper.post(f"{PATH}/{order}/contresigner", {"signataire": head[1], "code": CODE})
    assert keeper.get(f"{PATH}/{order}/papier").text.count("Mariam Essai, le 15/10/2026") == 1
    assert keeper.get(f"{PATH}/{order}/pdf").content.startswith(b"%PDF")
    table = keeper.get(f"{PATH}/{order}/csv").content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("commande;code;produit")
    assert len(table) == len(lines) + 1
    keeper.post(f"{PATH}/{order}/remettre", {"voie": "stick", "a_qui": "Seydou, DRC"})
    assert state(store, order) is State.SENT
    keeper.post(f"{PATH}/{order}/reponse", {"a-1-boites": "1"})
    with store.reading() as db:
        first, second, *_ = repository.lines(db, order)
    assert (first.asked, second.asked) == (first.pack_units, 2 * second.pack_units)
    keeper.post(f"{PATH}/{order}/acte/jamais", {"raison": "la DRC n'a rien"})
    assert state(store, order) is State.NEVER_DELIVERED


def test_how_a_programme_is_ordered_is_chosen_by_the_centre(keeper: Hand) -> None:
    fields = {"programme": "PALU", "modele": "push", "fournisseur": "MEDEXIS", "voie": "message"}
    assert "MEDEXIS" in keeper.post(f"{PATH}/reglages", fields).text
    assert keeper.post(f"{PATH}/reglages", {**fields, "modele": "autre"}).status_code == 409
    assert (
        "MEDEXIS"
        not in keeper.post(f"{PATH}/reglages", {"programme": "PALU", "comme_les_autres": "1"}).text.split("<form")[1]
    )
