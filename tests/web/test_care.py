"""The pages of care: the queue by post, the visit, the laboratory, the register, drafts, each by its own words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.running import Resident, Tablet, hidden

HEAD, NURSE, KEEPER, VACCINATOR = "Mariam Sanogo", "Adama Koné", "Moussa Samaké", "Rokia Diallo"


@pytest.fixture(scope="module")
def resident(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resident]:
    running = Resident(Path(shutil.copytree(generated, tmp_path_factory.mktemp("care") / "centre")))
    yield running
    running.stop()


def at(resident: Resident, name: str) -> Tablet:
    tablet = Tablet(resident.url)
    tablet.sign_in(name)
    return tablet


@pytest.fixture
def nurse(resident: Resident) -> Tablet:
    return at(resident, NURSE)


def arrive(tablet: Tablet, name: str, *, age: str = "3", unit: str = "year", motive: str = "Fièvre") -> str:
    """Someone is registered and welcomed; the path of the visit."""
    typed = {"nom": name, "sexe": "F", "age": age, "age_unite": unit, "accueillir": "1", "motif": motive, "autre": "1"}
    return str(tablet.post("/patients/nouveau", typed).url.path)


def row_of(page: httpx.Response, name: str) -> str:
    """The line of the queue about a person."""
    return next(r for r in re.findall(r"<tr.*?</tr>", page.text, re.DOTALL) if name in r)


def test_the_queue_shows_my_posts_first_and_what_is_due_there(resident: Resident, nurse: Tablet) -> None:
    visit = arrive(nurse, "Fanta Attente")
    assert "Fanta Attente" in nurse.http.get("/").text
    nurse.post(visit, {"examen": ["TDR"], "draft_version": "0"}, to=f"{visit}/labo/demander")
    assert "Fanta Attente" not in nurse.http.get("/?file=moi").text.split("Brouillons")[0]
    assert "TDR paludisme à faire" in row_of(nurse.http.get("/?file=tous"), "Fanta Attente")
    order = re.search(r'name="r(\d+)-choix"', nurse.http.get(f"{visit}/labo").text)
    assert order
    nurse.post(f"{visit}/labo", {f"r{order[1]}-choix": "positive"})
    assert "TDR paludisme : Positif" in row_of(nurse.http.get("/?file=moi"), "Fanta Attente")
    nurse.post(visit, {"diagnostic": "palu-simple", "ligne-0-produit": "MLS069", "ligne-0-quantite": "6"})
    due = row_of(nurse.http.get("/?file=pharmacy"), "Fanta Attente")
    assert "1 ligne" in due
    assert 'href="/vente/' in due


def test_a_danger_sign_goes_before_a_red_band_and_both_before_the_others(nurse: Tablet) -> None:
    for name, fields in (
        ("Ordre Troisième", {"temperature": "36,9"}),
        ("Ordre Deuxième", {"fr": "52"}),
        ("Ordre Premier", {"signe-convulsions": "yes"}),
    ):
        visit = arrive(nurse, name)
        nurse.post(visit, fields, to=f"{visit}/triage")
    page = nurse.http.get("/?file=consultation").text
    places = [page.index(f"Ordre {rank}") for rank in ("Premier", "Deuxième", "Troisième")]
    assert places == sorted(places)


def test_who_does_not_consult_takes_measures_on_a_page_of_its_own(resident: Resident, nurse: Tablet) -> None:
    visit = arrive(nurse, "Saran Triage")
    vaccinator = at(resident, VACCINATOR)
    assert f'href="{visit}/triage"' in row_of(vaccinator.http.get("/"), "Saran Triage")
    page = vaccinator.http.get(f"{visit}/triage")
    assert 'name="diagnostic"' not in page.text
    vaccinator.post(f"{visit}/triage", {"temperature": "38,1", "triage_seul": "1"})
    assert 'value="38,1"' in nurse.http.get(visit).text
    refused = vaccinator.post(f"{visit}/triage", {"temperature": "12", "triage_seul": "1"})
    assert refused.status_code == 409
    assert "Impossible" in refused.text
    assert 'name="diagnostic"' not in refused.text


def test_measures_are_judged_by_age_and_never_forbidden(nurse: Tablet) -> None:
    visit = arrive(nurse, "Bintou Bandes", age="10", unit="month")
    said = nurse.post(visit, {"fr": "54", "pb": "112", "temperature": "39,4"}, to=f"{visit}/mesures").text
    assert "rapide ≥ 50" in said
    assert "rouge : malnutrition sévère" in said
    saved = nurse.post(visit, {"fr": "54", "pb": "112", "temperature": "39,4", "diagnostic": "mas"})
    assert "Malnutrition aiguë sévère" in saved.text
    assert "rouge : malnutrition sévère" in saved.text


def test_weight_and_height_of_a_child_say_its_growth_as_they_are_typed(nurse: Tablet) -> None:
    visit = arrive(nurse, "Awa Croissance", age="10", unit="month")
    said = nurse.post(visit, {"poids": "6,4", "taille": "70"}, to=f"{visit}/mesures").text
    assert "P/T −2,81 : malnutrition modérée" in said
    assert "P/Â" not in said  # ten months is what somebody said: it can be nine or eleven
    assert "P/T" not in nurse.post(visit, {"poids": "6,4"}, to=f"{visit}/mesures").text
    swollen = nurse.post(visit, {"poids": "8", "taille": "70", "oedemes": "2"}, to=f"{visit}/mesures").text
    assert "P/T" not in swollen  # water weighs: the swelling is told, the score is not
    odd = nurse.post(visit, {"poids": "40", "taille": "70"}, to=f"{visit}/mesures").text
    assert "mesurez encore" in odd


@pytest.mark.parametrize(
    ("typed", "found"),
    [("sumaya", "Paludisme simple"), ("B54", "Paludisme simple"), ("konoboli", "Diarrhée"), ("mal de dent", "Carie"), ("HTA", "Hypertension")],
)  # fmt: skip
def test_a_diagnosis_is_found_by_local_words_synonyms_and_code(nurse: Tablet, typed: str, found: str) -> None:
    assert found in nurse.http.get("/diagnostics", params={"trouver": typed}).text


def test_the_dose_table_stands_beside_the_line_and_says_when_more_is_typed(nurse: Tablet) -> None:
    visit = arrive(nurse, "Oumar Dose", age="10", unit="month")
    line = {"ligne-0-produit": "MLS037"}
    unweighed = nurse.post(visit, line, to=f"{visit}/ordonnance").text
    assert "Pesez d&#39;abord" in unweighed
    told = nurse.post(visit, {**line, "poids": "8,4"}, to=f"{visit}/ordonnance").text
    assert "Tableau : 1 × 2 par jour, 5 jours" in told
    taken = nurse.post(visit, {**line, "poids": "8,4", "doser": "0"}, to=f"{visit}/ordonnance").text
    for name, value in (("prise", "1"), ("fois", "2"), ("jours", "5")):
        assert re.search(rf'name="ligne-0-{name}"[^>]*value="{value}"', taken)
    assert re.search(r"soit 10\s+comprimé", taken)
    more = nurse.post(
        visit, {**line, "poids": "8,4", "ligne-0-prise": "2", "ligne-0-fois": "2"}, to=f"{visit}/ordonnance"
    ).text
    assert "Plus que le tableau" in more
    blister = nurse.post(visit, {"ligne-0-produit": "MLS002", "poids": "8,4"}, to=f"{visit}/ordonnance").text
    assert "un autre dosage" in blister
    assert (
        "Tableau : 1 plaquette"
        in nurse.post(visit, {"ligne-0-produit": "MLS001", "poids": "8,4"}, to=f"{visit}/ordonnance").text
    )


def test_a_line_shows_stock_price_and_total_and_a_rupture_its_equivalent(nurse: Tablet) -> None:
    visit = arrive(nurse, "Djeneba Rayon", age="30")
    asked = {"ligne-0-produit": "Paracétamol 500 mg", "ligne-0-prise": "1", "ligne-0-fois": "3", "ligne-0-jours": "5"}
    page = nurse.post(visit, asked, to=f"{visit}/ordonnance")
    assert "au dépôt" in page.text
    assert re.search(r"soit 15\s+comprimé", page.text)
    assert re.search(r"Total <b>[1-9]", page.text)
    whole = nurse.post(visit, {**asked, "ligne-0-produit": "MLS004"}, to=f"{visit}/ordonnance")
    assert "soit 15" not in whole.text  # a blister is a whole treatment: nothing is multiplied
    # The starter list holds amoxicillin 125 mg that never lay on this shelf, and 250 mg that does.
    short = nurse.post(visit, {"ligne-0-produit": "MLS038", "ligne-0-quantite": "1"}, to=f"{visit}/ordonnance")
    assert "rupture au dépôt" in short.text
    assert 'value="0:MLS037"' in short.text


def test_a_product_that_no_one_knows_is_said_beside_its_line(nurse: Tablet) -> None:
    visit = arrive(nurse, "Kany Inconnu")
    page = nurse.post(
        visit, {"diagnostic": "gale", "ligne-0-produit": "poudre de perlimpinpin", "ligne-0-quantite": "1"}
    )
    assert page.status_code == 422
    assert "Choisissez le produit dans la liste" in page.text
    assert "poudre de perlimpinpin" in page.text


def test_a_result_is_corrected_with_a_reason_and_the_old_one_is_struck_through(nurse: Tablet) -> None:
    visit = arrive(nurse, "Mah Correction")
    nurse.post(f"{visit}/labo", {"examen": ["HB"]}, to=f"{visit}/labo/demander")
    order = re.search(r'name="r(\d+)-valeur"', nurse.http.get(f"{visit}/labo").text)
    assert order
    nurse.post(f"{visit}/labo", {f"r{order[1]}-valeur": "6,4"})
    page = nurse.http.get(f"{visit}/labo")
    key = {"examen": order[1], "remplace": hidden(page, "remplace")}
    silent = nurse.post(f"{visit}/labo", {**key, f"c{order[1]}-valeur": "9,4"}, to=f"{visit}/labo/corriger")
    assert silent.status_code == 409
    nurse.post(
        f"{visit}/labo",
        {**key, f"c{order[1]}-valeur": "9,4", f"c{order[1]}-raison": "mal lu"},
        to=f"{visit}/labo/corriger",
    )
    shown = nurse.http.get(f"{visit}/labo").text
    assert "9,4 g/dl" in shown
    assert "<s>Hémoglobine : 6,4 g/dl</s>" in shown
    assert "mal lu" in shown


def test_asking_the_laboratory_keeps_what_was_typed_as_a_draft(nurse: Tablet) -> None:
    visit = arrive(nurse, "Safi Gardé")
    nurse.post(
        visit,
        {"examen": ["TDR"], "draft_version": "0", "notes": "toux depuis trois jours", "poids": "12,5"},
        to=f"{visit}/labo/demander",
    )
    home = nurse.http.get("/").text
    assert "Brouillons à reprendre" in home
    assert "Safi Gardé" in home
    page = nurse.http.get(visit).text
    assert "toux depuis trois jours" in page
    assert 'value="12,5"' in page


def test_a_draft_begun_by_another_is_announced_and_one_s_own_can_be_thrown_away(
    resident: Resident, nurse: Tablet
) -> None:
    visit = arrive(nurse, "Coumba Commencée")
    page = nurse.http.get(visit)
    key = {"csrf": hidden(page, "csrf"), "request_key": hidden(page, "request_key"), "draft_version": "0"}
    nurse.http.post(f"/brouillons/visite/{visit.split('/')[-1]}", data={**key, "notes": "commencé"})
    assert "Adama Koné a commencé cette fiche" in at(resident, HEAD).http.get(visit).text
    nurse.post(visit, {}, to=f"{visit}/brouillon/jeter")
    assert "commencé" not in nurse.http.get(visit).text
    assert "Coumba Commencée" not in nurse.http.get("/").text.partition("Brouillons")[2]


def test_the_draft_of_an_absent_person_is_for_the_deputy_alone(resident: Resident, nurse: Tablet) -> None:
    visit = arrive(nurse, "Oumou Intérim")
    page = nurse.http.get(visit)
    key = {"csrf": hidden(page, "csrf"), "request_key": hidden(page, "request_key"), "draft_version": "0"}
    nurse.http.post(f"/brouillons/visite/{visit.split('/')[-1]}", data={**key, "notes": "suite à faire"})
    head = at(resident, HEAD)
    nurse_id = next(
        i
        for i, name in re.findall(r'qui=(\d+)">([^<]+)', Tablet(resident.url).http.get("/entrer").text)
        if name == NURSE
    )
    refused = head.post("/", {"absent": nurse_id}, to=f"{visit}/brouillon/reprendre")
    assert refused.status_code == 409
    assert "suite à faire" not in head.http.get(visit).text


def test_the_register_has_the_columns_of_the_paper_and_hides_what_is_sensitive(nurse: Tablet) -> None:
    visit = arrive(nurse, "Hawa Registre", age="28")
    nurse.post(
        visit,
        {
            "diagnostic": "palu-simple",
            "tdr": "positive",
            "temperature": "38,6",
            "ligne-0-produit": "MLS069",
            "ligne-0-quantite": "6",
        },
    )
    hidden_visit = arrive(nurse, "Nina Secrète", age="28", motive="Perte de poids")
    nurse.post(hidden_visit, {"diagnostic": "vih"})
    page = nurse.http.get("/registre").text
    for column in (
        "N° dossier",
        "Nom et prénom",
        "Provenance",
        "Motif",
        "NC",
        "AC",
        "Signes",
        "Diagnostic",
        "TDR",
        "GE",
        "PB",
        "MDO",
        "Traitement",
        "Soignant",
    ):
        assert f"<th>{column}</th>" in page, column
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "Hawa Registre" in r)
    assert "Paludisme simple" in row
    assert "38,6" in row
    assert "Nina Secrète" not in page
    assert "VIH" not in page
    assert "sensible" in page


def test_the_register_is_closed_to_who_sees_no_consultation(resident: Resident) -> None:
    assert at(resident, KEEPER).http.get("/registre").status_code == 403


@pytest.mark.parametrize("query", ["jour=hier", "jour=2026-02-31", "mois=2026-13", "mois=x"])
def test_a_day_that_does_not_exist_is_said(nurse: Tablet, query: str) -> None:
    assert nurse.http.get(f"/registre?{query}").status_code == 409


def test_a_prescription_of_which_nothing_was_served_is_withdrawn_for_a_reason(nurse: Tablet) -> None:
    visit = arrive(nurse, "Tata Annulée", age="30")
    nurse.post(visit, {"diagnostic": "gale", "ligne-0-produit": "MLS069", "ligne-0-quantite": "6"})
    number = re.search(r'href="/vente/(\d+)"', nurse.http.get(visit).text)
    assert number
    page = nurse.post(f"{visit}/ordonnances", {"raison": "erreur"}, to=f"{visit}/ordonnances/{number[1]}/annuler")
    assert "annulée" in page.text
