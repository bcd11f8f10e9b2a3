"""Who covers a person: noted from the card, verified, corrected, ended. It never stops care."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.billing.payers import repository, services
from appliance.billing.payers.services import CoverForm
from appliance.core.errors import Refused
from appliance.records.patients import repository as patients
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form
from appliance.web.writing import shown, written

PATH, PAGE = "/patients/{patient:int}/couverture", "billing/covers.html"


@get(PATH, opt={"tab": "couverture", "level": "read"})
@in_reader
def covers_page(request: Request[Any, Any, Any], patient: int, corriger: str = "") -> Response[bytes]:
    """The covers of a person that stand, and the form for another, or to correct one."""
    return shown(request, PAGE, lambda ask, db: _view(ask, db, patient, corriger))


@post(PATH, opt={"tab": "couverture", "level": "write"})
async def note_cover(request: Request[Any, Any, Any], patient: int) -> Response[bytes] | Redirect:
    """Note a cover, or what replaces one."""
    form = await read_form(request)
    today = today_of(request)
    since, until = form.day("du") or today, form.day("au")
    verified = form.day("verifie_le")
    replaced = form.integer("remplace")

    def write(unit: Unit, form: Form) -> dict[str, Any]:
        cover = CoverForm(
            patient=patient, payer=form.raw("payeur"), number=form.raw("numero"), valid_from=since, valid_to=until,
            verified_on=verified, verified_how=form.raw("comment"),
        )  # fmt: skip
        return {"cover": services.record_cover(unit, cover, replaces=replaced, reason=form.raw("raison"))}

    return await written(
        request, "record-cover", PAGE, lambda ask, db: _view(ask, db, patient, form.raw("remplace")), write,
        f"/patients/{patient}/couverture", form=form,
    )  # fmt: skip


def _view(request: Ask, db: Database, patient: int, replaced: str) -> dict[str, Any]:
    found = patients.get(db, patient)
    if found is None:
        raise Refused("no-such-patient", patient=patient)
    today = today_of(request)
    covers = repository.covers_of(db, patients.survivor(db, patient))
    payers = repository.payers_on(db, today)
    return {
        "patient": found, "age": found.age(today), "covers": covers, "payer_options": [(p.code, p.label) for p in payers.values()],
        "label": lambda code: repository.payer_label(db, code, today),
        "corrected": next((c for c in covers if str(c.id) == replaced), None),
    }  # fmt: skip


HANDLERS = [covers_page, note_cover]
