"""Named settings of the centre, as JSON values, changed only inside an act."""

from __future__ import annotations

from typing import Any

import msgspec

from appliance.storage.database import Database
from appliance.storage.unit import Unit


def get(db: Database, name: str, default: Any = None) -> Any:
    """The value of a setting, or the default when it was never set."""
    text = db.value("SELECT value FROM setting WHERE name = ?", (name,))
    return default if text is None else msgspec.json.decode(text)


def put(unit: Unit, name: str, value: Any) -> None:
    """Set a value; the act remembers which setting changed."""
    unit.run(
        "INSERT INTO setting (name, value, act) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value, act = excluded.act",
        (name, msgspec.json.encode(value).decode(), unit.act),
    )
    unit.note(setting=name)
