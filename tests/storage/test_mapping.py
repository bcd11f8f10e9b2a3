"""The models name what the schema has: every table, every column, its type, its nullability, its key."""

from __future__ import annotations

from collections import Counter

import peewee
import pytest

from appliance.storage import Store
from appliance.storage.mapping import Mapped, table_of
from appliance.storage.migrate import schema_files
from tests.mapped import by_table, models

KINDS = {
    peewee.AutoField: "INTEGER",
    peewee.IntegerField: "INTEGER",
    peewee.TextField: "TEXT",
    peewee.BlobField: "BLOB",
}


def test_every_table_of_a_fresh_store_is_mapped_exactly_once(store: Store) -> None:
    with store.reading() as db:
        tables = [
            name
            for (name,) in db.all("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if not name.startswith(("sqlite_", "_sqlite_migrations"))
        ]
    assert Counter(model._meta.table_name for model in models()) == Counter(tables)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_model_has_the_columns_of_its_table(store: Store, model: type[peewee.Model]) -> None:
    with store.reading() as db:
        rows = db.all(f"PRAGMA table_info({model._meta.table_name})")
    # SQLite calls the key of a table with row numbers nullable; nothing is ever stored there as null.
    schema = {name: (kind, bool(required or key)) for _, name, kind, required, _, key in rows}
    mapped = {f.column_name: (KINDS[type(f)], not f.null) for f in model._meta.sorted_fields}
    assert mapped == schema


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_model_has_the_key_of_its_table(store: Store, model: type[peewee.Model]) -> None:
    with store.reading() as db:
        rows = db.all(f"PRAGMA table_info({model._meta.table_name})")
    key = model._meta.primary_key
    names = list(key.field_names) if isinstance(key, peewee.CompositeKey) else [key.column_name]
    assert names == [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]


def test_a_model_can_not_fetch_a_row_by_itself() -> None:
    """No foreign keys that load a parent when touched, and no database to load from: pages get plain values."""
    assert [m.__name__ for m in models() for f in m._meta.sorted_fields if isinstance(f, peewee.ForeignKeyField)] == []
    assert {model._meta.database for model in models()} == {None}


def test_a_table_is_named_by_its_model() -> None:
    class VillagePopulationRow(Mapped):
        pass

    class Dhis2MappingRow(Mapped):
        pass

    assert [table_of(VillagePopulationRow), table_of(Dhis2MappingRow)] == ["village_population", "dhis2_mapping"]
    assert VillagePopulationRow._meta.table_name == "village_population"
    assert "village_population" in by_table()


def test_the_steps_of_the_schema_are_numbered_one_by_one() -> None:
    """Of two files with one number a store made between them would take the second never, and no longer open."""
    assert [int(file.name[:4]) for file in schema_files()] == list(range(1, len(schema_files()) + 1))
