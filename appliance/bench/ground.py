"""What is measured on: a copy of a store, with one more person and a full shelf, so that no sale is refused."""

from __future__ import annotations

import fcntl
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.access import pins, staff
from appliance.bench.clients import PIN, STAFF
from appliance.core.actors import MACHINE, Role
from appliance.core.errors import Refused
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.storage import FileKey, Store, Unit

FILES = ("store.db", "store.db-wal", "store.check", "store.key")
SOLD = 6
LEDGER_TABLES = (
    "payment", "sale_line", "sale", "unmet_demand", "movement", "stock_day", "balance", "lot_status", "dispense", "receipt",
)  # fmt: skip
LEDGER_ACTS = ("sell", "receive", "reverse-sale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A store ready to be measured: its folder, ledger lines, patients, and the products that are sold."""

    data: Path
    lines: int
    patients: int
    products: list[int]


def copy_of(data: Path, to: Path) -> Path:
    """Copy a store that nobody has open; raises `Refused` ("store-missing", "store-in-use")."""
    if not (data / "store.db").exists():
        raise Refused("store-missing", directory=str(data))
    with (data / "store.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("store-in-use", file=lock.name) from None
        to.mkdir(parents=True)
        for name in FILES:
            if (data / name).exists():
                shutil.copy(data / name, to / name)
    return to


def prepared(data: Path) -> Ground:
    """Add the bench's person and its delivery to a copy."""
    store = Store.open(data, FileKey(data / "store.key").key())
    hashed = pins.hash_pin(PIN)
    try:
        with store.reading() as db:
            lines, patients = db.value("SELECT count(*) FROM movement"), db.value("SELECT count(*) FROM patient")
            products = [
                r[0]
                for r in db.all(
                    "SELECT p.id FROM product p WHERE EXISTS (SELECT 1 FROM price WHERE product = p.id)"
                    " AND EXISTS (SELECT 1 FROM stock_day WHERE product = p.id) ORDER BY p.id LIMIT ?", (SOLD,)
                )
            ]  # fmt: skip

        def stock(unit: Unit) -> dict[str, Any]:
            known = unit.value("SELECT id FROM staff WHERE name = ?", (STAFF,))  # a store that was measured before
            staff.set_pin(unit, known or staff.add_member(unit, STAFF, list(Role), hashed), hashed, by_other=False)
            lots = [
                ReceivedLot(
                    product=product, lot_number="BANC", expires_year=unit.today.year + 4, expires_month=12,
                    quantity=100_000_000,
                )
                for product in products
            ]  # fmt: skip
            return {"receipt": receive(unit, 1, "BANC", "DRC", lots, unit.today)}

        store.act_now("bench", MACHINE, stock)
    finally:
        store.close()
    return Ground(data=data, lines=lines, patients=patients, products=products)


def bytes_without_ledger(data: Path, scratch: Path) -> int:
    """What a copy weighs once its ledger, its sales and their acts are taken out and the rest is packed anew."""
    from appliance.storage.database import connect

    copy = copy_of(data, scratch)
    connection = connect(copy / "store.db", FileKey(copy / "store.key").key(), writer=True)
    for pragma in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = OFF", "secure_delete = OFF"):
        connection.execute(f"PRAGMA {pragma}").fetchone()
    for table in LEDGER_TABLES:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DROP TRIGGER act_no_delete")
    marks = ",".join("?" * len(LEDGER_ACTS))
    connection.execute(f"DELETE FROM act WHERE kind IN ({marks})", LEDGER_ACTS)
    connection.execute("VACUUM")
    connection.close()
    weight = (copy / "store.db").stat().st_size
    shutil.rmtree(copy)
    return weight
