"""The tills: which are open, opening one with its float, counting and closing one."""

from __future__ import annotations

from typing import Any

from appliance.core.actors import MACHINE
from appliance.core.errors import Refused
from appliance.storage import Database, Store


def show_facts(store: Store, limit: int = 20) -> dict[str, Any]:
    """The open sessions, without what must lie in them (they are counted blind), and the closings, newest first."""
    from appliance.access.staff import name_of
    from appliance.billing.till import drawers

    with store.reading() as db:
        return {
            "open": [
                {
                    "till": d.name, "session": d.session, "keeper": name_of(db, d.staff), "opened_on": d.opened_on.isoformat(),
                    "opened_by_itself": d.is_by_itself,
                }
                for d in drawers.open_drawers(db)
            ],
            "closed": [
                {
                    "till": d.name, "session": d.session, "keeper": name_of(db, d.staff),
                    "closed_on": d.closed_on.isoformat() if d.closed_on else None, "expected_fcfa": d.expected_fcfa,
                    "counted_fcfa": d.counted_fcfa, "variance_fcfa": d.variance_fcfa, "reason": d.reason,
                    "left_fcfa": d.left_fcfa,
                }
                for d in drawers.closed_drawers(db, limit)
            ],
        }  # fmt: skip


def open_facts(store: Store, till: str, keeper: str, pieces: list[tuple[int, int]], reason: str = "") -> dict[str, Any]:
    """Open a till by its name, made when it is new, for somebody by name.

    Raises `Refused`: "no-such-staff" and those of `open_till`.
    """
    from appliance.billing.till.sessions import add_till, open_till

    def write(unit: Any) -> dict[str, Any]:
        staff = _staff(unit, keeper)
        key = unit.value("SELECT id FROM till WHERE name = ? AND staff IS NULL", (till,))
        session = open_till(unit, key or add_till(unit, till), dict(pieces), reason, staff)
        return {"till": till, "session": session, "keeper": keeper}

    return dict(store.act_now("open-till", MACHINE, write).result)


def close_facts(
    store: Store, till: str, pieces: list[tuple[int, int]], reason: str = "", hand_over: int = 0, receiver: str = ""
) -> dict[str, Any]:
    """Save a count, then close with it: a difference without a reason is refused, and the count stays saved.

    `till` is the name of a till or of whoever keeps one. Raises `Refused`: "till-not-open", "no-such-staff" and those
    of `close_till`.
    """
    from appliance.billing.till.sessions import close_till, count_till

    with store.reading() as db:
        session = _session(db, till)
        taker = _staff(db, receiver) if receiver else None
    counted = dict(pieces)
    store.act_now("count-till", MACHINE, lambda unit: {"count": count_till(unit, session, counted).id})

    def write(unit: Any) -> dict[str, Any]:
        done = close_till(unit, session, reason, hand_over_fcfa=hand_over, receiver=taker)
        return {
            "till": till, "session": session, "expected_fcfa": done.expected_fcfa, "counted_fcfa": done.counted_fcfa,
            "variance_fcfa": done.variance_fcfa, "reason": reason.strip() or None, "handed_over_fcfa": hand_over,
            "left_fcfa": done.left_fcfa,
        }  # fmt: skip

    return dict(store.act_now("close-till", MACHINE, write).result)


def _staff(db: Database, name: str) -> int:
    found = db.value("SELECT id FROM staff WHERE name = ? AND is_active = 1", (name,))
    if found is None:
        raise Refused("no-such-staff", staff=name[:40])
    return int(found)


def _session(db: Database, till: str) -> int:
    found = db.value(
        "SELECT o.session FROM till_open o JOIN till t ON t.id = o.till LEFT JOIN staff s ON s.id = o.keeper"
        " WHERE t.name = ?1 OR s.name = ?1 ORDER BY t.name <> ?1 LIMIT 1",
        (till,),
    )
    if found is None:
        raise Refused("till-not-open", till=till[:40])
    return int(found)
