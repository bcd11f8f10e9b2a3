"""The plug is pulled, or the process killed, while thirty hands sell: what said "enregistré" is there, once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.power.rig import needs_fuse, shifted, volatile_disk
from tests.power.tablets import (
    APPLIANCE,
    CARELESS,
    Tablet,
    Told,
    faults_of,
    keys_a_naive_reader_finds,
    make_centre,
    resident,
    sell_at_once,
)

pytestmark = pytest.mark.power
KILLS = int(os.environ.get("APPLIANCE_KILLS", "30"))
CUTS = int(os.environ.get("APPLIANCE_CUTS", "30"))
HANDS, EACH = 20, 10


def send_again(folder: Path, product: int, told: Told) -> None:
    """After the restart every tablet that got no answer sends its form once more, under its old key."""
    with resident(folder) as running:
        tablet = Tablet(running.address)
        for key in sorted(told.unanswered):
            tablet.sell(product, key, told)
        assert running.stop() == 0


@pytest.mark.timeout(40 * max(KILLS, 10))
def test_killed_at_any_moment_of_two_hundred_dispensings_nothing_told_is_lost(tmp_path: Path) -> None:
    folder, told = tmp_path / "centre", Told()
    product = make_centre(folder)
    for number in range(KILLS):
        before = len(told.saved)
        with resident(folder) as running:
            tablet = Tablet(running.address)
            for key in sorted(told.unanswered):
                tablet.sell(product, key, told)
            assert told.unanswered == set()
            threads = sell_at_once(tablet, product, told, hands=HANDS, each=EACH)
            time.sleep(random.Random(number).uniform(0, 0.6))
            running.kill()
            for thread in threads:
                thread.join(20)
        assert faults_of(folder, told) == [], f"kill {number}, {len(told.saved) - before} told"
    send_again(folder, product, told)
    assert told.unanswered == set()
    assert faults_of(folder, told) == []
    assert len(told.saved) > KILLS * 10


def cut_during_sales(folder: Path, product: int, told: Told, *, seed: int, program: Sequence[str]) -> Path:
    """One start, one rush at the counter, one power cut; returns the centre's folder as the disk kept it."""
    with volatile_disk(folder, seed=seed) as disk, resident(disk.mount / "centre", program=program) as running:
        tablet = Tablet(running.address)
        for key in sorted(told.unanswered):
            tablet.sell(product, key, told)
        threads = sell_at_once(tablet, product, told, hands=HANDS, each=EACH)
        time.sleep(random.Random(seed).uniform(0.05, 0.8))
        disk.cut()
        running.kill()
        for thread in threads:
            thread.join(20)
    return disk.backing / "centre"


@needs_fuse
@pytest.mark.timeout(40 * max(CUTS, 10))
def test_at_a_power_cut_nothing_told_is_lost(tmp_path: Path) -> None:
    told = Told()
    product = make_centre(tmp_path / "backing" / "centre")
    for number in range(CUTS):
        kept = cut_during_sales(tmp_path, product, told, seed=number, program=APPLIANCE)
        assert faults_of(kept, told) == [], f"cut {number}"
    assert len(told.saved) > CUTS * 5


@needs_fuse
def test_the_same_cuts_do_lose_what_a_careless_program_told(tmp_path: Path) -> None:
    lost = 0
    for number in range(3):
        folder, told = tmp_path / str(number), Told()
        product = make_centre(folder / "backing" / "centre")
        kept = cut_during_sales(folder, product, told, seed=number, program=CARELESS)
        lost += len(told.saved.keys() - keys_a_naive_reader_finds(kept))
    assert lost > 0


@needs_fuse
def test_a_full_disk_refuses_the_one_that_does_not_fit_and_serves_again_when_there_is_room(tmp_path: Path) -> None:
    told = Told()
    product = make_centre(tmp_path / "backing" / "centre")
    with volatile_disk(tmp_path) as disk, resident(disk.mount / "centre") as running:
        tablet = Tablet(running.address)
        used = sum(file.stat().st_size for file in (disk.backing / "centre").iterdir() if file.is_file())
        disk.limit(used + 40_000)
        for thread in sell_at_once(tablet, product, told, hands=HANDS, each=EACH * 5):
            thread.join(60)
        assert told.unanswered, "the disk was never full"
        page = tablet.http.get("/vente-directe")
        assert page.status_code == 200, "reading must go on"
        disk.limit(0)
        for key in sorted(told.unanswered):
            tablet.sell(product, key, told)
        assert told.unanswered == set()
        assert running.stop() == 0
    assert faults_of(disk.backing / "centre", told) == []


@needs_fuse
def test_a_dying_card_acknowledges_nothing_more(tmp_path: Path) -> None:
    told = Told()
    product = make_centre(tmp_path / "backing" / "centre")
    with volatile_disk(tmp_path) as disk, resident(disk.mount / "centre") as running:
        tablet = Tablet(running.address)
        tablet.sell(product, "00" * 16, told)
        disk.fail()
        time.sleep(0.2)
        for number in range(1, 5):
            tablet.sell(product, f"{number:02x}" * 16, told)
        assert set(told.saved) == {"00" * 16}
        running.kill()
    assert faults_of(disk.backing / "centre", told) == []


@pytest.mark.parametrize("offset", [{"days": -365}, {"days": -57 * 365}, {"days": 730}])
def test_under_a_wrong_clock_care_goes_on_and_rows_are_marked(tmp_path: Path, offset: dict[str, float]) -> None:
    from appliance.storage import FileKey, Store

    folder, told = tmp_path / "centre", Told()
    product = make_centre(folder)
    with resident(folder, shifted(**offset)) as running:
        Tablet(running.address).sell(product, "0a" * 16, told)
        assert running.stop() == 0
    assert told.unanswered == set()
    store = Store.open(folder, FileKey(folder / "store.key").key())
    with store.reading() as db:
        assert db.value("SELECT trusted FROM act WHERE request_key = ?", (bytes.fromhex("0a" * 16),)) == 0
    store.close()
