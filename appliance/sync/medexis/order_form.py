"""An order of our own, sent as a message with its lines as a table: what the DRC or the PPM reads without a program."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

from appliance.core.french import date_short
from appliance.stock.orders import repository as orders
from appliance.stock.orders.services import ORDER_FORM
from appliance.storage import Database, Unit, settings
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.outbox.repository import Item

_HEAD = "numero;code;produit;unite;conditionnement;unites_par_conditionnement;quantite_unites;quantite_conditionnements"


class OrderFormKind:
    """A bon de commande sent by message, as the outbox knows it.

    A message can't be sent twice without being read twice: its subject carries a token, which is looked for among our own
    conversations before it is sent again.
    """

    name, purpose = ORDER_FORM, "messages"

    def obstacle(self, db: Database, item: Item) -> str | None:
        """Why it can't go out now, or None."""
        exchange = exchanges.get(db)
        if not exchange.is_on:
            return "exchange-off"
        return None if any(exchange.recipients.values()) else "no-recipient"

    def compose(self, db: Database, item: Item, today: date) -> dict[str, Any] | str:
        """The message with its attachment; the bytes of the first time are kept."""
        if why := self.obstacle(db, item):
            return why
        token = f"edge:{item.uuid.hex()[:8]}"
        payload = item.payload or self._made(db, item, token)
        return {
            "kind": ORDER_FORM, "item": item.id, "subject": item.subject, "token": token,
            "payload": base64.b64encode(payload).decode(), "was_tried": item.attempts > 0,
        }  # fmt: skip

    def begun(self, unit: Unit, item: Item) -> None:
        """Nothing more to keep: the token is the row's own."""

    def settled(self, unit: Unit, item: Item) -> None:
        """Nothing: whoever handed it over said so when it was queued."""

    def wait_seconds(self, unit: Unit, item: Item) -> int:
        """No message waits for a period to end."""
        return 0

    def placed(self, payload: bytes | None, conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refusals as they are: they are about the whole."""
        return conflicts

    def names_are_stale(self, conflicts: list[dict[str, Any]]) -> bool:
        """Recipients are set by hand, not pulled."""
        return False

    def _made(self, db: Database, item: Item, token: str) -> bytes:
        order = orders.by_uuid(db, bytes.fromhex(item.subject))
        lines = [line for line in orders.lines(db, order.id) if line.asked]
        facility = settings.get(db, "facility") or {}
        where = f"{facility.get('name', '')} ({facility.get('code', '')})"
        rows = [
            (order.number, line.product_code or line.code_written, line.label, line.base_unit, line.pack_label,
             str(line.pack_units), str(line.asked), str(line.packs(line.asked)))
            for line in lines
        ]  # fmt: skip
        table = "\r\n".join([_HEAD, *(";".join(cell.replace(";", ",") for cell in row) for row in rows), ""])
        text = "\n".join(
            [f"{where} : bon de commande {order.number} du {date_short(order.ordered_on)}, {len(lines)} produits.",
             *(f"- {line.label} : {line.asked} {line.base_unit}" for line in lines)]
        )  # fmt: skip
        message = {
            "subject": f"Bon de commande {order.number} · {where} [{token}]", "text": text,
            "recipients": {kind: list(ids) for kind, ids in exchanges.get(db).recipients.items()},
            "files": [{"name": f"{order.number}.csv", "type": "text/csv", "base64": base64.b64encode(b"\xef\xbb\xbf" + table.encode()).decode()}],
        }  # fmt: skip
        return json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode()


def number_of(db: Database, item: Item) -> str:
    """The printed number of the order that a row is about."""
    return orders.by_uuid(db, bytes.fromhex(item.subject)).number
