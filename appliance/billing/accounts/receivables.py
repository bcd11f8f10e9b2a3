"""What was sold and who owes: patients, and the payers who bear a part. Whole FCFA, read from the sales' own rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.billing.payers.repository import payer_label
from appliance.billing.tariffs.free_care import default_rules
from appliance.storage import Database

# What a payer's last word on a sheet took off, by payer. A sheet that is billed again is owed again.
_CUT = (
    "SELECT c.payer payer, sum(t.cut_fcfa) amount FROM care_sheet c JOIN care_sheet_state t ON t.id ="
    " (SELECT max(x.id) FROM care_sheet_state x WHERE x.sheet = c.id AND x.occurred_on <= ?1) GROUP BY c.payer"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What was sold between two days: total, what nobody pays, by who bears it, and what payers owe of it."""

    total: int
    exempt: int
    rounding: int
    cut: int
    exemptions: dict[str, int]
    covers: dict[str, int]


def sold(db: Database, first: date, last: date) -> Sold:
    """The sales of a span of days; sales taken back count with their sign."""
    span = (first.isoformat(), last.isoformat())
    row = db.one(
        "SELECT coalesce(sum(total_fcfa), 0), coalesce(sum(exempt_fcfa), 0) FROM sale WHERE occurred_on BETWEEN ? AND ?",
        span,
    )
    shares: dict[str, dict[str, int]] = {"exemption": {}, "cover": {}}
    for kind, payer, amount in db.all(
        "SELECT h.kind, h.payer, sum(h.amount_fcfa) FROM sale s JOIN sale_share h ON h.sale = s.id"
        " WHERE s.occurred_on BETWEEN ? AND ? GROUP BY h.kind, h.payer ORDER BY h.payer",
        span,
    ):
        if amount:
            shares[kind][payer] = amount
    total, exempt = (int(row[0]), int(row[1])) if row else (0, 0)
    # Sales from before the shares were kept say what was free, and not who bears it.
    if untold := exempt - sum(shares["exemption"].values()):
        shares["exemption"][""] = untold
    cut = sum(_cuts(db, last).values()) - sum(_cuts(db, date.fromordinal(first.toordinal() - 1)).values())
    return Sold(
        total=total, exempt=exempt, rounding=_rounding(db, first, last), cut=cut, exemptions=shares["exemption"],
        covers=shares["cover"],
    )  # fmt: skip


def patients_owe(db: Database, on: date) -> int:
    """What patients owe at the end of a day: due and rounding, less paid."""
    day = on.isoformat()
    due = int(db.value("SELECT sum(due_fcfa) FROM sale WHERE occurred_on <= ?", (day,)) or 0)
    paid = int(db.value("SELECT sum(amount_fcfa) FROM payment WHERE occurred_on <= ?", (day,)) or 0)
    return due + _rounding(db, date.min, on) - paid


def payers_owe(db: Database, on: date) -> dict[str, int]:
    """What each third-party payer owes at the end of a day: its shares, less what it sent and what it cut."""
    day = on.isoformat()
    owed: dict[str, int] = dict(
        db.all(
            "SELECT h.payer, sum(h.amount_fcfa) FROM sale_share h JOIN sale s ON s.id = h.sale"
            " WHERE h.kind = 'cover' AND s.occurred_on <= ? GROUP BY h.payer ORDER BY h.payer",
            (day,),
        )
    )
    sent = db.all(
        "SELECT b.payer, sum(r.amount_fcfa) FROM claim_receipt r JOIN claim_batch b ON b.id = r.batch WHERE r.received_on <= ?"
        " GROUP BY b.payer",
        (day,),
    )
    for payer, amount in (*sent, *_cuts(db, on).items()):
        owed[payer] = owed.get(payer, 0) - amount
    return {payer: amount for payer, amount in owed.items() if amount}


def _cuts(db: Database, on: date) -> dict[str, int]:
    return {payer: amount for payer, amount in db.all(_CUT, (on.isoformat(),)) if amount}


def _rounding(db: Database, first: date, last: date) -> int:
    return int(
        db.value(
            "SELECT sum(amount_fcfa) FROM sale_rounding WHERE occurred_on BETWEEN ? AND ?",
            (first.isoformat(), last.isoformat()),
        )
        or 0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """A sale behind a figure, without whom it was for."""

    id: int
    number: int
    day: date
    total_fcfa: int
    exempt_fcfa: int
    due_fcfa: int
    paid_fcfa: int
    payers_fcfa: int


def sales_of(db: Database, code: str, first: date, last: date, limit: int = 3_000) -> list[SaleLine]:
    """The sales behind a figure: all (margin), those with a part that is free, with something owed, with a payer's share, or rounded."""
    rows = db.all(
        "SELECT * FROM (SELECT s.id, s.number, s.occurred_on, s.total_fcfa, s.exempt_fcfa, s.due_fcfa, coalesce((SELECT"
        " sum(p.amount_fcfa) FROM payment p WHERE p.sale = s.id), 0) paid, coalesce((SELECT sum(h.amount_fcfa) FROM sale_share h"
        " WHERE h.sale = s.id AND h.kind = 'cover'), 0) covered FROM sale s WHERE s.occurred_on BETWEEN ?1 AND ?2)"
        " WHERE ?3 = 'margin' OR (?3 = 'exemptions' AND exempt_fcfa <> 0) OR (?3 = 'patients' AND due_fcfa <> paid)"
        " OR (?3 = 'payers' AND covered <> 0)"
        " OR (?3 = 'rounding' AND id IN (SELECT r.sale FROM sale_rounding r WHERE r.occurred_on BETWEEN ?1 AND ?2)) ORDER BY id LIMIT ?4",
        (first.isoformat(), last.isoformat(), code, limit),
    )
    return [
        SaleLine(
            id=row[0], number=row[1], day=date.fromisoformat(row[2]), total_fcfa=row[3], exempt_fcfa=row[4], due_fcfa=row[5],
            paid_fcfa=row[6], payers_fcfa=row[7],
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What one answer of a payer took off a sheet, or gave back of what an earlier one took off."""

    sheet: int
    number: int
    day: date
    payer: str
    cut_fcfa: int
    reason: str


def cuts_of(db: Database, first: date, last: date) -> list[Cut]:
    """The answers behind the cuts of a span of days; their sum is `Sold.cut`."""
    rows = db.all(
        "SELECT * FROM (SELECT c.id, c.number, t.occurred_on, c.payer, t.cut_fcfa - coalesce((SELECT e.cut_fcfa FROM"
        " care_sheet_state e WHERE e.sheet = c.id AND e.id < t.id ORDER BY e.id DESC LIMIT 1), 0) more, coalesce(t.reason, '')"
        " FROM care_sheet_state t JOIN care_sheet c ON c.id = t.sheet WHERE t.occurred_on BETWEEN ? AND ? ORDER BY t.id)"
        " WHERE more <> 0",
        (first.isoformat(), last.isoformat()),
    )
    return [
        Cut(sheet=row[0], number=row[1], day=date.fromisoformat(row[2]), payer=row[3], cut_fcfa=row[4], reason=row[5])
        for row in rows
    ]


def who_bears(db: Database, code: str, on: date) -> str:
    """What a payer, or who bears free care, is called on a day; "" for sales from before it was kept."""
    return default_rules().bearers.get(code) or (payer_label(db, code, on) if code else "")
