"""Reading sheets of care and what they are billed in. Whole FCFA; a person stands here by number, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.billing.tariffs.acts import care_acts
from appliance.storage import Database

SHOWN_MAX = 500
OPEN = ("issued", "rejected")
"""States from which a sheet may be billed, for the first time or again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet with its state and what its shares are now. `faults` are codes of what a payer would refuse it for."""

    id: int
    number: int
    payer: str
    patient: int
    patient_number: str
    visit: int | None
    occurred_on: date
    state: str
    reason: str
    batch: int | None
    paid_fcfa: int
    cut_fcfa: int
    total_fcfa: int
    payer_fcfa: int
    reference: str
    prescriber: str
    posology: str
    has_number: bool
    is_verified: bool
    has_prescription: bool
    has_posology: bool
    prescribed_by: int | None

    @property
    def patient_fcfa(self) -> int:
        """What the patient's part was."""
        return self.total_fcfa - self.payer_fcfa

    @property
    def faults(self) -> tuple[str, ...]:
        """Why the payer would send it back, before it is billed."""
        found = []
        if not self.prescriber and self.prescribed_by is None:
            found.append("no-prescriber")
        if self.has_prescription and not self.has_posology and not self.posology:
            found.append("no-posology")
        if not self.has_number:
            found.append("no-number")
        if not self.is_verified:
            found.append("not-verified")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """An invoice: one payer, one period; what it asked, what came in, what was paid and cut of its sheets."""

    id: int
    number: int
    payer: str
    first_day: date
    last_day: date
    billed_on: date
    sheets: int
    asked_fcfa: int
    received_fcfa: int
    paid_fcfa: int
    cut_fcfa: int

    @property
    def left_fcfa(self) -> int:
        """What the payer still owes of it."""
        return max(0, self.asked_fcfa - self.received_fcfa - self.cut_fcfa)


_SHEET = (
    "SELECT s.id, s.number, s.payer, s.patient, p.number, s.visit, s.occurred_on, t.state, coalesce(t.reason, ''), t.batch,"
    " t.paid_fcfa, t.cut_fcfa, coalesce((SELECT sum(h.base_fcfa) FROM sale_share h WHERE h.sheet = s.id), 0),"
    " coalesce((SELECT sum(h.amount_fcfa) FROM sale_share h WHERE h.sheet = s.id), 0),"
    " coalesce(d.reference, ''), coalesce(d.prescriber, ''), coalesce(d.posology, ''),"
    " EXISTS (SELECT 1 FROM patient_cover_number n WHERE n.cover = c.id), c.verified_on IS NOT NULL,"
    " EXISTS (SELECT 1 FROM prescription q WHERE q.visit = s.visit),"
    " NOT EXISTS (SELECT 1 FROM prescription q JOIN prescription_line l ON l.prescription = q.id WHERE q.visit = s.visit"
    "  AND length(trim(l.dosage)) < 3),"
    " (SELECT a.staff FROM consultation k JOIN act a ON a.seq = k.act WHERE k.visit = s.visit ORDER BY k.id DESC LIMIT 1)"
    " FROM care_sheet s JOIN patient p ON p.id = s.patient"
    " JOIN care_sheet_state t ON t.id = (SELECT max(id) FROM care_sheet_state WHERE sheet = s.id)"
    " LEFT JOIN care_sheet_detail d ON d.id = (SELECT max(id) FROM care_sheet_detail WHERE sheet = s.id)"
    # The cover as it stands now: a number or a verification that came later mends the sheet.
    " JOIN patient_cover c ON c.id = (SELECT max(n.id) FROM patient_cover n WHERE n.patient = s.patient AND n.payer = s.payer)"
)


def sheet(db: Database, key: int) -> Sheet | None:
    """One sheet."""
    row = db.one(f"{_SHEET} WHERE s.id = ?", (key,))
    return _sheet(row) if row else None


def sheets(db: Database, payer: str, first: date, last: date) -> list[Sheet]:
    """The sheets of a payer by day of care, both days included, those that nothing is left of apart."""
    rows = db.all(
        f"{_SHEET} WHERE s.payer = ? AND s.occurred_on BETWEEN ? AND ? ORDER BY s.occurred_on, s.id LIMIT ?",
        (payer, first.isoformat(), last.isoformat(), SHOWN_MAX),
    )
    return [one for row in rows if (one := _sheet(row)).total_fcfa or one.state != "issued"]


def sheets_of_batch(db: Database, batch: int) -> list[Sheet]:
    """The sheets of an invoice, in its order."""
    rows = db.all(
        f"{_SHEET} JOIN claim_batch_sheet b ON b.sheet = s.id WHERE b.batch = ? ORDER BY s.occurred_on, s.id", (batch,)
    )
    return [_sheet(row) for row in rows]


def billed_amounts(db: Database, batch: int) -> dict[int, tuple[int, int, int]]:
    """By sheet what was billed: total, payer's share, patient's."""
    rows = db.all("SELECT sheet, total_fcfa, payer_fcfa, patient_fcfa FROM claim_batch_sheet WHERE batch = ?", (batch,))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def payers_with_sheets(db: Database) -> dict[str, int]:
    """By payer how many of its sheets wait to be billed, first or again."""
    return dict(
        db.all(
            "SELECT s.payer, sum(t.state IN ('issued', 'rejected')) FROM care_sheet s JOIN care_sheet_state t"
            " ON t.id = (SELECT max(id) FROM care_sheet_state WHERE sheet = s.id) GROUP BY s.payer ORDER BY s.payer"
        )
    )


def contents(db: Database, key: int) -> list[tuple[str, int, int]]:
    """The acts and medicines of a sheet: label, quantity, amount; net of what was taken back. The medical part."""
    rows = db.all(
        "SELECT 0, trim(p.name || ' ' || p.strength), sum(l.quantity), sum(l.amount_fcfa) FROM sale_line l"
        " JOIN product p ON p.id = l.product WHERE l.exemption IS NULL AND l.sale IN"
        "  (SELECT h.sale FROM sale_share h WHERE h.sheet = ?) GROUP BY l.product HAVING sum(l.quantity) <> 0"
        " UNION ALL SELECT 1, a.care_act, sum(a.quantity), sum(a.amount_fcfa) FROM sale_act a WHERE a.exemption IS NULL"
        " AND a.sale IN (SELECT h.sale FROM sale_share h WHERE h.sheet = ?) GROUP BY a.care_act HAVING sum(a.quantity) <> 0",
        (key, key),
    )
    acts = care_acts()
    return [
        ((acts[label].printed if label in acts else label) if is_act else label, quantity, amount)
        for is_act, label, quantity, amount in rows
    ]


_BATCH = (
    "SELECT b.id, b.number, b.payer, b.first_day, b.last_day, b.billed_on, count(l.id), coalesce(sum(l.payer_fcfa), 0),"
    " coalesce((SELECT sum(r.amount_fcfa) FROM claim_receipt r WHERE r.batch = b.id), 0),"
    " coalesce((SELECT sum(t.paid_fcfa) FROM care_sheet_state t WHERE t.batch = b.id), 0),"
    " coalesce((SELECT sum(t.cut_fcfa) FROM care_sheet_state t WHERE t.batch = b.id), 0)"
    " FROM claim_batch b JOIN claim_batch_sheet l ON l.batch = b.id"
)


def batches(db: Database) -> list[Batch]:
    """The invoices, newest first."""
    return [_batch(row) for row in db.all(f"{_BATCH} GROUP BY b.id ORDER BY b.id DESC LIMIT {SHOWN_MAX}")]


def batch(db: Database, key: int) -> Batch | None:
    """One invoice."""
    row = db.one(f"{_BATCH} WHERE b.id = ? GROUP BY b.id", (key,))
    return _batch(row) if row else None


def receipts(db: Database, key: int) -> list[tuple[date, int, str, str]]:
    """The money that came for an invoice: day, amount, means, reference."""
    rows = db.all(
        "SELECT received_on, amount_fcfa, means, coalesce(reference, '') FROM claim_receipt WHERE batch = ? ORDER BY id",
        (key,),
    )
    return [(date.fromisoformat(row[0]), row[1], row[2], row[3]) for row in rows]


def ageing(db: Database, today: date) -> dict[str, tuple[int, int, int, int]]:
    """What each payer owes by age of the invoice in days: up to 30, up to 60, up to 90, more."""
    found: dict[str, list[int]] = {}
    for one in batches(db):
        if one.left_fcfa:
            slot = min((today - one.billed_on).days // 30, 3)
            found.setdefault(one.payer, [0, 0, 0, 0])[slot] += one.left_fcfa
    return {payer: (slots[0], slots[1], slots[2], slots[3]) for payer, slots in sorted(found.items())}


def _sheet(row: tuple[Any, ...]) -> Sheet:
    names = Sheet.__dataclass_fields__
    held = dict(zip(names, row, strict=True))
    held["occurred_on"] = date.fromisoformat(held["occurred_on"])
    for name in ("has_number", "is_verified", "has_prescription", "has_posology"):
        held[name] = bool(held[name])
    return Sheet(**held)


def _batch(row: tuple[Any, ...]) -> Batch:
    held = dict(zip(Batch.__dataclass_fields__, row, strict=True))
    for name in ("first_day", "last_day", "billed_on"):
        held[name] = date.fromisoformat(held[name])
    return Batch(**held)
