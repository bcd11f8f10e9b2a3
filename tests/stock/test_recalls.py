"""A recalled lot is given to nobody from that moment, and lists by name the people who have some of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.cli.asks import answer
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.core.periods import Month
from appliance.reports.form import form
from appliance.reports.stock_lines import stock_lines
from appliance.stock.consumption.history import stockout_count
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.stock.ledger import services
from appliance.stock.ledger.events import EventLine, Paper
from appliance.stock.loans.services import lend
from appliance.stock.recalls.repository import frozen, lot, lots_numbered, reach
from appliance.stock.recalls.services import note_contact, set_lot_status
from appliance.storage import Store, Unit
from tests.conftest import TODAY, Act
from tests.stock.test_ledger import received, set_up

NAMES = ("Awa Diarra", "Bakary Keïta", "Coumba Sow", "Demba Touré", "Fanta Koné", "Issa Maïga", "Kadia Sidibé")


def person(unit: Unit, name: str) -> int:
    patient = unit.insert(
        "patient", uuid=new_uuid(), number=f"N-{name[:3]}", sex="F", born_on="1990-01-01", born_precision="year",
        allergies="[]", allergies_asked=0, registered_on=TODAY.isoformat(), act=unit.act,
    )  # fmt: skip
    unit.insert(
        "patient_name", patient=patient, kind="civil", text=name, folded=name.lower(), is_current=1, act=unit.act
    )
    return patient


def given(patient: int | None, quantity: int) -> SaleForm:
    line = DispenseLine(product=1, asked=quantity, given=quantity)
    return SaleForm(dispense=DispenseForm(place=1, patient=patient, lines=(line,)))


@pytest.fixture
def people(act: Act) -> list[int]:
    """Seven people who received lot A, the last of whom brought it back; one handing-over to nobody named."""
    act(set_up)
    act(services.receive, 1, "BL", "DRC", [received(1, 200), received(1, 50, "B", 2029)], TODAY)
    made = [act(person, name) for name in NAMES]
    sales = [act(sell, given(patient, 5)).sale for patient in made]
    act(reverse_sale, sales[-1], "rendu")
    act(sell, given(None, 3))
    return made


@pytest.mark.usefixtures("people")
def test_a_form_that_was_open_gives_nothing_of_a_lot_frozen_meanwhile(act: Act, store: Store) -> None:
    """The lot stands chosen in the form, and another lot would suffice: neither stands in for the other in silence."""
    chosen = DispenseLine(product=1, asked=5, given=5, lots=((1, 5),), lots_reason="boîte entamée")
    form = SaleForm(dispense=DispenseForm(place=1, lines=(chosen,)))
    act(sell, form)
    act(set_lot_status, 1, "recalled", "rappel du fabricant")
    with pytest.raises(Refused, match="lots-do-not-add-up"):
        act(sell, form)
    with store.reading() as db:
        assert frozen(db)


def test_seven_people_one_of_whom_gave_it_back(store: Store, act: Act, people: list[int]) -> None:
    act(
        lend,
        Paper(reason="", place=1, counterpart="CSCom de Kati", witness="A B"),
        [EventLine(lot=1, quantity=40)],
        None,
    )
    with store.reading() as db:
        [held] = lots_numbered(db, "a")
        found = reach(db, held)
    assert [one.name for one in found.people if not one.is_returned] == list(NAMES[:6])
    assert [(one.name, one.given, one.quantity) for one in found.people if one.is_returned] == [(NAMES[6], 5, 0)]
    assert (found.unnamed, found.unnamed_quantity) == (1, 3)
    assert found.neighbours == ((TODAY, "CSCom de Kati", 40),)
    assert people == [one.patient for one in found.people]


def test_somebody_served_twice_stands_once_with_the_sum(store: Store, act: Act, people: list[int]) -> None:
    act(sell, given(people[0], 7))
    with store.reading() as db:
        [held] = lots_numbered(db, "A")
        assert [(p.quantity, p.number) for p in reach(db, held).people if p.patient == people[0]] == [(12, "N-Awa")]


def test_merged_files_are_one_person(store: Store, act: Act, people: list[int]) -> None:
    act(lambda unit: unit.run("UPDATE patient SET merged_into = ? WHERE id = ?", (people[0], people[1])))
    with store.reading() as db:
        [held] = lots_numbered(db, "A")
        found = {p.patient: p.quantity for p in reach(db, held).people}
    assert found[people[0]] == 10
    assert people[1] not in found


def test_a_form_that_was_open_when_the_lot_was_frozen_is_refused(act: Act, store: Store, people: list[int]) -> None:
    act(set_lot_status, 1, "recalled", "avis du laboratoire national")
    with pytest.raises(Refused) as refusal:
        act(sell, given(people[0], 60))  # the page showed 160 of lot A; 50 of lot B are left to give
    assert (refusal.value.code, refusal.value.params["left"]) == ("stock-too-low", 50)
    act(sell, given(people[0], 50))
    with store.reading() as db:
        assert db.value("SELECT quantity FROM balance WHERE lot = 2") == 0
        [held] = frozen(db)
        assert (held.number, held.status, held.reason) == ("A", "recalled", "avis du laboratoire national")


def test_it_is_let_go_with_a_reason_only(act: Act, store: Store, people: list[int]) -> None:
    act(set_lot_status, 1, "quarantined", "couleur anormale")
    with pytest.raises(Refused) as refusal:
        act(set_lot_status, 1, "usable", " ")
    assert refusal.value.code == "reason-needed"
    act(set_lot_status, 1, "usable", "contrôle bon")
    with store.reading() as db:
        assert frozen(db) == []
        held = lot(db, 1)
        assert held is not None
        assert (held.status, held.reason) == ("usable", None)
    assert act(sell, given(people[0], 60))


def test_what_came_of_looking_for_somebody_is_kept_and_the_last_word_counts(
    store: Store, act: Act, people: list[int]
) -> None:
    act(note_contact, 1, people[0], "not_found", "partie à Kati")
    act(note_contact, 1, people[0], "gave_back")
    for patient, outcome, code in ((people[1], "told", "contact-outcome"), (9_999, "reached", "not-a-recipient")):
        with pytest.raises(Refused) as refusal:
            act(note_contact, 1, patient, outcome)
        assert refusal.value.code == code
    with store.reading() as db:
        [held] = lots_numbered(db, "A")
        [contact] = [p.contact for p in reach(db, held).people if p.contact]
        assert (contact.outcome, contact.note) == ("gave_back", None)


def test_the_command_tells_it_and_leaves_a_trace(store: Store, act: Act, people: list[int]) -> None:
    facts = answer(store, "stock.recall", {"number": "A"})
    [one] = facts["lots"]
    assert (facts["lot"], one["product"], one["to_find"], len(one["people"])) == ("A", "MLS001", 6, len(people))
    assert [p["name"] for p in one["people"] if p["returned"]] == [NAMES[6]]
    with store.reading() as db:
        assert db.value("SELECT kind FROM act ORDER BY seq DESC LIMIT 1") == "recall-list"
    with pytest.raises(Refused):
        answer(store, "stock.recall", {"number": "Z"})


def test_a_lot_let_go_again_leaves_the_month_it_was_frozen_in_as_it_was(
    store: Store, act: Act, clock: FixedClock, tmp_path: Path
) -> None:
    """A month's figures are those of its own days: what is released in October was not usable in September."""
    clock.set(date(2026, 9, 1))
    act(set_up)
    act(services.receive, 1, "BL", "DRC", [received(1, 100)], date(2026, 9, 1))
    clock.set(date(2026, 9, 11))
    act(set_lot_status, 1, "quarantined", "à vérifier")
    clock.set(date(2026, 10, 2))

    def september() -> dict[str, Any]:
        with store.reading() as db:
            cells = stock_lines(db, form("CRGS"), Month(2026, 9), date(2026, 9, 30))
        return {c.disaggregation["column"]: c.value for c in cells if c.code == "MLS001"}

    before = september()
    assert (before["SDU"], before["JR"]) == (0, 19)
    act(set_lot_status, 1, "usable", "contrôle bon")
    assert september() == before
    with store.reading() as db:
        assert stockout_count(db, 1, Month(2026, 10), date(2026, 10, 15)) == 1
