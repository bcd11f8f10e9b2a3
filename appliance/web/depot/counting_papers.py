"""The papers of counts, to print from the page and as PDF: fiche d'inventaire and PV d'écarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.counting import paper, repository
from appliance.stock.counting.model import CountStatus
from appliance.storage import Database
from appliance.web.depot.counting import READ
from appliance.web.depot.counting_view import PATH
from appliance.web.depot.order_papers import DRAWING, download
from appliance.web.pages import Ask, page, state_of
from appliance.web.reading import in_reader


@get(f"{PATH}/{{count:int}}/fiche", opt=READ)
@in_reader
def sheet(request: Request[Any, Any, Any], count: int) -> Response[bytes]:
    """The fiche d'inventaire as it prints: without a figure of the ledger."""
    return _printed(request, count, paper.sheet_paper, "fiche")


@get(f"{PATH}/{{count:int}}/fiche/pdf", opt=READ)
async def sheet_pdf(request: Request[Any, Any, Any], count: int) -> Response[bytes]:
    """The fiche d'inventaire as PDF."""
    return await _drawn(request, count, paper.sheet_paper, f"inventaire-{count}")


@get(f"{PATH}/{{count:int}}/pv", opt=READ)
@in_reader
def report(request: Request[Any, Any, Any], count: int) -> Response[bytes] | Redirect:
    """The PV d'écarts as it prints."""
    return _printed(request, count, _variances, "pv")


@get(f"{PATH}/{{count:int}}/pv/pdf", opt=READ)
async def report_pdf(request: Request[Any, Any, Any], count: int) -> Response[bytes]:
    """The PV d'écarts as PDF."""
    return await _drawn(request, count, _variances, f"ecarts-{count}")


def _variances(db: Database, count: int) -> dict[str, Any]:
    """The PV of a count whose both counts are done; raises `Refused("count-not-compared")` before that."""
    head = repository.head(db, count)
    if head.status not in (CountStatus.COMPARED, CountStatus.FINALISED):
        raise Refused("count-not-compared", number=head.number)
    return paper.variances_paper(db, count)


def _printed(request: Ask, count: int, made: Callable[[Database, int], dict[str, Any]], name: str) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return page(
            request, "depot/orders/paper.html", db, paper=made(db, count), back=f"{PATH}/{count}",
            files=f"{PATH}/{count}/{name}",
        )  # fmt: skip


async def _drawn(
    request: Ask, count: int, made: Callable[[Database, int], dict[str, Any]], name: str
) -> Response[bytes]:
    from appliance.core.printing.child import drawn_by_child

    def describe() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return made(db, count)

    return download(await drawn_by_child(DRAWING, await asyncio.to_thread(describe)), "application/pdf", f"{name}.pdf")


HANDLERS = [sheet, sheet_pdf, report, report_pdf]
