"""A broken cold chain: the lots it touched in one form, one act and one paper."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.cold_chain import incidents, repository
from appliance.stock.cold_chain.incidents import Touched
from appliance.storage import Database, Unit
from appliance.web.depot.cold import PATH, act_on
from appliance.web.pages import Ask, page, state_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words import _
from appliance.web.words.cold import EXPOSURES, LOT_STATUSES, PAGES, SENSITIVITIES

HERE, TEMPLATE = f"{PATH}/incidents", "depot/cold/incidents.html"


@get(HERE, opt={"tab": "froid", "level": "read"})
@in_reader
def incidents_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What was declared, and a new incident with every lot of the cold chain."""
    with state_of(request).opened.reading() as db:
        return page(request, TEMPLATE, db, **_view(request, db))


@post(HERE, opt={"tab": "froid", "level": "write"})
async def declare(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Write the incident, its losses and the lots set aside, whole or not at all."""
    form = await read_form(request)
    exposure, equipment = form.choice("exposition", list(EXPOSURES), required=True), form.integer("appareil")

    def write(unit: Unit) -> dict[str, Any]:
        touched = []
        for lot in repository.cold_lots(unit):
            name = f"perdu-{lot.lot}-{lot.place}"
            lost = form.integer(name, high=10_000_000) or 0
            if lost > lot.quantity:
                form.errors[name] = _("Il n'y en a que %(n)d.") % {"n": lot.quantity}
            aside = form.ticked(f"cote-{lot.lot}-{lot.place}")
            if lost or aside:
                touched.append(Touched(lot=lot.lot, place=lot.place, lost=lost, is_set_aside=aside))
        if form.errors or exposure is None:
            raise Refused("form")
        note = form.raw("note")
        return {
            "incident": incidents.declare(unit, exposure, note, touched, equipment=equipment, committee=form.raw("comite"))
        }  # fmt: skip

    return await act_on(request, form, "cold-incident", write, HERE, TEMPLATE, _view)


@get(f"{HERE}/{{incident:int}}", opt={"tab": "froid", "level": "read"})
@in_reader
def paper(request: Request[Any, Any, Any], incident: int) -> Response[bytes]:
    """The procès-verbal of an incident, to print and to sign."""
    with state_of(request).opened.reading() as db:
        held = incidents.incident(db, incident)
        return page(request, "depot/cold/incident.html", db, i=held, exposures=EXPOSURES)


def _view(request: Ask, db: Database) -> dict[str, Any]:
    asked = str(request.query_params.get("exposition", ""))
    return {
        "incidents": incidents.incidents(db), "lots": repository.cold_lots(db), "exposures": EXPOSURES,
        "exposure": asked if asked in EXPOSURES else "heat", "equipment": str(request.query_params.get("appareil", "")),
        "fridges": [(e.id, e.name) for e in repository.equipment(db)], "sensitivities": SENSITIVITIES,
        "statuses": LOT_STATUSES, "here_page": HERE, "pages": PAGES,
    }  # fmt: skip


HANDLERS = [incidents_page, declare, paper]
