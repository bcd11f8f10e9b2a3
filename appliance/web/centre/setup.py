"""First run: the code printed by the installer, then the centre, its villages, its people, products and first stock."""

from __future__ import annotations

import asyncio
import hmac
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from appliance.access import pins, staff
from appliance.core.actors import MACHINE, Role
from appliance.core.errors import DataFileError, Refused
from appliance.core.french import fold
from appliance.records.facility.services import SUPPLIERS, Facility, FacilityKind
from appliance.stock.catalogue.csv_file import COLUMNS, ProductLine, parse_products
from appliance.stock.catalogue.services import STARTER, read_whole
from appliance.upkeep.centre_csv import CsvFault, read_opening, read_paper
from appliance.upkeep.centre_file import CentreFile, parse_centre
from appliance.upkeep.new_centre import first_pins, make_centre
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import Words, _, labels

KINDS = Words({
    FacilityKind.CSCOM_ASACO.value: "CSCom avec ASACO", FacilityKind.PRIVATE.value: "Privé",
    FacilityKind.FAITH_BASED.value: "Confessionnel", FacilityKind.ASSOCIATION.value: "Association",
    FacilityKind.CSREF.value: "CSRéf",
})  # fmt: skip
FILE_BYTES_MAX = 1 << 20
FILES = ("produits", "stock", "papier")
_CODE = 0
"""Under which number wrong set-up codes are counted: no person has it."""


@get("/mise-en-service", opt={"public": True})
@in_reader
def setup_page(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Only while nobody can sign in."""
    with state_of(request).opened.reading() as db:
        if staff.someone_can_sign_in(db):
            return to("/entrer")
        return page(request, "setup.html", db, **_view(), form=Form({}))


@post("/mise-en-service", opt={"public": True})
async def set_up(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set the centre up in one act, whole or not at all; every fault is told beside its field."""
    state, form = state_of(request), await read_form(request)
    await _take_files(request, form)
    try:
        _check_code(request, form)
        centre = await asyncio.to_thread(_described, form)
        if form.raw("pin") != form.raw("pin_encore"):
            form.errors["pin_encore"] = _("Les deux codes ne sont pas les mêmes.")
        head = form.text("chef", required=True, limit=80) or ""
        pin_hash = await asyncio.to_thread(_hash, form)
        if form.errors or centre is None:
            raise Refused("form")
        wanted = centre
        given, hashes = await asyncio.to_thread(first_pins, wanted)

        def write(unit: Any) -> dict[str, Any]:
            if staff.someone_can_sign_in(unit):
                raise Refused("setup-code")
            chief = staff.add_member(unit, head, [Role.HEAD], pin_hash)
            staff.set_pin(unit, chief, pin_hash, by_other=False)
            return make_centre(unit, wanted, hashes)

        await state.opened.act("set-up", MACHINE, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return await asyncio.to_thread(_made, request, given) if given else to("/entrer", "enregistre")


@post("/mise-en-service/description", opt={"public": True})
async def set_up_from_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same from a description that a technician filled in: staff, first stock and paper months too."""
    state, form = state_of(request), await read_form(request)
    posted = await request.form()
    upload = posted.get("description")
    try:
        _check_code(request, form)
        if not isinstance(upload, UploadFile):
            raise Refused("description-missing")
        text = (await upload.read())[: 4 << 20].decode("utf-8-sig", "replace")
        centre = await asyncio.to_thread(parse_centre, text, upload.filename or "description.json")
        given, hashes = await asyncio.to_thread(first_pins, centre)

        def write(unit: Any) -> dict[str, Any]:
            if staff.someone_can_sign_in(unit):
                raise Refused("setup-code")
            return make_centre(unit, centre, hashes)

        await state.opened.act("set-up", MACHINE, write)
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return await asyncio.to_thread(_made, request, given)


def _check_code(request: Ask, form: Form) -> None:
    """The installer's code, with a wait that grows like that of a PIN. Raises `Refused` ("setup-code", "pin-locked")."""
    state = state_of(request)
    now = state.opened.clock.now().ms
    failures, until = state.tries_aside.get(_CODE, (0, 0))
    if until > now:
        raise Refused("pin-locked", seconds=(until - now) // 1000 + 1)
    typed = form.raw("code_mise_en_service").encode()
    if not state.setup_code or not hmac.compare_digest(typed, state.setup_code.encode()):
        state.tries_aside[_CODE] = (failures + 1, now + pins.wait_ms(failures + 1))
        form.errors["code_mise_en_service"] = _("Ce n'est pas le code imprimé par l'installateur.")
        raise Refused("setup-code")
    state.tries_aside.pop(_CODE, None)


async def _take_files(request: Ask, form: Form) -> None:
    """An uploaded list becomes the text of its box, so that a fault elsewhere does not lose it."""
    posted = await request.form()
    for name in FILES:
        upload = posted.get(f"{name}_fichier")
        if isinstance(upload, UploadFile) and (raw := (await upload.read())[:FILE_BYTES_MAX]):
            form.typed[name] = [raw.decode("utf-8-sig", "replace")]
        form.typed.pop(f"{name}_fichier", None)


def _described(form: Form) -> CentreFile | None:
    """The centre as typed; None with the faults in `form.errors`."""
    facility = Facility(
        name=form.text("nom", required=True, limit=80) or "", code=form.text("code", required=True, limit=40) or "",
        district=form.text("district", required=True, limit=80) or "",
        kind=form.choice("type", tuple(KINDS), default="cscom_asaco") or "cscom_asaco",
        supplier=form.choice("fournisseur", SUPPLIERS, default="DRC") or "DRC",
    )  # fmt: skip
    products = _products(form)
    codes = {p.code for p in products}
    opening, stock_faults = read_opening(form.raw("stock"), codes) if form.raw("stock") else ([], [])
    paper, paper_faults = read_paper(form.raw("papier"), codes) if form.raw("papier") else ([], [])
    _tell(form, "stock", stock_faults)
    _tell(form, "papier", paper_faults)
    villages, people = _villages(form), _people(form)
    if form.errors:
        return None
    return CentreFile(
        facility=facility, villages=villages, staff=people, products=tuple(products), prices=(), opening=tuple(opening),
        paper=tuple(paper),
    )  # fmt: skip


def _products(form: Form) -> list[ProductLine]:
    if not form.raw("produits"):
        return read_whole(STARTER)
    try:
        found, faults = parse_products(form.raw("produits"), Path("produits.csv"))
    except DataFileError:  # no list of products at all: its first line is not the one that names the columns
        form.errors["produits"] = _("La première ligne doit nommer les colonnes : %(columns)s.") % {
            "columns": " ; ".join(COLUMNS)
        }
        return []
    if faults:
        form.errors["produits"] = " ; ".join(
            _("Ligne %(line)s : %(fault)s") % {"line": f.line, "fault": labels.PRODUCT_FAULTS[f.code] % f.params}
            for f in faults[:5]
        )
    return found


def _tell(form: Form, name: str, faults: list[CsvFault]) -> None:
    if faults:
        form.errors[name] = " ; ".join(
            _("Ligne %(line)s : %(fault)s") % {"line": f.line, "fault": labels.CSV_FAULTS[f.code]} for f in faults[:5]
        )


def _parts(form: Form, name: str) -> list[tuple[int, list[str]]]:
    """The lines of a box with their number, cut at semicolons."""
    lines = form.raw(name).splitlines()
    return [(n, [p.strip() for p in line.split(";")]) for n, line in enumerate(lines, start=1) if line.strip()]


def _villages(form: Form) -> tuple[tuple[str, bool, dict[int, int], str | None], ...]:
    """`Nom ; relais ; 2026=1200, 2025=1150 ; hors aire`: only the name is needed."""
    found = []
    for number, parts in _parts(form, "villages"):
        name, relais, counts, where = (*parts, "", "", "", "")[:4]
        population: dict[int, int] = {}
        for piece in counts.replace(" ", "").split(","):
            year, _sign, people = piece.partition("=")
            if piece and not (
                year.isdecimal()
                and people.isdecimal()
                and len(year) == 4
                and 1990 <= int(year) <= 2100
                and len(people) < 7
            ):
                form.errors["villages"] = _("Ligne %(line)s : écrivez les habitants ainsi : 2026=1200") % {
                    "line": number
                }
            elif piece:
                population[int(year)] = int(people)
        found.append((name, "hors" not in fold(where), population, relais or None))
    return tuple(found)


def _people(form: Form) -> tuple[tuple[str, tuple[Role, ...]], ...]:
    """`Prénom Nom ; infirmier, caissier`: functions by their word or code."""
    words = {fold(text): Role(code) for code, text in labels.ROLES.items()} | {fold(r.value): r for r in Role}
    found = []
    for number, parts in _parts(form, "personnel"):
        asked = [fold(r) for r in ",".join(parts[1:]).split(",") if r.strip()]
        unknown = [r for r in asked if r not in words]
        if not asked or unknown or not 2 <= len(parts[0]) <= 80:
            shown = {"line": number, "what": ", ".join(unknown) or parts[0]}
            form.errors["personnel"] = _("Ligne %(line)s : nom ou fonction inconnue (%(what)s)") % shown
        else:
            found.append((parts[0], tuple(words[r] for r in asked)))
    return tuple(found)


def _hash(form: Form) -> str:
    try:
        return pins.hash_pin(form.raw("pin"))
    except Refused as fault:
        form.errors["pin"] = _("4 à 8 chiffres, ni suite ni répétition.") if fault.code else ""
        return ""


def _made(request: Ask, given: dict[str, str]) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return page(request, "setup_done.html", db, given=given)


def _view() -> dict[str, Any]:
    suppliers = [(x, _("aucun") if x == "none" else x) for x in SUPPLIERS]
    return {"kinds": KINDS, "supplier_options": suppliers, "roles": labels.ROLES}


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    field = {"village-known": "villages", "village-name": "villages", "staff-known": "personnel", "facility-code": "code",
             "facility-name": "nom", "staff-name": "chef"}  # fmt: skip
    if fault.code in field:
        form.errors.setdefault(field[fault.code], _("Vérifiez cette case."))
    with state_of(request).opened.reading() as db:
        return refused(request, "setup.html", db, form, None if fault.code == "form" else fault, **_view())


HANDLERS = [setup_page, set_up, set_up_from_file]
