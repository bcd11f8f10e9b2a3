"""First run: the code printed by the installer, then the centre, its villages, its head, the product list."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from appliance.access import pins, staff
from appliance.core.actors import MACHINE, Role
from appliance.core.errors import Refused
from appliance.records.facility.services import SUPPLIERS, Facility, FacilityKind, add_village, set_facility
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.ledger.services import add_place
from appliance.upkeep.centre_file import parse_centre
from appliance.upkeep.new_centre import first_pins, make_centre
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, refused, state_of, to
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key

KINDS = {
    FacilityKind.CSCOM_ASACO.value: "CSCom avec ASACO", FacilityKind.PRIVATE.value: "Privé",
    FacilityKind.FAITH_BASED.value: "Confessionnel", FacilityKind.ASSOCIATION.value: "Association",
    FacilityKind.CSREF.value: "CSRéf",
}  # fmt: skip


@get("/mise-en-service", opt={"public": True})
@in_reader
def setup_page(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Only while nobody can sign in."""
    with state_of(request).opened.reading() as db:
        if _is_done(db):
            return to("/entrer")
        return page(request, "setup.html", db, kinds=KINDS, supplier_options=[(x, x) for x in SUPPLIERS], form=Form({}))


@post("/mise-en-service", opt={"public": True})
async def set_up(request: Request[Any, Any, Any]) -> Response[bytes] | Redirect:
    """Set the centre up in one act; the starter list of products is loaded with it."""
    state, form = state_of(request), await read_form(request)
    try:
        if (
            not hmac.compare_digest(form.raw("code_mise_en_service").encode(), state.setup_code.encode())
            or not state.setup_code
        ):
            raise Refused("setup-code")
        facility = Facility(
            name=form.text("nom", required=True, limit=80) or "", code=form.text("code", required=True, limit=40) or "",
            district=form.text("district", required=True, limit=80) or "", kind=form.raw("type") or "cscom_asaco",
            supplier=form.raw("fournisseur") or "DRC",
        )  # fmt: skip
        if form.raw("pin") != form.raw("pin_encore"):
            form.errors["pin_encore"] = "Les deux codes ne sont pas les mêmes."
        if form.errors:
            raise Refused("form")
        pin_hash = await asyncio.to_thread(pins.hash_pin, form.raw("pin"))
        products = await asyncio.to_thread(read_whole, STARTER)

        def write(unit: Any) -> dict[str, Any]:
            if _is_done(unit):
                raise Refused("setup-code")
            set_facility(unit, facility)
            for line in form.raw("villages").splitlines():
                if line.strip():
                    add_village(unit, line)
            add_place(unit, "depot", "Dépôt")
            load_list(unit, products)
            head = staff.add_member(unit, form.raw("chef"), [Role.HEAD], pin_hash)
            staff.set_pin(unit, head, pin_hash, by_other=False)
            return {"staff": head}

        await state.opened.act("set-up", MACHINE, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return to("/entrer", "enregistre")


@post("/mise-en-service/description", opt={"public": True})
async def set_up_from_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same from a description that a technician filled in: staff, first stock and paper months too."""
    state, form = state_of(request), await read_form(request)
    posted = await request.form()
    upload = posted.get("description")
    try:
        if not state.setup_code or not hmac.compare_digest(
            form.raw("code_mise_en_service").encode(), state.setup_code.encode()
        ):
            raise Refused("setup-code")
        if not isinstance(upload, UploadFile):
            raise Refused("description-missing")
        text = (await upload.read())[: 4 << 20].decode("utf-8-sig", "replace")
        centre = await asyncio.to_thread(parse_centre, text, upload.filename or "description.json")
        given, hashes = await asyncio.to_thread(first_pins, centre)

        def write(unit: Any) -> dict[str, Any]:
            if _is_done(unit):
                raise Refused("setup-code")
            return make_centre(unit, centre, hashes)

        await state.opened.act("set-up", MACHINE, write)
    except Refused as fault:
        return await asyncio.to_thread(_again, request, form, fault)
    return await asyncio.to_thread(_made, request, given)


def _made(request: Ask, given: dict[str, str]) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        return page(request, "setup_done.html", db, given=given)


def _is_done(db: Any) -> bool:
    return bool(db.value("SELECT 1 FROM staff WHERE pin_hash IS NOT NULL LIMIT 1"))


def _again(request: Ask, form: Form, fault: Refused) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        shown = None if fault.code == "form" else fault
        return refused(
            request, "setup.html", db, form, shown, kinds=KINDS, supplier_options=[(x, x) for x in SUPPLIERS]
        )


HANDLERS = [setup_page, set_up, set_up_from_file]
