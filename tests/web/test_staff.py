"""The staff and the area as the head of the centre keeps them: exceptions, intérims, codes, villages and targets."""

from __future__ import annotations

import pytest

from appliance.access import pins
from appliance.access.staff import add_member, set_pin
from appliance.core.actors import Role
from appliance.core.clock import FixedClock
from appliance.records.care.visits import open_visit
from appliance.records.patients.services import register_patient
from appliance.storage import Store
from tests.conftest import Act
from tests.records.people import open_centre, person
from tests.web.inside import House, Visitor


@pytest.fixture
def staffed(act: Act) -> tuple[int, int]:
    """The head and a nurse; a patient in the queue."""
    act(open_centre)
    head = act(add_member, "La Cheffe", [Role.HEAD], pins.hash_pin("836509"))
    act(set_pin, head, pins.hash_pin("274193"), by_other=False)
    nurse = act(add_member, "Une Infirmière", [Role.NURSE])
    act(open_visit, act(register_patient, person("Awa Diarra")), "Fièvre")
    return head, nurse


def test_an_exception_given_on_a_person_s_page_holds_at_once_and_is_taken_back(
    store: Store, staffed: tuple[int, int]
) -> None:
    head, nurse = staffed

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        assert (await who.get("/visites/1")).status_code == 200
        who.becomes(head, Role.HEAD)
        await who.post(f"/personnel/{nurse}/exception", onglet="consultation", niveau="none")
        assert "Une Infirmière, Consultation : ne voit pas" in (await who.get("/personnel/matrice")).text
        who.becomes(nurse, Role.NURSE)
        assert (await who.get("/visites/1")).status_code == 403
        assert (await who.post(f"/personnel/{nurse}/exception", onglet="personnel", niveau="write")).status_code == 403
        who.becomes(head, Role.HEAD)
        await who.post(f"/personnel/{nurse}/exception", onglet="consultation", niveau="")
        who.becomes(nurse, Role.NURSE)
        assert (await who.get("/visites/1")).status_code == 200

    House(store).walk(walk)


def test_the_last_head_can_t_be_shut_out_by_an_exception(store: Store, staffed: tuple[int, int]) -> None:
    head, _ = staffed

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        assert (await who.post(f"/personnel/{head}/exception", onglet="personnel", niveau="read")).status_code == 409
        assert (await who.get("/personnel")).status_code == 200
        assert (await who.post("/personnel/999/exception", onglet="personnel", niveau="read")).status_code == 404

    House(store).walk(walk)


def test_functions_are_changed_on_the_person_s_page_and_their_sessions_end(
    store: Store, staffed: tuple[int, int]
) -> None:
    head, nurse = staffed
    house = House(store)

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        before = who.client.cookies["jeton"]
        who.becomes(head, Role.HEAD)
        assert (await who.post(f"/personnel/{nurse}", fonction="caissier")).status_code == 303
        assert house.state.sessions.find(before) is None
        assert "Caissier" in (await who.get(f"/personnel/{nurse}")).text
        assert (await who.post(f"/personnel/{head}", fonction="caissier")).status_code == 409

    house.walk(walk)


def test_an_interim_ends_before_its_last_day(store: Store, staffed: tuple[int, int]) -> None:
    head, nurse = staffed

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        days = {"absent": str(head), "remplacant": str(nurse), "du": "15/10/2026", "au": "30/10/2026"}
        await who.post("/personnel/interim", **days)
        page = (await who.get("/personnel")).text
        assert "Une Infirmière remplace La Cheffe, du 15/10/2026 au 30/10/2026" in page
        assert "intérim : Médecin chef" in page
        await who.post("/personnel/interim/1/finir")
        assert "intérim :" not in (await who.get("/personnel")).text
        assert (await who.post("/personnel/interim/1/finir")).status_code == 409

    House(store).walk(walk)


def test_whoever_finds_a_tablet_open_can_t_change_its_owner_s_code(
    store: Store, clock: FixedClock, staffed: tuple[int, int]
) -> None:
    head, _ = staffed

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        new = {"code": "904157", "encore": "904157"}
        for wrong in ("", "111222"):
            answer = await who.post("/mon-code", **new, actuel=wrong)
            assert 'id="why-actuel"' in answer.text
        same = await who.post("/mon-code", code="274193", encore="274193", actuel="274193")
        assert same.status_code == 409
        assert (await who.post("/mon-code", **new, actuel="274193")).status_code == 303

    House(store).walk(walk)
    with store.reading() as db:
        assert pins.is_right(db.value("SELECT pin_hash FROM staff WHERE id = ?", (head,)), "904157")


def test_villages_people_and_rates_make_the_targets(store: Store, staffed: tuple[int, int]) -> None:
    head, nurse = staffed

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        faulty = await who.post("/villages", nom="Farabani", aire="1", relais="Relais Nouveau")
        assert faulty.status_code == 409
        assert 'id="why-nom"' in faulty.text
        assert 'value="Relais Nouveau"' in faulty.text
        await who.post(
            "/villages", nom="Villageneuf", aire="1", relais="Relais Nouveau", population="2 000", distance="7"
        )
        page = (await who.get("/villages")).text
        for said in ("Villageneuf", "Relais Nouveau", "Population de l'aire : 10\u202f000"):
            assert said in page.replace("&#39;", "'"), said
        await who.post(
            "/villages/4",
            **{"nom": "Villageneuf", "aire": "1", "actif": "1", "population-2026": "12000", "population-2025": "11000"},
        )
        assert "20\u202f000" in (await who.get("/villages")).text
        await who.post("/villages/taux", **{"taux-pregnancies": "4,5", "taux-births": ""})
        assert 'value="4,50"' in (await who.get("/villages")).text
        assert "900" in (await who.get("/villages")).text
        assert (await who.get("/villages?annee=2025")).status_code == 200
        who.becomes(nurse, Role.NURSE)
        assert (await who.get("/villages")).status_code == 403

    House(store).walk(walk)
