"""The destruction of expired stock: named people, one paper, the ledger's losses in the same act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.core.french import one_line
from appliance.core.identifiers import new_uuid
from appliance.stock.expiry.rules import destruction_rules
from appliance.stock.ledger import services as ledger
from appliance.stock.ledger.costs import unit_cost
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement
from appliance.storage import Unit

LINES_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """So many base units of an expired lot at a place, and why it expired (a code of the file of destructions)."""

    lot: int
    place: int
    quantity: int
    cause: str


def destroy(
    unit: Unit, lines: Sequence[Destroyed], members: Sequence[tuple[str, str]], destination: str, note: str = ""
) -> int:
    """Write a destruction of today with its committee (name, quality); returns its id.

    Raises `Refused`: "destruction-empty", "destruction-committee" (how many people must sign), "destruction-destination",
    "destruction-cause", "not-expired" (a lot that may still be used), "stock-too-low".
    """
    rules = destruction_rules()
    people = [(one_line(name), one_line(title)) for name, title in members if name.strip()]
    if not lines or len(lines) > LINES_MAX:
        raise Refused("destruction-empty")
    if len({name.casefold() for name, _ in people}) < rules.members_min or any(
        not 2 <= len(text) <= 80 for person in people for text in person
    ):
        raise Refused("destruction-committee", n=rules.members_min)
    if destination not in rules.destinations:
        raise Refused("destruction-destination")
    made = unit.append(
        "destruction", uuid=new_uuid(), number=(unit.value("SELECT max(number) FROM destruction") or 0) + 1,
        occurred_on=unit.today.isoformat(), destination=destination, note=note.strip()[:600] or None,
    )  # fmt: skip
    for name, title in people:
        unit.append("destruction_member", destruction=made, name=name, title=title)
    for line in lines:
        _write(unit, made, line)
    return made


def _write(unit: Unit, made: int, line: Destroyed) -> None:
    row = unit.one("SELECT product, number, expires_on FROM lot WHERE id = ?", (line.lot,))
    if row is None:
        raise Refused("no-such-lot", lot=line.lot)
    label = destruction_rules().causes.get(line.cause)
    if label is None:
        raise Refused("destruction-cause")
    if date.fromisoformat(row[2]) >= unit.today:
        raise Refused("not-expired", lot=row[1])
    movement = ledger.write(
        unit,
        Movement(
            kind=MovementKind.LOSS_EXPIRY, product=row[0], lot=line.lot, place=line.place, quantity=-line.quantity,
            occurred_on=unit.today, reason=label, destruction=made,
        ),
    )  # fmt: skip
    cost = unit_cost(unit, row[0], line.lot)
    unit.append(
        "destruction_line", destruction=made, lot=line.lot, place=line.place, quantity=line.quantity, cause=line.cause,
        unit_cost_fcfa=cost, value_fcfa=None if cost is None else cost * line.quantity, movement=movement,
    )  # fmt: skip
