"""From the table to the shelf: never more than the table says, and the blister of the right weight."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.errors import DataFileError
from appliance.records.rules.dosing.doses import Person
from appliance.records.rules.dosing.strengths import FILE, load_strengths, strengths, told
from appliance.stock import catalogue
from appliance.stock.catalogue.csv_file import read_products


@pytest.mark.parametrize(
    ("kilograms", "blister"),
    [("5", "MLS001"), ("14.9", "MLS001"), ("15", "MLS002"), ("25", "MLS003"), ("35", "MLS004")],
)
def test_one_blister_of_each_weight_is_the_treatment(kilograms: str, blister: str) -> None:
    person = Person(weight_kg=Fraction(kilograms))
    right = [code for code in ("MLS001", "MLS002", "MLS003", "MLS004") if not told(code, person).is_other]  # type: ignore[union-attr]
    assert right == [blister]


@given(st.sampled_from(sorted(strengths())), st.integers(20, 900), st.integers(0, 400))
def test_what_is_proposed_is_never_more_than_the_table(code: str, tenths: int, months: int) -> None:
    found, held = told(code, Person(weight_kg=Fraction(tenths, 10), age_months=months)), strengths()[code]
    assert found is not None
    if found.take is not None and held.per_unit is not None and found.dosage.quantity is not None:
        assert found.take * held.per_unit <= found.dosage.quantity
        assert found.take * held.parts == int(found.take * held.parts)


def test_every_product_of_the_file_is_in_the_starting_list() -> None:
    listed, faults = read_products(Path(catalogue.__file__).parent / "data" / "products-mali-starter.csv")
    assert faults == []
    assert set(strengths()) <= {line.code for line in listed}


def test_a_product_without_a_table_is_refused_with_its_line(tmp_path: Path) -> None:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    content["products"][2]["drug"] = "artemether"
    file = tmp_path / "products.json"
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")
    with pytest.raises(DataFileError, match="has no dose table"):
        load_strengths(file)
