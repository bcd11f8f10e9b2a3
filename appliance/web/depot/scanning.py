"""The code of a box on any page of the depot: scanned by camera or by a reader that plays a keyboard, pasted or typed.

A scan fills what is empty and says where it disagrees; it never changes what stands, and nothing waits for it. A page
takes three things from here: `templates/depot/scan.html` (the field, the button "Lire le code", the camera),
`raw_code` (a form drops the separator that a code needs), and `fill`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.core.french import date_short
from appliance.core.periods import Month
from appliance.stock.barcodes import repository, services
from appliance.stock.barcodes.gs1 import read
from appliance.stock.barcodes.model import Expiry, Reading
from appliance.stock.barcodes.repository import Packaging
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, page, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key
from appliance.web.words import _
from appliance.web.words.codes import CODE_CAUTIONS, code_lines
from appliance.web.words.refusals import SENTENCES

PATH = "/depot/codes"
SEPARATOR_SHOWN = "|"
"""What stands in a field for the separator, which no keyboard has; it is read back as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A code as it was read here: what it says, whose it is, and what to tell the person."""

    code: str
    reading: Reading
    product: Product | None
    packaging: Packaging | None

    @property
    def said(self) -> list[str]:
        """Sentences for the person: why nothing was read, or what to look at on the box."""
        if self.reading.fault:
            return [SENTENCES[self.reading.fault]]
        return [CODE_CAUTIONS[c] for c in self.reading.cautions]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What was read, by name."""
        return code_lines(self.reading)


def scanned(db: Database, code: str, today: date) -> Scan:
    """Read a code and look up its pack."""
    reading = read(code, today)
    packaging = repository.by_gtin(db, reading.gtin) if reading.gtin else None
    product = catalogue.by_id(db, packaging.product) if packaging else None
    return Scan(code=code, reading=reading, product=product, packaging=packaging)


async def raw_code(request: Ask, form: Form, name: str = "code") -> str:
    """The code as it was sent, its separators kept, and put back into the form so that the field can show it."""
    posted = await request.form()
    code = str(posted.get(name) or "")
    form.typed[name] = [code.replace("\x1d", SEPARATOR_SHOWN)]
    return code


def expiry_typed(expiry: Expiry) -> str:
    """An expiry as people type it: 03/2027 when only the month is told, else 15/03/2027."""
    if expiry.precision == "month":
        month = Month.of(expiry.on)
        return f"{month.month:02d}/{month.year}"
    return date_short(expiry.on)


def fill(form: Form, found: dict[str, tuple[str, str]]) -> list[str]:
    """Put values into the fields of a form that are empty: by field, its label and its value (an empty one is none).

    What stands is kept; returned are the sentences of where it differs from the code.
    """
    conflicts = []
    for name, (label, value) in found.items():
        typed = form.raw(name)
        if value and not typed:
            form.typed[name] = [value]
        elif value and typed.upper() != value.upper():
            conflicts.append(
                _("%(label)s : le code dit %(code)s, la case dit %(typed)s. La case est gardée : vérifiez la boîte.")
                % {"label": label, "code": value, "typed": typed}
            )
    return conflicts


@get("/depot/code", opt={"tab": "depot", "level": "read"})
@in_reader
def read_code(request: Request[Any, Any, Any], code: str = "") -> Response[dict[str, Any]]:
    """What a code says, for a page's own script: the facts of `appliance rules gs1`, the product, sentences."""
    with state_of(request).opened.reading() as db:
        found = scanned(db, code, today_of(request))
    expiry = found.reading.expiry
    return Response({
        **found.reading.facts(), "fault": found.reading.fault, "said": found.said,
        "expires_typed": expiry_typed(expiry) if expiry else None,
        "product": {"id": found.product.id, "code": found.product.code, "label": found.product.label} if found.product else None,
        "base_units": found.packaging.base_units if found.packaging else None,
    })  # fmt: skip


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def codes_page(request: Request[Any, Any, Any], code: str = "") -> Response[bytes]:
    """The packs known by their code; a reader is tried here: the page says what arrives of a code."""
    with state_of(request).opened.reading() as db:
        found = scanned(db, code, today_of(request)) if code.strip() else None
        known = [(p, catalogue.by_id(db, p.product)) for p in repository.listed(db)]
        return page(
            request, "depot/codes.html", db, found=found, known=known, code=code.replace("\x1d", SEPARATOR_SHOWN)
        )


@post(f"{PATH}/retirer", opt={"tab": "depot", "level": "write"})
async def withdraw(request: Request[Any, Any, Any]) -> Redirect:
    """Forget what a code names, because it was told wrongly."""
    form = await read_form(request)

    def write(unit: Unit) -> dict[str, Any]:
        services.withdraw(unit, form.raw("gtin"))
        return {}

    await state_of(request).opened.act(
        "withdraw-packaging", session_of(request).actor, write, key=request_key(form), body=form.plain()
    )
    return to(PATH, "enregistre")


HANDLERS = [read_code, codes_page, withdraw]
