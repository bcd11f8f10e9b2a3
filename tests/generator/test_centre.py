"""The invented centre: the same seed gives the same one, every check holds, and an independent count equals the cells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from appliance.core.periods import Month
from appliance.generator.centre import Plan, generate
from appliance.reports.preview import report
from appliance.storage import FileKey, Store
from appliance.upkeep.checks import digest, run_checks


def made(directory: Path, seed: int) -> str:
    directory.mkdir()
    key = FileKey(directory / "store.key").create()
    Store.create(directory, key)
    store = Store.open(directory, key)
    generate(store, Plan(seed=seed, population=1_500, months=1, until=date(2026, 10, 31)))
    with store.reading() as db:
        found = digest(db)
    store.close()
    return found


def test_the_same_seed_gives_the_same_centre_and_another_seed_another(tmp_path: Path) -> None:
    first, again, other = made(tmp_path / "a", 1), made(tmp_path / "b", 1), made(tmp_path / "c", 2)
    assert first == again
    assert first != other


def test_the_last_month_is_the_last_full_one() -> None:
    def plan(until: date) -> Plan:
        return Plan(seed=1, population=1, months=3, until=until)

    assert (plan(date(2026, 10, 31)).first, plan(date(2026, 10, 31)).last) == (Month(2026, 8), Month(2026, 10))
    assert plan(date(2026, 10, 30)).last == Month(2026, 9)


def test_every_invariant_holds_over_a_generated_centre(centre_copy: Path) -> None:
    store = Store.open(centre_copy, FileKey(centre_copy / "store.key").key())
    results = run_checks(store)
    store.close()
    assert {n: f for n, f in results["checks"].items() if f} == {}
    assert results["counts"]["closing"] == 2


def test_the_crgs_adds_up_line_by_line_and_month_to_month(centre_copy: Path) -> None:
    store = Store.open(centre_copy, FileKey(centre_copy / "store.key").key())
    with store.reading() as db:
        lines: dict[tuple[str, str], dict[str, object]] = {}
        for month in (Month(2026, 9), Month(2026, 10)):
            for cell in report(db, "CRGS", month, date(2026, 11, 2)).cells:
                lines.setdefault((str(month), cell.code), {})[cell.disaggregation["column"]] = cell.value
        used = dict(
            db.all(
                "SELECT p.code, -sum(m.quantity) FROM movement m JOIN product p ON p.id = m.product WHERE m.dispense IS NOT NULL"
                " AND m.occurred_on LIKE '2026-10-%' GROUP BY p.code"
            )
        )
    store.close()
    moved = 0
    for (month, code), row in lines.items():
        if row["SI"] is None:
            continue
        moved += 1
        assert row["ST"] == row["SI"] + row["QR"] - row["QU"] - row["QP"] + row["QA"]  # type: ignore[operator]
        assert row["EC"] == row["SDU"] - row["ST"]  # type: ignore[operator]
        if month == "2026-10":
            assert row["QU"] == used.get(code, 0)
            assert row["SI"] == lines["2026-09", code]["SDU"]
    assert moved > 40
