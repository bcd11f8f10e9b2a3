"""The month's statement of the ASACO: each figure opens into its rows; frozen and signed by the treasurer; on paper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.accounts import book, receivables, valuation
from appliance.billing.accounts.plan import label_of
from appliance.billing.accounts.statement import (
    ASSETS,
    CHANGES,
    STOCK_OF,
    Statement,
    freeze,
    frozen,
    sign,
    statement,
)
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.core.printing.child import drawn_by_child
from appliance.reports import asaco_paper
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, session_of, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.staff.signing import signed_by
from appliance.web.till.operations import around, keeps_till, month_of
from appliance.web.words import _, labels
from appliance.web.writing import shown, written

PATH, PAGE = "/caisse/asaco", "books/asaco.html"


@get(PATH, opt={"tab": "comptes", "level": "read"})
@in_reader
def newest(request: Request[Any, Any, Any], mois: str = "") -> Response[bytes]:
    """The statement of the month that ended last, or of the one asked for."""
    month = month_of(request, mois) if mois else Month.of(today_of(request)).plus(-1)
    return shown(request, PAGE, lambda ask, db: _view(ask, db, month))


@get(f"{PATH}/{{period:str}}/lignes", opt={"tab": "comptes", "level": "read"})
@in_reader
def rows(request: Request[Any, Any, Any], period: str, de: str) -> Response[bytes]:
    """The rows behind one figure of a statement."""
    month = Month.parse(period)
    with state_of(request).opened.reading() as db:
        return page(
            request, "books/asaco_rows.html", db, month=month, code=de, name=labels.STATEMENT.get(de, de),
            kinds={**labels.MOVEMENTS, **labels.ENTRIES}, label_of=label_of, **_rows(request, db, month, de),
        )  # fmt: skip


@post(f"{PATH}/{{period:str}}", opt={"tab": "comptes", "level": "write"})
async def freeze_month(request: Request[Any, Any, Any], period: str) -> Response[bytes] | Redirect:
    """Freeze and sign a month: the treasurer gives the own PIN again."""
    form = await read_form(request)  # the page's token is asked before its address is read
    month = Month.parse(period)
    return await _signed(request, month, "freeze-asaco", lambda unit, _: {"statement": freeze(unit, month)}, form)


@post(f"{PATH}/{{period:str}}/signer", opt={"tab": "comptes", "level": "read"})
async def sign_month(request: Request[Any, Any, Any], period: str) -> Response[bytes] | Redirect:
    """Co-sign a frozen month, by one's own function and PIN."""
    form = await read_form(request)  # the page's token is asked before its address is read
    month = Month.parse(period)

    def write(unit: Unit, _form: Form) -> dict[str, Any]:
        held = frozen(unit, month)
        if held is None:
            raise Refused("no-such-statement", statement=0)
        sign(unit, held.id)
        return {}

    return await _signed(request, month, "sign-asaco", write, form)


@get(f"{PATH}/{{period:str}}/pdf", opt={"tab": "comptes", "level": "read"})
async def paper(request: Request[Any, Any, Any], period: str) -> Response[bytes]:
    """The statement on A4."""
    month = Month.parse(period)

    def described() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            _require_counted(request, db, month)
            held = frozen(db, month)
            names = {role: staff.name_of(db, who) for role, who in held.signatures.items()} if held else {}
            return asaco_paper.paper_of(db, month, held, statement(db, month), names, today_of(request))

    content = await drawn_by_child(asaco_paper.MODULE, await asyncio.to_thread(described))
    return Response(
        content, media_type="application/pdf", headers={"content-disposition": f'inline; filename="asaco-{month}.pdf"'}
    )


async def _signed(
    request: Ask, month: Month, kind: str, write: Callable[[Unit, Form], dict[str, Any]], form: Form
) -> Response[bytes] | Redirect:
    """Run an act that whoever is signed in confirms by the own PIN."""

    async def signature() -> None:
        await signed_by(request, session_of(request).staff, form.raw("pin"))

    return await written(
        request, kind, PAGE, lambda ask, db: _view(ask, db, month), write, f"{PATH}?mois={month}", form=form, before=signature
    )  # fmt: skip


def _view(request: Ask, db: Database, month: Month) -> dict[str, Any]:
    _require_counted(request, db, month)
    held, session = frozen(db, month), session_of(request)
    made: Statement = held.statement if held else statement(db, month)
    return {
        "made": made, "held": held, "assets": ASSETS, "changes": CHANGES, "words": labels.STATEMENT, "label_of": label_of,
        "movements": labels.MOVEMENTS, "bearer": lambda code: _bearer(db, month, code), "is_over": month.last < today_of(request),
        "names": {role: staff.name_of(db, who) for role, who in held.signatures.items()} if held else {},
        "roles": labels.ROLES, "may_sign": bool(held) and session.staff not in held.signatures.values() if held else False,
        **around(request, month),
    }  # fmt: skip


def _bearer(db: Database, month: Month, code: str) -> str:
    """What a payer or who bears free care is called; sales from before the payers were kept bear no code."""
    return receivables.who_bears(db, code, month.last) or _("non précisé")


def _require_counted(request: Ask, db: Database, month: Month) -> None:
    """What lies in the tills now follows from the running month: not for who counts one blind."""
    if month.last >= today_of(request) and keeps_till(request, db):
        raise Refused("till-blind")


def _rows(request: Ask, db: Database, month: Month, code: str) -> dict[str, Any]:
    """Movements, entries or sums behind a figure; none bears a patient's name."""
    _require_counted(request, db, month)
    first, last = month.first, month.last
    if code in STOCK_OF or code in ("margin", "stock", "drc"):
        kinds = {"margin": ("dispense",), "stock": tuple(labels.MOVEMENTS), "drc": ("receipt", "return_to_supplier")}
        moves = valuation.movements_of(db, kinds.get(code) or STOCK_OF[code], first, last)
    else:
        moves = []
    asked = {
        "expenses": ("expense",), "income": ("income",), "opening": ("opening_balance",), "cash_variance": ("till_variance",),
        "drc": ("drc_payment", "opening_balance"),
    }  # fmt: skip
    found = book.entries(db, asked.get(code, ()), first, last)
    lines = book.lines(db, code, first, last) if code in ("till", "treasury", "bank", "mobile_money") else []
    eve = first - timedelta(days=1)
    sums = []
    if code == "patients":
        sums = [(eve, receivables.patients_owe(db, eve)), (last, receivables.patients_owe(db, last))]
    sales = (
        receivables.sales_of(db, code, first, last)
        if code in ("exemptions", "margin", "patients", "payers", "rounding")
        else []
    )
    cuts = receivables.cuts_of(db, first, last) if code in ("cuts", "payers") else []
    return {"moves": moves, "entries": found, "lines": lines, "sums": sums, "sales": sales, "cuts": cuts}


HANDLERS = [newest, rows, freeze_month, sign_month, paper]
