"""The year's budget beside what came in and went out: the page for the general assembly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.accounts import book, receivables
from appliance.billing.accounts.expenses import budget, set_budget
from appliance.billing.accounts.plan import plan
from appliance.billing.accounts.statement import moved_of, state
from appliance.core.periods import Month
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, today_of
from appliance.web.reading import in_reader
from appliance.web.till.operations import AMOUNT_MAX, keeps_till
from appliance.web.words import _
from appliance.web.writing import shown, written

PATH, PAGE = "/caisse/budget", "books/budget.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """One line of the budget: planned and done, in FCFA; `percent` of the plan, None without one."""

    key: str
    number: str
    label: str
    planned: int | None
    done: int

    @property
    def percent(self) -> int | None:
        """Done of planned, in whole percent."""
        return round(100 * self.done / self.planned) if self.planned else None


@get(PATH, opt={"tab": "comptes", "level": "read"})
@in_reader
def budget_page(request: Request[Any, Any, Any], annee: str = "") -> Response[bytes]:
    """A year: each line planned and done, capital at its beginning and now."""
    return shown(request, PAGE, lambda ask, db: _view(ask, db, annee))


@post(f"{PATH}/{{year:int}}", opt={"tab": "comptes", "level": "write"})
async def plan_year(request: Request[Any, Any, Any], year: int) -> Response[bytes] | Redirect:
    """Set the lines of a year's budget."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        given = {key: form.integer(f"prevu-{key}", high=AMOUNT_MAX) for key in ("sales", *_keys())}
        if not form.errors:
            for key, sum_ in given.items():
                if sum_ is not None:
                    set_budget(unit, year, key, sum_)
        return {}

    return await written(
        request, "budget", PAGE, lambda ask, db: _view(ask, db, str(year)), write, f"{PATH}?annee={year}"
    )


def _keys() -> list[str]:
    return [a.key for a in plan().of("income", "expense")]


def _view(request: Ask, db: Database, annee: str = "") -> dict[str, Any]:
    today = today_of(request)
    year = int(annee) if annee.isdecimal() and len(annee) == 4 and 2000 <= int(annee) <= today.year + 1 else today.year
    first, last = date(year, 1, 1), min(date(year, 12, 31), max(today, date(year, 1, 1)))
    moved, planned = book.totals(db, first, last), budget(db, year)
    sold = receivables.sold(db, first, last)
    income = [
        BudgetRow(key="sales", number="70", label=_("Ventes et actes"), planned=planned.get("sales"), done=sold.total)
    ]
    income += [
        BudgetRow(key=a.key, number=a.number, label=a.label, planned=planned.get(a.key), done=moved_of(moved, a.key))
        for a in plan().of("income")
    ]
    spent = [
        BudgetRow(key=a.key, number=a.number, label=a.label, planned=planned.get(a.key), done=-moved_of(moved, a.key))
        for a in plan().of("expense")
    ]
    return {
        "year": year, "income": income, "spent": spent, "is_current": year == today.year, "last": last,
        "exempt": sold.exempt, "capital_before": state(db, Month(year - 1, 12)).capital,
        "capital_now": None if keeps_till(request, db) else state(db, Month.of(last)).capital, "is_future": year > today.year,
    }  # fmt: skip


HANDLERS = [budget_page, plan_year]
