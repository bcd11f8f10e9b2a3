"""What must hold of papers received and of what was promised to the counterparty; each check returns what offends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from appliance.storage import Database

Check = Callable[[Database], list[str]]


def papers_are_as_they_came(db: Database) -> list[str]:
    """The bytes of every kept paper have the SHA-256 that was noted when they came."""
    return [
        f"paper {key}: its bytes have changed"
        for key, content, digest in db.each("SELECT id, content, sha256 FROM inbox_document ORDER BY id")
        if hashlib.sha256(content).digest() != digest
    ]


def countersigned_orders_are_told(db: Database) -> list[str]:
    """Every order of a supplier's form that was countersigned stands in the outbox."""
    return [
        f"order {order}: countersigned and not to be sent"
        for (order,) in db.all(
            "SELECT o.id FROM supply_order o WHERE o.model = 'push' AND EXISTS (SELECT 1 FROM supply_order_status s"
            " WHERE s.supply_order = o.id AND s.state = 'countersigned') AND NOT EXISTS (SELECT 1 FROM outbox x"
            " WHERE x.kind = 'order-confirmation' AND x.subject = lower(hex(o.uuid)))"
        )
    ]


def sent_events_have_their_uid(db: Database) -> list[str]:
    """Every event that was begun has the UID under which it stands there."""
    return [
        f"outbox {item}: {kind} begun without a UID"
        for item, kind in db.all(
            "SELECT x.id, x.kind FROM outbox x WHERE x.kind IN ('order-confirmation', 'shipment-acknowledgement')"
            " AND (x.attempts > 0 OR x.state = 'done') AND NOT EXISTS"
            " (SELECT 1 FROM event_uid u WHERE u.kind = x.kind AND u.subject = x.subject)"
        )
    ]


def no_uid_is_of_two(db: Database) -> list[str]:
    """No UID stands for two records."""
    return [
        f"event {uid}: {n} times"
        for uid, n in db.all("SELECT uid, count(*) FROM event_uid GROUP BY uid HAVING count(*) > 1")
    ]


CHECKS: dict[str, Check] = {
    "papers": papers_are_as_they_came,
    "orders-told": countersigned_orders_are_told,
    "event-uids": sent_events_have_their_uid,
    "uids-once": no_uid_is_of_two,
}
