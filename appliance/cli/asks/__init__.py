"""What the command line asks of a centre: functions of an open store and plain arguments that return plain facts.

While the resident process runs it alone may open the store, so it answers for the command, through a socket that only
its own user may use (the courier's door knows none of these). When it does not run, the command opens the store itself
and calls the same function: one answer either way.
"""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

from appliance.cli.opening import open_store
from appliance.core.errors import Refused
from appliance.storage import Store
from appliance.storage.door import ASK_SOCKET_NAME, DoorClient, Verb, is_answering

ANSWER_SECONDS_MAX = 600.0
ASKS = {
    **{f"orders.{verb}": "orders" for verb in ("list", "show", "confirm", "receive")},
    "stock.show": "stock", "stock.import": "stock", "stock.recall": "stock", "prices.import": "prices", "prices.history": "prices",
    "prices.list": "prices", "report": "report", "check": "check", "audit.verify": "check", "till.show": "till", "till.open": "till", "till.close": "till",
    **{f"count.{verb}": "count" for verb in ("open", "line", "close", "show", "list", "again", "finalise", "abandon")},
}  # fmt: skip
"""Each ask by name, and the module of this folder that holds a function of its last word."""


def asked(data: Path, name: str, **arguments: Any) -> dict[str, Any]:
    """Ask the centre in `data`: through its resident process when that runs, else by opening the store for this alone.

    Raises what the ask raises; `Refused("store-in-use")` when another command holds the store.
    """
    socket = data / ASK_SOCKET_NAME
    if is_answering(socket):
        return DoorClient(socket, ANSWER_SECONDS_MAX).ask("ask", name=name, arguments=arguments)
    with open_store(data) as store:
        return answer(store, name, arguments)


def answer(store: Store, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run an ask against an open store; raises `Refused("no-such-verb")` for a name that is none."""
    if name not in ASKS:
        raise Refused("no-such-verb", verb=name[:60])
    module = importlib.import_module(f"{__name__}.{ASKS[name]}")
    facts: dict[str, Any] = getattr(module, name.rpartition(".")[2] + "_facts")(store, **arguments)
    return facts


def verbs(store: Store) -> dict[str, Verb]:
    """The one verb of the resident process's side."""

    async def ask(given: dict[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(answer, store, str(given["name"]), dict(given["arguments"]))

    return {"ask": ask}
