"""`careless.py COMMAND…`: the appliance with `synchronous = NORMAL` on its writing connection, which it refuses itself.

The power rig is run on it once: if nothing acknowledged were lost, the rig would not bite and its silence about the
real program would mean nothing.
"""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from appliance.cli.main import main
from appliance.storage import store

careful_connect = store.connect


def careless_connect(path: Path, key: bytes, *, writer: bool) -> sqlite.Connection:
    """The usual connection, whose commits no longer wait for the disk."""
    connection = careful_connect(path, key, writer=writer)
    if writer:
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


if __name__ == "__main__":
    store.connect = careless_connect
    main()
