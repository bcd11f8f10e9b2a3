"""Killed at any moment of a till's closing: it is closed with its difference and its hand-over, or still open with neither."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.till.sessions import add_till
from appliance.core.actors import MACHINE, Role
from appliance.storage import Store, Unit
from tests.conftest import KEY

pytestmark = pytest.mark.power
KILLS = 4
HALVES = (
    "SELECT s.id FROM till_session s LEFT JOIN till_closing c ON c.session = s.id WHERE (c.id IS NOT NULL) <> EXISTS"
    " (SELECT 1 FROM till_handover h WHERE h.session = s.id) OR (c.id IS NOT NULL) <> EXISTS (SELECT 1 FROM account_entry e"
    " WHERE e.session = s.id AND e.kind = 'till_variance' AND e.credit = 'till')"
)


def people(unit: Unit) -> dict[str, Any]:
    add_member(unit, "Kadia Essai", [Role.CASHIER])
    add_member(unit, "Bakary Essai", [Role.TREASURER])
    add_till(unit, "Caisse")
    return {}


def test_a_closing_is_whole_or_not_there(tmp_path: Path) -> None:
    folder, told = tmp_path / "c", 0
    Store.create(folder, KEY)
    store = Store.open(folder, KEY)
    store.act_now("people", MACHINE, people)
    store.close()
    for number in range(KILLS):
        running = subprocess.Popen(
            [sys.executable, "-m", "tests.power.closing_tills", str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        assert running.stdout.readline().startswith("closed")
        time.sleep(random.Random(number).uniform(0, 0.3))
        running.kill()
        told += 1 + sum(line.startswith("closed") for line in running.stdout)
        running.wait()
        store = Store.open(folder, KEY)
        with store.reading() as db:
            assert db.all(HALVES) == []
            assert db.value("SELECT count(*) FROM till_closing") >= told
            assert {name: found for name, check in checks.CHECKS.items() if (found := check(db))} == {}
        store.close()
    assert told >= KILLS
