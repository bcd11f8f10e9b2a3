"""Break-glass: a closed tab of one patient's file opened in an emergency, for two hours, with a reason.

It is written (or kept aside, when the store only reads) before anything is shown, and it stands on the first page
of the head of the centre until that person has seen it. It opens reading only: what care needs to write in an
emergency belongs to those who may write there anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.access.matrix import default_matrix
from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.storage import ConstraintFailed, Database, Unit
from appliance.storage.aside import Aside

_KIND = "break-glass"
OPEN_MS = 2 * 3_600_000
REASON_MIN, REASON_MAX = 5, 300
NEVER = frozenset({Role.TECHNICIAN, Role.DISTRICT_SUPERVISOR, Role.TREASURER, Role.PRESIDENT})
"""Functions that see no patient whatever happens: mending, figures and money need no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """An emergency access: who (staff id), whose file, which tab, why; `at` and `until` in milliseconds."""

    id: int
    staff: int
    patient: int
    tab: str
    reason: str
    at: int
    until: int


def emergency_tabs() -> tuple[str, ...]:
    """The tabs of a patient's file that an emergency may open, as the matrix file marks them."""
    return tuple(tab.code for tab in default_matrix().values() if tab.is_emergency)


def may_break(roles: Iterable[Role]) -> bool:
    """Whether someone holds a function of care or of the centre's service, not only one that sees no patient."""
    return bool(frozenset(roles) - NEVER)


def check(roles: Iterable[Role], tab: str, reason: str) -> str:
    """The reason, trimmed; raises `Refused` ("glass-not-for-you", "glass-tab", "glass-reason")."""
    if not may_break(roles):
        raise Refused("glass-not-for-you")
    if tab not in emergency_tabs():
        raise Refused("glass-tab", tab=tab[:40])
    kept = " ".join(reason.split())
    if not REASON_MIN <= len(kept) <= REASON_MAX:
        raise Refused("glass-reason")
    return kept


def open_glass(unit: Unit, patient: int, tab: str, reason: str) -> int:
    """Open a tab of one file for two hours in the actor's name; returns its id, or that of the access still open.

    Raises `Refused` as `check`, and "glass-not-for-you" when the machine acts.
    """
    kept = check(unit.actor.roles, tab, reason)
    if unit.actor.staff_id is None:
        raise Refused("glass-not-for-you")
    for held in standing(unit, unit.actor.staff_id, unit.now.ms):
        if (held.patient, held.tab) == (patient, tab):
            return held.id
    made = unit.append(
        "break_glass", staff=unit.actor.staff_id, patient=patient, tab=tab, reason=kept, until=unit.now.ms + OPEN_MS
    )
    unit.note(patient=patient, tab=tab)
    return made


def end_glass(unit: Unit, glass: int) -> None:
    """The emergency is over before its two hours. Raises `Refused("no-such-glass")` for another person's."""
    if unit.value("SELECT staff FROM break_glass WHERE id = ?", (glass,)) != unit.actor.staff_id:
        raise Refused("no-such-glass")
    _once(unit, "break_glass_end", glass)


def acknowledge(unit: Unit, glass: int) -> None:
    """The head of the centre has seen it. Nobody acknowledges an access of one's own.

    Raises `Refused` ("no-such-glass", "glass-own").
    """
    who = unit.value("SELECT staff FROM break_glass WHERE id = ?", (glass,))
    if who is None:
        raise Refused("no-such-glass")
    if who == unit.actor.staff_id:
        raise Refused("glass-own")
    _once(unit, "break_glass_ack", glass, staff=unit.actor.staff_id)


def standing(db: Database, staff: int, now: int) -> list[Glass]:
    """What a person has open now."""
    opened = db.kept(
        "break-glass",
        lambda: _glasses(db, "g.until > ? AND NOT EXISTS (SELECT 1 FROM break_glass_end e WHERE e.glass = g.id)", now),
    )
    return [glass for glass in opened if glass.staff == staff and glass.until > now]


def unseen(db: Database) -> list[Glass]:
    """Every access that the head of the centre has not acknowledged, the oldest first."""
    return _glasses(db, "NOT EXISTS (SELECT 1 FROM break_glass_ack a WHERE a.glass = g.id)")


def of_patient(db: Database, patient: int) -> list[Glass]:
    """Every emergency access to a file, the oldest first."""
    return _glasses(db, "g.patient = ?", patient)


def keep_aside(aside: Aside, actor: Actor, patient: int, tab: str, reason: str, now: int) -> None:
    """Open a tab while the store only reads: kept beside it, durable before anything is shown. Raises as `open_glass`."""
    kept = check(actor.roles, tab, reason)
    if actor.staff_id is None:
        raise Refused("glass-not-for-you")
    aside.note(_KIND, staff=actor.staff_id, patient=patient, tab=tab, reason=kept, until=now + OPEN_MS)


def standing_aside(aside: Aside, staff: int, now: int) -> list[Glass]:
    """What a person has open now by accesses kept aside."""
    return [
        Glass(id=0, at=note["until"] - OPEN_MS, **note)
        for note in aside.notes(_KIND)
        if note["staff"] == staff and note["until"] > now
    ]


def take_in(unit: Unit, aside: Aside) -> int:
    """Write what was kept aside into the store, as it was; returns how many."""
    notes = aside.notes(_KIND)
    for note in notes:
        unit.append("break_glass", **note)
    return len(notes)


def _glasses(db: Database, where: str, *values: object) -> list[Glass]:
    rows = db.all(
        f"SELECT g.id, g.staff, g.patient, g.tab, g.reason, g.until FROM break_glass g WHERE {where} ORDER BY g.id",
        values,
    )
    # An access kept aside is written later: its hour is told by its end.
    return [
        Glass(id=r[0], staff=r[1], patient=r[2], tab=r[3], reason=r[4], until=r[5], at=r[5] - OPEN_MS) for r in rows
    ]


def _once(unit: Unit, table: str, glass: int, **columns: object) -> None:
    """Said twice it stands once."""
    try:
        unit.append(table, glass=glass, **columns)
    except ConstraintFailed as fault:
        if "glass" not in fault.code:
            raise
