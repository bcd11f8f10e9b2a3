"""Who a patient is: registering on one screen, correcting with a reason, names, cards, merging, who opened the file."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from appliance.access.staff import add_member
from appliance.core.actors import Role
from appliance.records.care.model import CaseType, Consultation, Rdt
from appliance.records.care.visits import open_visit, record_consultation
from appliance.records.patients.services import blank_cards, register_patient
from appliance.storage import Store
from tests.conftest import Act
from tests.records.people import open_centre, person
from tests.web.inside import House, Visitor

AWA = {"nom": "Awa Diarra", "sexe": "F", "age": "4", "age_unite": "year", "village": "1", "mere": "Bintou Keïta"}


@pytest.fixture
def nurse(act: Act) -> int:
    act(open_centre)
    made: int = act(add_member, "Une Infirmière", [Role.NURSE])
    return made


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with store.reading() as db:
        return db.all(sql)


def test_an_alike_file_is_shown_before_saving_and_taken_by_one_tap(store: Store, act: Act, nurse: int) -> None:
    act(register_patient, person("Awa Jara", age=4, village=1, mother_name="Bintou Keita"))

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        seen = await who.get("/patients/ressemblants", params=AWA)
        assert 'formaction="/patients/1/accueillir"' in seen.text
        assert "elle</button>" in seen.text
        assert "Awa Jara" not in (await who.get("/patients/ressemblants", params={"nom": "Awa"})).text
        taken = await who.post("/patients/1/accueillir", request_key="ab" * 16, motif_choisi="Fièvre", **AWA)
        assert taken.headers["location"].startswith("/visites/")
        assert rows(store, "SELECT patient, motive FROM visit") == [(1, "Fièvre")]
        assert rows(store, "SELECT count(*) FROM patient") == [(1,)]

    House(store).walk(walk)


def test_a_correction_keeps_the_old_version_and_restates_what_was_reported(store: Store, act: Act, nurse: int) -> None:
    patient = act(
        register_patient, person("Awa Diarra", age=4, village=1, mother_name="Bintou Keïta", phone="76000001")
    )
    visit = act(open_visit, patient, "Fièvre")
    act(record_consultation, visit, Consultation(
        case_type=CaseType.NEW, motive="Fièvre", diagnosis="palu-simple", rdt=Rdt.POSITIVE,
    ))  # fmt: skip

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        form = (await who.get("/patients/1/corriger")).text
        assert 'value="Awa Diarra"' in form
        wanted = {
            "nom": "Awa Jara", "nom-1-texte": "Petite Awa", "nom-1-type": "nickname", "sexe": "M", "age": "30", "age_unite": "year",
            "dit_le": "01/10/2026", "village_autre": "2", "mere": "Bintou Coulibaly", "allergie": "cotrimoxazole, iode",
        }  # fmt: skip
        without = await who.post("/patients/1/corriger", **wanted)
        assert without.status_code == 422
        assert 'id="why-raison"' in without.text
        assert 'value="Bintou Coulibaly"' in without.text
        assert (await who.post("/patients/1/corriger", raison="Carnet relu", **wanted)).status_code == 303
        page = (await who.get("/patients/1")).text
        for said in (
            "Awa Jara",
            "Petite Awa",
            "Homme",
            "Toura-Peulh",
            "Bintou Coulibaly",
            "Allergie : iode",
            "30 ans (dit le 01/10/2026)",
        ):
            assert said in page
        history = (await who.get("/patients/1/histoire")).text
        for said in (
            "Awa Diarra",
            "sexe : féminin",
            "âge dit : 4 ans",
            "Farabani",
            "mère : Bintou Keïta",
            "Carnet relu",
            "Une Infirmière",
        ):
            assert said in history
        assert "Awa Jara" in (await who.get("/patients", params={"q": "Awa Diarra"})).text

    House(store).walk(walk)
    assert rows(
        store,
        "SELECT DISTINCT sex FROM fact WHERE reverses IS NULL AND id NOT IN (SELECT reverses FROM fact WHERE reverses IS NOT NULL)",
    ) == [("M",)]


def test_a_death_is_noted_and_taken_back_with_its_reason(store: Store, act: Act, nurse: int) -> None:
    act(register_patient, person("Awa Diarra", age=4))

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        base = {"nom": "Awa Diarra", "sexe": "F", "age": "4", "age_unite": "year"}
        ahead = await who.post("/patients/1/corriger", **base, deces_le="16/10/2026", raison="Famille venue")
        assert ahead.status_code == 409
        assert 'id="why-deces_le"' in ahead.text
        await who.post("/patients/1/corriger", **base, deces_le="14/10/2026", raison="Famille venue")
        page = (await who.get("/patients/1")).text
        assert "Décédé" in page
        assert "Accueillir</button>" not in page
        await who.post("/patients/1/corriger", **base, raison="Confusion de nom")
        assert "Décédé" not in (await who.get("/patients/1")).text
        history = (await who.get("/patients/1/histoire")).text
        assert "décès : 14/10/2026" in history

    House(store).walk(walk)


def test_a_name_is_withdrawn_only_from_its_own_file_and_still_finds_the_person(
    store: Store, act: Act, nurse: int
) -> None:
    act(register_patient, person("Awa Diarra"))
    act(register_patient, person("Bakary Touré", sex="M"))

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        await who.post("/patients/1/noms", texte="Tenin", type="nickname")
        assert (await who.post("/patients/2/noms/3/retirer")).status_code == 404
        assert (await who.post("/patients/1/noms/3/retirer")).status_code == 303
        assert (await who.post("/patients/1/noms/1/retirer")).status_code == 409
        assert "Tenin" not in (await who.get("/patients/1")).text
        assert "/patients/1" in (await who.get("/patients", params={"q": "Tenin"})).text

    House(store).walk(walk)


def test_a_blank_card_is_bound_later_and_opens_the_file_at_once(store: Store, act: Act, nurse: int) -> None:
    act(register_patient, person("Awa Diarra"))
    act(register_patient, person("Bakary Touré", sex="M"))
    code, spare = act(blank_cards, 2)

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        assert "est vierge" in (await who.get("/patients", params={"q": code.lower()})).text
        wrong = await who.post("/patients/1/carte/donner", code=code[:-1] + ("A" if code[-1] != "A" else "B"))
        assert wrong.status_code == 409
        assert (await who.post("/patients/1/carte/donner", code=code)).status_code == 303
        for typed in (code, code.lower(), f"{code[:3]} {code[3:6]} {code[6:]}"):
            assert (await who.get("/patients", params={"q": typed})).headers["location"] == "/patients/1"
        assert (await who.get("/patients", params={"q": "0417-26-00002-" + _check("04172600002")})).headers[
            "location"
        ] == "/patients/2"
        assert (await who.post("/patients/2/carte/donner", code=code)).status_code == 409
        assert (await who.post("/patients/2/carte/perdue", code=code)).status_code == 409
        printed = await who.post("/patients/1/carte")
        text = pypdf.PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
        assert f"{code[:3]} {code[3:6]} {code[6:]}" in text
        assert "Awa" not in text
        assert (await who.post("/patients/1/carte/perdue", code=code)).status_code == 303
        assert (await who.get("/patients", params={"q": code})).status_code == 200
        assert (await who.post("/patients/1/carte/donner", code=code)).status_code == 409
        assert (await who.post("/patients/1/carte/donner", code=spare)).status_code == 303

    House(store).walk(walk)


def _check(digits: str) -> str:
    from appliance.core.identifiers import check_digit

    return check_digit(digits)


def test_two_files_are_one_person_and_later_two_again(store: Store, act: Act, nurse: int) -> None:
    act(register_patient, person("Awa Diarra", age=4, village=1))
    act(register_patient, person("Awa Jara", age=4, village=1), is_other=True)

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        assert "/patients/1/fusion?avec=2" in (await who.get("/patients/1/fusion")).text
        both = (await who.get("/patients/1/fusion?avec=2")).text
        assert "Awa Diarra" in both
        assert "Awa Jara" in both
        assert (await who.post("/patients/1/fusionner", autre="2", garder="2", raison="")).status_code == 409
        done = await who.post("/patients/1/fusionner", autre="2", garder="2", raison="Même mère")
        assert done.headers["location"].startswith("/patients/2")
        for number in re.findall(r"0417-26-0000\d-\d", both):
            assert (await who.get("/patients", params={"q": number})).headers["location"] == "/patients/2"
        assert (await who.post("/patients/1/defusionner", fusion="1", raison="Erreur")).status_code == 404
        await who.post("/patients/2/defusionner", fusion="1", raison="Erreur")
        assert (await who.get("/patients/1")).status_code == 200

    House(store).walk(walk)


def test_the_patient_is_told_who_opened_the_file(store: Store, act: Act, nurse: int) -> None:
    act(register_patient, person("Awa Diarra"))

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        await who.get("/patients/1")
        page = (await who.get("/patients/1/lectures")).text
        assert "Une Infirmière" in page
        assert "15/10/2026 à 08 h 00" in page
        assert "Consultation" in page

    House(store).walk(walk)
