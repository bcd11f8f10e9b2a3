"""What is measured in the store itself, and what prepares a measure."""

from __future__ import annotations

import time
from pathlib import Path

from appliance.bench.tablets import Tablet
from appliance.core.clock import SystemClock
from appliance.core.periods import Month
from appliance.reports.form import CODES
from appliance.reports.preview import Report, report
from appliance.storage import Database, FileKey
from appliance.storage.database import connect

_REBUILT = """
CREATE TEMP TABLE stock_day (product INTEGER, day TEXT, lot INTEGER, report_column TEXT, is_campaign INTEGER,
  quantity INTEGER, rows INTEGER, PRIMARY KEY (product, day, lot, report_column, is_campaign)) WITHOUT ROWID;
INSERT INTO temp.stock_day SELECT product, occurred_on, lot, report_column, is_campaign, quantity, 1 FROM main.movement
  WHERE true ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, rows = rows + 1;
CREATE TEMP TABLE balance (lot INTEGER, place INTEGER, product INTEGER, quantity INTEGER, last_day TEXT,
  PRIMARY KEY (lot, place)) WITHOUT ROWID;
INSERT INTO temp.balance SELECT lot, 1, product, sum(quantity), max(day) FROM temp.stock_day GROUP BY lot, product;
CREATE INDEX temp.balance_product ON balance (product) WHERE quantity > 0;
"""
"""Totals summed anew from the ledger's lines; a temporary table stands before the kept one of the same name."""


def month_reports(data: Path) -> tuple[float, float, bool]:
    """Seconds for last month's forms from the kept totals, and with those rebuilt from every line; whether they agree."""
    db = Database(connect(data / "store.db", FileKey(data / "store.key").key(), writer=True))
    try:
        _made(db)  # forms and rules are read once in the life of a process
        kept = min((_made(db) for _ in range(3)), key=lambda made: made[0])
        began = time.thread_time()
        for statement in _REBUILT.split(";")[:-1]:
            db.connection.execute(statement)
        took = time.thread_time() - began
        rebuilt = _made(db)
    finally:
        db.connection.close()
    return kept[0], took + rebuilt[0], [r.cells for r in kept[1]] == [r.cells for r in rebuilt[1]]


def _made(db: Database) -> tuple[float, list[Report]]:
    today = SystemClock().today()
    began = time.thread_time()
    made = [report(db, code, Month.of(today).plus(-1), today) for code in CODES]
    return time.thread_time() - began, made


def waiting_visits(tablet: Tablet, count: int) -> list[int]:
    """Welcome so many people; returns their visits."""
    found: list[int] = []
    for patient in range(1, count * 2 + 1):
        location = tablet.post_to(f"/patients/{patient}/accueillir", {"motif": "Toux"})
        if "/visites/" in location:
            found.append(int(location.split("/visites/")[1].split("?")[0]))
        if len(found) == count:
            break
    return found
