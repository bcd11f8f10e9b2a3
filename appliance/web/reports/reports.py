"""The month's reports: every cell opens, typed figures stand apart, closing freezes, a late fact makes a rectificatif."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.billing.accounts.monthly import money_rows
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.reports import due
from appliance.reports.closing import repository, services
from appliance.reports.closing.model import Closing, ReportCell, Source
from appliance.reports.form import Form as ReportForm
from appliance.reports.form import form as report_form
from appliance.reports.preview import Report, facts_behind, report
from appliance.reports.stock_lines import movements_behind
from appliance.reports.typed import TypedField, typed_fields
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database, Unit
from appliance.sync.outbox import repository as outbox
from appliance.sync.reports import subject_of
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.reports.report_tables import Check, counts_of, flagged, label_of, rows_of, tables_of
from appliance.web.security import read_form, request_key
from appliance.web.sending.exchange import json_key, refusals_beside
from appliance.web.words import _, labels

PAGE = "reports/show.html"
FINDING_ROWS = 20
LATE_MAX = 12
TYPED_MAX = 10_000_000


@get("/rapports", opt={"tab": "rapports", "level": "read"})
@in_reader
def months(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What is owed, and what was closed."""
    with state_of(request).opened.reading() as db:
        owed = due.owed(db, today_of(request))
        sent = {(i.subject, i.revision): i for i in outbox.latest(db, 200)}
        closed = [
            (h, sent.get((subject_of(h.form, h.period), h.version)), Month.parse(h.period))
            for h in repository.heads(db)
        ]
        return page(request, "reports/months.html", db, owed=owed, closed=closed, current=Month.of(today_of(request)))


@get("/rapports/{code:str}/{period:str}", opt={"tab": "rapports", "level": "read"})
@in_reader
def show(request: Request[Any, Any, Any], code: str, period: str, section: str = "") -> Response[bytes]:
    """A report by sections: as closed, or as it stands."""
    with state_of(request).opened.reading() as db:
        return page(request, PAGE, db, **_view(request, db, code, Month.parse(period), section))


@get("/rapports/{code:str}/{period:str}/case", opt={"tab": "rapports", "level": "read"})
@in_reader
def cell(request: Request[Any, Any, Any], code: str, period: str, element: str, d: str = "{}") -> Response[bytes]:
    """The rows behind one figure."""
    month, session = Month.parse(period), session_of(request)
    with state_of(request).opened.reading() as db:
        closing = repository.latest(db, code, str(month))
        now = report(db, code, month, today_of(request))
        wanted = msgspec.json.decode(d) if d.startswith("{") and len(d) < 300 else {}
        found = next(
            (
                c
                for c in (closing.cells if closing else now.cells)
                if c.code == element and dict(c.disaggregation) == wanted
            ),
            None,
        )
        if found is None:
            raise Refused("typed-unknown-cell", cell=element[:40])
        names_allowed = staff.rights(db).may("consultation", "read", session.roles, session.staff)
        is_stock, row = bool(now.form.columns), now.form.element(element)
        money = row.money if row and found.source == Source.COMPUTED else None
        return page(
            request, "reports/cell.html", db, cell=found, month=month, code=code, names_allowed=names_allowed,
            facts=() if is_stock or money else facts_behind(db, found.records),
            money=[r for r in money_rows(db, money, month) if r.key in set(found.records)] if money else (),
            money_kinds=labels.ENTRIES,
            movements=movements_behind(db, found.records) if is_stock else (),
            label=label_of(now.form, found, _product_names(db)), kinds=labels.MOVEMENTS, report=now,
            fact_kinds=labels.FACTS, typist=staff.name_of(db, found.typed_by) if found.typed_by else "",
        )  # fmt: skip


@get("/rapports/{code:str}/{period:str}/ligne", opt={"tab": "rapports", "level": "read"})
@in_reader
def line(request: Request[Any, Any, Any], code: str, period: str, element: str) -> Response[bytes]:
    """One row of a report with all its cells under one another: how a phone reads a wide table."""
    month = Month.parse(period)
    with state_of(request).opened.reading() as db:
        closing = repository.latest(db, code, str(month))
        now = report(db, code, month, today_of(request))
        names = _product_names(db)
        cells = [c for c in (closing.cells if closing else now.cells) if c.code == element]
        if not cells:
            raise Refused("typed-unknown-cell", cell=element[:40])
        row = now.form.element(element)
        return page(
            request, "reports/line.html", db, code=code, month=month, name=row.name if row else names.get(element, element),
            cells=[(c, " ".join(now.form.option_names(c.disaggregation))) for c in cells],
            section=row.section if row else "",
        )  # fmt: skip


@post("/rapports/{code:str}/{period:str}/saisie", opt={"tab": "rapports", "level": "write"})
async def type_cells(request: Request[Any, Any, Any], code: str, period: str) -> Response[bytes] | Redirect:
    """Keep the typed figures that changed; when one is refused none is kept, and all stay in their fields."""
    form, month = await read_form(request), Month.parse(period)

    def write(unit: Any) -> dict[str, Any]:
        _keep_typed(unit, code, month, form)
        return {}

    try:
        await state_of(request).opened.act(
            "type-cells", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, code, month, form, fault)
    return to(f"/rapports/{code}/{month}?section={form.raw('section')}", "enregistre")


def _keep_typed(unit: Unit, code: str, month: Month, form: Form) -> None:
    """Write the typed figures of a form that changed. Raises `Refused`: "form" (faults beside the fields), "typed-unknown-cell"."""
    names = [name for name in form.typed if name.startswith("case-")]
    known = {field.name: field for field in typed_fields(unit, report_form(code), month)} if names else {}
    if unknown := [name for name in names if name not in known]:
        raise Refused("typed-unknown-cell", cell=unknown[0][:40])
    given = {name: form.integer(name, high=TYPED_MAX) for name in names}
    if form.errors:
        raise Refused("form")
    for name, value in given.items():
        field = known[name]
        if field.value != (None if value is None else str(value)) or (value is None and field.carried):
            services.type_cell(unit, code, month, field.code, field.disaggregation, value)


@post("/rapports/{code:str}/{period:str}/cloturer", opt={"tab": "rapports", "level": "write"})
async def close(request: Request[Any, Any, Any], code: str, period: str) -> Response[bytes] | Redirect:
    """Sign and send: the month is frozen, with the figures that stand typed on the page.

    They are kept first, in an act of their own: a check that they break is then shown beside them.
    """
    form, month, opened = await read_form(request), Month.parse(period), state_of(request).opened

    def keep(unit: Any) -> dict[str, Any]:
        _keep_typed(unit, code, month, form)
        return {}

    def write(unit: Any) -> dict[str, Any]:
        return {"version": services.close_month(unit, code, month).version}

    try:
        if any(name.startswith("case-") for name in form.typed):
            await opened.act("type-cells", session_of(request).actor, keep)
        await opened.act("close-month", session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, code, month, form, fault)
    state_of(request).on_outbox()
    return to(f"/rapports/{code}/{month}", "cloture")


@post("/rapports/{code:str}/{period:str}/rectifier", opt={"tab": "rapports", "level": "write"})
async def correct(request: Request[Any, Any, Any], code: str, period: str) -> Response[bytes] | Redirect:
    """The rectificatif of a closed month, with its explanation."""
    form, month = await read_form(request), Month.parse(period)
    try:
        await state_of(request).opened.act(
            "correct-month", session_of(request).actor,
            lambda u: {"version": services.correct_month(u, code, month, form.raw("raison")).version},
            key=request_key(form), body=form.plain(),
        )  # fmt: skip
    except Refused as fault:
        if fault.code == "reason-needed":
            form.errors["raison"] = _("À remplir.")
        return await asyncio.to_thread(_again, request, code, month, form, fault)
    state_of(request).on_outbox()
    return to(f"/rapports/{code}/{month}", "cloture")


@get("/rapports/{code:str}/{period:str}/pdf", opt={"tab": "rapports", "level": "read"})
async def paper(request: Request[Any, Any, Any], code: str, period: str) -> Response[bytes]:
    """The report on paper size, drawn by a short-lived child without the key."""
    from appliance.core.printing.child import drawn_by_child
    from appliance.reports.paper import MODULE, paper_of

    month = Month.parse(period)

    def describe() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return paper_of(db, code, month, today_of(request))

    content = await drawn_by_child(MODULE, await asyncio.to_thread(describe))
    name = f"{code}-{month}.pdf"
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": f"inline; filename={name}"})


def _view(request: Ask, db: Database, code: str, month: Month, section: str) -> dict[str, Any]:
    """Everything that the page of a report shows, one section of it open."""
    closing = repository.latest(db, code, str(month))
    now = report(db, code, month, today_of(request))
    cells = closing.cells if closing else now.cells
    late = services.late_changes(closing, now) if closing else ()
    sections = now.form.sections or (("CRGS", _("Produits")),)
    chosen = section if section in {s for s, _name in sections} else sections[0][0]
    names = _product_names(db)
    item = next(iter(outbox.of_subject(db, "report", subject_of(code, str(month)))), None)
    return {
        "report": now, "month": month, "closing": closing, "chosen": chosen,
        "late": [(c, label_of(now.form, c, names), _before(closing, c)) for c in late[:LATE_MAX]], "late_count": len(late),
        "sections": sections, "tables": tables_of(now.form, cells, chosen, flagged(now)), "item": item, "code": code,
        "typed": [(f, _typist(db, f)) for f in typed_fields(db, now.form, month, chosen)], "empty": _empty(db, now.form, month),
        "signer": staff.name_of(db, closing.staff) if closing else "", "names": names, "checks": _checks(db, now),
        "counts": counts_of(cells), "is_over": month.last < today_of(request), "refusals": refusals_beside(db, item), "key": json_key,
    }  # fmt: skip


def _again(request: Ask, code: str, month: Month, form: Form, fault: Refused) -> Response[bytes]:
    """The report once more, with all that was typed."""
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, PAGE, db, form, shown, **_view(request, db, code, month, form.raw("section")))


def _checks(db: Database, now: Report) -> list[Check]:
    return [
        Check(finding=f, rows=rows_of(now.form, (*f.check.left, *f.check.right)), behind=_behind(db, now, f.records))
        for f in now.findings
    ]


def _before(closing: Closing | None, cell: ReportCell) -> int | str | None:
    """What the closed report says in a cell."""
    held = closing.cells if closing else ()
    same = (c for c in held if c.code == cell.code and dict(c.disaggregation) == dict(cell.disaggregation))
    return next((c.value for c in same), None)


def _behind(db: Database, now: Report, records: tuple[int, ...]) -> list[Any]:
    """The first visits that break a cross-check; a broken line of the CRGS opens by its own cells."""
    return [] if now.form.columns else facts_behind(db, records[:FINDING_ROWS])


def _empty(db: Database, form: ReportForm, month: Month) -> list[tuple[str, str]]:
    """The fields still to be typed or confirmed, as (section, field name), in the order of the paper."""
    return [(s, f.name) for s, _name in form.sections for f in typed_fields(db, form, month, s) if f.value is None]


def _typist(db: Database, field: TypedField) -> str:
    """What stands under a typed figure: who gave it, or that last month's waits to be confirmed."""
    if field.value is not None:
        return _("saisi par %(who)s") % {"who": staff.name_of(db, field.typed_by)} if field.typed_by else _("saisi")
    return _("repris du mois passé : à confirmer") if field.carried is not None else ""


def _product_names(db: Database) -> dict[str, str]:
    return catalogue.labels(db)


HANDLERS = [months, show, cell, line, type_cells, close, correct, paper]
