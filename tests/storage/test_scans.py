"""No insert reads a table from end to end: a parent whose children lack an index does, and slows with the years."""

from __future__ import annotations

from appliance.storage import Store


def test_no_insert_scans_a_table(store: Store) -> None:
    scans = []
    with store.reading() as db:
        tables = [
            row[0]
            for row in db.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            if not row[0].startswith("_")
        ]
        roots = dict(db.all("SELECT rootpage, name FROM sqlite_schema WHERE type = 'table'"))
        for table in tables:
            columns = [row[1] for row in db.all(f"PRAGMA table_info({table})") if row[1] != "id"]
            steps = db.all(
                f"EXPLAIN INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['1'] * len(columns))})"
            )
            opened = {step[2]: roots.get(step[3]) for step in steps if step[1] == "OpenRead"}
            scans += [
                f"{table} reads {opened[step[2]]}" for step in steps if step[1] == "Rewind" and opened.get(step[2])
            ]
    assert scans == []
