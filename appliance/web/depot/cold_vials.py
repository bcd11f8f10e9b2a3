"""Open vials with their clocks, the monitors of lots, and the doses wasted (rule V) with the vials behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.cold_chain import monitors, repository, sessions, vials
from appliance.stock.cold_chain.policy import policy
from appliance.stock.cold_chain.wastage import wastage
from appliance.storage import Database, Unit
from appliance.web.depot.cold import PATH, act_on
from appliance.web.pages import Ask, page, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.words import _
from appliance.web.words.cold import LOT_STATUSES, PAGES, SENSITIVITIES, STRATEGIES, duration

VIALS = "depot/cold/vials.html"
SESSIONS_NEAR = timedelta(days=7)


@get(f"{PATH}/flacons", opt={"tab": "froid", "level": "read"})
@in_reader
def open_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What is open, how long it may be used, and what may be opened."""
    with state_of(request).opened.reading() as db:
        return page(request, VIALS, db, **_vials(request, db))


@post(f"{PATH}/flacons", opt={"tab": "froid", "level": "write"})
async def open_some(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Open vials of a lot."""
    form = await read_form(request)
    lot, _sep, place = form.raw("lot").partition("-")
    count, session = form.integer("flacons", required=True, low=1, high=vials.VIALS_MAX), form.integer("seance")
    if not (lot.isdecimal() and place.isdecimal() and len(lot) < 10 and len(place) < 10):
        form.errors["lot"] = _("Choisissez dans la liste.")

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors or count is None:
            raise Refused("form")
        return {"opening": vials.open_vials(unit, int(lot), int(place), count, session)}

    return await act_on(request, form, "open-vials", write, f"{PATH}/flacons", VIALS, _vials)


@post(f"{PATH}/flacons/fin", opt={"tab": "froid", "level": "write"})
async def end(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """The end of a session: doses given of each open vial; what may not be kept is thrown away and counted."""
    form = await read_form(request)
    given: dict[int, int] = {}
    for name in form.typed:
        key = name.removeprefix("donne-")
        if name.startswith("donne-") and key.isdecimal() and len(key) < 10:
            doses = form.integer(name, high=100_000)
            if doses is not None:
                given[int(key)] = doses

    def write(unit: Unit) -> dict[str, Any]:
        for key, doses in given.items():
            held = repository.opening(unit, key)
            if held is None:
                raise Refused("no-such-vial", opening=key)
            if doses > held.left:
                form.errors[f"donne-{key}"] = _("Il ne reste que %(n)d doses.") % {"n": held.left}
        if form.errors:
            raise Refused("form")
        return {"wasted": vials.end_session(unit, given)}

    return await act_on(request, form, "end-session", write, f"{PATH}/flacons", VIALS, _vials)


@post(f"{PATH}/flacons/{{opening:int}}/jeter", opt={"tab": "froid", "level": "write"})
async def throw(request: Request[Any, Any, Any], opening: int) -> Response[bytes] | Redirect:
    """Throw away what is left of an opening, or undo one that was typed wrongly."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        if form.raw("raison") == "annuler":
            vials.undo_opening(unit, opening, "ouverture notée par erreur")
            return {"undone": opening}
        return {"wasted": vials.discard(unit, opening, form.raw("raison"))}

    return await act_on(request, form, "discard-vials", write, f"{PATH}/flacons", VIALS, _vials)


@get(f"{PATH}/pcv", opt={"tab": "froid", "level": "read"})
@in_reader
def monitor_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every lot of the cold chain with the stage of its monitor."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/cold/monitors.html", db, **_monitors(request, db))


@post(f"{PATH}/pcv", opt={"tab": "froid", "level": "write"})
async def monitor(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Write the stage of a lot; a spoiled one is set aside everywhere."""
    form = await read_form(request)
    lot, stage = form.integer("lot", required=True), form.integer("stade", required=True, low=1, high=4)

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors or lot is None or stage is None:
            raise Refused("form")
        return {"reading": monitors.read_monitor(unit, lot, stage)}

    return await act_on(request, form, "read-monitor", write, f"{PATH}/pcv", "depot/cold/monitors.html", _monitors)


@get(f"{PATH}/pertes", opt={"tab": "froid", "level": "read"})
@in_reader
def wasted(request: Request[Any, Any, Any], annee: int | None = None) -> Response[bytes]:
    """Doses wasted by vaccine, cumulative from January, each with the vials behind it."""
    today = today_of(request)
    year = annee if annee and 2000 <= annee <= today.year else today.year
    with state_of(request).opened.reading() as db:
        found = []
        for vaccine in policy().vaccines.values():
            product = catalogue.by_code(db, vaccine.product)
            rows = wastage(repository.doses_by_month(db, product.id, year)) if product else []
            if product and rows:
                days = repository.vial_days(db, product.id, year)
                found.append((vaccine.antigen, vaccine.product, rows, days))
        return page(
            request, "depot/cold/wastage.html", db, vaccines=found, year=year, names={n: Month(year, n) for n in range(1, 13)}, here_page=f"{PATH}/pertes",
            pages=PAGES,
        )  # fmt: skip


def _vials(request: Ask, db: Database) -> dict[str, Any]:
    today = today_of(request)
    usable = [
        lot
        for lot in repository.cold_lots(db)
        if lot.vaccine and lot.status == "usable" and lot.expires_on >= today and lot.quantity >= lot.pack_units
        and lot.stage < policy().vvm_unusable_from
    ]  # fmt: skip
    near = sessions.sessions(db, today - SESSIONS_NEAR, today)
    return {
        "vials": repository.open_vials(db), "reasons": policy().discard_reasons, "duration": duration,
        "lots": [
            (
                f"{lot.lot}-{lot.place}",
                _("%(label)s · lot %(lot)s · %(n)d flacons")
                % {"label": lot.label, "lot": lot.number, "n": lot.quantity // lot.pack_units},
            )
            for lot in usable
        ],
        "session_options": [
            (s.id, f"{s.occurred_on:%d/%m} {STRATEGIES[s.strategy]} {s.village_name}".strip())
            for s in reversed(near)
            if s.status != "cancelled"
        ],
        "here_page": f"{PATH}/flacons", "pages": PAGES,
    }  # fmt: skip


def _monitors(_request: Ask, db: Database) -> dict[str, Any]:
    return {
        "lots": repository.cold_lots(db), "sensitivities": SENSITIVITIES, "statuses": LOT_STATUSES,
        "here_page": f"{PATH}/pcv", "pages": PAGES,
    }  # fmt: skip


HANDLERS = [open_page, open_some, end, throw, monitor_page, monitor, wasted]
