"""Opening: a wrong key, a missing file, a second process, a newer schema and lost guards are told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock, SystemClock, to_datetime
from appliance.core.errors import InvariantBroken, Refused
from appliance.storage import FileKey, Store, Unit, audit
from appliance.storage.migrate import current_version, schema_files
from tests.conftest import KEY, TODAY


def reopen(store: Store, key: bytes = KEY) -> Store:
    return Store.open(store.directory, key, FixedClock(TODAY))


def test_a_wrong_key_is_not_taken_for_damage(store: Store) -> None:
    store.close()
    with pytest.raises(Refused) as refusal:
        reopen(store, bytes(32))
    assert refusal.value.code == "key-wrong"


def test_an_empty_file_is_never_taken_for_a_new_store(store: Store) -> None:
    store.close()
    store.path.write_bytes(b"")
    with pytest.raises(InvariantBroken) as fault:
        reopen(store)
    assert fault.value.code == "store-damaged"
    assert store.path.read_bytes() == b""


def test_creating_over_a_store_is_refused(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        Store.create(store.directory, KEY)
    assert refusal.value.code == "store-exists"


def test_two_processes_can_not_hold_the_store(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        reopen(store)
    assert refusal.value.code == "store-in-use"


def test_a_store_of_a_newer_release_is_not_touched(store: Store) -> None:
    store._writer.submit(lambda c: c.execute(f"PRAGMA user_version = {current_version() + 1}")).result()
    store.close()
    with pytest.raises(InvariantBroken) as fault:
        reopen(store)
    assert fault.value.code == "store-newer"


def test_a_lost_guard_is_noticed_at_start(store: Store) -> None:
    store._writer.submit(lambda c: c.execute("DROP TRIGGER movement_no_delete")).result()
    store.close()
    with pytest.raises(InvariantBroken) as fault:
        reopen(store)
    assert fault.value.params["triggers"] == ["movement_no_delete"]


def test_no_name_can_be_read_in_the_files_without_the_key(store: Store) -> None:
    def write(unit: Unit) -> dict[str, Any]:
        unit.insert("village", name="Farabanikoura", folded="farabanikoura", in_area=1, is_active=1, act=unit.act)
        return {}

    store.act_now("t", MACHINE, write)
    held = b"".join(f.read_bytes() for f in store.directory.iterdir() if f.name.startswith("store.db"))
    assert b"Farabani" not in held
    assert b"SQLite format" not in held


def test_a_clock_set_back_never_goes_below_what_the_store_has_seen(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    seen = FixedClock(TODAY).now().ms
    for wall in (0, seen - 86_400_000 * 365):
        again = Store.open(store.directory, KEY, SystemClock(wall=lambda wall=wall: wall))
        done = again.act_now("t", MACHINE, lambda u: {"at": u.now.ms, "trusted": u.now.trusted})
        assert done.result == {"at": seen, "trusted": False}
        again.close()


def test_a_clock_two_years_ahead_is_followed_and_marked(store: Store) -> None:
    store.act_now("t", MACHINE, lambda u: {})
    store.close()
    ahead = FixedClock(TODAY).now().ms + 2 * 365 * 86_400_000
    again = Store.open(store.directory, KEY, SystemClock(wall=lambda: ahead))
    done = again.act_now("t", MACHINE, lambda u: {"trusted": u.now.trusted, "year": to_datetime(u.now.ms).year})
    assert done.result == {"trusted": False, "year": 2028}
    with again.reading() as db:
        assert audit.verify(db)[1] == []
    again.close()


def test_a_key_file_is_made_once_and_never_replaced(tmp_path: Path) -> None:
    source = FileKey(tmp_path / "store.key")
    key = source.create()
    assert source.key() == key
    with pytest.raises(FileExistsError):
        source.create()


@pytest.mark.parametrize("content", ["", "zz", "00" * 31])
def test_a_key_file_that_is_none_is_said_to_be(tmp_path: Path, content: str) -> None:
    (tmp_path / "store.key").write_text(content)
    with pytest.raises(Refused) as refusal:
        FileKey(tmp_path / "store.key").key()
    assert refusal.value.code == "key-malformed"


def test_migrations_are_numbered_one_by_one_since_a_store_keeps_only_the_last_number() -> None:
    assert [int(f.name[:4]) for f in schema_files()] == list(range(1, len(schema_files()) + 1))
