"""The centre, its villages, who lives there and what the year's targets are."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.core.errors import DataFileError, Refused
from appliance.records.facility.services import (
    SUPPLIERS,
    Facility,
    FacilityKind,
    add_village,
    edit_village,
    facility,
    populations,
    set_facility,
    set_population,
)
from appliance.records.facility.services import villages as listed
from appliance.records.facility.targets import FILE, area_population, load_rates, set_district_rates, targets
from appliance.storage import Database, Store
from tests.conftest import Act


@pytest.mark.parametrize("kind", list(FacilityKind))
@pytest.mark.parametrize("supplier", SUPPLIERS)
def test_every_kind_of_centre_and_supplier_is_kept(act: Act, store: Store, kind: str, supplier: str) -> None:
    wanted = Facility(name="  CSCom de Farabani ", code="ML-0417", district="Kati", kind=kind, supplier=supplier)
    act(set_facility, wanted)
    with store.reading() as db:
        held = facility(db)
    assert held is not None
    assert (held.name, held.kind, held.supplier) == ("CSCom de Farabani", kind, supplier)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("name", " ", "facility-name"), ("code", "", "facility-code"), ("kind", "hôpital", "facility-kind"), ("supplier", "ami", "facility-supplier")],
)  # fmt: skip
def test_a_centre_that_can_not_be_is_refused(act: Act, store: Store, field: str, value: str, code: str) -> None:
    given = {"name": "CSCom", "code": "ML-1", "district": "Kati"} | {field: value}
    with pytest.raises(Refused) as fault:
        act(set_facility, Facility(**given))
    assert fault.value.code == code
    with store.reading() as db:
        assert facility(db) is None


def test_a_village_is_changed_counted_again_and_retired(act: Act, villages: list[int], store: Store) -> None:
    act(edit_village, villages[0], "Farabani-Koro", relais="Bakary", relais_phone="66112233", distance_km=7)
    act(set_population, villages[0], 2027, 4_100)
    act(set_population, villages[0], 2027, 4_200)
    act(edit_village, villages[1], "Toura-Peulh", is_active=False)
    with store.reading() as db:
        assert _names(db) == ["Farabani-Koro", "Sananfara"]
        assert populations(db)[villages[0]] == {2026: 4_000, 2027: 4_200}
        assert [area_population(db, year) for year in (2025, 2026, 2027)] == [0, 4_000, 4_200]


def _names(db: Database) -> list[str]:
    return [v.name for v in listed(db)]


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "village-name"), ("\x00", "village-name"), ("x" * 81, "village-name"), ("FARABÀNI", "village-known")],
)
def test_a_village_without_a_name_or_typed_twice_is_refused(
    act: Act, villages: list[int], name: str, code: str
) -> None:
    for service, which in ((add_village, ()), (edit_village, (villages[1],))):
        with pytest.raises(Refused) as fault:
            act(service, *which, name)
        assert fault.value.code == code


@pytest.mark.parametrize(
    ("village", "year", "people", "code"),
    [(1, 2026, -1, "population"), (1, 1900, 5, "population"), (99, 2026, 5, "no-such-village")],
)
def test_a_population_that_can_not_be_is_refused(
    act: Act, villages: list[int], village: int, year: int, people: int, code: str
) -> None:
    with pytest.raises(Refused) as fault:
        act(set_population, village, year, people)
    assert fault.value.code == code


def test_targets_come_from_the_area_and_the_district_s_own_rates_replace_ours(
    act: Act, villages: list[int], store: Store
) -> None:
    act(set_district_rates, {"pregnancies": 333})
    with store.reading() as db:
        found = {t.rate.code: t for t in targets(db, 2026)}
    assert (found["pregnancies"].people, found["pregnancies"].is_districts) == (266, True)  # 8,000 × 3.33 % = 266.4
    assert (found["births"].people, found["births"].population) == (360, 8_000)
    for rates in ({"loups": 5}, {"births": 0}, {"births": 10_001}):
        with pytest.raises(Refused) as fault:
            act(set_district_rates, rates)
        assert fault.value.code == "target-rate"


def test_a_rate_that_is_no_rate_is_named_with_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "targets.json"
    wrong.write_text(FILE.read_text().replace('"per_10000": 450', '"per_10000": 0'))
    with pytest.raises(DataFileError) as fault:
        load_rates(wrong)
    assert (fault.value.line, "between 1" in fault.value.fault) == (10, True)
