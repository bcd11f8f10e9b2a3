"""A box's code at a delivery: it fills what is empty, says where it disagrees, and names its product once told."""

from __future__ import annotations

import pytest

from appliance.core.actors import Role
from appliance.stock.barcodes.services import learn
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import PARACETAMOL, SYRUP, Counter, Hand, stocked

PATH = "/depot/reception"
GTIN, LOT_CODE = "03453120000011", "\x1d010345312000001117280300" + "10LX-7\x1d21S1"


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def keeper(store: Store, act: Act, keys: dict[str, int]) -> Hand:
    return Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


def test_a_known_code_adds_its_line_and_fills_it(keeper: Hand, act: Act, keys: dict[str, int]) -> None:
    act(learn, keys[PARACETAMOL], "boîte", 100, GTIN)
    shown = keeper.post(f"{PATH}/code", {"code": LOT_CODE})
    assert f'name="lot-0-produit" value="{keys[PARACETAMOL]}"' in shown.text
    assert 'value="LX-7"' in shown.text
    assert 'value="03/2028"' in shown.text


def test_a_second_scan_never_blanks_or_changes_a_field(keeper: Hand, act: Act, keys: dict[str, int]) -> None:
    act(learn, keys[PARACETAMOL], "boîte", 100, GTIN)
    typed = {
        "lot-0-produit": str(keys[PARACETAMOL]), "lot-0-numero": "LX-7", "lot-0-peremption": "04/2028", "lot-0-quantite": "40",
    }  # fmt: skip
    bare = keeper.post(f"{PATH}/code", {**typed, "code": GTIN})  # carries neither lot nor expiry
    full = keeper.post(f"{PATH}/code", {**typed, "code": LOT_CODE})
    for answer in (bare, full):
        for value in ("LX-7", "04/2028", "40"):
            assert f'value="{value}"' in answer.text
        assert "lot-1-produit" not in answer.text
    assert "le code dit 03/2028, la case dit 04/2028" in full.text
    assert "le code dit" not in bare.text


def test_another_lot_of_the_same_product_takes_a_line_of_its_own(keeper: Hand, act: Act, keys: dict[str, int]) -> None:
    act(learn, keys[PARACETAMOL], "boîte", 100, GTIN)
    typed = {"lot-0-produit": str(keys[PARACETAMOL]), "lot-0-numero": "AUTRE", "lot-0-quantite": "4"}
    shown = keeper.post(f"{PATH}/code", {**typed, "code": LOT_CODE}).text
    assert 'value="AUTRE"' in shown
    assert 'id="lot-1-numero" name="lot-1-numero" type="text" value="LX-7"' in shown


def test_an_unknown_code_waits_for_its_product_and_is_remembered_once_ticked(
    keeper: Hand, store: Store, keys: dict[str, int]
) -> None:
    waits = keeper.post(f"{PATH}/code", {"code": LOT_CODE}).text
    assert "le code attend" in waits
    assert "|" in waits  # the separator stands in the field as a sign that a keyboard has
    shown = keeper.post(f"{PATH}/lignes", {"code": LOT_CODE.replace("\x1d", "|"), "ajoute": str(keys[SYRUP])}).text
    assert 'value="LX-7"' in shown
    assert f'name="lot-0-gtin" value="{GTIN}"' in shown
    line = {
        "lot-0-produit": str(keys[SYRUP]), "lot-0-numero": "LX-7", "lot-0-peremption": "03/2028", "lot-0-quantite": "3",
        "lot-0-gtin": GTIN, "dtc": "Mariam Essai", "gerant": "Moussa Essai", "asaco": "Bakary Essai",
    }  # fmt: skip
    keeper.post(PATH, line)
    assert keeper.get(f"/depot/code?code={GTIN}").json()["product"] is None  # nobody confirmed it
    keeper.post(PATH, {**line, "lot-0-retenir": "oui"})
    assert keeper.get(f"/depot/code?code={GTIN}").json()["product"]["id"] == keys[SYRUP]
    assert GTIN in keeper.get("/depot/codes").text
    keeper.post("/depot/codes/retirer", {"gtin": GTIN})
    assert keeper.get(f"/depot/code?code={GTIN}").json()["product"] is None


def test_nonsense_is_said_and_never_blocks(keeper: Hand, keys: dict[str, int]) -> None:
    typed = {"lot-0-produit": str(keys[SYRUP]), "lot-0-numero": "A1"}
    shown = keeper.post(f"{PATH}/code", {**typed, "code": "(17)261399"})
    assert shown.status_code == 200
    assert "Ce code ne se lit pas" in shown.text
    assert 'value="A1"' in shown.text
    assert keeper.get("/depot/code?code=%1D%1D").json()["fault"] == "code-empty"


def test_a_product_is_found_by_the_code_of_its_box(keeper: Hand, act: Act, keys: dict[str, int]) -> None:
    act(learn, keys[SYRUP], "flacon", 1, GTIN)
    assert f'value="{keys[SYRUP]}"' in keeper.get(f"{PATH}/produits?cherche=3453120000011").text
