"""Killed at any moment of a reception's signing: the proof, the stock, the order and the acknowledgement, or none of them."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from appliance.access.staff import add_member
from appliance.core.actors import MACHINE, Role
from appliance.stock import checks
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.orders import services
from appliance.stock.orders.model import FormLine, OrderForm
from appliance.stock.places.services import add_place
from appliance.storage import Store, Unit
from tests.conftest import KEY

pytestmark = pytest.mark.power
KILLS = 4
PRODUCTS = 3
HALVES = (
    "SELECT p.id FROM proof_of_delivery p WHERE"
    f" (SELECT count(*) FROM proof_of_delivery_line l WHERE l.proof = p.id) NOT IN ({PRODUCTS}, {PRODUCTS + 1})"
    " OR EXISTS (SELECT 1 FROM proof_of_delivery_line l WHERE l.proof = p.id AND l.movement IS NULL)"
    " OR (SELECT count(*) FROM outbox o WHERE o.subject = lower(hex(p.uuid))) <>"
    " 1 + (SELECT count(*) FROM proof_of_delivery_reversal r JOIN proof_of_delivery_line l ON l.id = r.line WHERE l.proof = p.id)"
)
STRAY = "SELECT id FROM movement WHERE kind = 'receipt' AND id NOT IN (SELECT movement FROM proof_of_delivery_line)"


def centre(unit: Unit) -> dict[str, Any]:
    add_place(unit, "depot", "Dépôt")
    load_list(unit, read_whole(STARTER)[:PRODUCTS])
    add_member(unit, "Mariam Essai", [Role.HEAD])
    add_member(unit, "Moussa Essai", [Role.DEPOT_KEEPER])
    products = [row[0] for row in unit.all("SELECT id FROM product")]
    lines = tuple(FormLine(product=p, label=f"Produit {p}", quantity=100_000) for p in products)
    return {"order": services.form_received(unit, OrderForm(supplier="MEDEXIS", reference="MDX-1", lines=lines))}


def test_a_reception_is_whole_or_not_there(tmp_path: Path) -> None:
    folder, told = tmp_path / "c", 0
    Store.create(folder, KEY)
    store = Store.open(folder, KEY)
    store.act_now("centre", MACHINE, centre)
    store.close()
    for number in range(KILLS):
        running = subprocess.Popen(
            [sys.executable, "-m", "tests.power.signing_receptions", str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        assert running.stdout.readline().startswith("signed")
        time.sleep(random.Random(number).uniform(0, 0.3))
        running.kill()
        told += 1 + sum(line.startswith("signed") for line in running.stdout)
        running.wait()
        store = Store.open(folder, KEY)
        with store.reading() as db:
            assert db.all(HALVES) == [], "each with its lines, their stock and as many acknowledgements as it has forms"
            assert db.all(STRAY) == [], "no boxes on the shelf that no proof speaks of"
            assert db.value("SELECT count(*) FROM proof_of_delivery") >= told
            assert {name: found for name, check in checks.CHECKS.items() if (found := check(db))} == {}
        store.close()
    assert told >= KILLS
