"""A small answer is kept between commits and made anew after each: what a page shows is never older than its snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.access import staff
from appliance.core.actors import MACHINE, Role
from appliance.storage import FileKey, Store, Unit


@pytest.fixture
def store(tmp_path: Path) -> Store:
    key = FileKey(tmp_path / "store.key").create()
    Store.create(tmp_path, key)
    return Store.open(tmp_path, key)


def _close_tab(unit: Unit) -> dict[str, object]:
    staff.set_cell(unit, "depot", Role.NURSE, "write")
    return {}


def test_an_answer_is_made_once_between_two_commits(store: Store) -> None:
    made: list[int] = []
    for _ in range(3):
        with store.reading() as db:
            db.kept("answer", lambda: made.append(1))
    assert len(made) == 1
    store.heartbeat()
    with store.reading() as db:
        db.kept("answer", lambda: made.append(1))
    assert len(made) == 2
    store.close()


def test_a_right_that_was_taken_or_given_counts_at_the_next_request(store: Store) -> None:
    with store.reading() as db:
        assert not staff.rights(db).may("depot", "write", {Role.NURSE}, None)
    store.act_now("set-cell", MACHINE, _close_tab)
    with store.reading() as db:
        assert staff.rights(db).may("depot", "write", {Role.NURSE}, None)
    store.close()


def test_within_one_snapshot_the_answer_stays_what_the_snapshot_says(store: Store) -> None:
    with store.reading() as db:
        assert not staff.rights(db).may("depot", "write", {Role.NURSE}, None)
        store.act_now("set-cell", MACHINE, _close_tab)
        assert not staff.rights(db).may("depot", "write", {Role.NURSE}, None)
        assert db.value("SELECT count(*) FROM matrix_cell") == 0
    store.close()


def test_the_writer_reads_what_it_has_just_written(store: Store) -> None:
    def twice(unit: Unit) -> dict[str, object]:
        before = staff.rights(unit)
        staff.set_cell(unit, "depot", Role.NURSE, "write")
        after = staff.rights(unit)
        return {"before": len(before.cells), "after": len(after.cells)}

    assert store.act_now("set-cell", MACHINE, twice).result == {"before": 0, "after": 1}
    store.close()
