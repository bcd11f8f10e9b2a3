"""Expenses: asked for, approved by the treasurer and the president where they must be, paid from a till or a box."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.accounts import expenses
from appliance.billing.accounts.plan import label_of, plan
from appliance.billing.till import drawers
from appliance.core.actors import Role
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, session_of
from appliance.web.reading import in_reader
from appliance.web.till.operations import amount, around, boxes, day, month_of
from appliance.web.words import labels
from appliance.web.writing import shown, written

PATH, PAGE = "/caisse/depenses", "books/expenses.html"


@get(PATH, opt={"tab": "caisse", "level": "read"})
@in_reader
def expenses_page(request: Request[Any, Any, Any], mois: str = "") -> Response[bytes]:
    """The expenses of a month with where each stands, and the form of the next."""
    return shown(request, PAGE, lambda ask, db: _view(ask, db, mois))


@post(PATH, opt={"tab": "caisse", "level": "write"})
async def ask_at_the_till(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """A cashier's expense: paid from the own till at once where it needs no approval."""
    return await written(request, "expense", PAGE, _view, lambda unit, form: _ask(unit, form, "till"), PATH)


@post("/caisse/tresor/depenses", opt={"tab": "comptes", "level": "write"})
async def ask_as_treasurer(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """The treasurer's expense: paid from a box at once where it needs no approval."""
    return await written(request, "expense", PAGE, _view, lambda unit, form: _ask(unit, form, ""), PATH)


@post(f"{PATH}/{{expense:int}}/avis", opt={"tab": "comptes", "level": "read"})
async def say(request: Request[Any, Any, Any], expense: int) -> Response[bytes] | Redirect:
    """The word of the treasurer or of the president; the service refuses everybody else."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        expenses.approve(unit, expense, is_approved=form.raw("avis") == "oui", reason=form.raw("raison"))
        return {}

    return await written(request, "approve-expense", PAGE, _view, write, PATH)


@post(f"{PATH}/{{expense:int}}/payer", opt={"tab": "caisse", "level": "write"})
async def pay_from_till(request: Request[Any, Any, Any], expense: int) -> Response[bytes] | Redirect:
    """Pay an expense from the own till."""
    return await written(
        request, "pay-expense", PAGE, _view,
        lambda unit, form: {"entry": expenses.pay_expense(unit, expense, "till", document=form.raw("piece"))}, PATH,
    )  # fmt: skip


@post(f"{PATH}/{{expense:int}}/regler", opt={"tab": "comptes", "level": "write"})
async def pay_from_box(request: Request[Any, Any, Any], expense: int) -> Response[bytes] | Redirect:
    """Pay an expense from the treasurer's box, the bank or mobile money."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        source = form.choice("de", [key for key, _ in boxes()], required=True)
        if source is None:
            return {}
        return {"entry": expenses.pay_expense(unit, expense, source, document=form.raw("piece"))}

    return await written(request, "pay-expense", PAGE, _view, write, PATH)


@post(f"{PATH}/seuil", opt={"tab": "comptes", "level": "write"})
async def set_threshold(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Above what sum the president approves too."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        sum_ = form.integer("seuil", required=True, high=100_000_000)
        if sum_ is not None:
            expenses.set_threshold(unit, sum_)
        return {}

    return await written(request, "expense-threshold", PAGE, _view, write, PATH)


def _ask(unit: Unit, form: Form, source: str) -> dict[str, Any]:
    sum_, on = amount(form), day(form)
    account = form.choice("compte", [a.key for a in plan().of("expense")], required=True) or ""
    purpose = form.text("objet", required=True, limit=200) or ""
    paid_from = source if source else form.choice("de", [key for key, _ in boxes()])
    if form.errors:
        return {}
    key = expenses.ask_expense(unit, account, sum_, purpose, form.raw("piece"), on)
    held = expenses.expense(unit, key)
    if held is not None and held.state == "to_pay" and form.ticked("paye") and paid_from:
        expenses.pay_expense(unit, key, paid_from, None if paid_from == "till" else on)
    return {"expense": key}


def _view(request: Ask, db: Database, mois: str = "") -> dict[str, Any]:
    month, session = month_of(request, mois), session_of(request)
    found = expenses.expenses(db, month.first, month.last)
    return {
        "found": found, "names": {x.staff: staff.name_of(db, x.staff) for x in found}, "label_of": label_of,
        "accounts": [(a.key, a.label) for a in plan().of("expense")], "boxes": boxes(), "threshold": expenses.threshold(db),
        "states": labels.EXPENSES, "state_tags": labels.EXPENSE_TAGS, "roles": labels.ROLES,
        "may_approve": bool(session.roles & {Role.TREASURER, Role.PRESIDENT}),
        "mine": drawers.open_of(db, session.staff), "total": sum(x.amount_fcfa for x in found if x.state == "paid"),
        **around(request, month),
    }  # fmt: skip


HANDLERS = [expenses_page, ask_at_the_till, ask_as_treasurer, say, pay_from_till, pay_from_box, set_threshold]
