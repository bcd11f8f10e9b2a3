"""The CRGS: one line a product, each column from the ledger.

SI is the SDU of the month before (and the opening stock entered in the month); QR, QU, QP, QA the month's movements;
ST = SI + QR - QU - QP + QA; SDU the usable stock on the last day, after the variances of the month's counts: the form
names the column that says beside it whether a count stands behind it or the ledger alone;
EC = SDU - ST: what expired or was frozen in the month shows here until its destruction is written, which then shows
with the other sign, because it had left the SDU already; JR days without usable stock; CMM and what follows
from it at the month's end.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from appliance.core.periods import Month
from appliance.reports.closing.model import LEDGER, ReportCell, Source
from appliance.reports.form import Form
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.history import history, stockout_count
from appliance.stock.counting.month import counted_in
from appliance.stock.ordering.quantity import Situation, propose
from appliance.stock.ordering.standing import Standing, pack_of, standings
from appliance.storage import Database

SOON_DAYS = 91


def stock_lines(db: Database, form: Form, month: Month, until: date) -> tuple[ReportCell, ...]:
    """Every cell of the CRGS of a month. A product that never moved has empty cells."""
    last = min(month.last, until)
    eve = month.first - timedelta(days=1)
    known_before = {
        row[0]
        for row in db.all(
            "SELECT id FROM product p WHERE EXISTS (SELECT 1 FROM stock_day WHERE product = p.id AND day < ?)",
            (month.first.isoformat(),),
        )
    }
    before = _usable_at(db, eve)
    moved: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for product, column, quantity in db.all(
        "SELECT p.id, s.report_column, sum(s.quantity) FROM product p CROSS JOIN stock_day s ON s.product = p.id"
        " AND s.day BETWEEN ? AND ? GROUP BY p.id, s.report_column",
        (month.first.isoformat(), last.isoformat()),
    ):
        moved[product][column] = quantity
    records = _records(db, month.first, last)
    usable, soon = _usable_at(db, last), _usable_at(db, last, last + timedelta(days=SOON_DAYS + 1))
    cells: list[ReportCell] = []
    around, counted = standings(db, last), counted_in(db, month.first, last)
    for product in catalogue.listed(db, limit=1000):
        known = product.id in known_before or product.id in moved
        figures = (
            _figures(
                db, product, month, last, before.get(product.id, 0), moved[product.id], usable, soon, around.of(product)
            )
            if known
            else {}
        )
        for code, _, _ in form.columns:
            value = figures.get(code)
            vouched = counted.get(product.id)
            cells.append(
                ReportCell(
                    code=product.code, disaggregation={"column": code}, value=value,
                    source=Source.EMPTY if value is None else Source.COMPUTED,
                    records=tuple(records.get((product.id, code), ())),
                    basis=None if value is None or code not in form.based else vouched.isoformat() if vouched else LEDGER,
                )
            )  # fmt: skip
    return tuple(cells)


def movements_behind(db: Database, ids: tuple[int, ...]) -> list[tuple[int, str, str, int, str]]:
    """The movements behind a stock cell: id, day, kind, quantity, lot number."""
    if not ids:
        return []
    marks = ",".join("?" * len(ids))
    return db.all(
        "SELECT m.id, m.occurred_on, m.kind, m.quantity, l.number FROM movement m JOIN lot l ON l.id = m.lot"
        f" WHERE m.id IN ({marks}) ORDER BY m.occurred_on, m.id",
        ids,
    )


def _figures(
    db: Database, product: Product, month: Month, last: date, before: int, moved: dict[str, int],
    usable: dict[int, int], soon: dict[int, int], standing: Standing,
) -> dict[str, int | str | None]:  # fmt: skip
    opening = before + moved["SI"]
    used, lost = -moved["QU"], -moved["QP"]
    theoretical = opening + moved["QR"] - used - lost + moved["QA"]
    held = usable.get(product.id, 0)
    window = standing.parameters.count("window_months")
    estimate = average_monthly_consumption(history(db, product.id, last, window))
    maximum = standing.levels.maximum
    pack = pack_of(product, standing.parameters)
    order = propose(Situation(cmm=estimate.cmm, max_months=maximum, usable=Fraction(held), pack=pack))
    cmm = estimate.cmm
    return {
        "SI": opening, "QR": moved["QR"], "QU": used, "QP": lost, "QA": moved["QA"], "ST": theoretical, "SDU": held,
        "EC": held - theoretical, "JR": stockout_count(db, product.id, month, last), "CMM": _whole(cmm),
        "MSD": _decimal(Fraction(held) / cmm) if cmm else None, "SMAX": _whole(cmm * maximum) if cmm is not None else None,
        "QC": order.quantity, "PEREM": soon.get(product.id, 0),
    }  # fmt: skip


def _records(db: Database, first: date, last: date) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for identity, product, column in db.all(
        "SELECT m.id, p.id, m.report_column FROM product p CROSS JOIN movement m ON m.product = p.id"
        " AND m.occurred_on BETWEEN ? AND ? ORDER BY m.id",
        (first.isoformat(), last.isoformat()),
    ):
        found[product, column].append(identity)
    return found


def _usable_at(db: Database, day: date, expiring_before: date = date.max) -> dict[int, int]:
    """Usable stock at the end of a day, by product: balances of today walked back over the days since.

    A lot counts until its last day, and not while it was quarantined or recalled on that day.
    `expiring_before` keeps the lots whose last day comes before it.
    """
    usable = (
        "l.expires_on >= ?1 AND l.expires_on < ?2 AND coalesce((SELECT s.status FROM lot_status s WHERE s.lot = l.id"
        " AND s.occurred_on <= ?1 ORDER BY s.id DESC LIMIT 1), 'usable') = 'usable'"
    )
    asked = (day.isoformat(), expiring_before.isoformat())
    held: dict[int, int] = defaultdict(int)
    held |= dict(
        db.all(
            "SELECT b.product, sum(b.quantity) FROM balance b JOIN lot l ON l.id = b.lot WHERE b.quantity > 0"
            f" AND {usable} GROUP BY b.product",
            asked,
        )
    )
    for product, moved in db.all(
        "SELECT p.id, sum(d.quantity) FROM product p CROSS JOIN stock_day d ON d.product = p.id AND d.day > ?1"
        f" JOIN lot l ON l.id = d.lot WHERE {usable} GROUP BY p.id",
        asked,
    ):
        held[product] -= moved
    return held


def _whole(value: Fraction | None) -> int | None:
    return None if value is None else int(value + Fraction(1, 2))


def _decimal(value: Fraction) -> str:
    tenths = int(value * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"
