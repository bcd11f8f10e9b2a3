"""Two names, one person? The pairs that a nurse would join or part at a glance, as `appliance rules names` answers them."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from click.testing import CliRunner

from appliance.cli.rules import rules

SOUND = """
Coulibaly/Koulibaly/Kulibali/Coulibali/Koulibali/Couloubaly; Diarra/Jara/Djarra; Diallo/Djallo/Jalo/Jallo; Cissé/Sissé
Sissoko/Cissoko/Cissokho/Sissokho; Ouattara/Watara; Konaté/Conate; Doumbia/Dumbiya/Dumbia; Guindo/Gindo
Mamadou/Mahamadou/Mohamed/Mouhamed; Fatoumata/Fatimata; Kadidia/Kadidja; Djénéba/Dieneba/Jeneba; Awa/Haoua/Hawa
Youssouf/Yusuf; Tiémoko/Chiémoko; Cheick/Cheikh; Ba/Bah; Diakité/Jakite; Diabaté/Jabaté; Camara/Kamara; Sacko/Sako
Dicko/Diko; Barry/Bari; Sow/So; Berthé/Berte; Ouologuem/Wologuem; Seydou/Saydou; Aly/Ali; Sylla/Sila; Tounkara/Tunkara
Niaré/Gnaré; Nyankoro/Niankoro/Gnankoro; Yaya/Yahya; Housseini/Husseini; Ouédraogo/Wedraogo; Sanogo/Sanogho
"""
USUAL = """
Fatoumata/Fanta; Fatoumata/Fatou; Traoré/Tarawele; Boubacar/Bakary; Kadidia/Kadiatou; Ibrahim/Brehima; Cheick/Sékou
Traoré/Trawele; Aminata/Ami; Mariam/Mamou; Salimata/Sali; Maïmouna/Mouna; Korotoumou/Koro; Souleymane/Solo
Abdoulaye/Ablo; Drissa/Idrissa; Mamadou/Madou; Safiatou/Safi; Oumar/Omar; Bagayoko/Bagayogo; Amadou/Amadoun; Thiam/Tiam
"""
APART = """
Traoré/Touré; Diarra/Diallo; Keïta/Konaté; Sidibé/Sissoko; Samaké/Sangaré; Koné/Konaté; Adama/Aminata; Moussa/Mamadou
Fatoumata/Kadiatou; Awa/Assa; Sidibé/Sangaré; Dembélé/Doumbia; Coulibaly/Camara; Salif/Souleymane; Mariam/Maïmouna
Issa/Moussa; Oumou/Oumar; Maïga/Mariko; Cissé/Sacko; Diakité/Diabaté; Togola/Togo; Fané/Fofana; Bakary/Bourama
"""
SAME = [
    ("Traoré", "TRAORE"), ("keïta", "Keita"), ("Fatoumata Traoré", "traore FATOUMATA"), ("N'Golo", "N\u2019GOLO"),
    ("Marie-Claire", "claire marie"), ("  Awa   Koné ", "Kone Awa"), ("Nènè", "Ne\u0301ne\u0300"),
]  # fmt: skip


def answer(a: str, b: str) -> dict[str, object]:
    done = CliRunner().invoke(rules, ["names", a, b, "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.output)
    return found


def pairs(text: str) -> list[tuple[str, str]]:
    return [pair for group in text.replace("\n", ";").split(";") for pair in combinations(group.strip().split("/"), 2)]


@pytest.mark.parametrize(
    ("table", "by"), [(SOUND, "key"), (USUAL, "alias"), (APART, None)], ids=["by sound", "usual names", "apart"]
)
def test_every_pair_is_found_the_way_a_nurse_would(table: str, by: str | None) -> None:
    wrong = [
        (a, b, found)
        for a, b in pairs(table)
        for found in (answer(a, b), answer(b, a.upper()))
        if (found["match"], found["by"]) != (by is not None, by)
    ]
    assert wrong == []


@pytest.mark.parametrize(("a", "b"), SAME)
def test_case_accents_and_the_order_of_words_are_no_difference(a: str, b: str) -> None:
    assert answer(a, b)["by"] == "exact"


def test_the_weakest_word_decides_and_one_word_alone_names_nobody() -> None:
    assert answer("Awa Koulibali", "Coulibaly Hawa")["by"] == "key"
    assert answer("Fanta Traoré", "Traore Fatoumata")["by"] == "alias"
    assert answer("Awa Traoré", "Awa Touré")["by"] is None
    assert answer("Fatoumata", "Fatoumata Traoré")["by"] is None


def test_a_name_without_letters_is_refused() -> None:
    assert CliRunner().invoke(rules, ["names", "", "Awa", "--json"]).exit_code != 0
