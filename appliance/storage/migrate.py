"""The schema, in one global order: each SQL file of `schema/` is a migration, applied once and for ever.

A line `--! insert-only TABLE KEY` in a file stands for the three guards that every insert-only table has:
against UPDATE, against DELETE (which REPLACE uses too, with recursive triggers on), and against an INSERT
that names a key already there. `census` counts them at every start, since a table rebuilt by a tool loses
its triggers in silence.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.core.errors import InvariantBroken
from appliance.storage.database import Database

if TYPE_CHECKING:
    from sqlite_utils import Database as SchemaDatabase

SCHEMA = Path(__file__).parent / "schema"
_DIRECTIVE = re.compile(r"^--! insert-only (\w+) (\w+)$", re.MULTILINE)


@cache
def schema_files() -> tuple[Path, ...]:
    """The migrations in their order."""
    return tuple(sorted(SCHEMA.glob("[0-9][0-9][0-9][0-9]_*.sql")))


@cache
def insert_only_tables() -> dict[str, str]:
    """Every insert-only table with its key column."""
    return {table: key for file in schema_files() for table, key in _DIRECTIVE.findall(file.read_text("utf-8"))}


def current_version() -> int:
    """The number of the newest migration this release knows."""
    return int(schema_files()[-1].name[:4])


def migrate(db: Database) -> int:
    """Bring the store to this release's schema and return its version.

    Raises `InvariantBroken("store-newer")` when a newer release wrote it: then nothing may be written.
    sqlite-utils is imported only when there is work, since it is heavy and the resident process keeps what it imports.
    """
    version = int(db.value("PRAGMA user_version"))
    if version > current_version():
        raise InvariantBroken("store-newer", found=version, known=current_version())
    if version < current_version():
        _apply(db)
        db.connection.execute(f"PRAGMA user_version = {current_version()}")
    return current_version()


def census(db: Database) -> None:
    """Raise `InvariantBroken("guards-missing")` when a trigger that the schema sets is not there."""
    wanted = {name for table in insert_only_tables() for name in _guard_names(table)}
    wanted |= {
        n for f in schema_files() for n in re.findall(r"^CREATE TRIGGER (\w+)", f.read_text("utf-8"), re.MULTILINE)
    }
    present = {row[0] for row in db.all("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    if missing := wanted - present:
        raise InvariantBroken("guards-missing", triggers=sorted(missing))


def expand(sql: str) -> str:
    """A schema file's SQL with the guards written out."""
    return _DIRECTIVE.sub(lambda found: _guards(found[1], found[2]), sql)


def _apply(db: Database) -> None:
    from sqlite_utils import Database as SchemaDatabase
    from sqlite_utils import Migrations

    migrations: Any = Migrations("appliance")
    for file in schema_files():
        migrations(name=file.stem)(_step(file))
    # Told not to, the constructor leaves recursive_triggers as the store needs them.
    schema: SchemaDatabase = SchemaDatabase(db.connection, recursive_triggers=False, execute_plugins=False)
    migrations.apply(schema)
    if faults := db.all("PRAGMA foreign_key_check"):
        raise InvariantBroken("foreign-keys-broken", rows=faults[:5])


def _step(file: Path) -> Any:
    def run(schema: SchemaDatabase) -> None:
        # `schema.executescript`, not `schema.conn.executescript`: the latter commits first.
        schema.executescript(expand(file.read_text("utf-8")))

    return run


def _guard_names(table: str) -> tuple[str, str, str]:
    return f"{table}_no_update", f"{table}_no_delete", f"{table}_no_replace"


def _guards(table: str, key: str) -> str:
    no_update, no_delete, no_replace = _guard_names(table)
    return (
        f"CREATE TRIGGER {no_update} BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'insert-only'); END;\n"
        f"CREATE TRIGGER {no_delete} BEFORE DELETE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'insert-only'); END;\n"
        f"CREATE TRIGGER {no_replace} BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        f" BEGIN SELECT RAISE(ABORT, 'insert-only'); END;"
    )
