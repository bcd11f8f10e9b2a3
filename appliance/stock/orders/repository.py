"""Reading orders: where each stands, its lines with every step's figure, its timeline, and what others build on them."""

from __future__ import annotations

import json
from collections.abc import Set
from datetime import date
from fractions import Fraction
from typing import Any

from appliance.core.errors import Refused
from appliance.stock.orders.model import AWAITED, Model, OnOrder, Order, OrderFill, OrderKind, OrderLine, State, Step
from appliance.storage import Database

LEAD_TIMES_READ = 24
RECEIVED = (
    "(SELECT coalesce(sum(p.accepted), 0) FROM proof_of_delivery_line p WHERE p.order_line = l.id AND NOT EXISTS"
    " (SELECT 1 FROM proof_of_delivery_reversal r WHERE r.line = p.id))"
)
_CONFIRMED = "(SELECT max(c.id) FROM supply_order_status c WHERE c.supply_order = o.id AND c.state = 'confirmed')"
_ORDERS = (
    "SELECT o.id, o.uuid, o.number, o.reference, o.supplier, o.programme, o.kind, o.model, o.ordered_on, o.answer_by,"
    " o.expected_on, o.document, o.supersedes, (SELECT n.id FROM supply_order n WHERE n.supersedes = o.id), s.state,"
    " s.occurred_on, c.occurred_on, c.staff FROM supply_order o"
    " JOIN supply_order_status s ON s.id = (SELECT max(t.id) FROM supply_order_status t WHERE t.supply_order = o.id)"
    f" LEFT JOIN supply_order_status c ON c.id = {_CONFIRMED}"
)
_FIGURE = "(SELECT f.id FROM supply_order_figure f WHERE f.line = l.id AND f.step = '{}' ORDER BY f.id DESC LIMIT 1)"
_LINES = (
    "SELECT l.id, l.rank, p.id, p.code, p.name, p.strength, l.label_written, l.code_written, p.base_unit, p.pack_label,"
    " coalesce(l.pack_units, p.pack_units), l.pack_price_fcfa, l.quantity_written, l.written_in, ours.quantity,"
    " ours.working, edited.quantity, confirmed.quantity, approved.quantity, coalesce(confirmed.reason, edited.reason),"
    f" coalesce(confirmed.note, edited.note), {RECEIVED}"
    " FROM supply_order_line l LEFT JOIN product p ON p.id ="
    " (SELECT m.product FROM supply_order_match m WHERE m.line = l.id ORDER BY m.id DESC LIMIT 1)"
    f" LEFT JOIN supply_order_figure ours ON ours.id = {_FIGURE.format('ours')}"
    f" LEFT JOIN supply_order_figure edited ON edited.id = {_FIGURE.format('edited')}"
    f" LEFT JOIN supply_order_figure confirmed ON confirmed.id = {_FIGURE.format('confirmed')}"
    f" LEFT JOIN supply_order_figure approved ON approved.id = {_FIGURE.format('approved')}"
    " WHERE l.supply_order = ? ORDER BY l.rank"
)


def order(db: Database, key: int) -> Order:
    """An order by its key; raises `Refused("no-such-order")`."""
    row = db.one(f"{_ORDERS} WHERE o.id = ?", (key,))
    if row is None:
        raise Refused("no-such-order", order=key)
    return _order(row)


def by_uuid(db: Database, uuid: bytes) -> Order:
    """An order by the UUID that its outbox rows name; raises `Refused("no-such-order")`."""
    row = db.one(f"{_ORDERS} WHERE o.uuid = ?", (uuid,))
    if row is None:
        raise Refused("no-such-order", order=uuid.hex())
    return _order(row)


def by_number(db: Database, number: str) -> Order:
    """An order by our printed number or the supplier's reference, the newest of several; raises `Refused("no-such-order")`."""
    row = db.one(f"{_ORDERS} WHERE o.number = ? OR o.reference = ? ORDER BY o.id DESC", (number, number))
    if row is None:
        raise Refused("no-such-order", order=number)
    return _order(row)


def of_reference(db: Database, supplier: str, reference: str) -> list[Order]:
    """The orders that a supplier's reference ever made, the newest form first."""
    rows = db.all(f"{_ORDERS} WHERE o.supplier = ? AND o.reference = ? ORDER BY o.id DESC", (supplier, reference))
    return [_order(row) for row in rows]


def corrected(db: Database, form: Order) -> Order | None:
    """The order that stands and that a form corrects, past corrections set aside or overtaken; None when there is none."""
    before = form.supersedes
    while before is not None:
        held = order(db, before)
        if held.state not in (State.CANCELLED, State.SUPERSEDED):
            return held
        before = held.supersedes
    return None


def orders(db: Database, *, states: frozenset[State] = frozenset(State), limit: int = 100) -> list[Order]:
    """Orders in any of some states, the newest first."""
    marks = ", ".join("?" * len(states))
    rows = db.all(
        f"{_ORDERS} WHERE s.state IN ({marks}) ORDER BY o.id DESC LIMIT ?", (*sorted(s.value for s in states), limit)
    )
    return [_order(row) for row in rows]


def lines(db: Database, order_: int) -> list[OrderLine]:
    """The lines of an order, in the order of the form."""
    return [_line(row) for row in db.all(_LINES, (order_,))]


def timeline(db: Database, order_: int) -> list[Step]:
    """Every state an order came into, oldest first."""
    rows = db.all(
        "SELECT s.state, coalesce(f.name, ''), s.staff, s.occurred_on, coalesce(a.at, 0), s.way, s.recipient, s.reason"
        " FROM supply_order_status s LEFT JOIN act a ON a.seq = s.act LEFT JOIN staff f ON f.id = s.staff"
        " WHERE s.supply_order = ? ORDER BY s.id",
        (order_,),
    )
    return [
        Step(
            state=State(row[0]), by=row[1], staff=row[2], occurred_on=date.fromisoformat(row[3]), at=row[4], way=row[5],
            recipient=row[6], reason=row[7],
        )
        for row in rows
    ]  # fmt: skip


def awaited(db: Database, product: int | None = None) -> list[OnOrder]:
    """What was confirmed and has not come, by order and product, the oldest order first.

    Whether a line still counts (twice the lead time, rule Q) is the reader's to say: `stock/ordering/awaited.py`.
    """
    return [
        OnOrder(
            order=held.id, number=held.number, product=line.product, quantity=line.missing,
            ordered_on=held.confirmed_on or held.ordered_on, expected_on=held.expected_on, supplier=held.supplier,
        )
        for held in reversed(orders(db, states=AWAITED, limit=1_000))
        for line in lines(db, held.id)
        if line.product is not None and line.missing and product in (None, line.product)
    ]  # fmt: skip


def lead_times_days(
    db: Database, supplier: str, kind: OrderKind = OrderKind.NORMAL, limit: int = LEAD_TIMES_READ
) -> list[int]:
    """Days from the confirmation of each order of a kind to its first reception, oldest first: the lead time is learned from them."""
    rows = db.all(
        "SELECT CAST(julianday(min(p.received_on)) - julianday(min(s.occurred_on)) AS INTEGER) FROM proof_of_delivery p"
        " JOIN supply_order o ON o.id = p.supply_order JOIN supply_order_status s ON s.supply_order = o.id"
        " WHERE o.supplier = ? AND o.kind = ? AND s.state = 'confirmed' GROUP BY o.id ORDER BY o.id DESC LIMIT ?",
        (supplier, kind.value, limit),
    )
    return [max(row[0], 0) for row in reversed(rows)]


def suppliers(db: Database) -> list[str]:
    """The suppliers that were ever ordered from."""
    return [row[0] for row in db.all("SELECT DISTINCT supplier FROM supply_order")]


def fills(
    db: Database, since: date, until: date, supplier: str | None = None, products: Set[int] | None = None
) -> list[OrderFill]:
    """The orders confirmed in a span of days and no longer awaited, the newest first, with what came of each.

    `products` keeps their lines only; an order of which nothing was asked is left out. A line counts as filled at most
    whole: what came too much of one product fills no other.
    """
    found = []
    ended = frozenset({State.RECEIVED, State.RECEIVED_PARTLY, State.NEVER_DELIVERED})
    for held in orders(db, states=ended, limit=1_000):
        if supplier not in (None, held.supplier) or not held.confirmed_on or not since <= held.confirmed_on <= until:
            continue
        asked = [
            (line.asked, min(line.received, line.asked))
            for line in lines(db, held.id)
            if line.asked and (products is None or line.product in products)
        ]
        if asked:
            found.append(
                OrderFill(
                    order=held, asked=sum(a for a, _ in asked), came=sum(c for _, c in asked), lines=len(asked),
                    whole_lines=sum(1 for a, c in asked if a == c),
                )
            )  # fmt: skip
    return found


def fill_rate(db: Database, since: date, until: date, supplier: str | None = None) -> Fraction | None:
    """What came over what was on order, of the orders of `fills`. None when there was none."""
    found = fills(db, since, until, supplier)
    return Fraction(sum(f.came for f in found), sum(f.asked for f in found)) if found else None


def _order(row: tuple[Any, ...]) -> Order:
    day = [date.fromisoformat(text) if text else None for text in (row[8], row[9], row[10], row[15], row[16])]
    return Order(
        id=row[0], uuid=row[1], number=row[2], reference=row[3], supplier=row[4], programme=row[5],
        kind=OrderKind(row[6]), model=Model(row[7]), ordered_on=date.fromisoformat(row[8]), answer_by=day[1],
        expected_on=day[2], document=row[11], supersedes=row[12], corrected_by=row[13], state=State(row[14]),
        state_on=date.fromisoformat(row[15]), confirmed_on=day[4], confirmed_by=row[17],
    )  # fmt: skip


def _line(row: tuple[Any, ...]) -> OrderLine:
    label = f"{row[4]} {row[5]}".strip() if row[2] else (row[6] or row[7] or "")
    pack = row[10] or 1
    theirs = row[12]
    if theirs is not None and row[13] == "pack":
        theirs = theirs * row[10] if row[10] else None  # a pack of unknown size says nothing yet
    return OrderLine(
        id=row[0], rank=row[1], product=row[2], product_code=row[3] or "", label=label, label_written=row[6] or "",
        code_written=row[7] or "", base_unit=row[8] or "", pack_label=row[9] or "", pack_units=pack,
        pack_price_fcfa=row[11], theirs=theirs, ours=row[14], working=json.loads(row[15]) if row[15] else None,
        edited=row[16], confirmed=row[17], approved=row[18], reason=row[19], note=row[20], received=row[21],
    )  # fmt: skip


def last_costs(db: Database, products: list[int]) -> dict[int, int]:
    """What a base unit last cost at a reception, in FCFA, of those products for which somebody wrote it."""
    found = {}
    for product in products:
        cost = db.value(
            "SELECT unit_cost_fcfa FROM proof_of_delivery_line WHERE product = ? AND unit_cost_fcfa IS NOT NULL"
            " ORDER BY id DESC LIMIT 1",
            (product,),
        )
        if cost is not None:
            found[product] = int(cost)
    return found
