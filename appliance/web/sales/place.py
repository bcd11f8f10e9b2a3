"""From where somebody serves: the place that the page showed, or the one chosen last, or the depot."""

from __future__ import annotations

from typing import Any

from appliance.core.errors import Refused
from appliance.stock.places.repository import place_of, places, serving_place
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, session_of


def served_from(db: Database, request: Ask, form: Form | None) -> int:
    """The place to serve from; raises `Refused("place-not-serving")` when the page's place serves no more."""
    shown = form.raw("lieu") if form else ""
    if not shown:
        return place_of(db, session_of(request).staff)
    return serving_place(db, shown[:9])


def shown_from(db: Database, request: Ask, form: Form | None) -> int:
    """As `served_from`, for a page shown again: a place that serves no more is left for the one chosen last."""
    try:
        return served_from(db, request, form)
    except Refused:
        return served_from(db, request, None)


def serving_view(db: Database, here: int) -> dict[str, Any]:
    """What a page shows of it: the places that serve, when there are several, and the one that it serves from."""
    serving = [one for one in places(db) if one.serves]
    return {"serving": serving if len(serving) > 1 else [], "serves_from": here}
