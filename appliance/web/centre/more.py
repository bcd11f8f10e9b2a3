"""On a phone the rail has room for four tabs; the others stand on this page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from appliance.web.pages import page, state_of
from appliance.web.reading import in_reader


@get("/plus", opt={"own": True})
@in_reader
def more(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every tab that this person may open, as a list of large links."""
    with state_of(request).opened.reading() as db:
        return page(request, "more.html", db)


HANDLERS = [more]
