"""Acts under a clock that could not be believed: marked, counted, settled by a person, and never poisoning the days after."""

from __future__ import annotations

import pytest

from appliance.core.clock import FixedClock, SystemClock
from appliance.core.errors import Refused
from appliance.storage import Store, audit, doubt
from tests.conftest import KEY, MACHINE, TODAY

SEEN = FixedClock(TODAY).now().ms
DAY = 86_400_000


def opened(store: Store, wall: int) -> Store:
    return Store.open(store.directory, KEY, SystemClock(wall=lambda: wall))


def test_a_year_ahead_does_not_hold_the_next_morning(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    ahead = opened(store, SEEN + 730 * DAY)
    ahead.act_now("t", MACHINE, lambda u: {})
    ahead.close()
    right = opened(store, SEEN + DAY)
    done = right.act_now("t", MACHINE, lambda u: {"at": u.now.ms, "trusted": u.now.trusted})
    assert done.result == {"at": SEEN + DAY, "trusted": True}
    right.close()


def test_a_new_store_believes_the_clock_it_is_set_up_under(store: Store) -> None:
    store.close()
    first = opened(store, SEEN + 900 * DAY)
    assert first.act_now("t", MACHINE, lambda u: {"trusted": u.now.trusted}).result == {"trusted": True}
    first.close()


def test_within_one_run_time_does_not_go_below_what_was_written(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    wall = [SEEN + DAY]
    running = Store.open(store.directory, KEY, SystemClock(wall=lambda: wall[0]))
    running.act_now("t", MACHINE, lambda u: {})
    wall[0] -= DAY // 2
    done = running.act_now("t", MACHINE, lambda u: {"at": u.now.ms, "trusted": u.now.trusted})
    assert done.result == {"at": SEEN + DAY, "trusted": False}
    running.close()


def test_a_leap_ahead_within_one_run_is_over_when_the_clock_is_right_again(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    wall = [SEEN + 730 * DAY]
    running = Store.open(store.directory, KEY, SystemClock(wall=lambda: wall[0]))
    running.act_now("t", MACHINE, lambda u: {})
    wall[0] = SEEN + DAY
    done = running.act_now("t", MACHINE, lambda u: {"at": u.now.ms, "trusted": u.now.trusted})
    assert done.result == {"at": SEEN + DAY, "trusted": True}
    running.close()


def test_who_says_what_time_it_is_settles_the_doubt_by_its_difference(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    doubted = opened(store, 0)
    for _ in range(3):
        doubted.act_now("t", MACHINE, lambda u: {})
    with doubted.reading() as db:
        held = doubt.doubtful(db)
    assert held is not None
    assert held.count == 3
    true = SEEN + 40 * DAY
    doubted.act_now("settle-clock", MACHINE, lambda u: {"offset": doubt.settle(u, true)})
    doubted.clock.tell(true)
    assert doubted.act_now("t", MACHINE, lambda u: {"trusted": u.now.trusted}).result == {"trusted": True}
    with doubted.reading() as db:
        assert doubt.doubtful(db) is None
        assert db.one("SELECT first_act, last_act - first_act, offset_ms FROM clock_settlement") == (
            held.first,
            3,
            40 * DAY,
        )
        assert audit.verify(db)[1] == []
    doubted.close()
    again = opened(store, 0)
    assert again.clock.now().ms >= true
    again.close()


def test_a_time_before_what_was_truly_written_is_refused(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    with pytest.raises(Refused, match="clock-below-floor"):
        store.act_now("settle-clock", MACHINE, lambda u: {"offset": doubt.settle(u, SEEN - DAY)})


def test_a_machine_that_was_off_for_a_year_is_believed_once_a_person_confirms(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    wall = SEEN + 400 * DAY
    late = opened(store, wall)
    assert not late.clock.now().trusted
    late.act_now("settle-clock", MACHINE, lambda u: {"offset": doubt.settle(u, wall)})
    late.close()
    again = opened(store, wall + DAY)
    assert again.clock.now().trusted
    again.close()
