"""The cold chain's first page: each fridge read in a number and a tap, what is out of the band and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.cold_chain import monitors, repository, temperatures
from appliance.stock.cold_chain.excursions import excursions, missed
from appliance.stock.cold_chain.policy import policy
from appliance.stock.ledger.repository import is_vvm_ranked
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form
from appliance.web.words import _
from appliance.web.words.cold import EQUIPMENT_KINDS, EXPOSURES, PAGES, duration

PATH = "/depot/froid"
LOWEST, HIGHEST = -90, 70


def local_now(request: Ask) -> datetime:
    """Now in Mali (UTC), without a zone, as hours are written on the sheet."""
    return state_of(request).opened.clock.now().datetime.replace(tzinfo=None)


@get(PATH, opt={"tab": "froid", "level": "read"})
@in_reader
def cold(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every fridge with its readings of today, alarms, and what was missed."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/cold/today.html", db, **_today(request, db))


@post(f"{PATH}/releve", opt={"tab": "froid", "level": "write"})
async def note(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Write one reading; it is saved whatever it says, and an alarm is then told on the page."""
    form = await read_form(request)
    tenths, equipment = _tenths(form), form.integer("appareil", required=True)
    moment = form.choice("moment", [*(m.code for m in policy().moments), "extra"], required=True)
    on, hour = form.day("le"), form.hour("heure")

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors or tenths is None or equipment is None or moment is None:
            raise Refused("form")
        return {
            "reading": temperatures.note_temperature(
                unit, equipment, moment, tenths, on=on, hour=hour, is_alarm=form.ticked("alarme"), measure=form.raw("action")[:300],
            )
        }  # fmt: skip

    back = f"{PATH}/fiche?appareil={equipment}&mois={Month.of(on)}" if on and on != today_of(request) else PATH
    return await act_on(request, form, "note-temperature", write, back, "depot/cold/today.html", _today)


@post(f"{PATH}/action", opt={"tab": "froid", "level": "write"})
async def measure(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Say what was done about a reading out of the band."""
    form = await read_form(request)
    reading = form.integer("releve", required=True)

    def write(unit: Unit) -> dict[str, Any]:
        if reading is None:
            raise Refused("form")
        return {"reading": temperatures.note_measure(unit, reading, form.raw("action"))}

    return await act_on(request, form, "note-measure", write, PATH, "depot/cold/today.html", _today)


@get(f"{PATH}/fiche", opt={"tab": "froid", "level": "read"})
@in_reader
def sheet(request: Request[Any, Any, Any], appareil: int | None = None, mois: str = "") -> Response[bytes]:
    """The paper "Fiche de température" of a fridge and a month: twice a day, alarm, action, who."""
    today = today_of(request)
    month = Month.parse(mois) if mois else Month.of(today)
    with state_of(request).opened.reading() as db:
        fridges = repository.equipment(db, with_retired=True)
        chosen = next((one for one in fridges if one.id == appareil), fridges[0] if fridges else None)
        read = repository.readings(db, chosen.id, month.first, month.last) if chosen else []
        first = repository.first_reading(db, chosen.id) if chosen else None
        since = max(first, month.first) if first else None
        end = datetime.combine(month.last, datetime.max.time()) if month.last < today else local_now(request)
        gone = missed(read, since, end, policy().moments) if since else []
        return page(
            request, "depot/cold/sheet.html", db, fridges=fridges, chosen=chosen, month=month, before=month.plus(-1),
            after=month.plus(1) if month < Month.of(today) else None, days=_days(month, read), runs=excursions(read),
            missed={(day, moment.code) for day, moment in gone}, moments=policy().moments, now=local_now(request), here_page=f"{PATH}/fiche",
            pages=PAGES, exposures=EXPOSURES, duration=duration,
        )  # fmt: skip


def _days(month: Month, read: list[Any]) -> list[tuple[date, dict[str, Any], list[Any]]]:
    days = [month.first.replace(day=n) for n in range(1, month.days + 1)]
    return [
        (
            day,
            {r.moment: r for r in read if r.occurred_on == day and r.moment != "extra"},
            [r for r in read if r.occurred_on == day and r.moment == "extra"],
        )
        for day in days
    ]


@get(f"{PATH}/appareils", opt={"tab": "froid", "level": "read"})
@in_reader
def fridges(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The fridges of the centre and their bands, and how the monitors rank."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/cold/equipment.html", db, **_fridges(request, db))


@post(f"{PATH}/appareils", opt={"tab": "froid", "level": "write"})
async def keep_fridge(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Add a fridge, or change one."""
    form = await read_form(request)
    key, kind = form.integer("appareil"), form.choice("nature", list(EQUIPMENT_KINDS), default="refrigerator")
    low, high = _tenths(form, "bas"), _tenths(form, "haut")

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors or kind is None:
            raise Refused("form")
        if key is None:
            return {"equipment": temperatures.add_equipment(unit, form.raw("nom"), kind, low, high)}
        band = low if low is not None else policy().low_tenths, high if high is not None else policy().high_tenths
        temperatures.change_equipment(unit, key, form.raw("nom"), kind, *band, is_active=not form.ticked("retire"))
        return {"equipment": key}

    return await act_on(
        request, form, "cold-equipment", write, f"{PATH}/appareils", "depot/cold/equipment.html", _fridges
    )


@post(f"{PATH}/rang", opt={"tab": "froid", "level": "write"})
async def rank(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Choose whether a monitor that went further goes before an expiry."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        monitors.set_ranked(unit, form.raw("rang") == "pcv")
        return {}

    return await act_on(
        request, form, "rank-monitors", write, f"{PATH}/appareils", "depot/cold/equipment.html", _fridges
    )


async def act_on(
    request: Ask, form: Form, kind: str, write: Callable[[Unit], dict[str, Any]], back: str, template: str,
    view: Callable[[Ask, Database], dict[str, Any]], said: str = "enregistre",
) -> Response[bytes] | Redirect:  # fmt: skip
    """Run a form of these pages; refused, its page is shown again with what was typed. One page holds several forms."""
    opened = state_of(request).opened
    try:
        done = await opened.act(kind, session_of(request).actor, write, key=act_key(request, form), body=form.plain())
    except Refused as fault:
        if fault.code.startswith("no-such"):
            raise
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with opened.reading() as db:
                return refused(request, template, db, form, shown, **view(request, db))

        return await asyncio.to_thread(again)
    return to(back, "deja" if done.repeated else said)


def _today(request: Ask, db: Database) -> dict[str, Any]:
    now = local_now(request)
    current = next((m.code for m in reversed(policy().moments) if f"{now:%H:%M}" >= m.since), policy().moments[0].code)
    return {
        "fridges": temperatures.state_of_fridges(db, now), "moments": policy().moments, "current": current, "now": now,
        "exposures": EXPOSURES, "duration": duration, "instructions": policy().instructions, "vials": repository.open_vials(db), "here_page": PATH, "pages": PAGES,
    }  # fmt: skip


def _fridges(_request: Ask, db: Database) -> dict[str, Any]:
    return {
        "fridges": repository.equipment(db, with_retired=True), "kinds": EQUIPMENT_KINDS, "policy": policy(),
        "is_ranked": is_vvm_ranked(db), "here_page": f"{PATH}/appareils", "pages": PAGES,
    }  # fmt: skip


def _tenths(form: Form, name: str = "degres") -> int | None:
    """Degrees as typed (4,5 or -0,5) in tenths; a keypad without a minus ticks "below zero"."""
    text = form.raw(name).replace("−", "-").replace(" ", "")
    if not text:
        if name == "degres":
            form.errors[name] = _("À remplir.")
        return None
    below = text.startswith("-") or form.ticked(f"{name}_sous_zero")
    alone = Form({name: [text.removeprefix("-")]})
    value = alone.scaled(name, 10, high=HIGHEST if not below else -LOWEST)
    form.errors.update(alone.errors)
    return None if value is None else -value if below else value


HANDLERS = [cold, note, measure, sheet, fridges, keep_fridge, rank]
