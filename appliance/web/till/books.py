"""The cash book (brouillard): each account's rows of a month, and what moves money outside of sales."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.accounts import book, services
from appliance.billing.accounts.plan import label_of, plan
from appliance.billing.accounts.valuation import drc_debt
from appliance.billing.till import drawers
from appliance.core.errors import Refused
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.till.operations import amount, around, boxes, day, keeps_till, month_of
from appliance.web.words import labels
from appliance.web.writing import shown, written

BOOK, MONEY, SOLIDARITY = "/caisse/brouillard", "/caisse/tresor", "/caisse/solidarite"
ACCOUNTS = ("till", "treasury", "bank", "mobile_money", "solidarity")


@get(BOOK, opt={"tab": "comptes", "level": "read"})
@in_reader
def book_page(request: Request[Any, Any, Any], compte: str = "till", mois: str = "") -> Response[bytes]:
    """One account's book of a month, with what it held before and after each row."""
    account, month = compte if compte in ACCOUNTS else "till", month_of(request, mois)
    with state_of(request).opened.reading() as db:
        is_blind = account == "till" and keeps_till(request, db)
        held = 0 if is_blind else book.balance(db, account, month.first - timedelta(days=1))
        rows, running = [], held
        for line in () if is_blind else book.lines(db, account, month.first, month.last):
            running += line.amount_fcfa
            rows.append((line, running))
        return page(
            request, "books/book.html", db, account=account, accounts=[(key, label_of(key)) for key in ACCOUNTS], rows=rows,
            is_blind=is_blind, held=held, left=running, kinds=labels.ENTRIES, label_of=_side, plan=plan(), **around(request, month),
        )  # fmt: skip


@get(MONEY, opt={"tab": "comptes", "level": "read"})
@in_reader
def money_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where the money lies today, and the forms that move it."""
    return shown(request, "books/money.html", _money_view)


@post(f"{MONEY}/deplacer", opt={"tab": "comptes", "level": "write"})
async def move(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Carry money: to the bank and back, from mobile money, a float into a till."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        source, _, target = (form.choice("trajet", [t for t, _ in _routes()], required=True) or ":").partition(":")
        session = form.integer("caisse", required=True) if target == "till" else None
        sum_, on = amount(form), day(form)
        return {} if form.errors else {
            "entry": services.move_money(unit, source, target, sum_, on, document=form.raw("piece"), session=session)
        }  # fmt: skip

    return await written(request, "move-money", "books/money.html", _money_view, write, MONEY)


@post(f"{MONEY}/recette", opt={"tab": "comptes", "level": "write"})
async def income(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Money that is no sale: a subsidy, memberships."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        sum_, on = amount(form), day(form)
        account = form.choice("compte", [a.key for a in plan().of("income")], required=True) or ""
        into = form.choice("dans", [key for key, _ in boxes()], required=True) or ""
        return {} if form.errors else {
            "entry": services.receive_income(unit, account, into, sum_, on, document=form.raw("piece"), note=form.raw("libelle"))
        }  # fmt: skip

    return await written(request, "income", "books/money.html", _money_view, write, MONEY)


@post(f"{MONEY}/drc", opt={"tab": "comptes", "level": "write"})
async def drc(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Pay the DRC."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        sum_, on = amount(form), day(form)
        source = form.choice("de", [key for key, _ in boxes()], required=True) or ""
        return {} if form.errors else {"entry": services.pay_drc(unit, source, sum_, on, document=form.raw("piece"))}

    return await written(request, "pay-drc", "books/money.html", _money_view, write, MONEY)


@post(f"{MONEY}/depart", opt={"tab": "comptes", "level": "write"})
async def begin(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """What a box held, or what was owed to the DRC, when the books began."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        sum_, on = amount(form), day(form)
        account = form.choice("compte", [key for key, _ in _beginnings()], required=True) or ""
        return {} if form.errors else {"entry": services.begin_account(unit, account, sum_, on)}

    return await written(request, "begin-account", "books/money.html", _money_view, write, MONEY)


@get("/caisse/ecritures/{entry:int}", opt={"tab": "comptes", "level": "read"})
@in_reader
def entry_page(request: Request[Any, Any, Any], entry: int) -> Response[bytes]:
    """One entry, and undoing it."""
    return shown(request, "books/entry.html", lambda _, db: _entry_view(db, entry))


@post("/caisse/ecritures/{entry:int}/annuler", opt={"tab": "comptes", "level": "write"})
async def undo(request: Request[Any, Any, Any], entry: int) -> Response[bytes] | Redirect:
    """Undo an entry by its opposite."""
    return await written(
        request, "reverse-entry", "books/entry.html", lambda _, db: _entry_view(db, entry),
        lambda unit, form: {"entry": services.reverse_entry(unit, entry, form.raw("raison"))}, f"/caisse/ecritures/{entry}",
    )  # fmt: skip


@get(SOLIDARITY, opt={"tab": "comptes", "level": "read"})
@in_reader
def solidarity_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The solidarity fund: what it holds, what is to be repaid, its rows of the last year."""
    return shown(request, "books/solidarity.html", _solidarity_view)


@post(SOLIDARITY, opt={"tab": "comptes", "level": "write"})
async def solidarity_move(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """A contribution, an evacuation paid, an aid, a repayment."""

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        kind = form.choice("operation", list(services.SOLIDARITY), required=True) or ""
        sum_, on = amount(form), day(form)
        return {} if form.errors else {
            "entry": services.solidarity(unit, kind, sum_, on, document=form.raw("piece"), note=form.raw("libelle"))
        }  # fmt: skip

    return await written(request, "solidarity", "books/solidarity.html", _solidarity_view, write, SOLIDARITY)


def _side(key: str) -> str:
    """What stands on the other side of a row."""
    return labels.SIDES.get(key) or label_of(key)


def _routes() -> list[tuple[str, str]]:
    return [(f"{a}:{b}", labels.ENTRIES[kind]) for (a, b), kind in services.MOVES.items()]


def _beginnings() -> list[tuple[str, str]]:
    return [*boxes(), ("drc", label_of("drc"))]


def _money_view(request: Ask, db: Database) -> dict[str, Any]:
    today, is_blind = today_of(request), keeps_till(request, db)
    open_ = [(d.session, f"{d.name} · {staff.name_of(db, d.staff)}") for d in drawers.open_drawers(db)]
    return {
        "balances": [(key, label_of(key), held) for key, held in book.cash_balances(db, today).items() if not (is_blind and key == "till")],
        "owed": drc_debt(db, today), "routes": _routes(), "boxes": boxes(), "beginnings": _beginnings(),
        "incomes": [(a.key, a.label) for a in plan().of("income")], "open_tills": open_, "plan": plan(),
    }  # fmt: skip


def _entry_view(db: Database, key: int) -> dict[str, Any]:
    held = book.entry(db, key)
    if held is None:
        raise Refused("no-such-entry", entry=key)
    return {"held": held, "label_of": _side, "kinds": labels.ENTRIES}


def _solidarity_view(request: Ask, db: Database) -> dict[str, Any]:
    today = today_of(request)
    kinds = tuple(f"solidarity_{kind}" for kind in services.SOLIDARITY)
    return {
        "held": book.balance(db, "solidarity", today), "lent": book.balance(db, "solidarity_loans", today),
        "rows": book.entries(db, kinds, today - timedelta(days=366), today)[::-1], "kinds": labels.ENTRIES,
        "operations": [(kind, labels.ENTRIES[f"solidarity_{kind}"]) for kind in services.SOLIDARITY],
    }  # fmt: skip


HANDLERS = [book_page, money_page, move, income, drc, begin, entry_page, undo, solidarity_page, solidarity_move]
