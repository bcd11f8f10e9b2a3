"""The pages of a proposed order: each figure opens, a month is set aside by name, a setting says who changed it."""

from __future__ import annotations

import pytest

from appliance.core.actors import Role
from appliance.records.care import visits
from appliance.records.care.model import CaseType, Consultation, Rdt
from appliance.records.patients.services import register_patient
from appliance.stock.cards import stock_card
from appliance.storage import Store, Unit
from tests.conftest import TODAY, Act
from tests.records.people import person
from tests.web.counter import PARACETAMOL, Counter, Hand, stocked

PATH = "/depot/reglages"


@pytest.fixture
def keys(act: Act) -> dict[str, int]:
    return act(stocked)


@pytest.fixture
def keeper(store: Store, act: Act, keys: dict[str, int]) -> Hand:
    return Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


def test_a_default_is_marked_and_a_set_value_says_who_set_it(keeper: Hand, store: Store) -> None:
    before = keeper.get(PATH).text
    assert "à confirmer" in before
    assert "Rien n&#39;est encore réglé" in before or "Rien n'est encore réglé" in before
    after = keeper.post(PATH, {"pour": "programme:PANIER", "maximum_months": "2,5"}).text
    assert "Moussa Essai" in after
    assert 'value="2,5"' in after
    with store.reading() as db:
        assert float(stock_card(db, PARACETAMOL, TODAY).limits.maximum) == 2.5
    assert keeper.post(PATH, {"pour": "programme:PANIER", "maximum_months": ""}).status_code == 200
    with store.reading() as db:
        assert float(stock_card(db, PARACETAMOL, TODAY).limits.maximum) == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"maximum_months": "beaucoup"}, "Un nombre entre"),
        ({"maximum_months": "0,2"}, "Les niveaux doivent se suivre"),
        ({"lead_time_days": "12,5"}, "Un nombre entre"),
        ({"levels": "au-hasard"}, "Choisissez dans la liste"),
        ({"pour": "programme:NULLEPART", "maximum_months": "2"}, "existe pas pour ce choix"),
        ({"pour": "product:X", "maximum_months": "2"}, "existe pas pour ce choix"),
    ],
)
def test_nonsense_is_refused_and_stays_in_the_field(
    keeper: Hand, store: Store, fields: dict[str, str], said: str
) -> None:
    answer = keeper.post(PATH, fields)
    assert answer.status_code in (409, 422)
    assert said in answer.text
    name = next(n for n in fields if n != "pour")
    assert fields[name] in answer.text or name == "levels"  # a choice that is none can't stand in a list
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM order_setting") == 0


def test_every_figure_of_a_line_stands_on_its_page(keeper: Hand) -> None:
    shown = keeper.get(f"/depot/produits/{PARACETAMOL}/commande").text
    for part in ("CMM inconnue", "Stock, lot par lot", "Commandes en route"):
        assert part in shown
    assert keeper.get(f"/depot/produits/{PARACETAMOL}/commande?genre=emergency").status_code == 200
    assert keeper.get(f"/depot/produits/{PARACETAMOL}/commande?genre=x").status_code == 409
    assert keeper.get("/depot/produits/NULLE/commande").status_code == 404


def test_each_figure_of_the_dashboard_opens_and_nonsense_shows_this_month(keeper: Hand) -> None:
    shown = keeper.get("/depot/tableau?programme=PANIER").text
    assert f'href="/depot/produits/{PARACETAMOL}"' in shown
    assert f'href="/depot/produits/{PARACETAMOL}/calcul"' in shown
    assert "/depot?programme=PANIER&amp;etat=" in shown
    for nonsense in ("?mois=demain", "?mois=2031-01", "?mois=1999-12&programme=NULLE", "?programme=%27%22%3E"):
        answer = keeper.get(f"/depot/tableau{nonsense}")
        assert answer.status_code == 200
        assert "octobre 2026" in answer.text


def test_a_month_is_set_aside_with_a_reason_and_under_a_name(keeper: Hand, store: Store) -> None:
    path = f"/depot/produits/{PARACETAMOL}/mois"
    refused = keeper.post(path, {"mois": "2026-09", "raison": "", "geste": "ecarter"})
    assert refused.status_code == 409
    assert "raison" in refused.text.lower()
    done = keeper.post(path, {"mois": "2026-09", "raison": "Afflux de déplacés", "geste": "ecarter"})
    assert "Afflux de déplacés" in done.text
    assert "Moussa Essai" in done.text
    again = keeper.post(path, {"mois": "2026-09", "raison": "Encore une fois", "geste": "ecarter"})
    assert "déjà écarté" in again.text
    back = keeper.post(path, {"mois": "2026-09", "raison": "Erreur de ma part", "geste": "compter"})
    assert "compte de nouveau" in back.text
    assert keeper.post(path, {"mois": "2026-10", "raison": "Pas fini", "geste": "ecarter"}).status_code == 409


def test_the_people_behind_a_figure_are_named_to_those_who_may_read_them(
    store: Store, act: Act, keys: dict[str, int]
) -> None:
    act(register_pregnant)
    page = "/depot/produits/MLS009/personnes"
    head = Counter(store).tablet(act, "Docteur Essai", Role.HEAD).get(page).text
    assert "Awa Enceinte" in head
    assert "TPI à la SP" in head
    keeper = Counter(store).tablet(act, "Moussa Dépôt", Role.DEPOT_KEEPER).get(page).text
    assert "TPI à la SP" in keeper
    assert "Awa Enceinte" not in keeper
    other = (
        Counter(store).tablet(act, "Moussa Autre", Role.DEPOT_KEEPER).get(f"/depot/produits/{PARACETAMOL}/personnes")
    )
    assert "la consommation seule" in other.text


def register_pregnant(unit: Unit) -> None:
    patient = register_patient(unit, person("Awa Enceinte", sex="F", age=24), is_other=True)
    visit = visits.open_visit(unit, patient, "Consultation")
    said = Consultation(case_type=CaseType.NEW, motive="CPN", diagnosis="autre", rdt=Rdt.NOT_DONE, pregnant="yes")
    visits.record_consultation(unit, visit, said)
