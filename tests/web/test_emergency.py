"""Break-glass: a closed tab of one file, with a reason, for two hours, written first, seen by the head afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from appliance.access.aside import take_in
from appliance.access.glass import OPEN_MS, open_glass
from appliance.access.staff import add_member
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import InvariantBroken, Refused
from appliance.records.care.model import CaseType, Consultation
from appliance.records.care.visits import open_visit, record_consultation
from appliance.records.patients.services import merge, register_patient
from appliance.storage import Store
from tests.conftest import Act
from tests.records.people import open_centre, person
from tests.web.inside import House, Visitor

REASON = "Convulsions, la sage-femme est absente"


@dataclass(frozen=True, slots=True)
class People:
    """Who works here, two files with a consultation each."""

    head: int
    nurse: int
    patient: int
    visit: int
    other: int
    other_visit: int


@pytest.fixture
def people(act: Act) -> People:
    act(open_centre)
    head = act(add_member, "La Cheffe", [Role.HEAD])
    nurse = act(add_member, "Le Vaccinateur", [Role.VACCINATOR])
    files = []
    for name in ("Awa Sentinelle", "Bintou Voisine"):
        patient = act(register_patient, person(name, age=4, village=1), is_other=True)
        visit = act(open_visit, patient, "Fièvre")
        act(record_consultation, visit, Consultation(case_type=CaseType.NEW, motive="Fièvre", diagnosis="gale"))
        files += [patient, visit]
    return People(head, nurse, *files)


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with store.reading() as db:
        return db.all(sql)


def test_a_closed_tab_opens_with_a_reason_for_this_file_alone_and_for_reading(store: Store, people: People) -> None:
    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        closed = await who.get(f"/visites/{people.visit}")
        assert closed.status_code == 403
        assert f"/urgence/{people.patient}?onglet=consultation" in closed.text
        assert "Gale" not in (await who.get(f"/patients/{people.patient}")).text
        opened = await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)
        assert opened.status_code == 303
        assert rows(store, "SELECT staff, patient, tab, reason FROM break_glass") == [
            (people.nurse, people.patient, "consultation", REASON)
        ]
        assert rows(store, "SELECT count(*) FROM read_entry WHERE tab = 'consultation'") == [(0,)]
        page = await who.get(f"/patients/{people.patient}")
        assert "Gale" in page.text
        assert "Accès d&#39;urgence : Consultation du dossier" in page.text
        # The reading itself is on the disk when the page goes out, not within a second.
        assert rows(store, "SELECT staff, patient FROM read_entry WHERE tab = 'consultation'") == [
            (people.nurse, people.patient)
        ]
        assert (await who.get(f"/visites/{people.visit}")).status_code == 200
        assert (await who.post(f"/visites/{people.visit}", diagnostic="gale")).status_code == 403
        assert (await who.get(f"/visites/{people.other_visit}")).status_code == 403
        assert "Gale" not in (await who.get(f"/patients/{people.other}")).text

    House(store).walk(walk)


def test_it_closes_by_itself_after_two_hours_and_by_hand_before(
    store: Store, clock: FixedClock, people: People
) -> None:
    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        for _ in range(2):
            await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)
        assert rows(store, "SELECT count(*) FROM break_glass") == [(1,)]
        clock.advance(seconds=OPEN_MS / 1000 - 60)
        assert (await who.get(f"/visites/{people.visit}")).status_code == 200
        clock.advance(minutes=2)
        assert (await who.get(f"/visites/{people.visit}")).status_code == 403
        await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)
        assert (await who.get(f"/visites/{people.visit}")).status_code == 200
        who.becomes(people.head, Role.HEAD)
        assert (await who.post("/urgence/fermer/2")).status_code == 404
        who.becomes(people.nurse, Role.VACCINATOR)
        assert (await who.post("/urgence/fermer/2")).status_code == 303
        assert (await who.get(f"/visites/{people.visit}")).status_code == 403

    House(store).walk(walk)


@pytest.mark.parametrize("reason", ["", "    ", "vite", "a" * 301])
def test_without_a_reason_nothing_opens_and_what_was_typed_stays(store: Store, people: People, reason: str) -> None:
    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        answer = await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=reason)
        assert answer.status_code == 409
        assert 'id="why-raison"' in answer.text
        assert rows(store, "SELECT count(*) FROM break_glass") == [(0,)]
        assert (await who.get(f"/visites/{people.visit}")).status_code == 403

    House(store).walk(walk)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.DISTRICT_SUPERVISOR, Role.TREASURER])
def test_those_who_see_no_patient_open_nothing_whatever_they_write(
    store: Store, act: Act, people: People, role: Role
) -> None:
    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, role)
        for tab in ("patients", "consultation", "ordonnances"):
            seen = await who.get(f"/urgence/{people.patient}?onglet={tab}")
            asked = await who.post(f"/urgence/{people.patient}", onglet=tab, raison=REASON)
            assert (seen.status_code, asked.status_code) == (403, 403)
            assert "Sentinelle" not in seen.text + asked.text
        assert "urgence" not in (await who.get(f"/visites/{people.visit}")).text

    House(store).walk(walk)
    with pytest.raises(Refused) as refused:
        act(open_glass, people.patient, "consultation", REASON, actor=Actor(staff_id=1, roles=frozenset({role})))
    assert refused.value.code == "glass-not-for-you"


def test_no_tab_of_the_centre_opens_that_way(act: Act, people: People) -> None:
    nurse = Actor(staff_id=people.nurse, roles=frozenset({Role.NURSE}))
    for tab in ("personnel", "journal", "reglages", "caisse", "nothing"):
        with pytest.raises(Refused):
            act(open_glass, people.patient, tab, REASON, actor=nurse)


def test_it_stands_on_the_first_page_of_the_head_until_seen(store: Store, clock: FixedClock, people: People) -> None:
    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)
        assert "de la nuit" not in (await who.get("/")).text
        assert (await who.post("/urgence/vu/1")).status_code == 403
        clock.advance(hours=14)
        who.becomes(people.head, Role.HEAD)
        morning = (await who.get("/")).text
        for said in ("Accès d&#39;urgence de la nuit", "Le Vaccinateur", REASON, "15/10/2026", "0417-26-00001"):
            assert said in morning
        assert (await who.post("/urgence/vu/1")).status_code == 303
        assert REASON not in (await who.get("/")).text
        assert rows(store, "SELECT glass, staff FROM break_glass_ack") == [(1, people.head)]
        assert (await who.post("/urgence/vu/1")).status_code == 303
        assert rows(store, "SELECT count(*) FROM break_glass_ack") == [(1,)]

    House(store).walk(walk)


def test_a_deputy_does_not_acknowledge_the_access_of_their_own(store: Store, people: People) -> None:
    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)
        who.becomes(people.nurse, Role.VACCINATOR, Role.HEAD)
        assert (await who.post("/urgence/vu/1")).status_code == 409
        assert rows(store, "SELECT count(*) FROM break_glass_ack") == [(0,)]

    House(store).walk(walk)


def test_it_follows_a_file_that_is_merged_into_another(store: Store, act: Act, people: People) -> None:
    act(merge, people.other, people.patient, "même personne")

    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)
        assert (await who.get(f"/visites/{people.other_visit}")).status_code == 200

    House(store).walk(walk)


def test_while_the_store_only_reads_it_is_kept_beside_it_and_taken_in_later(store: Store, people: People) -> None:
    house = House(store)

    async def walk(who: Visitor) -> None:
        who.becomes(people.nurse, Role.VACCINATOR)
        store.damage = InvariantBroken("store-damaged", where="store")
        assert (await who.get(f"/visites/{people.visit}")).status_code == 403
        assert (await who.post(f"/urgence/{people.patient}", onglet="consultation", raison=REASON)).status_code == 303
        assert [n["reason"] for n in store.aside.notes("break-glass")] == [REASON]
        assert (await who.get(f"/visites/{people.visit}")).status_code == 200
        assert [n["patient"] for n in store.aside.notes("reading")] == [people.patient]
        assert (await who.post(f"/patients/{people.patient}/accueillir")).status_code == 503

    house.walk(walk)
    raw = store.aside.path.read_bytes()
    assert b"Convulsions" not in raw
    store.damage = None
    assert rows(store, "SELECT count(*) FROM break_glass") == [(0,)]
    assert take_in(store) == 2
    assert rows(store, "SELECT reason FROM break_glass") == [(REASON,)]
    assert rows(store, "SELECT patient, tab FROM read_entry") == [(people.patient, "consultation")]
    assert not store.aside.path.exists()
