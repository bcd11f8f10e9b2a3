"""Entering a delivery: packs or units, every fault at once, nothing typed lost, and no date in a closed month."""

from __future__ import annotations

import pytest

from appliance.core.actors import Role
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import METRONIDAZOLE, PARACETAMOL, Counter, Hand, balance, stocked

PATH = "/depot/reception"


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def keeper(store: Store, act: Act, keys: dict[str, int]) -> Hand:
    return Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


def typed(product: int, row: int = 0, **cells: str) -> dict[str, str]:
    cells = {"numero": "LX1", "peremption": "03/2028", **cells}
    signed = {"dtc": "Mariam Essai", "gerant": "Moussa Essai", "asaco": "Bakary Essai"}
    return {
        f"lot-{row}-produit": str(product),
        **{f"lot-{row}-{name}": value for name, value in cells.items()},
        **signed,
    }


def test_packs_enter_as_base_units(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    with store.reading() as db:
        size = db.value("SELECT pack_units FROM product WHERE id = ?", (keys[PARACETAMOL],))
    shown = keeper.post(f"{PATH}/lignes", typed(keys[PARACETAMOL], boites="3"))
    assert f"entre : {3 * size:,}".replace(",", "\u202f") in shown.text
    assert keeper.post(PATH, typed(keys[PARACETAMOL], boites="3")).status_code == 200
    assert balance(store, keys[PARACETAMOL]) == 52 + 3 * size


def test_every_fault_is_told_at_once_and_what_was_typed_stands(
    keeper: Hand, store: Store, keys: dict[str, int]
) -> None:
    fields = {
        **typed(keys[PARACETAMOL], numero="BOÎTE-9", peremption="13/2028", quantite="5"),
        **typed(keys[METRONIDAZOLE], row=1, peremption="", quantite="dix"),
    }
    answer = keeper.post(PATH, fields)
    assert answer.status_code == 422
    for said in ("Écrivez mois/année", "À remplir.", "Écrivez un nombre entier", 'value="BOÎTE-9"', 'value="dix"'):
        assert said in answer.text, said
    assert balance(store, keys[PARACETAMOL]) == 52


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"quantite": "5", "peremption": "09/2026"}, "Ce lot est périmé"),
        ({"quantite": "5", "boites": "3"}, "ne font pas"),
        ({"quantite": "5", "peremption": "31/02/2028"}, "Vérifiez la boîte"),
    ],
)
def test_what_can_t_be_is_refused_beside_its_cell(
    keeper: Hand, store: Store, keys: dict[str, int], cells: dict[str, str], said: str
) -> None:
    answer = keeper.post(PATH, typed(keys[METRONIDAZOLE], **cells))
    assert answer.status_code == 422
    assert said in answer.text
    assert balance(store, keys[METRONIDAZOLE]) == 9


def test_a_past_date_stays_in_the_open_month(keeper: Hand, act: Act, store: Store, keys: dict[str, int]) -> None:
    act(lambda unit: unit.append("stock_period", month="2026-09"))
    line = typed(keys[METRONIDAZOLE], quantite="5")
    assert "Ce mois est clôturé" in keeper.post(PATH, {**line, "le": "30/09/2026"}).text
    assert keeper.post(PATH, {**line, "le": "02/10/2026"}).status_code == 200
    assert "La date est dans" in keeper.post(PATH, {**line, "le": "16/10/2026"}).text
    assert balance(store, keys[METRONIDAZOLE]) == 14


def test_the_list_finds_filters_and_puts_the_emptiest_first(keeper: Hand, keys: dict[str, int]) -> None:
    assert "Métronidazole" in keeper.get("/depot?q=metro").text
    assert "Paracétamol" not in keeper.get("/depot?q=metro").text
    assert "sans sortie" in keeper.get("/depot").text or "CMM inconnue" in keeper.get("/depot").text
    soon = keeper.get("/depot?etat=peremption").text
    assert "Paracétamol 500 mg" in soon
    assert "Métronidazole" not in soon.split('id="liste"')[1]


def test_a_price_is_a_new_row_from_today_on(keeper: Hand, store: Store) -> None:
    past = keeper.post("/depot/tarif", {"produit": PARACETAMOL, "prix": "15", "a_partir_du": "14/10/2026"})
    assert "Un prix ne change pas le passé" in past.text
    keeper.post("/depot/tarif", {"produit": PARACETAMOL, "prix": "15"})
    with store.reading() as db:
        held = db.all(
            "SELECT unit_price_fcfa, valid_from FROM price WHERE product = (SELECT id FROM product WHERE code = ?) ORDER BY id",
            (PARACETAMOL,),
        )
    assert held == [(10, "2026-01-01"), (15, "2026-10-15")]
