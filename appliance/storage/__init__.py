"""The database file: one writer, many readers, migrations, the chain of acts, and neutral rows that go up a room.

Reads: `with store.reading() as db:`. Writes: `await store.act(kind, actor, use_case, key=..., body=...)`, where
the use case is a function of a `Unit`. Nothing else opens the file.
"""

from appliance.storage.database import ConstraintFailed, Database
from appliance.storage.keys import FileKey, KeySource
from appliance.storage.store import Done, Store
from appliance.storage.unit import Unit

__all__ = ["ConstraintFailed", "Database", "Done", "FileKey", "KeySource", "Store", "Unit"]
