"""What the depot writes by hand, one paper an act: why, with what evidence, which lots.

A paper is whole or not at all, and it is undone whole: a transfer half taken back would lose what is between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.stock.ledger import services
from appliance.stock.ledger.model import EFFECTS, MovementKind
from appliance.stock.ledger.reasons import EVIDENCE, Reason, default_reasons
from appliance.stock.ledger.services import Movement, ReceivedLot, lot_of
from appliance.storage import Unit

LINES_MAX = 40
TEXT_MAX = {"counterpart": 80, "document_number": 40, "witness": 80, "note": 300}
_ASKED_BY = dict(zip(EVIDENCE, ("counterpart", "note", "document_number", "witness"), strict=True))
_LEAST = {"counterpart": 2, "note": 3, "document_number": 1, "witness": 2}
GIVEN = frozenset(
    {MovementKind.SERVICE_USE, MovementKind.LOAN_OUT, MovementKind.LOAN_RETURN_OUT, MovementKind.GIFT_OUT}
)
"""Kinds that put a lot into somebody's hands: no expired, quarantined or recalled one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper of the depot. `reason` is a code of the data file; `occurred_on` None means today.

    `counterpart` is the neighbour, partner or supplier; `witness` who signed beside; `note` what happened.
    """

    reason: str
    place: int
    occurred_on: date | None = None
    to_place: int | None = None
    counterpart: str = ""
    document_number: str = ""
    witness: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """So many base units of a lot that lies here; negative only for a reason that goes either way."""

    lot: int
    quantity: int


def open_paper(unit: Unit, paper: Paper) -> int:
    """Write the head of a paper, its evidence checked; returns the event's id.

    Raises `Refused`: "no-such-reason", "no-such-place", "evidence" (which: counterpart, note, document_number,
    witness), "text-too-long".
    """
    reason = named(paper.reason)
    for place in (paper.place, paper.to_place):
        if place is not None and not unit.value("SELECT is_active FROM place WHERE id = ?", (place,)):
            raise Refused("no-such-place", place=place)
    given = {name: getattr(paper, name).strip() for name in TEXT_MAX}
    wanted = {_ASKED_BY[name] for name in reason.evidence}
    for name, text in given.items():
        if len(text) > TEXT_MAX[name]:
            raise Refused("text-too-long", field=name, limit=TEXT_MAX[name])
        if (name in wanted or text) and len(text) < _LEAST[name]:
            raise Refused("evidence", field=name, reason=reason.code)
    number = (unit.value("SELECT max(number) FROM stock_event") or 0) + 1
    return unit.append(
        "stock_event", uuid=new_uuid(), number=number, reason=reason.code, place=paper.place, to_place=paper.to_place,
        occurred_on=(paper.occurred_on or unit.today).isoformat(), **{name: text or None for name, text in given.items()},
    )  # fmt: skip


def record(
    unit: Unit, paper: Paper, lines: Sequence[EventLine] = (), incoming: Sequence[ReceivedLot] = ()
) -> int:  # fmt: skip
    """Write a paper of one kind of movement: a loss, a use, a gift, a return, an adjustment; returns the event's id.

    `incoming` are lots that come from outside, expired ones refused. Raises `Refused`: "event-empty", "lot-twice",
    "lot-expired", "lot-not-usable" (of what is given to somebody), "no-such-lot", those of `open_paper` and of the ledger.
    """
    reason = named(paper.reason)
    event, day = open_paper(unit, paper), paper.occurred_on or unit.today
    checked(lines, len(lines) + len(incoming))
    for line in lines:
        require_usable(unit, line.lot, day, reason)
        sign = EFFECTS[reason.kind].sign or reason.sign
        write_line(unit, paper, event, reason.kind, line.lot, sign * line.quantity if sign else line.quantity)
    for item in incoming:
        take_in(unit, paper, event, reason.kind, item)
    return event


def take_in(unit: Unit, paper: Paper, event: int, kind: MovementKind, item: ReceivedLot) -> int:
    """Write a lot that comes from outside; raises `Refused("lot-expired")` and those of the ledger."""
    if kind is MovementKind.DONATION:  # who gave it goes with the lot: its price regime and its report follow
        item = replace(item, funder=paper.counterpart.strip())
    lot, day = lot_of(unit, item), paper.occurred_on or unit.today
    if (last := unit.value("SELECT expires_on FROM lot WHERE id = ?", (lot,))) < day.isoformat():
        raise Refused("lot-expired", lot=item.lot_number, on=last)
    return write_line(unit, paper, event, kind, lot, item.quantity, item.unit_cost_fcfa)


def write_line(
    unit: Unit, paper: Paper, event: int, kind: MovementKind, lot: int, quantity: int, cost: int | None = None
) -> int:
    """Write one row of a paper, at its first place (at its second for what comes into it), at the lot's last known cost."""
    place = paper.to_place if kind is MovementKind.TRANSFER_IN and paper.to_place else paper.place
    product = unit.value("SELECT product FROM lot WHERE id = ?", (lot,))
    if product is None:
        raise Refused("no-such-lot", lot=lot)
    if cost is None:
        cost = unit.value(
            "SELECT unit_cost_fcfa FROM movement WHERE lot = ? AND unit_cost_fcfa IS NOT NULL ORDER BY id DESC LIMIT 1",
            (lot,),
        )
    return services.write(
        unit,
        Movement(
            kind=kind, product=product, lot=lot, place=place, quantity=quantity, reason_code=paper.reason,
            occurred_on=paper.occurred_on or unit.today, reason=paper.note.strip() or None, event=event,
            unit_cost_fcfa=cost,
        ),
    )  # fmt: skip


def undo_paper(unit: Unit, event: int, reason: str) -> int:
    """Undo every row of a paper that still stands; returns how many. What came in goes out last (rule T9 for the day).

    Raises `Refused`: "no-such-event", "already-reversed", and those of `reverse`.
    """
    if not unit.value("SELECT 1 FROM stock_event WHERE id = ?", (event,)):
        raise Refused("no-such-event", event=event)
    rows = unit.all(
        "SELECT id FROM movement WHERE event = ? AND reverses IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM movement r WHERE r.reverses = movement.id) ORDER BY quantity, id",
        (event,),
    )
    if not rows:
        raise Refused("already-reversed", event=event)
    for (movement,) in rows:
        services.reverse(unit, movement, reason)
    return len(rows)


def named(code: str) -> Reason:
    """A reason by its code; raises `Refused("no-such-reason")`."""
    reason = default_reasons().get(code)
    if reason is None:
        raise Refused("no-such-reason", reason=code[:40])
    return reason


def checked(lines: Sequence[EventLine], count: int) -> None:
    """Refuse a paper without lines, with too many, or with a lot on two of them."""
    if not 0 < count <= LINES_MAX:
        raise Refused("event-empty")
    if len({line.lot for line in lines}) < len(lines):
        raise Refused("lot-twice")


def require_usable(unit: Unit, lot: int, on: date, reason: Reason) -> None:
    """Refuse to put a lot that may not be given into somebody's hands; raises `Refused("lot-not-usable")`."""
    if reason.kind in GIVEN and not is_usable(unit, lot, on):
        raise Refused("lot-not-usable", lot=lot)


def is_usable(unit: Unit, lot: int, on: date) -> bool:
    """Whether a lot may be given on a day."""
    return bool(
        unit.value("SELECT 1 FROM lot WHERE id = ? AND status = 'usable' AND expires_on >= ?", (lot, on.isoformat()))
    )
