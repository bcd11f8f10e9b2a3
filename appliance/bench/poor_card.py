"""The resident process, or the floor, on a poor card: every commit waits 20 ms longer for the disk, a checkpoint 40.

A commit syncs the log once, a checkpoint the log and the store; the wait lies where theirs does, with the
interpreter free for others. Run as a module with the arguments of `appliance` after it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

SYNC_SECONDS = 0.020
_connect = sqlite.connect


class PoorCard(sqlite.Connection):  # type: ignore[misc]
    """A connection whose syncs take their time."""

    def execute(self, sql: str, *arguments: Any) -> Any:
        """As the driver, then the wait."""
        done = super().execute(sql, *arguments)
        if sql == "COMMIT":
            time.sleep(SYNC_SECONDS)
        elif sql.startswith("PRAGMA wal_checkpoint"):
            time.sleep(2 * SYNC_SECONDS)
        return done


def _slow(*arguments: Any, **named: Any) -> Any:
    return _connect(*arguments, **{"factory": PoorCard, **named})


if __name__ == "__main__":
    from runpy import run_module

    sqlite.connect = _slow
    sys.argv[0] = "appliance"
    run_module("appliance", run_name="__main__")
