"""A delivery counted on its pages: drafts that another tablet takes up, refusals, a wrong lot, one without an order."""

from __future__ import annotations

import pytest

from appliance.core.actors import Role
from appliance.stock.orders.model import AnnouncedLine, Announcement
from appliance.stock.orders.shipments import shipment_announced
from appliance.stock.reception import repository
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import METRONIDAZOLE, PARACETAMOL, Counter, Hand, balance, stocked

PATH = "/depot/reception"
SIGNED = {"dtc": "Mariam Essai", "gerant": "Moussa Essai", "asaco": "Bakary Essai"}


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def counter(store: Store) -> Counter:
    return Counter(store)


@pytest.fixture
def keeper(counter: Counter, act: Act, keys: dict[str, int]) -> Hand:
    return counter.tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


@pytest.fixture
def shipment(act: Act, keys: dict[str, int]) -> int:
    lines = (
        AnnouncedLine(announced=100, product=keys[PARACETAMOL], label="Para", lot_number="P1"),
        AnnouncedLine(announced=30, product=keys[METRONIDAZOLE], label="Metro", lot_number="M1"),
    )
    return act(shipment_announced, Announcement(number="BL-77", supplier="MEDEXIS", lines=lines))


def lot(row: int, product: int, **cells: str) -> dict[str, str]:
    cells = {"numero": "P1", "peremption": "06/2028", **cells}
    return {f"lot-{row}-produit": str(product)} | {f"lot-{row}-{name}": value for name, value in cells.items()}


def lines_of_last(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as db:
        proof = repository.latest_proofs(db, 1)[0]
        return [
            (x.lot_number, x.announced, x.counted, x.accepted, x.refused, x.surplus)
            for x in repository.proof_lines(db, proof.id)
        ]


def test_what_is_counted_is_kept_and_another_tablet_goes_on(
    counter: Counter, keeper: Hand, act: Act, keys: dict[str, int], shipment: int
) -> None:
    shown = keeper.get(f"{PATH}?bordereau={shipment}").text
    assert 'value="P1"' in shown
    assert 'name="lot-0-boites" type="text" value=""' in shown, "it is counted, not copied"
    fields = {
        "sujet": f"shipment-{shipment}",
        "bordereau": str(shipment),
        "draft_version": "0",
        **lot(0, keys[PARACETAMOL], quantite="60"),
    }
    saved = keeper.post(f"{PATH}/brouillon", fields)
    assert (saved.status_code, saved.headers["X-Draft-Version"]) == (201, "1")
    other = counter.tablet(act, "Awa Essai", Role.DEPOT_KEEPER)
    taken = other.get(f"{PATH}?bordereau={shipment}").text
    assert "commencé par Moussa Essai" in taken
    assert 'value="60"' in taken
    other.post(f"{PATH}/brouillon", {**fields, "draft_version": "1"})
    assert keeper.post(f"{PATH}/brouillon", {**fields, "draft_version": "1"}).status_code == 409
    assert "Finir la réception commencée par Awa Essai" in keeper.get("/depot/commandes").text


def proofs(store: Store) -> list[repository.Proof]:
    with store.reading() as db:
        return repository.latest_proofs(db)


def test_refusals_a_wrong_lot_and_more_than_shipped_stand_in_the_proof(
    keeper: Hand, store: Store, keys: dict[str, int], shipment: int
) -> None:
    with store.reading() as db:
        told = [line.id for line in repository.shipment_lines(db, shipment)]
    fields = {
        "bordereau": str(shipment),
        "sujet": f"shipment-{shipment}",
        "numero": "BL-77",
        "fournisseur": "MEDEXIS",
        **SIGNED,
        **lot(
            0, keys[PARACETAMOL], annonce=str(told[0]), quantite="110", refuse="10", motif="damaged", temperature="-3,5"
        ),
        **lot(1, keys[METRONIDAZOLE], annonce=str(told[1]), numero="M9", quantite="30", refuse="30", motif="wrong_lot"),
        **lot(2, keys[METRONIDAZOLE], numero="M2", quantite="5"),
    }
    wrong = keeper.post(PATH, {**fields, "lot-1-motif": ""})
    assert wrong.status_code == 422
    assert "Dites pourquoi." in wrong.text
    done = keeper.post(PATH, fields)
    assert "/depot/receptions/" in str(done.url)
    assert lines_of_last(store) == [("P1", 100, 110, 100, 10, 10), ("M9", 30, 30, 0, 30, 0), ("M2", None, 5, 5, 0, 5)]
    assert (balance(store, keys[PARACETAMOL]), balance(store, keys[METRONIDAZOLE])) == (152, 14)
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM reception_draft") == 0
        assert db.all("SELECT kind FROM outbox") == [("shipment-acknowledgement",)]
    assert "Compter la livraison" not in keeper.get("/depot/commandes").text
    assert keeper.post(PATH, fields).status_code == 409, "one delivery note is received once"
    again = keeper.get(f"{PATH}?bordereau={shipment}")
    assert str(again.url).endswith(f"/depot/receptions/{max(p.id for p in proofs(store))}"), (
        "who comes late is shown it"
    )
    assert keeper.get(f"{PATH}?bordereau=999").status_code == 404


def test_a_signed_line_is_put_right_by_a_new_version(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    signed = keeper.post(PATH, {"numero": "BL-9", **SIGNED, **lot(0, keys[PARACETAMOL], quantite="50")})
    path = str(signed.url).removeprefix("http://t").split("?")[0]
    with store.reading() as db:
        (line,) = repository.proof_lines(db, int(path.rsplit("/", 1)[1]))
    where = f"{path}/lignes/{line.id}"
    assert keeper.post(where, {"raison": ""}).status_code == 409
    shown = keeper.post(
        where, {"raison": "mal compté", "lot-0-quantite": "40", "lot-0-numero": "P1", "lot-0-peremption": "06/2028"}
    )
    assert "version 2" in shown.text
    assert "mal compté" in shown.text
    assert balance(store, keys[PARACETAMOL]) == 52 + 40
    assert keeper.get(f"{path}/pdf").content.startswith(b"%PDF")


def test_three_names_are_asked_and_what_was_typed_stands(keeper: Hand, store: Store, keys: dict[str, int]) -> None:
    answer = keeper.post(PATH, {**SIGNED, "asaco": "", **lot(0, keys[PARACETAMOL], quantite="50")})
    assert answer.status_code == 422
    assert 'value="Mariam Essai"' in answer.text
    assert balance(store, keys[PARACETAMOL]) == 52
