"""The bon de commande: to print from the page, as PDF to sign and send, as CSV for a machine on the other side."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get

from appliance.stock.orders import paper
from appliance.web.depot.orders import PATH
from appliance.web.pages import page, state_of
from appliance.web.reading import in_reader

DRAWING = "appliance.stock.paper_drawing"


@get(f"{PATH}/{{order:int}}/papier", opt={"tab": "depot", "level": "read"})
@in_reader
def printed(request: Request[Any, Any, Any], order: int) -> Response[bytes]:
    """The order as it prints."""
    with state_of(request).opened.reading() as db:
        described = paper.order_paper(db, order)
        return page(
            request, "depot/orders/paper.html", db, paper=described, back=f"{PATH}/{order}", files=f"{PATH}/{order}"
        )


@get(f"{PATH}/{{order:int}}/pdf", opt={"tab": "depot", "level": "read"})
async def pdf(request: Request[Any, Any, Any], order: int) -> Response[bytes]:
    """The order as PDF, drawn by a short-lived child without the key."""
    from appliance.core.printing.child import drawn_by_child

    def describe() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return paper.order_paper(db, order)

    described = await asyncio.to_thread(describe)
    content = await drawn_by_child(DRAWING, described)
    return download(content, "application/pdf", f"{described['number']}.pdf")


@get(f"{PATH}/{{order:int}}/csv", opt={"tab": "depot", "level": "read"})
@in_reader
def table(request: Request[Any, Any, Any], order: int) -> Response[bytes]:
    """The order as CSV (UTF-8 with its mark, so that a spreadsheet reads the accents)."""
    with state_of(request).opened.reading() as db:
        number, text = paper.order_paper(db, order)["number"], paper.order_csv(db, order)
    return download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"{number}.csv", saved=True)


def download(content: bytes, media: str, name: str, *, saved: bool = False) -> Response[bytes]:
    """A file: shown in the tab, or saved."""
    how = "attachment" if saved else "inline"
    return Response(content, media_type=media, headers={"Content-Disposition": f"{how}; filename={name}"})


HANDLERS = [printed, pdf, table]
