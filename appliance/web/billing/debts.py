"""What people owe: by age, oldest first, with whom to remind; paid back on the receipt's page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from appliance.billing.sales.repository import debts
from appliance.records.patients import repository as patients
from appliance.web.pages import page, sees, state_of, today_of
from appliance.web.reading import in_reader


@get("/caisse/dettes", opt={"tab": "caisse", "level": "read"})
@in_reader
def debts_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Each receipt of an earlier day that is not paid. Names, villages and phones for those who may read them."""
    today = today_of(request)
    with state_of(request).opened.reading() as db:
        found = debts(db, today)
        people = {}
        if sees(request, db, "patients"):
            people = {p.id: p for key in {d.patient for d in found if d.patient} if (p := patients.get(db, key))}
        ages = [0, 0, 0]
        for one in found:
            ages[min((today - one.occurred_on).days // 30, 2)] += one.left_fcfa
        return page(
            request, "billing/debts.html", db, debts=found, people=people, ages=ages, total=sum(ages),
            days={one.sale: (today - one.occurred_on).days for one in found},
        )  # fmt: skip


HANDLERS = [debts_page]
