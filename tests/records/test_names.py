"""Names: what is one name, what is a family, and what must stay apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.errors import DataFileError, Refused
from appliance.records.patients.names import FILE, alias_keys, compare, load_rules, name_key

VECTORS = json.loads(FILE.read_text("utf-8"))["vectors"]


@pytest.mark.parametrize(("a", "b"), VECTORS["key"])
def test_spellings_of_one_name_match(a: str, b: str) -> None:
    assert compare(a, b) in ("key", "exact")
    assert compare(b, a) == compare(a, b)


@pytest.mark.parametrize(("a", "b"), VECTORS["alias"])
def test_usual_names_match_through_their_family_only(a: str, b: str) -> None:
    assert compare(a, b) == compare(b, a) == "alias"
    assert alias_keys(a) & alias_keys(b)


@pytest.mark.parametrize(("a", "b"), VECTORS["apart"])
def test_other_names_stay_apart(a: str, b: str) -> None:
    assert compare(a, b) is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Fatoumata COULIBALY", "coulibaly fatoumata", "exact"),
        ("Fatoumata Coulibaly", "Koulibali Fatou", "alias"),
        ("Awa Diarra", "Jara Hawa", "key"),
        ("Awa Diarra", "Awa Diallo", None),
        ("N'Golo Koné", "Ngolo Kone", "exact"),
        ("Aminata Keita", "Aminata  Kéïta", "exact"),
        ("Mohamed Ag Ibrahim", "Mohamed Ag Ibrahim", "exact"),
        ("أمينة", "أمينة", "exact"),
    ],
)
def test_names_of_several_words(a: str, b: str, expected: str | None) -> None:
    assert compare(a, b) == expected


@pytest.mark.parametrize("bad", ["", "   ", "'", "-", "…"])
def test_no_name_is_refused(bad: str) -> None:
    with pytest.raises(Refused) as refusal:
        compare(bad, "Awa")
    assert refusal.value.code == "name-empty"


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything_typed_is_answered_and_order_does_not_matter(a: str, b: str) -> None:
    try:
        assert compare(a, b) == compare(b, a)
        assert compare(a, a) == "exact"
    except Refused as refusal:
        assert refusal.code == "name-empty"


def test_a_wrong_rules_file_names_its_line(tmp_path: Path) -> None:
    text = FILE.read_text("utf-8").replace('["Traoré", "Touré"]', '["Diarra", "Jara"]', 1)
    (tmp_path / "n.json").write_text(text, "utf-8")
    with pytest.raises(DataFileError) as fault:
        load_rules(tmp_path / "n.json")
    wrong = text.split("\n")[fault.value.line - 1]
    assert '["Diarra", "Jara"]' in wrong


def test_the_key_keeps_the_first_letter() -> None:
    assert name_key("Adama")[0] == "A"
