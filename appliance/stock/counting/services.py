"""Counting: opened for a place, typed lot by lot, counted again where it is out of tolerance, decided, written.

A line keeps the last movement that the ledger held when it was typed, so dispensing goes on: its variance is what was
counted less what the ledger said at that moment, and what moves later stays as it is (rule T25). Nothing of the ledger
shows before both counts are done, and the first count can't be typed again once it is known which lines are out: else
whoever types could try figures until a line stops being asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.access import deputies
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.stock.counting import repository, shelves
from appliance.stock.counting.model import Comparison, CountHead, CountStatus, Scope, Told
from appliance.stock.counting.rules import CountingRules, counting_rules
from appliance.stock.ledger import services as ledger
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.repository import is_closed
from appliance.stock.ledger.services import Movement, ReceivedLot
from appliance.storage import Unit

QUANTITY_MAX = 10_000_000
PRODUCTS_MAX = 200
NOTE_LETTERS_MAX = 600


def open_count(
    unit: Unit, place: int, scope: Scope, *, shelf: str = "", products: Sequence[int] = (), is_blind: bool = True
) -> int:
    """Open a count of a place; returns its id.

    Raises `Refused`: "no-such-place", "count-open" (one is under way there), "count-scope" (a shelf without products,
    or no product named).
    """
    if not unit.value("SELECT 1 FROM place WHERE id = ? AND is_active = 1", (place,)):
        raise Refused("no-such-place", place=place)
    if under_way := repository.open_at(unit, place):
        raise Refused("count-open", number=under_way.number)
    wanted = sorted(set(products)) if scope is Scope.PRODUCTS else []
    if scope is Scope.SHELF:
        wanted = sorted(p for p, name in shelves.shelves(unit, place).items() if name == shelf)
    if (scope is not Scope.FULL and not wanted) or len(wanted) > PRODUCTS_MAX:
        raise Refused("count-scope", shelf=shelf)
    count = unit.append(
        "stock_count", uuid=new_uuid(), number=(unit.value("SELECT max(number) FROM stock_count") or 0) + 1, place=place,
        scope=scope.value, shelf=shelf if scope is Scope.SHELF else None, is_blind=int(is_blind),
        opened_on=unit.today.isoformat(), at_movement=repository.last_movement(unit),
    )  # fmt: skip
    for product in wanted:
        unit.append("stock_count_product", stock_count=count, product=product)
    _become(unit, count, CountStatus.COUNTING, 1)
    return count


def type_line(unit: Unit, count: int, lot: int, quantity: int, *, by: int | None = None) -> int:
    """Keep what was counted of a lot in the round under way (base units; 0: none is left); returns the line's id.

    `by` is the member of staff who counted, when another person types. Typed again, the last one counts. Raises
    `Refused`: "no-such-count", "count-not-open", "count-quantity", "count-who", "count-lot" (not in this round),
    "count-same-person" (a second count is another person's).
    """
    head = _counting(unit, count)
    if lot not in {line.lot for line in repository.sheet(unit, head)}:
        raise Refused("count-lot", lot=lot)
    return _append(unit, head, lot, quantity, by, is_found=False)


def found_lot(unit: Unit, count: int, item: ReceivedLot, *, by: int | None = None) -> int:
    """Keep a lot that lies there and that the ledger does not know at this place; returns the line's id.

    Only in the first round: what is found is counted again by another person, as the ledger says 0. Raises as
    `type_line`, and "count-found-late", "count-found-known" (the lot stands on the list), "count-found-scope"
    (a product that this count is not about), "bad-expiry".
    """
    head = _counting(unit, count)
    if head.round > 1:
        raise Refused("count-found-late")
    if head.scope is not Scope.FULL and not unit.value(
        "SELECT 1 FROM stock_count_product WHERE stock_count = ? AND product = ?", (count, item.product)
    ):
        raise Refused("count-found-scope")
    lot = ledger.lot_of(unit, item)
    known = next((line for line in repository.sheet(unit, head) if line.lot == lot), None)
    if known is not None and not known.is_found:
        raise Refused("count-found-known", lot=known.number)
    return _append(unit, head, lot, item.quantity, by, is_found=True)


def close_round(unit: Unit, count: int, note: str = "") -> CountStatus:
    """End the round under way: lines out of tolerance go to a second count, else the figures may be compared.

    Lots that nobody counted are left as the ledger has them, and `note` must say why. Raises `Refused`:
    "no-such-count", "count-not-open", "count-empty", "count-uncounted" (how many), "count-again-missing" (how many).
    """
    head = _counting(unit, count)
    missing = repository.left(repository.sheet(unit, head))
    if head.round > 1:
        if missing:
            raise Refused("count-again-missing", n=len(missing))
        return _become(unit, count, CountStatus.COMPARED, head.round)
    compared = repository.comparisons(unit, head)
    if not compared:
        raise Refused("count-empty")
    if missing and len(note.strip()) < 3:
        raise Refused("count-uncounted", n=len(missing))
    out = [c.sheet.lot for c in compared if not c.is_within]
    if not out:
        return _become(unit, count, CountStatus.COMPARED, 1, note)
    for lot in out:
        unit.append("count_again", stock_count=count, lot=lot, round=2, why="tolerance")
    return _become(unit, count, CountStatus.COUNTING, 2, note)


def ask_again(unit: Unit, count: int, lots: Sequence[int], note: str = "") -> None:
    """Have some lots of a compared count counted once more, by another person than the last.

    Raises `Refused`: "no-such-count", "count-not-compared", "count-again-none", "count-lot".
    """
    head = _compared(unit, count)
    known = {c.sheet.lot for c in repository.comparisons(unit, head)}
    if not lots:
        raise Refused("count-again-none")
    for lot in sorted(set(lots)):
        if lot not in known:
            raise Refused("count-lot", lot=lot)
        unit.append("count_again", stock_count=count, lot=lot, round=head.round + 1, why="asked")
    _become(unit, count, CountStatus.COUNTING, head.round + 1, note)


def finalise(
    unit: Unit, count: int, told: Mapping[int, Told], decision: str, rules: CountingRules | None = None
) -> list[int]:
    """Write the variances as signed movements of the ledger, once; returns the movements.

    `told` gives the reason of each lot out of tolerance, `decision` what the head of the centre decides. A variance is
    dated on the day of its line, or today when that month is closed meanwhile. Raises `Refused`: "no-such-count",
    "count-not-compared", "count-decision-head" (only the head or who stands in), "count-decision" (no decision),
    "count-reason-missing" (how many lines), "count-reason-sign", "count-contradicted" (more of a lot went out since than
    was counted: count it again), "date-too-old".
    """
    head, rules = _compared(unit, count), rules or counting_rules()
    if not may_decide(unit):
        raise Refused("count-decision-head")
    if len(decision.strip()) < 3:
        raise Refused("count-decision")
    compared = repository.comparisons(unit, head, rules)
    _check_reasons(compared, told, rules)
    for line in repository.left_uncounted(unit, head):
        unit.append("count_left", stock_count=count, lot=line.lot)
    written = [m for c in compared if (m := _write(unit, head, c, told.get(c.sheet.lot), rules)) is not None]
    _become(unit, count, CountStatus.FINALISED, head.round, decision)
    return written


def abandon(unit: Unit, count: int, reason: str) -> None:
    """Give a count up with a reason: nothing of it is written. Raises `Refused`: "no-such-count", "count-not-open", "reason-needed"."""
    head = repository.head(unit, count)
    if not head.is_open:
        raise Refused("count-not-open", number=head.number)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="count")
    _become(unit, count, CountStatus.ABANDONED, head.round, reason)


def may_decide(unit: Unit) -> bool:
    """Whether the one who acts decides on variances: the head of the centre, who stands in, or the command line."""
    if unit.actor.staff_id is None or Role.HEAD in unit.actor.roles:
        return True
    absent = deputies.absent_for(unit, unit.actor.staff_id, unit.today)
    return any(
        unit.value("SELECT 1 FROM staff_role WHERE staff = ? AND role = ?", (who, Role.HEAD.value)) for who in absent
    )


def _write(unit: Unit, head: CountHead, found: Comparison, told: Told | None, rules: CountingRules) -> int | None:
    """One lot's variance as a movement, and what was found of it."""
    last, sheet = found.last, found.sheet
    told = None if found.is_within else told
    movement = None
    if found.is_contradicted:
        raise Refused("count-contradicted", product=sheet.label, lot=sheet.number, n=-found.variance - found.room)
    if found.variance:
        reason = rules.reasons[told.reason].label if told else rules.within_label
        movement = ledger.write(
            unit,
            Movement(
                kind=MovementKind.COUNT_VARIANCE, product=sheet.product, lot=sheet.lot, place=head.place,
                quantity=found.variance, occurred_on=unit.today if is_closed(unit, last.counted_on) else last.counted_on,
                reason=f"{reason} : {told.note}" if told and told.note else reason,
            ),
        )  # fmt: skip
    unit.append(
        "count_result", stock_count=head.id, lot=sheet.lot, place=head.place, line=last.line, ledger=found.ledger,
        counted=last.quantity, variance=found.variance, unit_cost_fcfa=found.unit_cost_fcfa, value_fcfa=found.value_fcfa,
        reason=told.reason if told else None, note=(told.note or None) if told else None,
        counted_on=last.counted_on.isoformat(), at_movement=last.at_movement, movement=movement,
    )  # fmt: skip
    return movement


def _check_reasons(compared: list[Comparison], told: Mapping[int, Told], rules: CountingRules) -> None:
    out = [c for c in compared if not c.is_within]
    missing = [c for c in out if (said := told.get(c.sheet.lot)) is None or said.reason not in rules.reasons]
    if missing:
        raise Refused("count-reason-missing", n=len(missing), lots=[c.sheet.lot for c in missing])
    for c in out:
        reason = rules.reasons[told[c.sheet.lot].reason]
        if reason.sign * c.variance < 0:
            raise Refused("count-reason-sign", lot=c.sheet.lot, product=c.sheet.label, reason=reason.label)


def _append(unit: Unit, head: CountHead, lot: int, quantity: int, by: int | None, *, is_found: bool) -> int:
    if not 0 <= quantity <= QUANTITY_MAX:
        raise Refused("count-quantity", high=QUANTITY_MAX)
    who = by or unit.actor.staff_id
    if who is None or not unit.value("SELECT 1 FROM staff WHERE id = ? AND is_active = 1", (who,)):
        raise Refused("count-who")
    if head.round > 1:
        before = unit.one(
            "SELECT y.counted_by, w.name FROM count_line y JOIN staff w ON w.id = y.counted_by"
            " WHERE y.stock_count = ? AND y.lot = ? AND y.round < ? ORDER BY y.round DESC, y.id DESC LIMIT 1",
            (head.id, lot, head.round),
        )
        if before and before[0] == who:
            raise Refused("count-same-person", name=before[1])
    return unit.append(
        "count_line", stock_count=head.id, lot=lot, round=head.round, quantity=quantity,
        at_movement=repository.last_movement(unit), counted_on=unit.today.isoformat(), counted_by=who,
        is_found=int(is_found),
    )  # fmt: skip


def _counting(unit: Unit, count: int) -> CountHead:
    head = repository.head(unit, count)
    if head.status is not CountStatus.COUNTING:
        raise Refused("count-not-open", number=head.number)
    return head


def _compared(unit: Unit, count: int) -> CountHead:
    head = repository.head(unit, count)
    if head.status is not CountStatus.COMPARED:
        raise Refused("count-not-compared", number=head.number)
    return head


def _become(unit: Unit, count: int, status: CountStatus, round_: int, note: str = "") -> CountStatus:
    said = note.strip()[:NOTE_LETTERS_MAX]
    unit.append(
        "stock_count_status",
        stock_count=count,
        status=status.value,
        round=round_,
        note=said if len(said) >= 3 else None,
    )
    return status
