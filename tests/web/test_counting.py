"""Counting on the pages: blind for every role, the second count another person's, nothing typed lost, papers and all."""

from __future__ import annotations

import re

import pytest

from appliance.core.actors import Role
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import METRONIDAZOLE, PARACETAMOL, Counter, Hand, balance, stocked

PATH = "/depot/inventaire"


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def people(store: Store, act: Act, keys: dict[str, int]) -> tuple[Hand, Hand, Hand]:
    """The keeper, a second keeper, the head; the paracetamol has a balance that stands nowhere else."""
    act(lambda unit: unit.append(
        "movement", product=keys[PARACETAMOL], lot=unit.value("SELECT min(lot) FROM balance WHERE product = ?", (keys[PARACETAMOL],)),
        place=1, kind="adjustment", report_column="QA", quantity=7_654_321, occurred_on=unit.today.isoformat(), dispense=None,
        prescription_line=None, receipt=None, reason="essai", unit_cost_fcfa=None, is_campaign=0, reverses=None,
    ))  # fmt: skip
    counter = Counter(store)
    return (
        counter.tablet(act, "Moussa Essai", Role.DEPOT_KEEPER), counter.tablet(act, "Awa Essai", Role.DEPOT_KEEPER),
        counter.tablet(act, "Mariam Essai", Role.HEAD),
    )  # fmt: skip


def figures(text: str) -> str:
    """A page without what parts thousands."""
    return re.sub(r"(?<=\d)[\s\u202f\u00a0](?=\d)", "", text)


def type_all(hand: Hand, counted: str = "5", pages: list[str] | None = None) -> int:
    """Type what is asked, lot after lot, as the page leads; returns how many."""
    for n in range(40):
        page = hand.get(f"{PATH}/1/saisie")
        if pages is not None:
            pages.append(page.text)
        lot = re.search(r'name="lot" value="(\d+)"', page.text)
        if lot is None:
            return n
        done = hand.post(f"{PATH}/1/saisie", {"lot": lot[1], "rayon": "", "boites": "", "unites": counted})
        assert done.status_code == 200, done.text
    raise AssertionError("the count never ends")


def test_a_blind_count_shows_no_balance_to_anybody_until_both_counts_are_done(
    people: tuple[Hand, Hand, Hand], store: Store, keys: dict[str, int]
) -> None:
    keeper, second, head = people
    total = balance(store, keys[PARACETAMOL])
    held = re.compile(rf"{total}|{total - 40}")  # of the product, of its lot
    assert held.search(figures(keeper.get("/depot").text))
    assert keeper.post(PATH, {"portee": "full"}).status_code == 200
    pages: list[str] = []
    assert type_all(keeper, pages=pages) >= 2
    for hand in people:
        pages += [hand.get(f"{PATH}/1{page}").text for page in ("", "/fiche", "/saisie", "/ecarts")]
        assert {hand.get(f"{PATH}/1/{paper}").status_code for paper in ("pv", "pv/pdf")} == {409}
    assert keeper.post(f"{PATH}/1/clore", {}).status_code == 200
    lot = re.search(r'name="lot" value="(\d+)"', keeper.get(f"{PATH}/1/saisie").text)
    assert lot is not None
    same = keeper.post(f"{PATH}/1/saisie", {"lot": lot[1], "unites": "4"})
    assert same.status_code == 409
    assert "autre personne" in same.text
    type_all(second, "6", pages)
    for hand in people:
        pages += [hand.get(f"{PATH}/1{page}").text for page in ("", "/fiche", "/ecarts")]
    assert [page for page in pages if held.search(figures(page))] == []
    assert second.post(f"{PATH}/1/clore", {}).status_code == 200
    assert held.search(figures(head.get(f"{PATH}/1/ecarts").text))
    assert held.search(figures(head.get(f"{PATH}/1/pv").text))


def test_the_head_decides_and_the_papers_are_drawn(
    people: tuple[Hand, Hand, Hand], store: Store, keys: dict[str, int]
) -> None:
    keeper, second, head = people
    keeper.post(PATH, {"portee": "full"})
    type_all(keeper)
    keeper.post(f"{PATH}/1/clore", {})
    type_all(second)
    second.post(f"{PATH}/1/clore", {})
    page = head.get(f"{PATH}/1/ecarts").text
    lots = sorted(set(re.findall(r'name="motif-(\d+)"', page)))
    assert (
        "Donnez le motif" in (again := head.post(f"{PATH}/1/decider", {"decision": "écarts admis"})).text
        or "attendent leur motif" in again.text
    )
    assert 'value="écarts admis"' in again.text
    reasons = {f"motif-{lot}": "earlier_count" for lot in lots}
    assert keeper.post(f"{PATH}/1/decider", {**reasons, "decision": "moi"}).status_code == 409
    assert head.post(f"{PATH}/1/decider", {**reasons, "decision": "écarts admis"}).status_code == 200
    assert balance(store, keys[PARACETAMOL]) == 5 * len(lots_of(store, keys[PARACETAMOL]))
    assert "écarts admis" in head.get(f"{PATH}/1/pv").text
    for paper in ("fiche", "pv"):
        assert head.get(f"{PATH}/1/{paper}/pdf").content.startswith(b"%PDF")


def lots_of(store: Store, product: int) -> list[int]:
    with store.reading() as db:
        return [row[0] for row in db.all("SELECT lot FROM balance WHERE product = ? AND quantity > 0", (product,))]


def test_an_empty_line_is_no_zero_and_what_was_typed_stands(people: tuple[Hand, Hand, Hand]) -> None:
    keeper = people[0]
    keeper.post(PATH, {"portee": "full"})
    lot = re.search(r'name="lot" value="(\d+)"', keeper.get(f"{PATH}/1/saisie").text)
    assert lot is not None
    blank = keeper.post(f"{PATH}/1/saisie", {"lot": lot[1]})
    assert blank.status_code == 422 and "écrivez 0" in blank.text
    wrong = keeper.post(f"{PATH}/1/saisie", {"lot": lot[1], "boites": "2", "unites": "douze"})
    assert wrong.status_code == 422 and 'value="douze"' in wrong.text


def test_a_lot_found_beside_is_typed_whole(people: tuple[Hand, Hand, Hand]) -> None:
    keeper = people[0]
    keeper.post(PATH, {"portee": "full"})
    bad = keeper.post(f"{PATH}/1/trouve", {"produit": METRONIDAZOLE, "numero": "ZZ", "unites": "3"})
    assert bad.status_code == 422 and "quarantaine" in bad.text
    fine = {"produit": METRONIDAZOLE, "numero": "ZZ", "unites": "3", "peremption": "03/2028"}
    assert "ZZ" in keeper.post(f"{PATH}/1/trouve", fine).text


def test_shelves_order_the_count(people: tuple[Hand, Hand, Hand], keys: dict[str, int]) -> None:
    keeper = people[0]
    assert keeper.post(f"{PATH}/rayons", {f"rayon-{keys[METRONIDAZOLE]}": "Étagère 2"}).status_code == 200
    shown = keeper.post(PATH, {"portee": "shelf", "rayon": "Étagère 2"})
    assert "Étagère 2" in shown.text and "Sans rayon" not in shown.text
    assert keeper.post(PATH, {"portee": "full"}).status_code == 409
