"""The cold chain on the vaccinator's tablet: read, warned, opened, closed; and never the rest of the depot."""

from __future__ import annotations

import pytest

from appliance.core.actors import Role
from appliance.stock.cold_chain import temperatures
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.storage import Store, Unit
from tests.conftest import Act
from tests.web.counter import Counter, Hand, stocked

PATH = "/depot/froid"


@pytest.fixture
def house(store: Store, act: Act) -> Counter:
    def put(unit: Unit) -> None:
        stocked(unit)
        bcg = unit.value("SELECT id FROM product WHERE code = 'MLS050'")
        lot = ReceivedLot(product=bcg, lot_number="B1", expires_year=2027, expires_month=3, quantity=60)
        receive(unit, 1, "BL-9", "DRC", [lot], unit.today)
        temperatures.add_equipment(unit, "Frigo PEV", "refrigerator")

    act(put)
    return Counter(store)


@pytest.fixture
def vaccinator(house: Counter, act: Act) -> Hand:
    return house.tablet(act, "Awa Essai", Role.VACCINATOR)


def test_the_vaccinator_writes_the_cold_chain_and_nothing_else_of_the_depot(vaccinator: Hand) -> None:
    assert vaccinator.get("/depot").status_code == 403
    assert 'href="/depot/froid"' in vaccinator.get("/").text
    shown = vaccinator.post(f"{PATH}/releve", {"appareil": "1", "moment": "morning", "degres": "4,5"})
    assert shown.status_code == 200
    assert "4,5 °C" in shown.text


def test_who_may_only_read_sees_no_form(house: Counter, act: Act) -> None:
    doctor = house.tablet(act, "Docteur Essai", Role.PHYSICIAN)
    assert "Frigo PEV" in doctor.get(PATH).text
    assert doctor.post(f"{PATH}/releve", {"appareil": "1", "moment": "morning", "degres": "4"}).status_code == 403


@pytest.mark.parametrize(("typed", "below"), [("-0,7", ""), ("−0.7", ""), ("0,7", "oui")])
def test_frost_is_an_alarm_that_says_what_to_do_until_a_good_reading(vaccinator: Hand, typed: str, below: str) -> None:
    fields = {"appareil": "1", "moment": "morning", "degres": typed, "heure": "06:00"}
    shown = vaccinator.post(f"{PATH}/releve", {**fields, **({"degres_sous_zero": below} if below else {})}).text
    assert "Trop froid (gel) depuis le 15/10/2026 à 06:00, 2 h ; au pire −0,7 °C" in shown
    assert "test d&#39;agitation" in shown
    assert "alarme" in vaccinator.get("/").text
    assert "Frigo PEV : trop froid" in vaccinator.get("/").text
    after = vaccinator.post(f"{PATH}/releve", {"appareil": "1", "moment": "extra", "degres": "5"}).text
    assert "au pire" not in after


def test_what_was_done_stands_on_the_month_s_sheet(vaccinator: Hand) -> None:
    vaccinator.post(f"{PATH}/releve", {"appareil": "1", "moment": "morning", "degres": "12", "heure": "06:00"})
    assert vaccinator.post(f"{PATH}/action", {"releve": "1", "action": ""}).status_code == 409
    vaccinator.post(f"{PATH}/action", {"releve": "1", "action": "glacière préparée"})
    sheet = vaccinator.get(f"{PATH}/fiche?appareil=1&mois=2026-10").text
    for said in ("glacière préparée", "12,0 °C", "Awa Essai", "Le responsable du PEV"):
        assert said in sheet


def test_a_wrong_number_is_told_beside_its_fridge_and_stays_typed(vaccinator: Hand) -> None:
    answer = vaccinator.post(f"{PATH}/releve", {"appareil": "1", "moment": "morning", "degres": "quatre"})
    assert answer.status_code == 422
    assert 'value="quatre"' in answer.text
    assert "Écrivez un nombre" in answer.text


def test_a_missed_reading_is_asked_for_and_entered_later(vaccinator: Hand) -> None:
    vaccinator.post(f"{PATH}/releve", {"appareil": "1", "moment": "morning", "degres": "4", "le": "13/10/2026"})
    assert "relevé manqué (soir du 14/10)" in vaccinator.get("/").text
    for day, moment in (("13/10/2026", "evening"), ("14/10/2026", "morning"), ("14/10/2026", "evening")):
        vaccinator.post(f"{PATH}/releve", {"appareil": "1", "moment": moment, "degres": "4", "le": day})
    assert "relevé manqué" not in vaccinator.get("/").text


def test_a_session_opens_gives_and_throws_away(vaccinator: Hand) -> None:
    opened = vaccinator.post(f"{PATH}/flacons", {"lot": "5-1", "flacons": "2"})
    assert "40 doses" in opened.text
    too_many = vaccinator.post(f"{PATH}/flacons/fin", {"donne-1": "41"})
    assert (too_many.status_code, "Il ne reste que 40 doses" in too_many.text) == (422, True)
    assert 'value="41"' in too_many.text
    assert "Aucun flacon" in vaccinator.post(f"{PATH}/flacons/fin", {"donne-1": "34"}).text
    assert "15,0\u00a0%" in vaccinator.get(f"{PATH}/pertes").text.replace(" %", "\u00a0%")


def test_a_turned_monitor_is_set_aside_and_an_incident_has_its_paper(vaccinator: Hand) -> None:
    assert "mis de côté" in vaccinator.post(f"{PATH}/pcv", {"lot": "5", "stade": "3"}).text
    refused = vaccinator.post(
        f"{PATH}/incidents", {"exposition": "vvm", "note": "pastille au stade 3", "perdu-5-1": "61"}
    )
    assert (refused.status_code, "pastille au stade 3" in refused.text) == (422, True)
    done = vaccinator.post(f"{PATH}/incidents", {"exposition": "vvm", "note": "pastille au stade 3", "perdu-5-1": "60"})
    assert "N° 1 du 15/10/2026" in done.text
    paper = vaccinator.get(f"{PATH}/incidents/1").text
    assert "Procès-verbal de perte" in paper
    assert "60 dose" in paper


def test_sessions_are_planned_by_the_week_and_their_need_is_shown(vaccinator: Hand) -> None:
    shown = vaccinator.post(f"{PATH}/seances", {"le": "06/10/2026", "strategie": "fixed", "fois": "4"}).text
    assert shown.count("Fixe, au centre") >= 4
    typed = {f"attendu-{n}": "6" for n in range(1, 5)}
    shown = vaccinator.post(f"{PATH}/seances/attendus?mois=2026-10&vaccin=MLS050", typed).text
    assert "<b>4</b>" in shown
    assert "70,0 %" in shown
