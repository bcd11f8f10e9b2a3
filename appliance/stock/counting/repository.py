"""Reading counts. What a counter may see (`sheet`) asks nothing of the balances but whether there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from appliance.core.errors import Refused
from appliance.stock.counting.model import Comparison, Counted, CountHead, CountStatus, Scope, SheetLine
from appliance.stock.counting.rules import CountingRules, counting_rules, is_within
from appliance.stock.counting.shelves import shelves
from appliance.stock.ledger.costs import unit_cost
from appliance.stock.ledger.repository import is_closed
from appliance.storage import Database

LISTED_MAX = 40
_HEAD = (
    "SELECT c.id, c.number, c.place, p.name, c.scope, coalesce(c.shelf, ''), c.is_blind, c.opened_on, c.at_movement,"
    " s.status, s.round, coalesce(s.note, ''), coalesce(w.name, '')"
    " FROM stock_count c JOIN place p ON p.id = c.place JOIN act a ON a.seq = c.act LEFT JOIN staff w ON w.id = a.staff"
    " JOIN stock_count_status s ON s.id = (SELECT max(id) FROM stock_count_status WHERE stock_count = c.id)"
)
_LOT = (
    "SELECT l.id, p.id, p.code, trim(p.name || ' ' || p.strength), p.form, p.base_unit, p.pack_label, p.pack_units,"
    " l.number, l.expires_on, l.status, p.ven FROM lot l JOIN product p ON p.id = l.product"
)


def head(db: Database, count: int) -> CountHead:
    """One count; raises `Refused("no-such-count")`."""
    row = db.one(f"{_HEAD} WHERE c.id = ?", (count,))
    if row is None:
        raise Refused("no-such-count", count=count)
    return _head(row)


def by_number(db: Database, number: int) -> int | None:
    """The key of the count that bears a number on its papers."""
    found: int | None = db.value("SELECT id FROM stock_count WHERE number = ?", (number,))
    return found


def places(db: Database) -> list[tuple[int, str, str]]:
    """The places where stock lies: key, code, name."""
    return db.all("SELECT id, code, name FROM place WHERE is_active = 1 ORDER BY id")


def recent(db: Database, limit: int = LISTED_MAX) -> list[CountHead]:
    """The newest counts of the centre, newest first."""
    return [_head(row) for row in db.all(f"{_HEAD} ORDER BY c.id DESC LIMIT ?", (limit,))]


def open_at(db: Database, place: int) -> CountHead | None:
    """The count that is under way at a place; there is one at most."""
    row = db.one(
        f"{_HEAD} WHERE c.place = ? AND s.status IN ('counting', 'compared') ORDER BY c.id DESC LIMIT 1", (place,)
    )
    return _head(row) if row else None


def sheet(db: Database, count: CountHead) -> list[SheetLine]:
    """The lots of the round under way, along the shelves, by product and expiry, with what was typed so far.

    In the first round every lot of the scope of which something lies there, and what was found beside. Later only the
    lots to count again, without a word of the figures of earlier rounds.
    """
    typed = {c.lot: c for c in _lines(db, count.id) if c.round == count.round}
    placed = shelves(db, count.place)
    if count.round == 1:
        here, parameters = (
            "(l.id IN (SELECT b.lot FROM balance b WHERE b.place = ?1 AND b.quantity > 0) AND (?2 = 'full' OR l.product"
            " IN (SELECT x.product FROM stock_count_product x WHERE x.stock_count = ?3))"
            " OR l.id IN (SELECT y.lot FROM count_line y WHERE y.stock_count = ?3))",
            (count.place, count.scope.value, count.id),
        )
    else:
        here = "l.id IN (SELECT g.lot FROM count_again g WHERE g.stock_count = ?1 AND g.round = ?2)"
        parameters = (count.id, count.round)  # type: ignore[assignment]
    late = {
        row[0]
        for row in db.all(
            "SELECT b.lot FROM balance b WHERE b.place = ? AND b.quantity > 0 AND NOT EXISTS"
            " (SELECT 1 FROM movement m WHERE m.lot = b.lot AND m.place = b.place AND m.id <= ?)",
            (count.place, count.at_movement),
        )
    }
    found = [_sheet_line(row, placed, late, typed.get(row[0])) for row in db.all(f"{_LOT} WHERE {here}", parameters)]
    return sorted(found, key=lambda line: (line.shelf == "", line.shelf, line.label, line.expires_on, line.lot))


def left(lines: list[SheetLine]) -> list[SheetLine]:
    """Lines that nobody counted; what came in after the count was opened is not missed."""
    return [line for line in lines if line.counted is None and not line.is_late]


def comparisons(db: Database, count: CountHead, rules: CountingRules | None = None) -> list[Comparison]:
    """Every lot that was counted, against the ledger at its own count time: as it stands, or as it was finalised.

    Not for a page that a counter sees while the count is blind and under way: `services` and the pages of a compared
    count ask it.
    """
    rounds: dict[int, list[Counted]] = {}
    for lot, line in ((c.lot, c) for c in _lines(db, count.id)):
        rounds.setdefault(lot, []).append(line.counted)
    placed, rules = shelves(db, count.place), rules or counting_rules()
    results = {row[0]: row[1:] for row in db.all(
        "SELECT lot, ledger, variance, unit_cost_fcfa, coalesce(reason, ''), coalesce(note, '') FROM count_result"
        " WHERE stock_count = ?", (count.id,),
    )}  # fmt: skip
    found = []
    for row in db.all(f"{_LOT} WHERE l.id IN (SELECT y.lot FROM count_line y WHERE y.stock_count = ?)", (count.id,)):
        lot, product, ven = row[0], row[1], row[11]
        last = rounds[lot][-1]
        reason = note = ""
        if lot in results:
            ledger, variance, cost, reason, note = results[lot]
            room = 0
        else:
            ledger = balance_at(db, lot, count.place, last.at_movement, last.counted_on)
            variance = last.quantity - ledger
            cost, room = unit_cost(db, product, lot), _room(db, lot, count.place, last.counted_on)
        found.append(
            Comparison(
                sheet=replace(_sheet_line(row, placed, set(), None), counted=last.quantity), ven=ven,
                rounds=tuple(rounds[lot]), ledger=ledger, variance=variance, room=room, unit_cost_fcfa=cost,
                is_within=is_within(rules.tolerances[ven], ledger, variance, cost), reason=reason, note=note,
            )
        )  # fmt: skip
    return sorted(found, key=lambda c: (c.sheet.shelf == "", c.sheet.shelf, c.sheet.label, c.sheet.expires_on))


def left_uncounted(db: Database, count: CountHead) -> list[SheetLine]:
    """The lots that a finalised count left out, or that an open one has not counted yet."""
    if count.is_open:
        return left(sheet(db, replace(count, round=1)))
    placed = shelves(db, count.place)
    rows = db.all(f"{_LOT} WHERE l.id IN (SELECT f.lot FROM count_left f WHERE f.stock_count = ?)", (count.id,))
    return sorted((_sheet_line(row, placed, set(), None) for row in rows), key=lambda line: (line.shelf, line.label))


def balance_at(db: Database, lot: int, place: int, at_movement: int, counted_on: date) -> int:
    """What the ledger says lay there when a line was typed (base units).

    All that was written by then; what was written later of a day before (a night's issue entered next morning), to undo
    what was written wrongly before, or to adjust the writing to the shelf by hand (a box found, so that it could be
    given). What people bring back after the count is not in it: it came later.
    """
    return int(
        db.value(
            "SELECT coalesce(sum(quantity), 0) FROM movement WHERE lot = ? AND place = ?"
            " AND (id <= ? OR occurred_on < ? OR kind = 'adjustment' OR (reverses <= ? AND dispense IS NULL))",
            (lot, place, at_movement, counted_on.isoformat(), at_movement),
        )
    )


def last_movement(db: Database) -> int:
    """The number of the newest movement of the ledger; 0 while there is none."""
    return int(db.value("SELECT max(id) FROM movement") or 0)


def _room(db: Database, lot: int, place: int, since: date) -> int:
    """The least that the lot held at the end of any day from `since` on: what a negative variance may take away."""
    held = int(db.value("SELECT quantity FROM balance WHERE lot = ? AND place = ?", (lot, place)) or 0)
    if is_closed(db, since):
        return held
    lowest = db.value(
        "SELECT min(running) FROM (SELECT occurred_on, sum(sum(quantity)) OVER (ORDER BY occurred_on) AS running"
        " FROM movement WHERE lot = ? AND place = ? GROUP BY occurred_on) WHERE occurred_on >= ?",
        (lot, place, since.isoformat()),
    )
    return held if lowest is None else min(held, int(lowest))


class _Line:
    """A typed line with its lot and when it was typed."""

    __slots__ = ("at", "counted", "is_found", "lot", "round")

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.lot, self.round, self.is_found, self.at = row[1], row[2], bool(row[7]), row[9]
        self.counted = Counted(
            line=row[0], round=row[2], quantity=row[3], at_movement=row[4], counted_on=date.fromisoformat(row[5]),
            counted_by=row[6], counter=row[8],
        )  # fmt: skip


def _lines(db: Database, count: int) -> list[_Line]:
    """The line that counts of each lot and round, round by round."""
    rows = db.all(
        "SELECT y.id, y.lot, y.round, y.quantity, y.at_movement, y.counted_on, y.counted_by, y.is_found, w.name, a.at"
        " FROM count_line y JOIN staff w ON w.id = y.counted_by JOIN act a ON a.seq = y.act WHERE y.id IN"
        " (SELECT max(id) FROM count_line WHERE stock_count = ? GROUP BY lot, round) ORDER BY y.round, y.id",
        (count,),
    )
    return [_Line(row) for row in rows]


def _sheet_line(row: tuple[Any, ...], placed: dict[int, str], late: set[int], typed: _Line | None) -> SheetLine:
    counted = typed.counted if typed else None
    return SheetLine(
        lot=row[0], product=row[1], code=row[2], label=row[3], form=row[4], unit=row[5], pack_label=row[6],
        pack_units=row[7], shelf=placed.get(row[1], ""), number=row[8], expires_on=date.fromisoformat(row[9]),
        lot_status=row[10], is_late=row[0] in late, counted=counted.quantity if counted else None,
        counted_by=counted.counted_by if counted else 0, counter=counted.counter if counted else "",
        counted_at=typed.at if typed else 0, is_found=bool(typed and typed.is_found),
    )  # fmt: skip


def _head(row: tuple[Any, ...]) -> CountHead:
    return CountHead(
        id=row[0], number=row[1], place=row[2], place_name=row[3], scope=Scope(row[4]), shelf=row[5], is_blind=bool(row[6]),
        opened_on=date.fromisoformat(row[7]), at_movement=row[8], status=CountStatus(row[9]), round=row[10], note=row[11],
        opened_by=row[12],
    )  # fmt: skip
