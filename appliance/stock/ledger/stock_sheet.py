"""The paper fiche de stock of a month: each row by the day it happened, the balance after it, and what the month adds up to.

What is handed over stands as one row a day and lot, as on paper. What is carried between places of the centre is left
out: the fiche is that of the whole centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.periods import Month
from appliance.storage import Database

_ENTRY, _EXIT = ("SI", "QR"), ("QU",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One row, in base units. `entry` and `exit` are positive unless they undo; `aside` is signed: losses, adjustments."""

    occurred_on: date
    kind: str
    document: str
    other_side: str
    lot_number: str
    expires_on: date
    entry: int
    exit: int
    aside: int
    balance: int
    initials: str
    is_reversal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSheet:
    """A month of a product, or of one of its lots."""

    month: Month
    opening: int
    lines: tuple[SheetLine, ...]

    @property
    def entries(self) -> int:
        """What came in."""
        return sum(line.entry for line in self.lines)

    @property
    def exits(self) -> int:
        """What was given and used."""
        return sum(line.exit for line in self.lines)

    @property
    def asides(self) -> int:
        """Losses and adjustments, signed."""
        return sum(line.aside for line in self.lines)

    @property
    def closing(self) -> int:
        """What the month ends with."""
        return self.opening + self.entries - self.exits + self.asides


_LINES = (
    "SELECT m.occurred_on, m.kind, sum(m.quantity), m.report_column, l.number, l.expires_on, m.reverses IS NOT NULL,"
    " max(m.dispense), count(*), r.number, r.supplier, e.number, e.document_number, e.counterpart, max(s.initials)"
    " FROM movement m JOIN lot l ON l.id = m.lot JOIN act a ON a.seq = m.act LEFT JOIN staff s ON s.id = a.staff"
    " LEFT JOIN receipt r ON r.id = m.receipt LEFT JOIN stock_event e ON e.id = m.event WHERE m.product = ?"
    " AND m.occurred_on BETWEEN ? AND ? AND m.kind NOT IN ('transfer_in', 'transfer_out') AND (?4 IS NULL OR m.lot = ?4)"
    " GROUP BY m.occurred_on, m.kind, CASE m.kind WHEN 'dispense' THEN -m.lot ELSE m.id END ORDER BY m.occurred_on, min(m.id)"
)


def stock_sheet(db: Database, product: int, month: Month, lot: int | None = None) -> StockSheet:
    """The fiche of a month, of all lots or of one; its opening walks back from the balances of today."""
    since, until = month.first.isoformat(), month.last.isoformat()
    held = (
        db.value("SELECT sum(quantity) FROM balance WHERE product = ?1 AND (?2 IS NULL OR lot = ?2)", (product, lot))
        or 0
    )
    moved = db.value(
        "SELECT sum(quantity) FROM stock_day WHERE product = ?1 AND day >= ?2 AND (?3 IS NULL OR lot = ?3)",
        (product, since, lot),
    )
    opening = balance = held - (moved or 0)
    lines = []
    for row in db.all(_LINES, (product, since, until, lot)):
        quantity, column = row[2], row[3]
        balance += quantity
        lines.append(
            SheetLine(
                occurred_on=date.fromisoformat(row[0]), kind=row[1], document=_document(row), other_side=row[10] or row[13] or "",
                lot_number=row[4], expires_on=date.fromisoformat(row[5]), entry=quantity if column in _ENTRY else 0,
                exit=-quantity if column in _EXIT else 0, aside=0 if column in (*_ENTRY, *_EXIT) else quantity,
                balance=balance, initials=row[14] or "", is_reversal=bool(row[6]) and row[1] != "dispense",
            )
        )  # fmt: skip
    return StockSheet(month=month, opening=opening, lines=tuple(lines))


def _document(row: tuple[object, ...]) -> str:
    """The paper behind a row: the supplier's slip, our own number, the handing-over (how many, when several)."""
    if row[7]:
        return f"Disp. {row[7]}" if row[8] == 1 else f"{row[8]} disp."
    return str(row[9] or row[12] or (row[11] or ""))
