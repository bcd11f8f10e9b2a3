"""The resident process, or the floor, on a poor card: every commit waits 20 ms longer for the disk, a checkpoint 40.

A commit syncs the log once, a checkpoint the log and the store. The wait lies behind the statement and not in the
sync itself: the people whose act is in the commit wait just as long, the interpreter is free for others meanwhile, and
readers, who wait for no sync, don't either. The first commit of a restarted log syncs once more; that is left out. Run as a module with the arguments of `appliance` after it.
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
