"""Sending: what waits, what DHIS2 said beside the thing refused, the link, and what its names leave unmatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.reports.closing.model import ReportCell
from appliance.reports.form import form as report_form
from appliance.storage import Database
from appliance.sync import link as links
from appliance.sync.cells import cells_of
from appliance.sync.dhis2 import mapping
from appliance.sync.outbox import repository, services
from appliance.sync.outbox.repository import Item
from appliance.sync.reports import of_item, prepare
from appliance.web.pages import page, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key

FORMS = ("RMA", "CRGS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refused value: the cell it came from, and what the server said."""

    cell: ReportCell | None
    label: str
    code: str
    text: str


@get("/envois", opt={"tab": "envois", "level": "read"})
@in_reader
def outbox_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What waits and what was answered."""
    with state_of(request).opened.reading() as db:
        items = repository.latest(db, 60)
        traffic = db.all(
            "SELECT substr(day, 1, 7), purpose, sum(bytes_out), sum(bytes_in), sum(requests) FROM traffic"
            " GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT 12"
        )
        return page(
            request, "exchange/outbox.html", db, items=items, paused=links.paused(db), link=links.get(db),
            server=links.server(db), traffic=traffic,
        )  # fmt: skip


@get("/envois/{item:int}", opt={"tab": "envois", "level": "read"})
@in_reader
def item_page(request: Request[Any, Any, Any], item: int) -> Response[bytes]:
    """One sending: each step, each refusal beside its cell."""
    with state_of(request).opened.reading() as db:
        held = repository.get(db, item)
        if held is None:
            raise Refused("no-such-item", item=item)
        prepared = prepare(db, of_item(db, held))
        return page(
            request, "exchange/item.html", db, item=held, attempts=repository.attempts(db, item),
            refusals=_refusals(db, held), unmapped=len(prepared.unmapped), misfits=prepared.misfits,
            values=len(prepared.values), path="/rapports/" + held.subject.replace(":", "/"),
        )  # fmt: skip


@post("/envois/{item:int}/relancer", opt={"tab": "envois", "level": "write"})
async def again(request: Request[Any, Any, Any], item: int) -> Redirect:
    """Send again; composed anew when the record or the mapping changed."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        if form.ticked("sans_les_refus"):
            services.accept_refusals(unit, item)
        else:
            services.send_again(unit, item, recompose=True)
        return {"item": item}

    await state_of(request).opened.act(
        "send-again", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    state_of(request).on_outbox()
    return to(f"/envois/{item}", "envoi")


@post("/envois/maintenant", opt={"tab": "envois", "level": "write"})
async def now(request: Request[Any, Any, Any]) -> Redirect:
    """Try at once: a person has acted."""
    await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        links.resume(unit)
        return {}

    await state_of(request).opened.act("sync-now", session_of(request).actor, write)
    state_of(request).on_outbox()
    return to("/envois", "envoi")


@get("/envois/liaison", opt={"tab": "envois", "level": "write"})
@in_reader
def link_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where and as whom; a secret is never shown again."""
    with state_of(request).opened.reading() as db:
        return page(request, "exchange/link.html", db, link=links.get(db), forms=FORMS)


@post("/envois/liaison", opt={"tab": "envois", "level": "write"})
async def set_link(request: Request[Any, Any, Any]) -> Redirect:
    """Set the link; an empty secret keeps the one held."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        held = links.get(unit)
        token = form.raw("jeton_acces") or (held.token if held and not form.raw("compte") else "")
        links.set_link(
            unit,
            links.Link(
                base_url=form.raw("adresse"), username=form.raw("compte"),
                password=form.raw("mot_de_passe") or (held.password if held else ""), token=token,
                org_unit=form.raw("structure"), data_sets={f: form.raw(f"jeu-{f}") or f for f in FORMS},
            ),
        )  # fmt: skip
        return {}

    await state_of(request).opened.act("set-link", session_of(request).actor, write)
    state_of(request).on_outbox()
    return to("/envois", "enregistre")


@get("/envois/correspondance", opt={"tab": "envois", "level": "read"})
@in_reader
def mapping_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Which of our cells have a name at DHIS2, and which don't."""
    with state_of(request).opened.reading() as db:
        shown = []
        for code in FORMS:
            targets = mapping.targets(db, code)
            cells = cells_of(db, code)
            missing: dict[str, int] = {}
            for one in cells:
                if mapping.key_of(one.code, one.disaggregation) not in targets:
                    missing[one.code] = missing.get(one.code, 0) + 1
            element_names = {e.code: e.name for e in report_form(code).elements}
            shown.append(
                (code, mapping.pulled(db, code), len(cells), len(cells) - sum(missing.values()),
                 [(c, element_names.get(c, c), n) for c, n in missing.items()])
            )  # fmt: skip
        return page(request, "exchange/mapping.html", db, shown=shown, org_unit=mapping.org_unit(db))


def _refusals(db: Database, item: Item) -> list[Refusal]:
    prepared = prepare(db, of_item(db, item))
    form = report_form(item.subject.split(":")[0])
    found = []
    for conflict in item.detail.get("conflicts", ()):
        indexes = conflict.get("indexes") or [None]
        for index in indexes:
            cell = prepared.cells[index] if index is not None and index < len(prepared.cells) else None
            element = form.element(cell.code) if cell else None
            label = (
                " · ".join((element.name if element else cell.code, *form.option_names(cell.disaggregation)))
                if cell
                else ""
            )
            found.append(
                Refusal(cell=cell, label=label, code=conflict.get("code") or "", text=conflict.get("text") or "")
            )
    return found


HANDLERS = [outbox_page, item_page, again, now, link_page, set_link, mapping_page]
