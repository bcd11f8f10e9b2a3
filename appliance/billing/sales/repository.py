"""Reading what a sale bears, the register of sales by day, and what patients owe. Whole FCFA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.billing.sales.rounding import ROUNDED
from appliance.billing.tariffs.acts import care_acts
from appliance.storage import Database

_PAID = "(SELECT coalesce(sum(p.amount_fcfa), 0) FROM payment p WHERE p.sale = s.id)"
_STANDS = "s.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM sale r WHERE r.reverses = s.id)"
DEBTS_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """One line of the daily register. `patient` is a number; `prescribed` None without a prescription."""

    sale: int
    number: int
    occurred_on: date
    patient: str
    prescriber: int | None
    label: str
    prescribed: int | None
    quantity: int
    unit_price_fcfa: int
    amount_fcfa: int
    exemption: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What a sale still owes, since when, by whom (a patient's key)."""

    sale: int
    number: int
    occurred_on: date
    patient: int | None
    patient_number: str
    due_fcfa: int
    left_fcfa: int


def shares_of(db: Database, sale: int) -> list[tuple[str, str, int, str | None, str | None]]:
    """Who bears what of a sale: kind, payer or bearer, amount, rule, reason."""
    return [
        (row[0], row[1], row[2], row[3], row[4])
        for row in db.all(
            "SELECT kind, payer, amount_fcfa, rule, reason FROM sale_share WHERE sale = ? ORDER BY id", (sale,)
        )
    ]


def payments_of(db: Database, sale: int) -> list[tuple[str, int, int | None]]:
    """How a sale was paid: means, amount, who took it."""
    rows = db.all(
        "SELECT p.means, p.amount_fcfa, a.staff FROM payment p JOIN act a ON a.seq = p.act WHERE p.sale = ? ORDER BY p.id",
        (sale,),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def returnable(db: Database, sale: int) -> list[tuple[int, str, int]]:
    """The products of a sale that may come back: line, label, quantity; none of one that was taken back."""
    rows = db.all(
        "SELECT l.id, trim(p.name || ' ' || p.strength), l.quantity FROM sale_line l JOIN sale s ON s.id = l.sale"
        f" JOIN product p ON p.id = l.product WHERE l.sale = ? AND l.quantity > 0 AND {_STANDS} ORDER BY l.id",
        (sale,),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def register(db: Database, first: date, last: date) -> list[SoldLine]:
    """Every line and act sold between two days, both included, in the order of the receipts; taken-back ones with their sign."""
    rows = db.all(
        "SELECT s.id, s.number, s.occurred_on, coalesce(p.number, ''), a.staff, trim(m.name || ' ' || m.strength),"
        " (SELECT sum(l.quantity) FROM prescription_line l WHERE l.prescription = q.id AND l.product = m.code), i.quantity,"
        " i.unit_price_fcfa, i.amount_fcfa, i.exemption, i.id, 0 FROM sale s JOIN sale_line i ON i.sale = s.id"
        " JOIN product m ON m.id = i.product LEFT JOIN dispense d ON d.id = s.dispense"
        " LEFT JOIN patient p ON p.id = coalesce(d.patient, s.patient) LEFT JOIN prescription q ON q.id = d.prescription"
        # A prescription's own act is its last one, of whoever served it; its lines keep that of who wrote them.
        " LEFT JOIN act a ON a.seq = (SELECT min(w.act) FROM prescription_line w WHERE w.prescription = q.id)"
        " WHERE s.occurred_on BETWEEN ? AND ? AND i.quantity <> 0"
        " UNION ALL SELECT s.id, s.number, s.occurred_on, coalesce(p.number, ''), NULL, i.care_act, NULL, i.quantity,"
        " i.unit_price_fcfa, i.amount_fcfa, i.exemption, i.id, 1 FROM sale s JOIN sale_act i ON i.sale = s.id"
        " LEFT JOIN patient p ON p.id = s.patient WHERE s.occurred_on BETWEEN ? AND ? ORDER BY 1, 13, 12",
        (first.isoformat(), last.isoformat()) * 2,
    )
    return [_sold(row) for row in rows]


def day_cash(db: Database, day: date) -> dict[str, int]:
    """What was received on a day, by means, net of what was given back."""
    return dict(
        db.all("SELECT means, sum(amount_fcfa) FROM payment WHERE occurred_on = ? GROUP BY means", (day.isoformat(),))
    )


def debts(db: Database, today: date) -> list[Debt]:
    """Sales of which something is left to pay, those of today apart, oldest first."""
    rows = db.all(
        f"SELECT s.id, s.number, s.occurred_on, coalesce(d.patient, s.patient), coalesce(p.number, ''), s.due_fcfa,"
        f" s.due_fcfa + {ROUNDED} - {_PAID} remaining FROM sale s LEFT JOIN dispense d ON d.id = s.dispense"
        f" LEFT JOIN patient p ON p.id = coalesce(d.patient, s.patient) WHERE s.occurred_on < ? AND s.due_fcfa > 0 AND {_STANDS}"
        " AND remaining > 0 ORDER BY s.occurred_on, s.id LIMIT ?",
        (today.isoformat(), DEBTS_MAX),
    )
    return [
        Debt(
            sale=row[0], number=row[1], occurred_on=date.fromisoformat(row[2]), patient=row[3], patient_number=row[4],
            due_fcfa=row[5], left_fcfa=row[6],
        )
        for row in rows
    ]  # fmt: skip


def _sold(row: tuple[Any, ...]) -> SoldLine:
    held = dict(zip(SoldLine.__dataclass_fields__, row, strict=False))
    held["occurred_on"] = date.fromisoformat(held["occurred_on"])
    if row[12]:
        act = care_acts().get(held["label"])
        held["label"] = act.printed if act else held["label"]
    return SoldLine(**held)
