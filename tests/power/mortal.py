"""`mortal.py COMMAND…`: the appliance, which kills itself as soon as the act that it is to die of is durable.

`APPLIANCE_DEATHS` names a file of acts by kind, one a line. When one of the first line's kind has been committed, the line
is struck out and the process gets SIGKILL, before anybody is answered: the power goes between that act and the next.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from appliance.cli.main import main
from appliance.storage import Store

submit = Store._submit


def is_struck(deaths: Path, kind: str) -> bool:
    """Whether it is the turn of this kind; it is struck out then."""
    first, _, rest = deaths.read_text().partition("\n")
    if first != kind:
        return False
    deaths.write_text(rest)
    return True


def submitted(store: Store, kind: str, *given: Any) -> Future[Any]:
    """The act as always, and its death after it."""
    done = submit(store, kind, *given)

    def die(ended: Future[Any]) -> None:
        if ended.exception() is None and is_struck(Path(os.environ["APPLIANCE_DEATHS"]), kind):
            os.kill(os.getpid(), signal.SIGKILL)

    done.add_done_callback(die)
    return done


if __name__ == "__main__":
    Store._submit = submitted  # type: ignore[method-assign]
    main()
