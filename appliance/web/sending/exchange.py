"""Sending: what waits, what DHIS2 said beside the thing refused, the link, and what its names leave unmatched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from appliance.core.errors import ApplianceError, Refused
from appliance.core.periods import Month
from appliance.reports.closing.model import ReportCell
from appliance.reports.form import Form as ReportForm
from appliance.reports.form import form as report_form
from appliance.storage import Database
from appliance.sync import link as links
from appliance.sync import setting_up
from appliance.sync.cells import cells_of
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.mapping_file import TEXT_MAX
from appliance.sync.dhis2.matching import match
from appliance.sync.outbox import repository, services
from appliance.sync.outbox.model import PARTLY
from appliance.sync.outbox.repository import Item
from appliance.sync.reports import KIND as REPORT
from appliance.sync.reports import Prepared, obstacle, of_item, prepare
from appliance.sync.status import by_month
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.sending.items import event_page, shown, title_of, waits_for
from appliance.web.words import labels

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
        items = shown(db, repository.latest(db, 60))
        return page(
            request, "exchange/outbox.html", db, items=items, paused=links.paused(db), link=links.get(db),
            server=links.server(db), traffic=(spent := by_month(db)[:6]), resting=links.resting(db),
            test=links.test_state(db), pull=links.pull_state(db),
            spent={m["month"]: Month.parse(m["month"]) for m in spent},
        )  # fmt: skip


@get("/envois/{item:int}", opt={"tab": "envois", "level": "read"})
@in_reader
def item_page(request: Request[Any, Any, Any], item: int) -> Response[bytes]:
    """One sending: each step, each refusal beside its cell."""
    with state_of(request).opened.reading() as db:
        held = repository.get(db, item)
        if held is None:
            raise Refused("no-such-item", item=item)
        if held.kind != REPORT:
            return event_page(request, db, held)
        code = held.subject.split(":")[0]
        prepared = prepare(db, of_item(db, held), held.detail.get("theirs") or ())
        form = report_form(code)
        return page(
            request, "exchange/item.html", db, item=held, title=title_of(db, held), attempts=repository.attempts(db, item),
            refusals=_refusals(held, prepared, form), prepared=prepared,
            unmapped=[_label(form, c) for c in prepared.unmapped[:200]],
            misfits=[(_label(form, c), c, why) for c, why in prepared.misfits],
            path="/rapports/" + held.subject.replace(":", "/"), is_partly=held.last_code in PARTLY,
            waits_for=waits_for(db, held), minor=links.server(db).get("minor"),
        )  # fmt: skip


@post("/envois/{item:int}/relancer", opt={"tab": "envois", "level": "write"})
async def again(request: Request[Any, Any, Any], item: int) -> Redirect:
    """Send again, composed anew when the record or the mapping changed; or as a person decided on a refusal."""
    form = await read_form(request)

    def write(unit: Any) -> dict[str, Any]:
        if form.ticked("sans_les_refus"):
            services.accept_refusals(unit, item)
        elif form.raw("chiffres") in ("les_notres", "les_leurs"):
            services.decide_edited(unit, item, overwrite=form.raw("chiffres") == "les_notres")
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
    form = await read_form(request)
    await _act(request, form, "sync-now", links.resume)
    return to("/envois", "envoi")


@post("/envois/essai", opt={"tab": "envois", "level": "write"})
async def test(request: Request[Any, Any, Any]) -> Redirect:
    """Test the link: the courier says on the page what is missing."""
    form = await read_form(request)
    await _act(request, form, "test-link", setting_up.wanted_test)
    return to("/envois/liaison", "essai")


@get("/envois/liaison", opt={"tab": "envois", "level": "write"})
@in_reader
def link_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where and as whom; a secret is never shown again."""
    with state_of(request).opened.reading() as db:
        return page(request, "exchange/link.html", db, **_link_view(db))


@post("/envois/liaison", opt={"tab": "envois", "level": "write"})
async def set_link(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set the link and test it; an empty secret keeps the one held for the same server and account."""
    form = await read_form(request)
    given: dict[str, Any] = {
        "base_url": form.raw("adresse"), "username": form.raw("compte"), "password": form.raw("mot_de_passe"),
        "token": form.raw("jeton_acces"), "org_unit": form.raw("structure"),
        "data_sets": {f: form.raw(f"jeu-{f}") or f for f in FORMS},
        "attribute_combos": {f: form.raw(f"attributs-{f}") for f in FORMS},
    }  # fmt: skip

    def write(unit: Any) -> None:
        held = links.get(unit)
        if held and held.token and given["username"] == held.username == "" and not given["token"]:
            given["token"] = held.token if links.checked_url(given["base_url"]) == held.base_url else ""
        links.set_link(unit, setting_up.linked(unit, given))
        links.ask_test(unit)

    try:
        await _act(request, form, "set-link", write)
    except Refused as fault:
        return await asyncio.to_thread(_refused_link, request, form, fault)
    return to("/envois/liaison", "essai")


@get("/envois/correspondance", opt={"tab": "envois", "level": "read"})
@in_reader
def mapping_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Which of our cells have a name at DHIS2, and which don't."""
    with state_of(request).opened.reading() as db:
        return page(request, "exchange/mapping.html", db, **_mapping_view(db))


@get("/envois/correspondance/fichier", opt={"tab": "envois", "level": "read"})
@in_reader
def mapping_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The mapping as a table to be filled in by hand and taken back."""
    with state_of(request).opened.reading() as db:
        text = "\ufeff" + setting_up.mapping_text(db, cells_of)
    named = {"content-disposition": 'attachment; filename="correspondance.csv"'}
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=named)


@post("/envois/correspondance", opt={"tab": "envois", "level": "write"})
async def take_mapping(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Take a mapping filled in by hand, whole or not at all."""
    form = await read_form(request)
    upload = (await request.form()).get("fichier")
    try:
        if not isinstance(upload, UploadFile):
            raise Refused("mapping-missing")
        raw = (await upload.read())[: TEXT_MAX + 1]
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")  # as a spreadsheet on Windows writes it
        name = upload.filename or "correspondance.csv"
        await _act(request, form, "set-mapping", lambda unit: setting_up.take_mapping(unit, text, name, cells_of), text)
    except Refused as fault:
        return await asyncio.to_thread(_refused_mapping, request, form, fault)
    return to("/envois/correspondance", "enregistre")


@post("/envois/correspondance/relire", opt={"tab": "envois", "level": "write"})
async def pull(request: Request[Any, Any, Any]) -> Redirect:
    """Read the server's names again at once."""
    form = await read_form(request)

    def write(unit: Any) -> None:
        links.resume(unit)
        links.ask_pull(unit)

    await _act(request, form, "ask-names", write)
    return to("/envois/correspondance", "envoi")


async def _act(request: Ask, form: Form, kind: str, service: Any, *more: str) -> None:
    def write(unit: Any) -> dict[str, Any]:
        service(unit)
        return {}

    await state_of(request).opened.act(kind, session_of(request).actor, write, key=act_key(request, form, *more))
    state_of(request).on_outbox()


def _link_view(db: Database) -> dict[str, Any]:
    return {
        "link": links.get(db), "forms": FORMS, "test": links.test_state(db), "paused": links.paused(db),
        "lock_out": links.LOCK_OUT_TRIES,
    }  # fmt: skip


def _mapping_view(db: Database) -> dict[str, Any]:
    shown = []
    for code in FORMS:
        held, cells = mapping.pulled(db, code), cells_of(db, code)
        targets = mapping.targets(db, code)
        missing: dict[str, int] = {}
        for one in cells:
            if mapping.key_of(one.code, one.disaggregation) not in targets:
                missing[one.code] = missing.get(one.code, 0) + 1
        names = {c.code: c.name for c in cells}
        loses = [e.code or e.name for e in held.book.elements.values() if e.loses_zero] if held else []
        by_hand = sum(1 for n in mapping.named(db, code) if n.origin == "person")
        shown.append(
            {
                "code": code, "pulled": held, "total": len(cells), "mapped": len(cells) - sum(missing.values()),
                "missing": [(c, names.get(c) or c, n) for c, n in missing.items()], "loses": loses, "by_hand": by_hand,
                "unfed": match(cells, held.body).unfed if held else (), "obstacle": obstacle(db, code),
            }
        )  # fmt: skip
    return {"shown": shown, "org_unit": mapping.org_unit(db)}


def _refused_link(request: Ask, form: Form, fault: ApplianceError) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "exchange/link.html", db, form, fault, **_link_view(db))


def _refused_mapping(request: Ask, form: Form, fault: ApplianceError) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "exchange/mapping.html", db, form, fault, **_mapping_view(db))


def refusals_beside(db: Database, item: Item | None) -> dict[tuple[str, str], Refusal]:
    """What DHIS2 refused of a report, or would, by the cell's code and its disaggregation as text: said beside the figure."""
    if item is None or item.state not in ("refused", "held"):
        return {}
    closing = of_item(db, item)
    form, prepared = report_form(closing.form), prepare(db, closing, item.detail.get("theirs") or ())
    kept = [
        Refusal(cell=c, label=_label(form, c), code="", text=labels.MISFITS.get(why, why))
        for c, why in prepared.misfits
    ]
    return {(r.cell.code, json_key(r.cell)): r for r in (*kept, *_refusals(item, prepared, form)) if r.cell}


def json_key(cell: ReportCell) -> str:
    """A cell's disaggregation as one text, to look it up by."""
    return " ".join(f"{k}={v}" for k, v in sorted(cell.disaggregation.items()))


def _refusals(item: Item, prepared: Prepared, form: ReportForm) -> list[Refusal]:
    """Each refusal beside every cell that stands behind the value."""
    behind = {e.target.key: e.cells for e in (*prepared.entries, *prepared.left)}
    found = []
    for conflict in item.detail.get("conflicts", ()):
        said = {"code": conflict.get("code") or "", "text": conflict.get("text") or ""}
        cells = [c for key in conflict.get("keys") or () for c in behind.get((key[0], key[1]), ())]
        found += [Refusal(cell=c, label=_label(form, c), **said) for c in cells] or [
            Refusal(cell=None, label="", **said)
        ]
    return found


def _label(form: ReportForm, cell: ReportCell) -> str:
    element = form.element(cell.code)
    return " · ".join((element.name if element else cell.code, *form.option_names(cell.disaggregation)))


HANDLERS = [
    outbox_page, item_page, again, now, test, link_page, set_link, mapping_page, mapping_file, take_mapping, pull,
]  # fmt: skip
