"""The same sending ten times (a double tap, a Wi-Fi that repeats) is one act on the pages of staff, matrix and posts too."""

from __future__ import annotations

import pytest

from appliance.access import pins
from appliance.access.staff import add_member
from appliance.core.actors import Role
from appliance.records.care.visits import open_visit
from appliance.records.patients.services import register_patient
from appliance.storage import Store
from tests.conftest import Act
from tests.records.people import open_centre, person
from tests.web.inside import House, Visitor

KEY = "5b" * 16


def acts(store: Store, kind: str) -> int:
    with store.reading() as db:
        return int(db.value("SELECT count(*) FROM act WHERE kind = ?", (kind,)))


@pytest.fixture
def people(act: Act) -> tuple[int, int]:
    act(open_centre)
    head = act(add_member, "La Cheffe", [Role.HEAD], pins.hash_pin("836509"))
    nurse = act(add_member, "Une Infirmière", [Role.NURSE], pins.hash_pin("274193"))
    act(open_visit, act(register_patient, person("Awa Diarra")), "Fièvre")
    return head, nurse


@pytest.mark.parametrize(
    ("path", "fields", "other", "kind"),
    [
        ("/personnel/{nurse}/exception", {"onglet": "caisse", "niveau": "read"}, {"onglet": "vente"}, "set-exception"),
        ("/personnel/{nurse}", {"fonction": "sage_femme"}, {"fonction": "matrone"}, "change-staff"),
        ("/personnel/matrice", {"cell:caisse:matrone": "read"}, {"cell:caisse:matrone": "none"}, "set-matrix"),
        ("/visites/1/poste", {"poste": "laboratory"}, {"poste": "triage"}, "move-visit"),
        ("/patients/1/carte", {}, {"request_key": "5c" * 16}, "card"),
    ],
)
def test_ten_sendings_are_one_act_and_another_answer_is_another(
    store: Store, people: tuple[int, int], path: str, fields: dict[str, str], other: dict[str, str], kind: str
) -> None:
    head, nurse = people

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        for _ in range(10):
            answer = await who.post(path.format(nurse=nurse), request_key=KEY, **fields)
            assert answer.status_code in (201, 303)
        assert acts(store, kind) == 1
        await who.post(path.format(nurse=nurse), **{"request_key": KEY, **fields, **other})
        assert acts(store, kind) == 2

    House(store).walk(walk)


def test_a_code_given_twice_by_a_double_tap_is_the_first_one_and_never_a_wrong_one(
    store: Store, people: tuple[int, int]
) -> None:
    head, nurse = people

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        for path, fields in (
            (f"/personnel/{nurse}/code", {}),
            ("/personnel", {"nom": "Un Nouveau", "fonction": "infirmier"}),
        ):
            first = await who.post(path, request_key=KEY, **fields)
            again = await who.post(path, request_key=KEY, **fields)
            assert "code" in first.text
            assert again.status_code == 303
            assert "code-deja" in again.headers["location"]
        assert "premier affichage" in (await who.get("/personnel?dit=code-deja")).text

    House(store).walk(walk)
