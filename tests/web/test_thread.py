"""The thread through the pages: a person is registered, seen, served; the month is closed; refusals are pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from appliance.core.actors import Role
from tests.web.running import Resident, Tablet, hidden


@pytest.fixture(scope="module")
def resident(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resident]:
    import shutil

    running = Resident(Path(shutil.copytree(generated, tmp_path_factory.mktemp("web") / "centre")))
    yield running
    running.stop()


@pytest.fixture
def head(resident: Resident) -> Tablet:
    tablet = Tablet(resident.url)
    tablet.sign_in("Mariam Sanogo")
    return tablet


def register(tablet: Tablet, name: str = "Awa Essai", **fields: str) -> httpx.Response:
    typed = {"nom": name, "sexe": "F", "age": "24", "age_unite": "year", "accueillir": "1", "motif": "Fièvre"}
    return tablet.post("/patients/nouveau", {**typed, **fields})


def test_from_the_door_to_the_receipt(head: Tablet) -> None:
    visit_page = register(head, "Niagalé Premièressai")
    assert "/visites/" in str(visit_page.url)
    saved = head.post(
        str(visit_page.url.path),
        {
            "temperature": "39,4", "poids": "55", "cas": "NC", "diagnostic": "palu-simple", "tdr": "positive",
            "suspect": "1", "issue": "home", "ligne-0-produit": "MLS004", "ligne-0-quantite": "1", "ligne-0-posologie": "matin et soir",
        },
    )  # fmt: skip
    assert "Paludisme simple" in saved.text
    serve = re.search(r'href="(/vente/\d+)"', saved.text)
    assert serve
    line = re.search(r'name="(donne-\d+)"', head.http.get(serve[1]).text)
    assert line
    receipt = head.post(serve[1], {line[1]: "1"})
    assert "Reçu" in receipt.text
    assert "/ventes/" in str(receipt.url)
    assert "Tout est déjà servi" in head.http.get(serve[1]).text


def test_the_same_form_sent_ten_times_registers_once(head: Tablet) -> None:
    page = head.http.get("/patients/nouveau")
    fields = {
        "csrf": hidden(page, "csrf"), "request_key": hidden(page, "request_key"), "nom": "Sitan Dixfois", "sexe": "F",
        "age": "30", "age_unite": "year",
    }  # fmt: skip
    addresses = {str(head.http.post("/patients/nouveau", data=fields).url.path) for _ in range(10)}
    assert len(addresses) == 1
    found = head.http.get("/patients", params={"q": "Sitan Dixfois"}, headers={"HX-Request": "true"})
    assert found.text.count(">Ouvrir</a>") == 1


def test_someone_alike_is_shown_before_a_second_file_is_made(head: Tablet) -> None:
    register(head, "Kadiatou Semblable", mere="Awa Diarra")
    again = register(head, "Kadiatou Semblabe", mere="Awa Jara")
    assert again.status_code == 409
    assert "C&#39;est elle" in again.text
    assert "Kadiatou Semblable" in again.text
    assert 'value="Kadiatou Semblabe"' in again.text  # nothing typed is lost
    assert "/visites/" in str(register(head, "Kadiatou Semblabe", mere="Awa Jara", autre="1").url)


def test_what_is_wrong_is_said_beside_each_field_and_nothing_is_lost(head: Tablet) -> None:
    page = head.post("/patients/nouveau", {"nom": "", "age": "quatre", "naissance": "31/02/2020", "mere": "Awa"})
    assert page.status_code == 422
    assert page.text.count('class="why"') >= 3
    assert 'value="quatre"' in page.text


def test_a_negative_test_with_malaria_is_refused_with_what_to_do(head: Tablet) -> None:
    visit = register(head, "Tenin Refus").url.path
    page = head.post(visit, {"cas": "NC", "diagnostic": "palu-simple", "tdr": "negative", "issue": "home"})
    assert page.status_code == 409
    assert "Le test est négatif" in page.text


def test_a_correction_keeps_the_version_before_readable(head: Tablet) -> None:
    visit = register(head, "Coumba Corrigée").url.path
    head.post(visit, {"cas": "NC", "diagnostic": "diarrhee", "issue": "home"})
    page = head.post(
        f"{visit}?corriger=1",
        {"corriger": "1", "raison": "erreur de saisie", "cas": "NC", "diagnostic": "gale", "issue": "home"},
        to=visit,
    )
    assert "Gale" in page.text
    assert "Versions précédentes" in page.text
    assert "<s>Diarrhée présumée infectieuse · Nouveau cas" in page.text
    assert "erreur de saisie" in page.text


def test_a_draft_survives_and_is_taken_up_on_another_tablet(resident: Resident, head: Tablet) -> None:
    visit = register(head, "Haby Brouillon").url.path
    page = head.http.get(visit)
    key = {"csrf": hidden(page, "csrf"), "request_key": hidden(page, "request_key"), "draft_version": "0"}
    kept = head.http.post(
        f"/brouillons/visite/{visit.split('/')[-1]}", data={**key, "temperature": "38,7", "notes": "à suivre"}
    )
    assert kept.text.startswith("Brouillon gardé")
    other = Tablet(resident.url)
    other.sign_in("Mariam Sanogo")
    taken = other.http.get(visit)
    assert 'value="38,7"' in taken.text
    assert "à suivre" in taken.text


def test_a_month_is_closed_its_cells_open_and_it_can_not_be_closed_twice(head: Tablet) -> None:
    cell = head.http.get("/rapports/RMA/2026-10/case", params={"element": "CUR_NC", "d": '{"AGE6":"1_4A"}'})
    assert "Ouvrir la fiche" in cell.text
    closed = head.post("/rapports/RMA/2026-10", {}, to="/rapports/RMA/2026-10/cloturer")
    assert "Empreinte" in closed.text
    again = head.post("/rapports/CRGS/2026-10", {}, to="/rapports/RMA/2026-10/cloturer")
    assert again.status_code == 409
    assert "déjà clôturé" in again.text


def test_a_form_without_its_token_changes_nothing(head: Tablet) -> None:
    page = head.http.post("/patients/nouveau", data={"nom": "Sans Jeton", "sexe": "F", "age": "3"})
    assert page.status_code == 409
    assert (
        "Sans Jeton"
        not in head.http.get("/patients", params={"q": "Sans Jeton"}, headers={"HX-Request": "1"}).text.split("«")[0]
    )


def test_a_wrong_pin_makes_the_wait_longer(resident: Resident) -> None:
    tablet = Tablet(resident.url)
    pages = [tablet.sign_in("Rokia Diallo", "0000") for _ in range(5)]
    assert all("Le code n&#39;est pas le bon" in p.text for p in pages[:4])
    assert "Trop d&#39;essais" in pages[4].text
    assert "Trop d&#39;essais" in tablet.sign_in("Rokia Diallo").text


def test_the_depot_keeper_sees_no_clinical_page(resident: Resident) -> None:
    tablet = Tablet(resident.url)
    tablet.sign_in("Moussa Samaké")
    assert tablet.http.get("/visites/5").status_code == 403
    assert "pas ouverte à votre fonction" in tablet.http.get("/visites/5").text
    assert "Diagnostic" not in tablet.http.get("/patients/3").text
    assert tablet.http.get("/depot").status_code == 200


def test_pages_are_not_kept_by_the_tablet_and_run_no_foreign_script(head: Tablet) -> None:
    page = head.http.get("/patients")
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_signing_out_closes_the_door(head: Tablet) -> None:
    page = head.http.get("/patients")
    head.http.post("/verrou", data={"csrf": hidden(page, "csrf")})
    assert "Qui êtes-vous" in head.http.get("/patients").text


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "'; DROP TABLE patient;--", "\u202egnirts", "أمينة", "%00", "0417-26-00001-9", "1" * 500, "🙂" * 40],
)
def test_anything_may_be_searched_for(head: Tablet, typed: str) -> None:
    assert head.http.get("/patients", params={"q": typed}).status_code == 200


def test_every_role_is_known_to_the_matrix() -> None:
    from appliance.access.matrix import default_matrix

    assert {r for tab in default_matrix().values() for r in tab.levels} == set(Role)
