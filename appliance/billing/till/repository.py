"""Reading sales and payments as the cashier sees them. Amounts are whole FCFA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.billing.sales.rounding import ROUNDED
from appliance.billing.tariffs.acts import care_acts
from appliance.storage import Database

OWED_MAX = 100
LATEST = 8
_PAID = "(SELECT coalesce(sum(p.amount_fcfa), 0) FROM payment p WHERE p.sale = s.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleHead:
    """A sale in a list. `patient` is the key of whoever it was for; `reverses` the sale that it takes back."""

    id: int
    number: int
    at: int
    occurred_on: date
    patient: int | None
    visit: int | None
    total_fcfa: int
    exempt_fcfa: int
    due_fcfa: int
    paid_fcfa: int
    reverses: int | None
    reversed_by: int | None
    staff: int | None
    payer_fcfa: int
    rounded_fcfa: int

    @property
    def left_fcfa(self) -> int:
        """What is still to be paid; nothing for a sale that was taken back."""
        return 0 if self.reverses or self.reversed_by else self.due_fcfa + self.rounded_fcfa - self.paid_fcfa


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line of a receipt. `exemption` is the code of the free-care rule, None when it is paid."""

    label: str
    unit: str
    quantity: int
    unit_price_fcfa: int
    amount_fcfa: int
    exemption: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What one person took by one means on a day, net of what was given back; `count` payments."""

    staff: int | None
    means: str
    amount_fcfa: int
    count: int


_HEAD = (
    "SELECT s.id, s.number, a.at, s.occurred_on, coalesce(d.patient, s.patient), coalesce(s.visit, q.visit), s.total_fcfa, "
    f" s.exempt_fcfa, s.due_fcfa, {_PAID}, s.reverses, (SELECT r.id FROM sale r WHERE r.reverses = s.id), a.staff,"
    f" coalesce(s.payer_fcfa, 0), {ROUNDED} FROM sale s JOIN act a ON a.seq = s.act"
    " LEFT JOIN dispense d ON d.id = s.dispense LEFT JOIN prescription q ON q.id = d.prescription"
)


def sale(db: Database, key: int) -> SaleHead | None:
    """One sale."""
    row = db.one(f"{_HEAD} WHERE s.id = ?", (key,))
    return _head(row) if row else None


def lines(db: Database, key: int) -> list[ReceiptLine]:
    """The lines of a sale, in the order in which they were sold, then its acts of care."""
    rows = db.all(
        "SELECT trim(p.name || ' ' || p.strength), p.base_unit, l.quantity, l.unit_price_fcfa, l.amount_fcfa, l.exemption"
        " FROM sale_line l JOIN product p ON p.id = l.product WHERE l.sale = ? AND l.quantity <> 0 ORDER BY l.id",
        (key,),
    )
    done = db.all(
        "SELECT care_act, '', quantity, unit_price_fcfa, amount_fcfa, exemption FROM sale_act WHERE sale = ? ORDER BY id",
        (key,),
    )
    names = ReceiptLine.__dataclass_fields__
    return [
        ReceiptLine(**dict(zip(names, row, strict=True)))
        for row in (*rows, *((_receipt_label(act[0]), *act[1:]) for act in done))
    ]


def by_dispense(db: Database, dispenses: list[int]) -> dict[int, int]:
    """The sale of each handing-over, by dispense id."""
    if not dispenses:
        return {}
    marks = ",".join("?" * len(dispenses))
    return dict(db.all(f"SELECT dispense, id FROM sale WHERE dispense IN ({marks})", dispenses))


def latest(db: Database, limit: int = LATEST) -> list[SaleHead]:
    """The newest sales."""
    return [_head(row) for row in db.all(f"{_HEAD} ORDER BY s.id DESC LIMIT ?", (limit,))]


def owed(db: Database, since: date) -> list[SaleHead]:
    """Sales since a day of which something is still to be paid, oldest first."""
    rows = db.all(
        f"{_HEAD} WHERE s.occurred_on >= ? AND s.reverses IS NULL AND s.due_fcfa + {ROUNDED} > {_PAID}"
        " AND NOT EXISTS (SELECT 1 FROM sale r WHERE r.reverses = s.id) ORDER BY s.id LIMIT ?",
        (since.isoformat(), OWED_MAX),
    )
    return [_head(row) for row in rows]


def takings(db: Database, day: date) -> list[Taking]:
    """Who took what by which means on a day; money given back counts with its sign."""
    rows = db.all(
        "SELECT a.staff, p.means, sum(p.amount_fcfa), count(*) FROM payment p JOIN act a ON a.seq = p.act"
        " WHERE p.occurred_on = ? GROUP BY a.staff, p.means ORDER BY a.staff, p.means",
        (day.isoformat(),),
    )
    return [Taking(staff=row[0], means=row[1], amount_fcfa=row[2], count=row[3]) for row in rows]


def day_totals(db: Database, day: date) -> tuple[int, int, int]:
    """What was sold on a day, what of it was free, and what was due; taken-back sales count with their sign."""
    row = db.one(
        "SELECT coalesce(sum(total_fcfa), 0), coalesce(sum(exempt_fcfa), 0), coalesce(sum(due_fcfa), 0) FROM sale"
        " WHERE occurred_on = ?",
        (day.isoformat(),),
    )
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)


def _receipt_label(code: str) -> str:
    """An act as a receipt names it."""
    act = care_acts().get(code)
    return act.printed if act else code


def _head(row: tuple[Any, ...]) -> SaleHead:
    return SaleHead(
        id=row[0], number=row[1], at=row[2], occurred_on=date.fromisoformat(row[3]), patient=row[4], visit=row[5],
        total_fcfa=row[6], exempt_fcfa=row[7], due_fcfa=row[8], paid_fcfa=row[9], reverses=row[10],
        reversed_by=row[11], staff=row[12], payer_fcfa=row[13], rounded_fcfa=row[14],
    )  # fmt: skip
