"""How a proposed order was worked out, figure by figure, and what the ordering rules are set to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.core.errors import Refused
from appliance.core.french import number_fr
from appliance.core.periods import Month
from appliance.records.facility.services import SUPPLIERS
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.consumption import exclusions
from appliance.stock.ordering import repository as settings
from appliance.stock.ordering.parameters import About, Parameter, Scope, load_defaults, parameters_of
from appliance.stock.ordering.proposals import proposed_line
from appliance.stock.ordering.services import set_parameters
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _, labels

PATH = "/depot/reglages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A parameter at the scope shown: `own` is what was set right there, `inherited` what holds without it."""

    parameter: Parameter
    own: str
    inherited: str
    origin: str
    is_unconfirmed: bool

    @property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen, for a choice or a supplier."""
        if self.parameter.kind == "supplier":
            return [(s, s) for s in SUPPLIERS if s != "none"]
        return [(code, labels.ORDER_CHOICES[code]) for code in self.parameter.choices]


@get("/depot/produits/{code:str}/commande", opt={"tab": "depot", "level": "read"})
@in_reader
def order_line(request: Request[Any, Any, Any], code: str, genre: str = "normal") -> Response[bytes]:
    """Every figure of a proposed line, what it was made of, and why a plain mean would propose something else."""
    with state_of(request).opened.reading() as db:
        line = proposed_line(db, code, today_of(request), genre)
        return page(
            request, "depot/order_line.html", db, line=line, card=line.card, w=line.working, p=line.working.proposal,
            c=line.card.consumption, s=line.working.case.situation, standing=line.card.standing, genre=genre,
        )  # fmt: skip


@post("/depot/produits/{code:str}/mois", opt={"tab": "depot", "level": "write"})
async def set_month_aside(request: Request[Any, Any, Any], code: str) -> Response[bytes] | Redirect:
    """Leave an unusual month out of the consumption, or count it again; with a reason, under one's own name."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        product = catalogue.by_code(unit, code)
        if product is None:
            raise Refused("no-such-product", product=code)
        said = exclusions.take_back if form.raw("geste") == "compter" else exclusions.set_aside
        return {"row": said(unit, product.id, Month.parse(form.raw("mois")), form.raw("raison"))}

    try:
        await state_of(request).opened.act(
            "month-aside", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        if fault.code.startswith("no-such"):
            raise
        return await asyncio.to_thread(_working_again, request, code, form, fault)
    return to(f"/depot/produits/{code}/calcul", "enregistre")


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def parameters_page(request: Request[Any, Any, Any], pour: str = "") -> Response[bytes]:
    """What the rules are set to for the centre, a programme, a supplier or a product, and who changed what when."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/parameters.html", db, **_view(db, today_of(request), pour), form=Form({}))


@post(PATH, opt={"tab": "depot", "level": "write"})
async def set_values(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set the values of one scope; an emptied field gives back what holds without it."""
    form = await read_form(request)
    scope, subject = _scope(form.raw("pour"))
    names = [n for n, parameter in load_defaults().parameters.items() if scope in parameter.scopes and n in form.typed]
    values: dict[str, str | None] = {}
    for name in names:
        text = form.raw(name)
        try:
            values[name] = load_defaults().parameters[name].read(text) if text else None
        except Refused:
            form.errors[name] = _bounds(load_defaults().parameters[name])

    def write(unit: Unit) -> dict[str, Any]:
        if form.errors:
            raise Refused("form")
        return {"changed": set_parameters(unit, scope.value, subject, values)}

    try:
        await state_of(request).opened.act(
            "order-parameters", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to(f"{PATH}?pour={form.raw('pour')}", "enregistre")


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(
            request, "depot/parameters.html", db, form, shown, **_view(db, today_of(request), form.raw("pour"))
        )


def _working_again(request: Ask, code: str, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "depot/working.html", db, form, fault, **working_view(db, request, code))


def working_view(db: Database, request: Ask, code: str) -> dict[str, Any]:
    """What the page of the CMM shows: its months, and what people said of some of them."""
    line = proposed_line(db, code, today_of(request))
    said = exclusions.excluded(db, line.product.id)
    return {
        "card": line.card, "c": line.card.consumption, "p": line.working.proposal, "said": said,
        "names": _names(db, today_of(request)),
    }  # fmt: skip


def _names(db: Database, today: date) -> dict[int, str]:
    return {m.id: m.name for m in staff.members(db, today, active_only=False)}


def _scope(text: str) -> tuple[Scope, str]:
    """A scope as the page writes it: empty for the centre, else `programme:PALU`."""
    scope, _colon, subject = text.partition(":")
    known = {s.value for s in (Scope.PROGRAMME, Scope.SUPPLIER, Scope.PRODUCT)}
    return (Scope(scope), subject) if scope in known and subject else (Scope.FACILITY, "")


def _view(db: Database, today: date, text: str) -> dict[str, Any]:
    scope, subject = _scope(text)
    return {
        "pour": text if scope is not Scope.FACILITY else "", "scope": scope, "options": list(_options(db)),
        "lines": _lines(db, scope, subject), "changes": settings.changes(db), "subject_label": _subject(db, scope, subject),
        "names": _names(db, today), "source": load_defaults().source,
    }  # fmt: skip


def _options(db: Database) -> Iterator[tuple[str, str]]:
    yield "", _("Tout le centre")
    for programme in catalogue.programmes(db):
        yield f"programme:{programme}", _("Programme %(name)s") % {"name": programme}
    for supplier in SUPPLIERS:
        if supplier != "none":
            yield f"supplier:{supplier}", _("Fournisseur %(name)s") % {"name": supplier}
    for product in catalogue.listed(db, limit=catalogue.WHOLE):
        yield f"product:{product.code}", f"{product.label} ({product.code})"


def _lines(db: Database, scope: Scope, subject: str) -> list[Line]:
    """Every parameter that this scope may set, with what is set here and what would hold otherwise."""
    typed = settings.typed(db)
    bare = {key: value for key, value in typed.items() if key[:2] != (scope.value, subject)}
    product = catalogue.by_code(db, subject) if scope is Scope.PRODUCT else None
    about = settings.about(product) if product else About(
        code="", programmes=(subject,) if scope is Scope.PROGRAMME else (), supplier=subject if scope is Scope.SUPPLIER else None,
    )  # fmt: skip
    without = parameters_of(about, bare, settings.supplier_of_facility(db))
    return [
        Line(
            parameter=parameter, own=typed.get((scope.value, subject, name), ""),
            inherited=_said(parameter, without.values[name].text), origin=_origin(without.values[name]),
            is_unconfirmed=without.values[name].is_default and (scope.value, subject, name) not in typed,
        )
        for name, parameter in load_defaults().parameters.items()
        if scope in parameter.scopes
    ]  # fmt: skip


def _origin(value: Any) -> str:
    named = {"name": value.subject} if value.subject else {}
    return f"{labels.ORDER_SCOPES[value.scope.value]} {named.get('name', '')}".strip()


def _said(parameter: Parameter, text: str | None) -> str:
    if text is None:
        return _("celui du catalogue")
    if parameter.kind == "choice":
        return labels.ORDER_CHOICES[text]
    return text if parameter.kind == "supplier" else number_fr(float(text), 0 if float(text) == int(float(text)) else 1)


def _bounds(parameter: Parameter) -> str:
    if parameter.kind in ("choice", "supplier"):
        return _("Choisissez dans la liste.")
    return _("Un nombre entre %(low)s et %(high)s, par exemple 0,5.") % {
        "low": number_fr(parameter.low), "high": number_fr(parameter.high),
    }  # fmt: skip


def _subject(db: Database, scope: Scope, subject: str) -> str:
    product = catalogue.by_code(db, subject) if scope is Scope.PRODUCT else None
    return product.label if product else subject or _("Tout le centre")


HANDLERS = [order_line, set_month_aside, parameters_page, set_values]
