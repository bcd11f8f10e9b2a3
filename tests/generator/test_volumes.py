"""The generated year beside what was counted in real centres: volumes, seasons, ages, names, shelves.

The midwife's own activities (births, antenatal care, vaccination, family planning) are not generated yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from appliance.generator.centre import Plan, generate
from appliance.generator.world import day_weight, expected_monthly_use, world
from appliance.storage import Database, FileKey, Store

SCALE = 0.25
"""A quarter of the area of 12,000 keeps the test short; counts are compared per 12,000."""
CASES = "count(CASE WHEN c.diagnosis LIKE 'palu-%' AND c.case_type = 'NC' THEN 1 END)"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A year of a centre of 3,000."""
    directory = tmp_path_factory.mktemp("year") / "centre"
    directory.mkdir()
    key = FileKey(directory / "store.key").create()
    Store.create(directory, key)
    store = Store.open(directory, key)
    made = generate(store, Plan(seed=1, population=int(12_000 * SCALE), months=12, until=date(2026, 10, 31)))
    assert made.refused == []
    with store.reading() as db:
        yield db
    store.close()


def by_month(db: Database, what: str) -> dict[int, float]:
    rows = db.all(
        f"SELECT substr(v.occurred_on, 6, 2), {what} FROM visit v JOIN consultation c ON c.visit = v.id"
        " JOIN patient p ON p.id = v.patient GROUP BY 1"
    )
    return {int(month): value / SCALE for month, value in rows}


def share_of_visits(db: Database, condition: str) -> float:
    return float(
        db.value(
            f"SELECT avg({condition}) FROM visit v JOIN patient p ON p.id = v.patient JOIN village g ON g.id = p.village"
        )
    )


def test_four_to_seven_hundred_come_a_month_and_most_after_the_rains(year: Database) -> None:
    visits = by_month(year, "count(*)")
    assert len(visits) == 12
    assert all(330 <= count <= 800 for count in visits.values()), visits
    assert 400 <= sum(visits.values()) / 12 <= 700
    peak, dry = (visits[9] + visits[10]) / 2, (visits[4] + visits[5]) / 2
    assert 1.4 <= peak / dry <= 2.2


def test_malaria_follows_the_months_of_the_notified_cases(year: Database) -> None:
    cases = by_month(year, CASES)
    total = sum(cases.values())
    assert 463 <= total <= 2_582
    for month, percent in enumerate(world()["malaria_percent_by_month"], 1):
        assert abs(100 * cases[month] / total - percent) < 3.5, month
    assert max(cases, key=cases.__getitem__) in (9, 10)


def test_the_cascade_of_malaria_suspected_tested_positive(year: Database) -> None:
    suspected = by_month(year, "total(c.malaria_suspected)")
    tested = by_month(year, "total(c.rdt <> 'not_done')")
    positive = by_month(year, "total(c.rdt = 'positive')")
    visits = by_month(year, "count(*)")
    assert 0.5 <= sum(suspected.values()) / sum(visits.values()) <= 0.68
    assert sum(tested.values()) / sum(suspected.values()) > 0.85
    dry, peak = (sum(positive[m] for m in ms) / sum(tested[m] for m in ms) for ms in ((3, 4, 5), (9, 10)))
    assert 0.15 <= dry <= 0.45
    assert 0.5 <= peak <= 0.7
    severe = year.one(
        "SELECT total(diagnosis = 'palu-grave'), count(*) FROM consultation WHERE diagnosis LIKE 'palu-%'"
    )
    assert severe is not None
    assert 0.03 <= severe[0] / severe[1] <= 0.1


def test_who_comes_women_a_little_more_children_half_the_seat_and_the_villages(year: Database) -> None:
    age = "(julianday(v.occurred_on) - julianday(p.born_on))"
    assert 0.49 <= share_of_visits(year, "p.sex = 'F'") <= 0.58
    assert 0.45 <= share_of_visits(year, f"{age} < 1826") <= 0.58
    assert 0.22 <= share_of_visits(year, f"{age} >= 6570") <= 0.33
    assert 0.36 <= share_of_visits(year, "g.name = 'Dougabani'") <= 0.47
    assert 0.12 <= share_of_visits(year, "g.in_area = 0") <= 0.2
    returning = 1 - year.value("SELECT count(DISTINCT patient) * 1.0 / count(*) FROM visit")
    assert 0.35 <= returning <= 0.65
    assert year.value("SELECT count(*) FROM consultation WHERE case_type = 'AC'") > 10


def test_about_three_medicines_stand_on_a_prescription(year: Database) -> None:
    lines, prescriptions, visits = (
        year.value(f"SELECT count(*) FROM {table}") for table in ("prescription_line", "prescription", "visit")
    )
    assert 0.85 <= prescriptions / visits <= 1
    assert 3.0 <= lines / prescriptions <= 3.4
    antibiotics = "('MLS037', 'MLS072', 'MLS073', 'MLS074', 'MLS075', 'MLS077', 'MLS078', 'MLS081', 'MLS082')"
    with_one = year.value(f"SELECT count(DISTINCT prescription) FROM prescription_line WHERE product IN {antibiotics}")
    assert 0.55 <= with_one / prescriptions <= 0.72
    injected = year.value(
        "SELECT count(DISTINCT prescription) FROM prescription_line WHERE product IN ('MLS006', 'MLS071', 'MLS074', 'MLS075', 'MLS090')"
    )
    assert 0.25 <= injected / prescriptions <= 0.6


def test_some_are_observed_some_sent_on_and_few_die(year: Database) -> None:
    ends = dict(year.all("SELECT outcome, count(*) FROM consultation GROUP BY 1"))
    a_month = {name: count / SCALE / 12 for name, count in ends.items()}
    assert 20 <= a_month["observation"] <= 60
    assert 8 <= a_month["referred"] + a_month["evacuated"] <= 25
    assert a_month.get("died", 0) <= 3


def test_shelves_run_empty_now_and_then_and_deliveries_come_late_or_not(year: Database) -> None:
    lines = year.value("SELECT count(*) FROM prescription_line")
    causes = dict(year.all("SELECT cause, count(*) FROM unmet_demand GROUP BY 1"))
    assert 0.005 <= causes["stockout"] / lines <= 0.1
    assert 0.03 <= causes["too_expensive"] / lines <= 0.08
    received = [day for (day,) in year.all("SELECT occurred_on FROM receipt")]
    assert 9 <= len(received) <= 12
    assert {day[8:] for day in received} > {"10"}
    used = year.value(
        "SELECT -total(m.quantity) FROM movement m JOIN product p ON p.id = m.product WHERE p.code = 'MLS012'"
        " AND m.dispense IS NOT NULL"
    )
    assert used > 100


def test_names_are_spelt_by_ear_and_twins_and_second_files_exist(year: Database) -> None:
    names = [text for (text,) in year.all("SELECT text FROM patient_name WHERE kind = 'civil'")]
    words = {word for name in names for word in name.split(" ")}
    assert {"Coulibaly", "Koulibaly", "Traoré", "Traore", "Fatoumata"} <= words
    assert {"Fatouma", "Fanta", "Ami", "Mina", "Kadia"} & words
    assert any(name.startswith("Bébé de ") for name in names)
    assert year.value("SELECT count(*) FROM patient_name WHERE kind = 'usual'") > 5
    twins = year.value(
        "SELECT count(*) FROM patient a JOIN patient b ON b.id = a.id + 1 AND b.born_on = a.born_on"
        " JOIN patient_contact c ON c.patient = a.id JOIN patient_contact d ON d.patient = b.id"
        " AND d.mother_name = c.mother_name"
    )
    assert twins >= 1
    rounded = year.one(
        "SELECT total(age_value % 5 = 0), count(*) FROM patient WHERE born_precision <> 'day' AND age_value >= 20"
    )
    assert rounded is not None
    assert rounded[0] / rounded[1] > 0.4


def test_the_days_of_a_month_share_its_visits_out() -> None:
    assert sum(day_weight(date(2026, 2, n)) for n in range(1, 29)) == pytest.approx(1)
    assert day_weight(date(2026, 2, 2)) > 3 * day_weight(date(2026, 2, 1))


def test_the_first_stock_rests_on_what_the_illnesses_take() -> None:
    use = expected_monthly_use()
    assert 30 <= len(use) <= 80
    assert sum(use[code] for code in ("MLS001", "MLS002", "MLS003", "MLS004")) == pytest.approx(1_500 / 12, rel=0.1)
    assert use["MLS012"] == pytest.approx(300, rel=0.3)
