"""What the outbox asks of each kind of thing that it sends: how it is composed, what bars it, what its refusals are about."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from appliance.storage import Database, Unit
from appliance.sync.outbox.repository import Item


class OutboxKind(Protocol):
    """One kind of thing to be sent. `purpose` is under what its bytes are counted."""

    name: str
    purpose: str

    def obstacle(self, db: Database, item: Item) -> str | None:
        """The code of what bars a row from going out now, or None."""
        ...

    def compose(self, db: Database, item: Item, today: date) -> dict[str, Any] | str:
        """The courier's job for a row, with its `payload` as base64; or the code of what stands in its way."""
        ...

    def begun(self, unit: Unit, item: Item) -> None:
        """A row is about to go out: what must be kept before it does is kept, in the same act as its bytes."""
        ...

    def settled(self, unit: Unit, item: Item) -> None:
        """The counterparty has it: what that changes here is written in the same act."""
        ...

    def wait_seconds(self, unit: Unit, item: Item) -> int:
        """How long a row waits that the server calls too early, in seconds."""
        ...

    def placed(self, payload: bytes | None, conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refusals with what of the payload they are about, as `keys`."""
        ...

    def names_are_stale(self, conflicts: list[dict[str, Any]]) -> bool:
        """Whether a refusal speaks of the server's names, so that they are worth pulling once more."""
        ...
