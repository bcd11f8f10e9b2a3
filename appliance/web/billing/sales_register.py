"""The register of sales: every line of a day with its totals, and the month as a grid by product and day. Printed across."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get

from appliance.access import staff
from appliance.billing.sales.register_paper import register_paper, totals_of
from appliance.billing.sales.repository import SoldLine, day_cash, register
from appliance.billing.tariffs.free_care import bearer_label_of, label_of
from appliance.core.periods import Month, parse_date
from appliance.core.printing.child import drawn_by_child
from appliance.storage import Database
from appliance.web.pages import Ask, page, sees, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.till.operations import keeps_till
from appliance.web.words import labels

PATH = "/caisse/registre"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def register_page(request: Request[Any, Any, Any], jour: str = "") -> Response[bytes]:
    """The register of a day. Who bought stands there by number, for those who may read who people are."""
    today, day = today_of(request), _day(request, jour)
    with state_of(request).opened.reading() as db:
        lines = register(db, day, day)
        names = _prescribers(db, lines)
        return page(
            request, "billing/register.html", db, day=day, lines=lines, prescribers=names, totals=totals_of(lines),
            before=day - timedelta(days=1), after=day + timedelta(days=1) if day < today else None,
            label_of=label_of if sees(request, db, "patients") else bearer_label_of,
            shows_patients=sees(request, db, "patients"), cash=None if _waits(request, db, day) else day_cash(db, day), means=labels.MEANS,
            amount=sum(line.amount_fcfa for line in lines), free=sum(line.amount_fcfa for line in lines if line.exemption),
        )  # fmt: skip


@get(PATH + "/pdf", opt={"tab": "caisse", "level": "read"})
async def register_pdf(request: Request[Any, Any, Any], jour: str = "") -> Response[bytes]:
    """The register of a day on A4 across."""
    day = _day(request, jour)

    def described() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            names = _prescribers(db, register(db, day, day))
            return register_paper(
                db, day, names, labels.MEANS, shows_patients=sees(request, db, "patients"),
                shows_cash=not _waits(request, db, day),
            )  # fmt: skip

    content = await drawn_by_child("appliance.core.printing.slip", await asyncio.to_thread(described))
    headers = {"Content-Disposition": f"inline; filename=registre-{day}.pdf"}
    return Response(content, media_type="application/pdf", headers=headers)


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
            rows=[(label, by_day[label], quantity, amount) for label, quantity, amount, _ in totals_of(lines)],
            before=month.plus(-1), after=month.plus(1) if month.plus(1).first <= today else None,
            amount=sum(line.amount_fcfa for line in lines), by_day=_amounts(lines),
        )  # fmt: skip


def _day(request: Ask, typed: str) -> date:
    today = today_of(request)
    return min(parse_date(typed), today) if typed else today


def _waits(request: Ask, db: Database, day: date) -> bool:
    """Whether whoever asks keeps an open drawer: what it must hold is read after it was counted."""
    return day == today_of(request) and keeps_till(request, db)


def _prescribers(db: Database, lines: Iterable[SoldLine]) -> dict[int, str]:
    return {key: staff.name_of(db, key) for line in lines if (key := line.prescriber)}


def _amounts(lines: Iterable[SoldLine]) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in lines:
        found[line.occurred_on.day] = found.get(line.occurred_on.day, 0) + line.amount_fcfa
    return found


HANDLERS = [register_page, register_pdf, register_grid]
