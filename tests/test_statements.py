"""The statements written by hand against the models: hot paths are SQL, and SQL drifts from its tables in silence.

Each statement is compiled by SQLite on a fresh store, which tells by its authorizer every table and column that it
touches: they are the models', and they belong to the room of the statement or to one below it.
"""

from __future__ import annotations

import pytest
from sqlcipher3 import dbapi2 as sqlite

from appliance.storage import Store
from appliance.storage.migrate import insert_only_tables
from tests.mapped import by_table, room_of
from tests.statements import Statement, statements, written
from tests.test_architecture import may_import

READ, INSERT, UPDATE, DELETE = 20, 18, 23, 9
HOT = (
    "records/care/repository.py", "records/care/visits.py", "stock/ledger/repository.py",
    "stock/ledger/services.py", "stock/dispensing/services.py", "billing/sales/services.py", "storage/unit.py",
)  # fmt: skip
"""Where a search, a consultation, a queue and a dispensing run through: all of their SQL is read here."""
UNREAD_SHARE_MAX = 20
"""Of so many statements one may be put together while the program runs: a search's conditions one by one, the columns
that a correction changes, a walk over every table of the schema."""


def touched(store: Store, statement: Statement) -> set[tuple[int, str, str]]:
    """What a statement does to which table and column, those of the triggers it sets off apart."""
    found: set[tuple[int, str, str]] = set()

    def note(action: int, table: str | None, column: str | None, _database: str | None, trigger: str | None) -> int:
        if action in (READ, INSERT, UPDATE, DELETE) and trigger is None and table:
            found.add((action, table, column or ""))
        return 0

    with store.reading() as db:
        db.connection.set_authorizer(note)
        try:
            db.connection.execute(f"EXPLAIN {statement.sql}")
        except sqlite.ProgrammingError as fault:
            assert "bindings" in str(fault), f"{statement.place}: {fault}"  # compiled; only its values are missing
        except sqlite.Error as fault:
            pytest.fail(f"{statement.place}: {fault}\n{statement.sql}")
        finally:
            db.connection.set_authorizer(None)
    return {(a, t, c) for a, t, c in found if not t.startswith(("sqlite_", "pragma_", "json_each"))}


def test_each_file_s_statements_name_tables_and_columns_of_the_models_and_none_of_a_room_above(store: Store) -> None:
    wrong = []
    for statement in statements():
        if statement.sql is None or statement.sql.startswith("PRAGMA"):
            continue
        for _, table, column in touched(store, statement):
            model = by_table().get(table)
            if model is None:
                wrong.append(f"{statement.place}: table {table} has no model")
            elif column not in {"", "ROWID", *model._meta.columns}:
                wrong.append(f"{statement.place}: {table} has no column {column}")
            elif not may_import(statement.room, room_of(model)):
                wrong.append(f"{statement.place}: {table} belongs to {room_of(model)}")
    assert wrong == []


def test_few_statements_are_put_together_while_the_program_runs_and_none_on_the_hot_paths_of_stock_and_money() -> None:
    unread = [s for s in statements() if s.sql is None]
    assert len(unread) * UNREAD_SHARE_MAX <= len(statements())
    assert set(HOT) <= {s.file for s in statements()}
    assert set(HOT).isdisjoint({s.file for s in unread})


def test_every_row_written_by_name_gives_the_columns_of_its_model_and_all_that_it_must() -> None:
    wrong = []
    for row in written():
        columns = by_table()[row.table]._meta.columns
        given = row.columns | ({"act"} if row.is_append else set())
        if strange := given - set(columns):
            wrong.append(f"{row.file}:{row.line}: {row.table} has no {sorted(strange)}")
        needed = {name for name, field in columns.items() if not field.null and name != "id"}
        if not row.is_open and (missing := needed - given):
            wrong.append(f"{row.file}:{row.line}: {row.table} lacks {sorted(missing)}")
        if row.is_append is not (row.table in insert_only_tables()):
            wrong.append(f"{row.file}:{row.line}: {row.table} is {'not ' * row.is_append}insert-only")
    assert wrong == []
