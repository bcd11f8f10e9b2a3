"""The page of a family: seen from each end, added to by search, number or card, corrected with a reason."""

from __future__ import annotations

import re

import pytest

from appliance.access.staff import add_member
from appliance.core.actors import Role
from appliance.records.families.services import link
from appliance.records.patients import repository
from appliance.records.patients.services import card_for, register_patient
from appliance.storage import Store
from tests.conftest import Act
from tests.records.people import open_centre, person
from tests.web.inside import House, Visitor


@pytest.fixture
def people(act: Act) -> tuple[int, int, int]:
    """A midwife of the centre, Awa and her boy Issa of two years."""
    act(open_centre)
    member: int = act(add_member, "Une Sage-femme", [Role.MIDWIFE])
    awa = act(register_patient, person("Awa Diarra", age=30, village=1))
    issa = act(register_patient, person("Issa Traoré", sex="M", born="2024-10-02", village=1))
    return member, awa, issa


def test_a_child_is_tied_to_its_mother_by_its_number_and_each_file_shows_the_other(
    store: Store, people: tuple[int, int, int]
) -> None:
    member, awa, issa = people
    with store.reading() as db:
        number = repository.get(db, issa).number  # type: ignore[union-attr]

    async def walk(who: Visitor) -> None:
        who.becomes(member, Role.MIDWIFE)
        assert f'href="/patients/{awa}/famille"' in (await who.get(f"/patients/{awa}")).text
        found = (await who.get(f"/patients/{awa}/famille", params={"q": number})).text
        assert f'name="autre" value="{issa}"' in found
        nothing = await who.post(f"/patients/{awa}/famille", q=number, autre=str(issa))
        assert nothing.status_code == 409
        assert f'value="{number}"' in nothing.text
        assert "Choisissez le lien" in nothing.text
        saved = await who.post(f"/patients/{awa}/famille", autre=str(issa), lien="child")
        assert saved.headers["location"] == f"/patients/{awa}/famille?dit=enregistre"
        hers, his = (await who.get(f"/patients/{awa}/famille")).text, (await who.get(f"/patients/{issa}/famille")).text
        assert "Issa Traoré" in hers and "2 ans" in hers and "Enfant" in hers
        assert "Awa Diarra" in his and "Mère" in his
        assert f'href="/patients/{awa}">Mère : Awa Diarra' in (await who.get(f"/patients/{issa}")).text
        assert "Issa Traoré, 2 ans" in (await who.get(f"/patients/{awa}")).text
        ended = await who.post(f"/patients/{issa}/famille/finir", lien="1", raison="x")
        assert ended.status_code == 409
        assert "raison" in ended.text
        assert (await who.post(f"/patients/{issa}/famille/finir", lien="1", raison="autre Issa")).status_code == 303
        assert "Aucun parent, enfant" in (await who.get(f"/patients/{awa}/famille")).text

    House(store).walk(walk)


def test_only_those_are_offered_who_can_be_what_was_said(store: Store, act: Act, people: tuple[int, int, int]) -> None:
    member, awa, issa = people
    man = act(register_patient, person("Issa Diarra", sex="M", age=40), is_other=True)
    girl = act(register_patient, person("Awa Diarra", age=3), is_other=True)

    async def walk(who: Visitor) -> None:
        async def offered(patient: int, q: str, kin: str) -> set[str]:
            text = (await who.get(f"/patients/{patient}/famille", params={"q": q, "lien": kin})).text
            assert ("Non montrés" in text) == (kin in ("mother", "father", "child"))
            return set(re.findall(r'name="autre" value="(\d+)"', text))

        who.becomes(member, Role.MIDWIFE)
        assert await offered(issa, "Diarra", "mother") == {str(awa)}
        assert await offered(issa, "Diarra", "father") == {str(man)}
        assert await offered(awa, "Awa Diarra", "twin") == {str(girl)}
        assert await offered(girl, "Diarra", "child") == set()

    House(store).walk(walk)


def test_a_household_is_made_named_and_left(store: Store, act: Act, people: tuple[int, int, int]) -> None:
    member, awa, issa = people
    code = act(card_for, issa)
    other = act(register_patient, person("Bakary Sow", sex="M"), is_other=True)

    async def walk(who: Visitor) -> None:
        who.becomes(member, Role.MIDWIFE)
        assert (await who.post(f"/patients/{awa}/menage", concession="Près du puits")).status_code == 303
        assert f'name="autre" value="{issa}"' in (await who.get(f"/patients/{awa}/famille", params={"q": code})).text
        await who.post(f"/patients/{awa}/famille", autre=str(issa), lien="household")
        home = (await who.get(f"/patients/{issa}/famille")).text
        for said in ("Près du puits", "Farabani", "Chef de ménage", "Awa Diarra"):
            assert said in home
        await who.post(f"/patients/{other}/menage", concession="")
        elsewhere = await who.post(f"/patients/{other}/famille", q="Issa", autre=str(issa), lien="household")
        assert elsewhere.status_code == 409
        assert 'name="demenage"' in elsewhere.text
        moved = await who.post(f"/patients/{other}/famille", autre=str(issa), lien="household", demenage="1")
        assert moved.status_code == 303
        assert "Issa" not in (await who.get(f"/patients/{awa}/famille")).text
        # Nobody is moved or made head through the page of another household.
        for path, field in (("menage", "chef"), ("famille/finir", "membre")):
            answer = await who.post(f"/patients/{awa}/{path}", **{field: str(issa), "raison": "essai essai"})
            assert answer.status_code == 409
        assert (await who.post(f"/patients/{other}/menage", chef=str(issa))).status_code == 303
        left = await who.post(f"/patients/{other}/famille/finir", membre=str(issa), raison="rentré chez sa mère")
        assert left.status_code == 303

    House(store).walk(walk)


def test_the_cashier_reads_the_family_and_changes_nothing(store: Store, act: Act, people: tuple[int, int, int]) -> None:
    _, awa, issa = people
    act(link, awa, issa, "mother")

    async def walk(who: Visitor) -> None:
        who.becomes(99, Role.CASHIER)
        seen = (await who.get(f"/patients/{awa}/famille", params={"q": "Issa"})).text
        assert "Issa Traoré" in seen
        assert '<form class="card' not in seen
        assert (await who.post(f"/patients/{awa}/famille/finir", lien="1", raison="essai")).status_code == 403
        who.becomes(98, Role.TREASURER)
        assert (await who.get(f"/patients/{awa}/famille")).status_code == 403

    House(store).walk(walk)
