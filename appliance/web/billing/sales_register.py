"""The register of sales: every line of a day with its totals, and the month as a grid by product and day. Printed across."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get

from appliance.access import staff
from appliance.billing.sales.repository import SoldLine, day_cash, register
from appliance.billing.tariffs.free_care import label_of
from appliance.core.periods import Month, parse_date
from appliance.web.pages import page, sees, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.till.operations import keeps_till
from appliance.web.words import labels

PATH = "/caisse/registre"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def register_page(request: Request[Any, Any, Any], jour: str = "") -> Response[bytes]:
    """The register of a day. Who bought stands there by number, for those who may read who people are."""
    today = today_of(request)
    day = min(parse_date(jour), today) if jour else today
    with state_of(request).opened.reading() as db:
        lines = register(db, day, day)
        names = {key: staff.name_of(db, key) for line in lines if (key := line.prescriber)}
        return page(
            request, "billing/register.html", db, day=day, lines=lines, prescribers=names, totals=_by_label(lines),
            before=day - timedelta(days=1), after=day + timedelta(days=1) if day < today else None, label_of=label_of,
            shows_patients=sees(request, db, "patients"), cash=None if day == today and keeps_till(request, db) else day_cash(db, day), means=labels.MEANS,
            amount=sum(line.amount_fcfa for line in lines), free=sum(line.amount_fcfa for line in lines if line.exemption),
        )  # fmt: skip


@get(PATH + "/mois", opt={"tab": "caisse", "level": "read"})
@in_reader
def register_grid(request: Request[Any, Any, Any], mois: str = "") -> Response[bytes]:
    """What was sold of each product on each day of a month, with the month's quantity and amount."""
    today = today_of(request)
    month = Month.parse(mois) if mois else Month.of(today)
    with state_of(request).opened.reading() as db:
        lines = register(db, month.first, min(month.last, today))
        by_day: dict[str, dict[int, int]] = {}
        for line in lines:
            days = by_day.setdefault(line.label, {})
            days[line.occurred_on.day] = days.get(line.occurred_on.day, 0) + line.quantity
        return page(
            request, "billing/register_grid.html", db, month=month, days=range(1, month.days + 1),
            rows=[(label, by_day[label], quantity, amount) for label, quantity, amount, _ in _by_label(lines)],
            before=month.plus(-1), after=month.plus(1) if month.plus(1).first <= today else None,
            amount=sum(line.amount_fcfa for line in lines), by_day=_amounts(lines),
        )  # fmt: skip


def _by_label(lines: Iterable[SoldLine]) -> list[tuple[str, int, int, int]]:
    """Quantity, amount and free amount of each product or act, by name."""
    found: dict[str, list[int]] = {}
    for line in lines:
        sums = found.setdefault(line.label, [0, 0, 0])
        sums[0] += line.quantity
        sums[1] += line.amount_fcfa
        sums[2] += line.amount_fcfa if line.exemption else 0
    return [(label, sums[0], sums[1], sums[2]) for label, sums in sorted(found.items())]


def _amounts(lines: Iterable[SoldLine]) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in lines:
        found[line.occurred_on.day] = found.get(line.occurred_on.day, 0) + line.amount_fcfa
    return found


HANDLERS = [register_page, register_grid]
