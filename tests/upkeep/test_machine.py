"""What the box knows of itself: starts after a cut, the nightly check, what a machine can and can't tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from appliance.core.actors import Actor
from appliance.core.clock import FixedClock
from appliance.storage import Store
from appliance.upkeep import nightly, runs
from appliance.upkeep.health import DISK_FREE_BYTES_MIN, Health, read_health
from tests.conftest import Act

HOUR = 3_600_000


def health(**known: object) -> Health:
    unknown = dict.fromkeys(Health.__dataclass_fields__)
    return Health(**{**unknown, **known})  # type: ignore[arg-type]


def test_a_start_with_no_stop_before_it_came_after_a_cut(store: Store, act: Act) -> None:
    assert act(runs.record_start) is True
    act(runs.record_run, runs.STOP, is_ok=True)
    assert act(runs.record_start) is True
    assert act(runs.record_start) is False
    with store.reading() as db:
        assert runs.starts(db, 0) == runs.Starts(count=3, after_cut=1)


def test_the_check_is_owed_until_it_ran_then_a_night_later_when_nobody_works(store: Store, act: Act) -> None:
    now = store.clock.now().ms
    with store.reading() as db:
        assert nightly.owed(db, now).is_owed
    act(nightly.record_check, {})
    with store.reading() as db:
        assert not nightly.owed(db, now + 19 * HOUR).is_owed
        assert nightly.owed(db, now + 21 * HOUR).is_owed
        assert nightly.owed(db, now - HOUR).is_owed, "a clock set back must not put it off"


def test_while_people_work_the_check_waits_but_not_for_ever(store: Store, act: Act) -> None:
    act(nightly.record_check, {})
    now = store.clock.now().ms
    store.act_now("work", Actor(staff_id=1, device="T"), lambda u: {})
    clock = store.clock
    assert isinstance(clock, FixedClock)
    clock.advance(hours=30)
    store.act_now("work", Actor(staff_id=1, device="T"), lambda u: {})
    with store.reading() as db:
        assert not nightly.owed(db, now + 30 * HOUR + 60_000).is_owed
        assert nightly.owed(db, now + 31 * HOUR).is_owed
        assert nightly.owed(db, now + 49 * HOUR).is_owed


def test_a_sound_store_has_nothing_to_report_and_a_rewritten_act_is_named(store: Store, act: Act) -> None:
    act(runs.record_start)
    assert nightly.check_store(store) == {}

    def rewrite(runner: Any) -> None:
        runner.db.connection.execute("DROP TRIGGER act_no_update")
        runner.db.connection.execute("UPDATE act SET kind = 'other' WHERE seq = 1")

    store.in_writer(rewrite)
    found = nightly.check_store(store)
    assert list(found) == ["chain"]
    act(nightly.record_check, found)
    with store.reading() as db:
        last = nightly.owed(db, store.clock.now().ms).last
    assert last is not None
    assert (last.is_ok, last.detail) == (False, {"chain": 1})


def test_what_a_machine_cannot_tell_raises_no_alarm_and_is_not_called_good() -> None:
    assert health().warnings == ()
    assert health(battery_percent=12, is_charging=True).warnings == ()
    assert health(battery_percent=12, is_charging=False, celsius=91.0, disk_free=DISK_FREE_BYTES_MIN - 1).warnings == (
        "battery-low", "disk-low", "hot",
    )  # fmt: skip


def test_this_machine_tells_its_disk(tmp_path: Path) -> None:
    found = read_health(tmp_path)
    assert found.disk_free is not None
    assert found.disk_total is not None
    assert 0 < found.disk_free <= found.disk_total
