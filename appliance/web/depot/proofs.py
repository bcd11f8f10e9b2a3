"""Receptions that were signed: the list, the procès-verbal as page and PDF, and a line taken back with the right one instead."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.reception import repository
from appliance.stock.reception.model import ProofLine
from appliance.stock.reception.paper import proof_paper
from appliance.stock.reception.reasons import refusals, states
from appliance.stock.reception.services import take_back
from appliance.storage import Database, Unit
from appliance.web.depot.order_papers import DRAWING, download
from appliance.web.depot.reception_form import counted_lines
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form

PATH = "/depot/receptions"


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def proof_list(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The receptions signed, the newest first, and the delivery notes that wait to be counted."""
    with state_of(request).opened.reading() as db:
        return page(
            request,
            "depot/orders/receptions.html",
            db,
            proofs=repository.latest_proofs(db),
            waiting=repository.to_count(db),
        )


@get(f"{PATH}/{{proof:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def proof_page(request: Request[Any, Any, Any], proof: int) -> Response[bytes]:
    """The procès-verbal as it prints."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/orders/paper.html", db, **_view(db, proof))


@get(f"{PATH}/{{proof:int}}/pdf", opt={"tab": "depot", "level": "read"})
async def pdf(request: Request[Any, Any, Any], proof: int) -> Response[bytes]:
    """The procès-verbal as PDF, drawn by a short-lived child without the key."""
    from appliance.core.printing.child import drawn_by_child

    def describe() -> dict[str, Any]:
        with state_of(request).opened.reading() as db:
            return proof_paper(db, proof)

    described = await asyncio.to_thread(describe)
    return download(
        await drawn_by_child(DRAWING, described), "application/pdf", f"{described['number'].split(' ')[0]}.pdf"
    )


@get(f"{PATH}/{{proof:int}}/lignes/{{line:int}}", opt={"tab": "depot", "level": "write"})
@in_reader
def line_page(request: Request[Any, Any, Any], proof: int, line: int) -> Response[bytes]:
    """A line to take back, with what should have stood there."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/orders/take_back.html", db, **_line_view(db, proof, line))


@post(f"{PATH}/{{proof:int}}/lignes/{{line:int}}", opt={"tab": "depot", "level": "write"})
async def take_line_back(request: Request[Any, Any, Any], proof: int, line: int) -> Response[bytes] | Redirect:
    """Take the line back; where a quantity is typed, the right line takes its place."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        held = _line(unit, proof, line)
        instead = None
        if form.raw("lot-0-boites") or form.raw("lot-0-quantite"):
            form.typed["lot-0-produit"] = [str(held.product)]
            found = counted_lines(unit, form, unit.today)
            if form.errors:
                raise Refused("form")
            instead = found[0]
        take_back(unit, line, form.raw("raison"), instead)
        return {"proof": proof}

    try:
        await state_of(request).opened.act(
            "take-back-reception", session_of(request).actor, write, key=act_key(request, form), body=form.plain()
        )
    except Refused as fault:
        if fault.code.startswith("no-such"):
            raise
        return await asyncio.to_thread(_again, request, proof, line, form, fault)
    state_of(request).on_outbox()
    return to(f"{PATH}/{proof}", "corrige")


def _again(request: Ask, proof: int, line: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/orders/take_back.html", db, form, shown, **_line_view(db, proof, line))


def _view(db: Database, proof: int) -> dict[str, Any]:
    held = repository.proof(db, proof)
    return {
        "paper": proof_paper(db, proof), "back": f"/depot/commandes/{held.order}" if held.order else PATH, "files": f"{PATH}/{proof}",
        "lines": [line for line in repository.proof_lines(db, proof) if not line.is_reversed],
    }  # fmt: skip


def _line(db: Database, proof: int, line: int) -> ProofLine:
    found = next((one for one in repository.proof_lines(db, proof) if one.id == line), None)
    if found is None:
        raise Refused("no-such-proof-line", line=line)
    return found


def _line_view(db: Database, proof: int, line: int) -> dict[str, Any]:
    return {
        "proof": repository.proof(db, proof), "line": _line(db, proof, line), "states": states().items(),
        "refusals": refusals().items(),
    }  # fmt: skip


HANDLERS = [proof_list, proof_page, pdf, line_page, take_line_back]
