"""What the consumption rules read, taken from the ledger: use, stock-out days, unmet demand, month by month.

Only the days of the window are read (`stock_day`), never the whole ledger. Usable stock walks back from the
balance of today; a lot counts until its last day, and not on the days on which it was quarantined or recalled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from appliance.core.periods import Month
from appliance.stock.consumption.average import LONGEST_WINDOW, last_closed
from appliance.stock.consumption.exclusions import excluded_months
from appliance.stock.consumption.model import History, MonthOfUse
from appliance.stock.consumption.stockout import stockout_days
from appliance.storage import Database

MONTHS_READ = LONGEST_WINDOW + 3
SEASON_MONTHS_READ = 36


def history(db: Database, product: int, as_of: date, window_months: int = 3) -> History:
    """The months that the CMM of a product at a date may look at."""
    last = last_closed(History(as_of=as_of, months=()))
    first = last.plus(-MONTHS_READ)
    began = started(db)
    ledger = [m for m in first.until(Month.of(as_of)) if began and m >= Month.of(began)]
    use = _consumed(db, product, first.first, as_of)
    unmet = _unmet(db, product, first.first, as_of)
    out = stockouts(db, product, ledger, as_of)
    captured_days = _captured(db, set().union(*out.values()))
    months = []
    for month in ledger:
        days = out[month]
        captured = Fraction(len([d for d in days if d in captured_days]), len(days)) if days else Fraction(0)
        months.append(
            MonthOfUse(
                month=month, consumed=use.get(month, 0), stockout_days=len(days), unmet=max(unmet.get(month, 0), 0),
                unmet_captured=captured,
            )
        )  # fmt: skip
    closed = [m for m in months if m.month <= last and (began is None or m.month.first >= began)]
    if len(closed) < 3:
        months = _with_paper(db, product, months, first)
    aside = excluded_months(db, product, first.first)
    return History(
        as_of=as_of, months=tuple(replace(m, excluded=True) if m.month in aside else m for m in months),
        first_receipt=_first_receipt(db, product, began), window_months=window_months,
    )  # fmt: skip


def seasonal_use(db: Database, product: int, as_of: date) -> dict[Month, Fraction]:
    """What each closed month of the last three years used, or would have used with stock on every day (rule S).

    Paper months count as written; months set aside don't.
    """
    last = last_closed(History(as_of=as_of, months=()))
    first, began = last.plus(1 - SEASON_MONTHS_READ), started(db)
    found = {Month.parse(month): Fraction(used) for month, used in _paper(db, product, first)}
    ledger = [m for m in first.until(last) if began and m.first >= began]
    use = _consumed(db, product, first.first, last.last)
    out = stockouts(db, product, ledger, last.last)
    for month in ledger:
        whole = whole_month(use.get(month, 0), month, len(out[month]))
        if whole is not None:
            found[month] = whole
    for month in excluded_months(db, product, first.first):
        found.pop(month, None)
    return found


def whole_month(used: int, month: Month, stockout_days_: int) -> Fraction | None:
    """What a month would have used with stock on each of its days; None where it was out on half of them or more.

    A peak that was out of stock would hide the season.
    """
    days = month.days - stockout_days_
    return Fraction(max(used, 0) * month.days, days) if 2 * days > month.days else None


def stockouts(db: Database, product: int, months: list[Month], until: date) -> dict[Month, set[date]]:
    """The stock-out days of each month given (in order), over all places of the centre."""
    if not months:
        return {}
    first = months[0].first
    opening, flows = _usable_flows(db, product, first)
    found: dict[Month, set[date]] = {month: set() for month in months}
    held, seen, last = opening, first - timedelta(days=1), min(months[-1].last, until)
    # What lies on the shelf changes on days of flow only; the days between two of them are all like the first.
    for day in [*sorted(day for day in flows if first <= day <= last), last + timedelta(days=1)]:
        came, went = flows[day] if day <= last else (1, 0)
        empty_from, empty_to = seen + timedelta(days=1), day if came <= 0 else day - timedelta(days=1)
        while held <= 0 and empty_from <= empty_to:
            if (month := Month.of(empty_from)) in found:
                found[month].add(empty_from)
            empty_from += timedelta(days=1)
        held, seen = held + came - went, day
    return found


def stockout_count(db: Database, product: int, month: Month, until: date) -> int:
    """Stock-out days of one month (rule D)."""
    opening, flows = _usable_flows(db, product, month.first)
    return stockout_days(month, opening, flows, until)


def _usable_flows(db: Database, product: int, since: date) -> tuple[int, dict[date, tuple[int, int]]]:
    """Usable stock before `since`, and by day what came into it and what left it.

    A lot's stock before `since` is its balance of today less what moved from that day on: history is not read.
    """
    moved: dict[int, list[tuple[date, int, int]]] = defaultdict(list)
    # What came and what went of a day stay apart: a box that came and was given out the same day is no stock-out. A
    # column that adds up to 0 moved both ways (a handing-over taken back and another made).
    for lot, day_text, came, went in db.all(
        "SELECT lot, day, sum(CASE WHEN quantity >= 0 THEN max(quantity, 1) ELSE 0 END),"
        " sum(CASE WHEN quantity <= 0 THEN max(-quantity, 1) ELSE 0 END)"
        " FROM stock_day WHERE product = ? AND day >= ? GROUP BY lot, day ORDER BY day",
        (product, since.isoformat()),
    ):
        moved[lot].append((date.fromisoformat(day_text), came, went))
    frozen = _freezings(db, product)
    flows: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    opening = 0
    for lot, expires, balance in db.all(
        "SELECT id, expires_on, coalesce((SELECT sum(quantity) FROM balance WHERE lot = l.id), 0)"
        " FROM lot l WHERE product = ? AND expires_on >= ?",
        (product, since.isoformat()),
    ):
        held = balance - sum(came - went for _, came, went in moved[lot])
        if held or moved[lot]:
            opening += _lot_flows(flows, moved[lot], frozen[lot], since, date.fromisoformat(expires), held)
    return opening, {day: (came, went) for day, (came, went) in flows.items()}


def _lot_flows(
    flows: dict[date, list[int]], moved: list[tuple[date, int, int]], frozen: list[tuple[date, bool]], since: date,
    expires: date, held: int,
) -> int:  # fmt: skip
    """Add what one lot brings to the usable stock and takes from it; returns what of it was usable before `since`.

    A lot frozen on a day leaves that day, and comes back on the day it is released; what is left of it is gone at the
    end of its last day, so that the day after opens without it.
    """
    by_day = {day: (came, went) for day, came, went in moved}
    states = dict(frozen)  # the last word of a day counts
    usable = next((state for day, state in reversed(frozen) if day < since), True)
    opening = held if usable else 0
    for day in sorted({*by_day, *(day for day in states if day >= since), expires}):
        if day > expires:
            break
        was, usable = usable, states.get(day, usable)
        came, went = by_day.get(day, (0, 0))
        if was and not usable:
            flows[day][1] += held
        elif usable:
            flows[day][0] += came + (0 if was else held)
            flows[day][1] += went
        held += came - went
    if usable:
        flows[expires][1] += held
    return opening


def _freezings(db: Database, product: int) -> dict[int, list[tuple[date, bool]]]:
    """By lot, from which day on it could be given or not, as it was said."""
    found: dict[int, list[tuple[date, bool]]] = defaultdict(list)
    for lot, day, status in db.all(
        "SELECT s.lot, s.occurred_on, s.status FROM lot l JOIN lot_status s ON s.lot = l.id WHERE l.product = ? ORDER BY s.id",
        (product,),
    ):
        found[lot].append((date.fromisoformat(day), status == "usable"))
    return found


def _consumed(db: Database, product: int, since: date, until: date) -> dict[Month, int]:
    """Net use by month: what was dispensed less what was taken back, campaigns apart (rule A6)."""
    return {
        Month.parse(month): -quantity
        for month, quantity in db.all(
            "SELECT substr(day, 1, 7), sum(quantity) FROM stock_day WHERE product = ? AND day BETWEEN ? AND ?"
            " AND report_column = 'QU' AND is_campaign = 0 GROUP BY 1",
            (product, since.isoformat(), until.isoformat()),
        )
    }


def _unmet(db: Database, product: int, since: date, until: date) -> dict[Month, int]:
    """Unmet demand by month."""
    return {
        Month.parse(month): quantity
        for month, quantity in db.all(
            "SELECT substr(occurred_on, 1, 7), sum(quantity) FROM unmet_demand WHERE product = ?"
            " AND occurred_on BETWEEN ? AND ? AND cause <> 'too_expensive' GROUP BY 1",
            (product, since.isoformat(), until.isoformat()),
        )
    }


def _captured(db: Database, days: set[date]) -> set[date]:
    """Of these days, those on which the depot captured prescriptions at all."""
    asked = msgspec.json.encode(sorted(day.isoformat() for day in days)).decode()
    rows = db.all(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM prescription WHERE occurred_on = value)", (asked,)
    )
    return {date.fromisoformat(day) for (day,) in rows}


def _with_paper(db: Database, product: int, months: list[MonthOfUse], first: Month) -> list[MonthOfUse]:
    """Months copied from paper, where the ledger has none or began in their middle."""
    paper = {Month.parse(month): quantity for month, quantity in _paper(db, product, first)}
    kept = [m for m in months if m.month not in paper]
    return sorted(
        [*kept, *(MonthOfUse(month=m, consumed=q, from_paper=True) for m, q in paper.items())], key=lambda m: m.month
    )


def _paper(db: Database, product: int, first: Month) -> list[tuple[str, int]]:
    rows: list[tuple[str, int]] = db.all(
        "SELECT month, quantity FROM paper_consumption WHERE product = ? AND month >= ? ORDER BY id",
        (product, str(first)),
    )
    return rows


def started(db: Database) -> date | None:
    """The day of the first movement of the depot: before it the appliance knew nothing."""
    text = db.kept(
        "ledger-started",
        lambda: db.value("SELECT min((SELECT min(day) FROM stock_day WHERE product = p.id)) FROM product p"),
    )
    return date.fromisoformat(text) if text else None


def _first_receipt(db: Database, product: int, started: date | None) -> date | None:
    """The day a product first came, when it was not there at the start; an opening stock is no first receipt."""
    row = db.one("SELECT min(day) FROM stock_day WHERE product = ?", (product,))
    if row is None or row[0] is None or started is None or date.fromisoformat(row[0]) <= started:
        return None
    if db.value("SELECT 1 FROM paper_consumption WHERE product = ? LIMIT 1", (product,)):
        return None
    if db.value("SELECT 1 FROM stock_day WHERE product = ? AND report_column = 'SI' LIMIT 1", (product,)):
        return None
    return date.fromisoformat(row[0])
