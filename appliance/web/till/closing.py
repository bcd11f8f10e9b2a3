"""Closing a till: counted blind, then the difference with its reason, then what is handed over.

The page of the count shows nothing that was taken; only once a count is saved does the next page say what was expected.
A cashier closes another's drawer (the night's takings) with that person beside: the giver signs with the own PIN, and
the money goes into the cashier's till.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.till import drawers
from appliance.billing.till.coins import coins
from appliance.billing.till.drawers import Drawer
from appliance.billing.till.sessions import close_till, count_till
from appliance.core.errors import Refused
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, sees, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.staff.signing import may_sign, signed_by
from appliance.web.till.counting import counted
from appliance.web.till.operations import keeps_till
from appliance.web.words import _, labels
from appliance.web.writing import stop_on_errors, written

PATH = "/caisse/cloture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who takes the money, how much of it, and into which till (None: the treasurer's box)."""

    amount: int = 0
    receiver: int | None = None
    receiver_session: int | None = None


@get(PATH, opt={"tab": "caisse", "level": "write"})
@in_reader
def own_count_page(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """The count of the till that one keeps."""
    with state_of(request).opened.reading() as db:
        mine = drawers.open_of(db, session_of(request).staff)
        if mine is None:
            return page(request, "till/none.html", db, others=_others(request, db))
        return page(request, "till/count.html", db, **_count_view(request, db, mine))


@get(f"{PATH}/{{till_session:int}}", opt={"tab": "caisse", "level": "write"})
@in_reader
def count_page(request: Request[Any, Any, Any], till_session: int) -> Response[bytes]:
    """The count of a drawer, one's own or that of whoever hands it over."""
    with state_of(request).opened.reading() as db:
        return page(request, "till/count.html", db, **_count_view(request, db, _open(db, till_session)))


@post(f"{PATH}/{{till_session:int}}/compter", opt={"tab": "caisse", "level": "write"})
async def count(request: Request[Any, Any, Any], till_session: int) -> Response[bytes] | Redirect:
    """Save the count. From here on what was expected may be seen."""
    form = await read_form(request)
    pieces = counted(form)

    def write(unit: Unit, _form: Form) -> dict[str, Any]:
        count_till(unit, till_session, pieces)
        return {}

    def view(ask: Ask, db: Database) -> dict[str, Any]:
        return _count_view(ask, db, _open(db, till_session))

    path = f"{PATH}/{till_session}/ecart"
    return await written(request, "count-till", "till/count.html", view, write, path, said="", form=form)


@get(f"{PATH}/{{till_session:int}}/ecart", opt={"tab": "caisse", "level": "write"})
@in_reader
def difference_page(request: Request[Any, Any, Any], till_session: int) -> Response[bytes] | Redirect:
    """What was counted beside what was expected, and the closing."""
    with state_of(request).opened.reading() as db:
        drawer = drawers.drawer(db, till_session)
        if drawer is not None and not drawer.is_open:
            return to(f"/caisse/sessions/{till_session}")
        if drawer is None or drawers.last_count(db, till_session) is None:
            return to(f"{PATH}/{till_session}")
        return page(request, "till/difference.html", db, **_difference_view(request, db, drawer))


@post(f"{PATH}/{{till_session:int}}", opt={"tab": "caisse", "level": "write"})
async def close(request: Request[Any, Any, Any], till_session: int) -> Response[bytes] | Redirect:
    """Close with the last count: the reason of a difference, the money handed over, who signs for it."""
    form, signed = await read_form(request), Signed()

    async def signature() -> None:
        nonlocal signed
        signed = await _signed(request, till_session, form)

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        closed = close_till(
            unit, till_session, form.raw("raison"), hand_over_fcfa=signed.amount, receiver=signed.receiver,
            receiver_session=signed.receiver_session,
        )  # fmt: skip
        return {"left": closed.left_fcfa}

    def view(ask: Ask, db: Database) -> dict[str, Any]:
        drawer = _open(db, till_session)
        if drawers.last_count(db, till_session) is None:
            raise Refused("till-not-counted", session=till_session)
        return _difference_view(ask, db, drawer)

    return await written(
        request, "close-till", "till/difference.html", view, write, f"/caisse/sessions/{till_session}",
        said="caisse-close", form=form, before=signature,
    )  # fmt: skip


@get("/caisse/sessions/{till_session:int}", opt={"tab": "caisse", "level": "read"})
@in_reader
def paper(request: Request[Any, Any, Any], till_session: int) -> Response[bytes]:
    """The closing on paper: pieces, expected and counted, difference and reason, every franc that moved."""
    with state_of(request).opened.reading() as db:
        drawer = drawers.drawer(db, till_session)
        if drawer is None:
            raise Refused("no-such-till", till=till_session)
        # The franc count of an open drawer is for the treasurer: whoever keeps a till counts blind, the head too.
        is_shown = not drawer.is_open or (sees(request, db, "comptes") and not keeps_till(request, db))
        counts = [c for c in drawers.counts(db, till_session) if is_shown or c.kind == "opening"]
        given = [h for h in drawers.handovers(db) if till_session in (h.session, h.receiver_session)]
        return page(
            request, "till/session.html", db, drawer=drawer, keeper=staff.name_of(db, drawer.staff), counts=counts,
            coins=coins(), moves=drawers.moves(db, till_session) if is_shown else [], is_shown=is_shown, given=given,
            names={who: staff.name_of(db, who) for h in given for who in (h.giver, h.receiver)},
            means=drawers.by_means(db, till_session) if is_shown else {}, expected=drawers.expected(db, till_session),
            kinds={**labels.ENTRIES, **labels.TILL_MOVES}, means_names=labels.MEANS,
        )  # fmt: skip


async def _signed(request: Ask, till_session: int, form: Form) -> Signed:
    """What is handed over at a closing and who signed for it; the giver's PIN when the drawer is another's."""
    state, me = state_of(request), session_of(request).staff

    def read() -> tuple[Drawer | None, Drawer | None, int, list[int]]:
        with state.opened.reading() as db:
            last = drawers.last_count(db, till_session)
            receivers = [m.id for m in may_sign(request, db, "comptes")]
            mine = drawers.open_of(db, me)
            return drawers.drawer(db, till_session), mine, last.counted_fcfa if last else 0, receivers

    drawer, mine, found, receivers = await asyncio.to_thread(read)
    if drawer is None or not drawer.is_open:
        raise Refused("till-not-open", session=till_session)
    if drawer.staff not in (me, None):
        if mine is None and found:
            raise Refused("till-yours-needed")
        await signed_by(request, drawer.staff, form.raw("pin"))
        return Signed(amount=found, receiver=me, receiver_session=mine.session if mine else None)
    amount = form.integer("remise", high=1_000_000_000)
    stop_on_errors(form)
    if not amount:
        return Signed()
    receiver = form.integer("receveur", required=True)
    if receiver not in receivers:
        form.errors["receveur"] = _("Choisissez qui reçoit l'argent.")
    stop_on_errors(form)
    await signed_by(request, receiver or 0, form.raw("pin"))
    return Signed(amount=amount, receiver=receiver)


def _open(db: Database, till_session: int) -> Drawer:
    drawer = drawers.drawer(db, till_session)
    if drawer is None or not drawer.is_open:
        raise Refused("till-not-open", session=till_session)
    return drawer


def _others(request: Ask, db: Database) -> list[tuple[Drawer, str]]:
    """The open drawers of other people."""
    me = session_of(request).staff
    return [(d, staff.name_of(db, d.staff)) for d in drawers.open_drawers(db) if d.staff != me]


def _count_view(request: Ask, db: Database, drawer: Drawer) -> dict[str, Any]:
    return {
        "drawer": drawer, "keeper": staff.name_of(db, drawer.staff), "coins": coins(), "others": _others(request, db),
        "is_mine": drawer.staff in (None, session_of(request).staff),
    }  # fmt: skip


def _difference_view(request: Ask, db: Database, drawer: Drawer) -> dict[str, Any]:
    last, me = drawers.last_count(db, drawer.session), session_of(request).staff
    return {
        "drawer": drawer, "keeper": staff.name_of(db, drawer.staff), "last": last, "coins": coins(),
        "is_mine": drawer.staff in (None, me), "mine": drawers.open_of(db, me),
        "is_stale": last is not None and last.expected_fcfa != drawers.expected(db, drawer.session),
        "tries": sum(c.kind == "closing" for c in drawers.counts(db, drawer.session)),
        "receivers": [(m.id, m.name) for m in may_sign(request, db, "comptes") if m.id != me],
    }  # fmt: skip


HANDLERS = [own_count_page, count_page, count, difference_page, close, paper]
