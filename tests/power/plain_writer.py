"""The smallest program that acknowledges rows: `plain_writer.py FILE KEY_HEX SYNCHRONOUS`.

It commits one numbered row at a time to a SQLCipher file in WAL and prints the number once the commit returned. The
rig is judged with it: under FULL no printed number may be missing after a cut, under NORMAL some must be.
"""

from __future__ import annotations

import sys

from sqlcipher3 import dbapi2 as sqlite

PAGES_BEFORE_CHECKPOINT = 200


def opened(file: str, key_hex: str, synchronous: str) -> sqlite.Connection:
    """A connection to the file, which is made when it is not there."""
    connection = sqlite.connect(file, isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BEFORE_CHECKPOINT}")
    return connection


def main() -> None:
    connection = opened(*sys.argv[1:])
    connection.execute("CREATE TABLE IF NOT EXISTS line (number INTEGER PRIMARY KEY, text TEXT)")
    number = connection.execute("SELECT coalesce(max(number), 0) FROM line").fetchone()[0]
    while True:
        number += 1
        connection.execute("INSERT INTO line VALUES (?, ?)", (number, "x" * 300))
        print(number, flush=True)


if __name__ == "__main__":
    main()
