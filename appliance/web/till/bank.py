"""The bank and mobile money beside what they state: rows are ticked as they are found on the statement."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.accounts import bank, book
from appliance.billing.accounts.plan import label_of
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, today_of
from appliance.web.reading import in_reader
from appliance.web.till.operations import day
from appliance.web.words import labels
from appliance.web.writing import shown, written

PATH, PAGE = "/caisse/banque", "books/bank.html"


@get(PATH, opt={"tab": "comptes", "level": "read"})
@in_reader
def bank_page(request: Request[Any, Any, Any], compte: str = "bank") -> Response[bytes]:
    """The statements of an account beside our book, and the rows that stand on none yet."""
    return shown(request, PAGE, lambda ask, db: _view(ask, db, compte))


@post(PATH, opt={"tab": "comptes", "level": "write"})
async def reconcile(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Enter a statement's balance and tick the rows that stand on it, in one act."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        account = form.choice("compte", bank.RECONCILED, default="bank") or "bank"
        balance = form.integer("solde", required=True, low=-1_000_000_000, high=1_000_000_000)
        on = day(form) or unit.today
        if form.errors or balance is None:
            return {}
        key = bank.state_balance(unit, account, on, balance, form.raw("piece"))
        for ticked in form.many("ligne"):
            source, _, number = ticked.partition("-")
            if number.isdecimal() and len(number) < 12:
                bank.clear(unit, key, source, int(number))
        return {"statement": key}

    return await written(request, "bank-statement", PAGE, _view, write, PATH)


def _view(request: Ask, db: Database, compte: str = "bank") -> dict[str, Any]:
    account, today = compte if compte in bank.RECONCILED else "bank", today_of(request)
    return {
        "account": account, "accounts": [(key, label_of(key)) for key in bank.RECONCILED],
        "held": book.balance(db, account, today), "found": bank.reconciliations(db, account),
        "waiting": [line for line in bank.bank_lines(db, account, today) if line.statement is None],
        "kinds": labels.ENTRIES,
    }  # fmt: skip


HANDLERS = [bank_page, reconcile]
