"""How tables are mapped: one peewee model for each, in the `tables.py` of the subject that owns it.

The schema is written once, as SQL, with its constraints and triggers; the models only lend its names to queries that
a person filters or that a page lists, and `tests/storage/test_mapping.py` compares the two. A column that holds the key
of another table is a plain integer, never a `ForeignKeyField`: a model that fetches its parent when somebody touches
it is the lazy query that pages must not have. What runs at every tap stays SQL in its repository.
"""

from __future__ import annotations

import re

import peewee


def table_of(model: type[peewee.Model]) -> str:
    """The table of a model by its name: `VillagePopulationRow` maps `village_population`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__.removesuffix("Row")).lower()


class Mapped(peewee.Model):
    """A table of the store; bound to no database, so that it can only name columns for `Database.rows`."""

    class Meta:
        table_function = table_of
