"""Every peewee model of the house, found where it stands."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import peewee

from appliance.storage.mapping import Mapped

HOUSE = Path(__file__).resolve().parents[1] / "appliance"


@cache
def models() -> tuple[type[peewee.Model], ...]:
    """The models of every `tables.py`, each once for each place that defines it."""
    found = []
    for file in sorted(HOUSE.rglob("tables.py")):
        module = importlib.import_module(".".join(file.relative_to(HOUSE.parent).with_suffix("").parts))
        found += [
            held
            for held in vars(module).values()
            if isinstance(held, type) and issubclass(held, Mapped) and held.__module__ == module.__name__
        ]
    return tuple(found)


@cache
def by_table() -> dict[str, type[peewee.Model]]:
    return {model._meta.table_name: model for model in models()}


def room_of(model: type[peewee.Model]) -> str:
    """The room that owns a table: `records` for `appliance.records.care.tables`."""
    return model.__module__.split(".")[1]
