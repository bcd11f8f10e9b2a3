"""What neighbours owe the centre and what it owes them, from the ledger: what a loan moved and what settled it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.storage import Database

# Rows that undo a paper point to it too, so that a loan or a return taken back adds up to nothing.
_OWED = (
    "SELECT o.loan, m.product, sum(m.quantity) AS moved FROM (SELECT id AS loan, event FROM loan"
    " UNION ALL SELECT loan, event FROM loan_return) o JOIN movement m ON m.event = o.event"
)
_OPEN = "o.loan NOT IN (SELECT loan FROM loan_closure)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLine:
    """One product of a loan. `due` is still to come back (in base units), of `quantity` that went."""

    product: int
    code: str
    label: str
    unit: str
    quantity: int
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan. `direction`: lent or borrowed. `closed_for`: why nobody waits for the rest any more."""

    id: int
    event: int
    number: int
    direction: str
    counterpart: str
    occurred_on: date
    due_on: date | None
    closed_for: str | None
    lines: tuple[LoanLine, ...]

    @property
    def is_open(self) -> bool:
        """Whether something is still to come back."""
        return self.closed_for is None and any(line.due for line in self.lines)

    def is_late(self, on: date) -> bool:
        """Whether the day agreed on has passed."""
        return self.is_open and self.due_on is not None and self.due_on < on


def due_in(db: Database, product: int) -> int:
    """What neighbours still owe the centre of a product, in base units (rule Q, row T36)."""
    return -_due(db, product, "lent")


def due_out(db: Database, product: int) -> int:
    """What the centre still owes neighbours of a product, in base units."""
    return _due(db, product, "borrowed")


def owed_by_product(db: Database) -> tuple[dict[int, int], dict[int, int]]:
    """As `due_in` and `due_out`, of every product at once."""
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for product, direction, moved in db.all(
        f"SELECT d.product, n.direction, sum(d.moved) FROM ({_OWED} WHERE {_OPEN} GROUP BY o.loan, m.product) d"
        " JOIN loan n ON n.id = d.loan GROUP BY d.product, n.direction HAVING sum(d.moved) <> 0"
    ):
        found[direction != "lent"][product] = -moved if direction == "lent" else moved
    return found


def loans(db: Database, *, limit: int = 50, before: int | None = None, open_only: bool = False) -> list[Loan]:
    """Loans, the newest first, paged by id; `open_only` reads on until so many still wait for something."""
    found: list[Loan] = []
    while True:
        rows = db.all(f"{_LOAN} WHERE n.id < ? ORDER BY n.id DESC LIMIT ?", (before or 1 << 62, limit))
        found += [one for one in (_loan(db, row) for row in rows) if one.is_open or not open_only]
        if len(rows) < limit or len(found) >= limit:
            return found[:limit]
        before = rows[-1][0]


def loan(db: Database, identity: int) -> Loan:
    """One loan; raises `Refused("no-such-loan")`."""
    row = db.one(f"{_LOAN} WHERE n.id = ?", (identity,))
    if row is None:
        raise Refused("no-such-loan", loan=identity)
    return _loan(db, row)


def loan_of_event(db: Database, event: int) -> Loan | None:
    """The loan that a paper made, if it made one."""
    row = db.one(f"{_LOAN} WHERE n.event = ?", (event,))
    return _loan(db, row) if row else None


def returns(db: Database, identity: int) -> list[int]:
    """The events by which a loan was settled, in their order."""
    return [row[0] for row in db.all("SELECT event FROM loan_return WHERE loan = ? ORDER BY id", (identity,))]


def require_unsettled(db: Database, event: int) -> None:
    """Refuse to undo a loan of which something came back; raises `Refused("loan-settled")`."""
    if db.value(
        "SELECT sum(m.quantity) FROM loan n JOIN loan_return r ON r.loan = n.id JOIN movement m ON m.event = r.event"
        " WHERE n.event = ? GROUP BY m.product HAVING sum(m.quantity) <> 0 LIMIT 1",
        (event,),
    ):
        raise Refused("loan-settled", event=event)


_LOAN = (
    "SELECT n.id, n.event, e.number, n.direction, e.counterpart, e.occurred_on, n.due_on, c.reason FROM loan n"
    " JOIN stock_event e ON e.id = n.event LEFT JOIN loan_closure c ON c.loan = n.id"
)


def _due(db: Database, product: int, direction: str) -> int:
    return int(
        db.value(
            f"SELECT sum(moved) FROM ({_OWED} WHERE m.product = ? AND {_OPEN} GROUP BY o.loan, m.product) d"
            " JOIN loan n ON n.id = d.loan WHERE n.direction = ?",
            (product, direction),
        )
        or 0
    )


def _loan(db: Database, row: tuple[int, int, int, str, str, str, str | None, str | None]) -> Loan:
    sign = -1 if row[3] == "lent" else 1
    went: dict[int, int] = dict(
        db.all("SELECT product, sum(quantity) FROM movement WHERE event = ? GROUP BY product", (row[1],))
    )
    lines = [
        LoanLine(
            product=product, code=code, label=f"{name} {strength}".strip(), unit=unit, quantity=sign * went.get(product, 0),
            due=sign * moved,
        )
        for product, code, name, strength, unit, moved in db.all(
            f"SELECT p.id, p.code, p.name, p.strength, p.base_unit, d.moved FROM ({_OWED} WHERE o.loan = ?"
            " GROUP BY o.loan, m.product) d JOIN product p ON p.id = d.product ORDER BY p.folded",
            (row[0],),
        )
    ]  # fmt: skip
    return Loan(
        id=row[0], event=row[1], number=row[2], direction=row[3], counterpart=row[4],
        occurred_on=date.fromisoformat(row[5]), due_on=date.fromisoformat(row[6]) if row[6] else None, closed_for=row[7],
        lines=tuple(lines),
    )  # fmt: skip
