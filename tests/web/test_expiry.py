"""Péremptions on its pages: the bands, a destruction refused with all that was typed, its paper; one way in for a loss."""

from __future__ import annotations

import re
from datetime import date

import pytest

from appliance.core.actors import Role
from appliance.core.clock import FixedClock
from appliance.storage import Store
from tests.conftest import Act
from tests.stock.counted import given
from tests.stock.test_expiry import stocked as shelf
from tests.web.counter import PARACETAMOL, Counter, Hand, stocked

PATH = "/depot/peremptions"
COMMITTEE = {
    "nom-0": "Mariam Sanogo", "qualite-0": "DTC", "nom-1": "Moussa Essai", "qualite-1": "Gérant de dépôt",
    "nom-2": "Issa Dembélé", "qualite-2": "Trésorier ASACO", "destination": "burnt_here",
}  # fmt: skip


@pytest.fixture
def expired(act: Act, store: Store, clock: FixedClock) -> tuple[int, int]:
    """The paracetamol a day after the last day of its first lot: its product and lot."""
    keys = act(stocked)
    with store.reading() as db:
        lot, last = db.one(
            "SELECT l.id, l.expires_on FROM lot l JOIN balance b ON b.lot = l.id WHERE l.product = ? AND b.quantity > 0"
            " ORDER BY l.expires_on LIMIT 1", (keys[PARACETAMOL],),
        ) or (0, "")  # fmt: skip
    clock.set(date.fromordinal(date.fromisoformat(last).toordinal() + 1))
    return keys[PARACETAMOL], lot


@pytest.fixture
def keeper(store: Store, act: Act, expired: tuple[int, int]) -> Hand:
    return Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


def test_a_destruction_is_refused_whole_with_what_was_typed_then_written_and_printed(
    keeper: Hand, store: Store, expired: tuple[int, int]
) -> None:
    product, lot = expired
    line = {"detruire": f"{lot}-1", f"quantite-{lot}-1": "3", f"cause-{lot}-1": "slow"}
    short = {k: v for k, v in COMMITTEE.items() if not k.endswith("-2")}
    answer = keeper.post(PATH, {**line, **short, "note": "boîtes mouillées"})
    assert answer.status_code == 409
    for kept in ("Mariam Sanogo", "boîtes mouillées", 'value="3"'):
        assert kept in answer.text, kept
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM movement WHERE kind = 'loss_expiry'") == 0
    shown = keeper.post(PATH, {**line, **COMMITTEE})
    assert shown.status_code == 200
    for said in ("Procès-verbal de péremption et de destruction", "Issa Dembélé", "Consommation plus faible que prévu"):
        assert said in shown.text, said
    assert keeper.get(f"{PATH}/1/pdf").content.startswith(b"%PDF")
    with store.reading() as db:
        assert db.value("SELECT quantity FROM movement WHERE kind = 'loss_expiry' AND product = ?", (product,)) == -3
    assert "PV de destruction 1" in keeper.get(PATH).text


def test_a_loss_by_hand_goes_by_its_paper_and_what_expired_by_the_committee(keeper: Hand) -> None:
    card = keeper.get(f"/depot/produits/{PARACETAMOL}").text
    assert 'href="/depot/peremptions"' in card
    assert "/perte" not in card
    form = keeper.get("/depot/mouvements/nouveau?motif=broken&produit=1").text
    assert 'value="expired"' not in form
    assert 'value="returned_expired"' not in form


def test_a_lot_that_will_not_be_used_in_time_leads_to_who_needs_it_and_to_a_neighbours_slip(
    act: Act, store: Store, clock: FixedClock
) -> None:
    shelf(act, clock, 2026, 9)
    for day in (date(2026, 6, 10), date(2026, 7, 10), date(2026, 8, 10)):
        clock.set(day)
        act(given, 1, 3)
    clock.set(date(2026, 9, 1))
    keeper = Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)
    page = keeper.get(PATH).text
    assert "/personnes" in page
    slip = re.search(r"/depot/mouvements/nouveau\?motif=lent&amp;produit=1&amp;de=1", page)
    assert slip
    opened = keeper.get(slip[0].replace("&amp;", "&") + "&autre=CSCom+de+Sanankoro").text
    assert 'value="CSCom de Sanankoro"' in opened
    assert "P1" in opened  # the lot at risk stands there to be chosen
