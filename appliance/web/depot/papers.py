"""Papers received by message or brought by hand: the file itself, what was read in it, and the same fields to type it."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database, Unit
from appliance.sync.inbox import jobs, repository, services
from appliance.sync.inbox.model import SIZE_MAX
from appliance.sync.inbox.repository import Document
from appliance.sync.medexis import desk
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.medexis.matching import guesses
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, session_of, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import act_key, read_form, request_key
from appliance.web.words import _

PATH = "/depot/papiers"
SHOWN_TYPES = ("application/pdf", "image/png", "image/jpeg")
TYPED_ROWS = 10
LINES_MAX = 100
FORM_BYTES = 64 << 10
"""What the form around a file may take beside it."""
QUANTITY_MAX = 10_000_000


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def papers_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What came, newest first: papers, then messages with the files that wait for a person."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/papers.html", db, **_list_view(db))


@get(f"{PATH}/{{paper:int}}", opt={"tab": "depot", "level": "read"})
@in_reader
def paper_page(request: Request[Any, Any, Any], paper: int) -> Response[bytes]:
    """One paper: what was read, what is missing, and the fields to complete it."""
    with state_of(request).opened.reading() as db:
        return page(request, "depot/paper_received.html", db, **_paper_view(db, paper))


@get(f"{PATH}/{{paper:int}}/fichier", opt={"tab": "depot", "level": "read"})
@in_reader
def paper_file(request: Request[Any, Any, Any], paper: int) -> Response[bytes]:
    """The very bytes that came."""
    with state_of(request).opened.reading() as db:
        held, content = _held(db, paper), repository.bytes_of(db, paper)
    is_shown = held.content_type in SHOWN_TYPES
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in held.name if ord(c) < 128) or "document"
    headers = {
        "content-disposition": f'{"inline" if is_shown else "attachment"}; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=held.content_type if is_shown else "application/octet-stream", headers=headers)


@post(f"{PATH}/{{paper:int}}", opt={"tab": "depot", "level": "write"})
async def take(request: Request[Any, Any, Any], paper: int) -> Response[bytes] | Redirect:
    """Make an order or a delivery of it, or put it aside; what each line means is remembered."""
    state, form = state_of(request), await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        if form.ticked("ecarter"):
            desk.put_aside(unit, paper)
            return {}
        kind = form.choice("sorte", exchanges.PAPERS, required=True)
        on, header = form.day("le"), {"reference": form.raw("reference")[:60], "order": form.raw("commande")[:60]}
        if on:
            header["on"] = on.isoformat()
        held = _held(unit, paper).reading or {}
        kept = {k: v for k, v in (held.get("header") or {}).items() if k in ("answer_by", "expected_on", "carrier")}
        lines = _lines(unit, form, held.get("lines") or [])
        if not header["reference"]:
            form.errors["reference"] = _("À remplir.")
        if form.errors or kind is None:
            raise Refused("form")
        return {"record": desk.take(unit, paper, kind, {**kept, **header}, lines, by_hand=True).hex()}

    try:
        await state.opened.act("take-paper", session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, paper, form, fault)
    return to(f"{PATH}/{paper}", "enregistre")


@post(f"{PATH}/relever", opt={"tab": "depot", "level": "write"})
async def look(request: Request[Any, Any, Any]) -> Redirect:
    """Look for messages at once."""
    form = await read_form(request)
    await _act(request, form, "ask-messages", jobs.ask)
    return to(PATH, "envoi")


@post(f"{PATH}/fichiers/{{file:int}}", opt={"tab": "depot", "level": "write"})
async def fetch(request: Request[Any, Any, Any], file: int) -> Redirect:
    """Fetch a file whose size was seen."""
    form = await read_form(request)
    await _act(request, form, "ask-file", lambda unit: services.ask_file(unit, file))
    return to(PATH, "envoi")


@post(f"{PATH}/apporter", opt={"tab": "depot", "level": "write"}, request_max_body_size=SIZE_MAX + FORM_BYTES)
async def bring(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Keep a paper brought on a stick or a telephone, and read it."""
    state, form = state_of(request), await read_form(request)
    upload = (await request.form()).get("fichier")
    content = (await upload.read())[: SIZE_MAX + 1] if isinstance(upload, UploadFile) else b""
    name = (upload.filename if isinstance(upload, UploadFile) else "") or "document.pdf"
    kind = "application/pdf" if content.startswith(b"%PDF") else str(getattr(upload, "content_type", "") or "")
    kept: list[int] = []

    def write(unit: Unit) -> dict[str, Any]:
        kept.append(services.keep_by_hand(unit, name, kind, content))
        return {}

    try:
        await state.opened.act(
            "bring-paper", session_of(request).actor, write, key=request_key(form), body={"name": [name]}
        )
    except Refused as fault:
        return await asyncio.to_thread(_list_again, request, form, fault)
    await desk.read_owed(state.opened)
    return to(f"{PATH}/{kept[-1]}" if kept else PATH, "enregistre")


async def _act(request: Ask, form: Form, kind: str, service: Any) -> None:
    def write(unit: Unit) -> dict[str, Any]:
        service(unit)
        return {}

    await state_of(request).opened.act(kind, session_of(request).actor, write, key=act_key(request, form))
    state_of(request).on_outbox()


def _held(db: Database, paper: int) -> Document:
    held = repository.document(db, paper)
    if held is None:
        raise Refused("no-such-document", document=paper)
    return held


def _list_view(db: Database) -> dict[str, Any]:
    exchange = exchanges.get(db)
    messages = [(m, exchange.is_known(m.sender, m.sender_name)) for m in repository.messages(db, 40)]
    return {"papers": repository.documents(db), "messages": messages, "undecided": repository.undecided(db), "poll": jobs.state(db), "is_on": exchange.is_on}  # fmt: skip


def _paper_view(db: Database, paper: int) -> dict[str, Any]:
    held = _held(db, paper)
    reading = {"faults": [], "lines": [], "header": {}, "text": "", "paper": None, **(held.reading or {})}
    lines = list(reading.get("lines") or [])[:LINES_MAX]
    names = {p.id: f"{p.code} · {p.label}" for p in catalogue.listed(db, limit=catalogue.WHOLE)}
    found = guesses(db, desk.sender_of(held), lines)
    return {
        "paper": held, "reading": reading, "lines": list(zip(range(1, len(lines) + 1), lines, found, strict=True)),
        "extra": range(len(lines) + 1, len(lines) + 1 + TYPED_ROWS), "names": names, "path": f"{PATH}/{paper}",
        "elsewhere": desk.other_centre(db, held), "same": repository.same_bytes(db, held.sha256, held.id), "content": held.content,
        "kind": reading.get("paper") or exchanges.get(db).paper_of(held.subject) or "order_form",
    }  # fmt: skip


def _lines(db: Database, form: Form, read: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines as read, with what was typed over them, and those that were typed; a line without a product is kept too."""
    found = []
    for row in range(1, len(read[:LINES_MAX]) + 1 + TYPED_ROWS):
        line = (
            dict(read[row - 1])
            if row <= len(read)
            else {"code": "", "name": form.raw(f"l-{row}-nom")[:200], "pack": ""}
        )
        quantity, text = form.integer(f"l-{row}-quantite", high=QUANTITY_MAX), form.raw(f"l-{row}-produit")
        if row > len(read) and not (line["name"] or text or quantity):
            continue
        product = None
        if text:
            known = catalogue.by_code(db, text.split(" · ")[0].strip())
            if known is None:
                form.errors[f"l-{row}-produit"] = _("Choisissez le produit dans la liste.")
            product = known.id if known else None
        if quantity is None:
            form.errors.setdefault(f"l-{row}-quantite", _("À remplir."))
        line |= {"product": product, "quantity": quantity or 0}
        line |= {f: form.raw(f"l-{row}-{name}")[:40] for f, name in (("lot", "lot"), ("expires", "peremption")) if form.raw(f"l-{row}-{name}")}  # fmt: skip
        found.append(line)
    return found


def _again(request: Ask, paper: int, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(request, "depot/paper_received.html", db, form, shown, **_paper_view(db, paper))


def _list_again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return refused(request, "depot/papers.html", db, form, fault, **_list_view(db))


HANDLERS = [papers_page, paper_page, paper_file, take, look, fetch, bring]
