"""Yesterday's page: what was typed into it comes back to be saved, and is saved once."""

from __future__ import annotations

import re

from appliance.access.staff import add_member
from appliance.core.actors import Role
from appliance.records.patients.services import register_patient
from appliance.storage import Store
from tests.conftest import Act
from tests.records.people import open_centre, person
from tests.web.inside import House, Visitor


def test_a_page_whose_token_is_old_gives_back_what_was_typed_and_saves_it(store: Store, act: Act) -> None:
    act(open_centre)
    head = act(add_member, "La Cheffe", [Role.HEAD])
    act(register_patient, person("Awa Diarra"))

    async def walk(who: Visitor) -> None:
        who.becomes(head, Role.HEAD)
        path, typed = "/patients/1/accueillir", {"motif": "Fièvre & <toux>", "request_key": "5d" * 16}
        answer = await who.client.post(path, data={**typed, "csrf": "of-yesterday"})
        assert answer.status_code == 409
        assert "Fièvre &amp; &lt;toux&gt;" in answer.text
        form = answer.text.split('<form method="post" action="/patients/1/accueillir"')[1].split("</form>")[0]
        assert re.search(r'name="request_key" value="(5d){16}"', form)
        token = re.search(r'name="csrf" value="([^"]+)"', form)
        assert token is not None
        for _ in range(3):
            assert (await who.client.post(path, data={**typed, "csrf": token[1]})).status_code == 303
        with store.reading() as db:
            assert db.all("SELECT motive FROM visit") == [("Fièvre & <toux>",)]

    House(store).walk(walk)


def test_a_stranger_s_form_is_not_given_back(store: Store, act: Act) -> None:
    act(open_centre)
    act(add_member, "La Cheffe", [Role.HEAD])

    async def walk(who: Visitor) -> None:
        answer = await who.client.post("/entrer", data={"qui": "1", "code": "000000", "csrf": "x"})
        assert answer.status_code == 409
        assert "000000" not in answer.text

    House(store).walk(walk)
