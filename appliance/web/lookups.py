"""Looking things up while typing: diagnoses, and products as the prescriber sees them, with shelf and price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get

from appliance.billing.tariffs.free_care import exemption
from appliance.billing.tariffs.services import unit_price
from appliance.core.periods import completed_months
from appliance.records.care import diagnoses, prescriptions, visits
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger import repository as ledger
from appliance.storage import Database
from appliance.web.pages import page, state_of, today_of
from appliance.web.reading import in_reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChoice:
    """A product as the prescriber sees it: what is on the shelf and what it costs this person."""

    code: str
    label: str
    unit: str
    stock: int
    price: str


@get("/diagnostics", opt={"tab": "consultation", "level": "read"})
@in_reader
def diagnosis_list(request: Request[Any, Any, Any], q: str = "") -> Response[bytes]:
    """The diagnoses that fit what is typed, as chips."""
    with state_of(request).opened.reading() as db:
        return page(request, "visits/diagnoses.html", db, found=diagnoses.search(q), chosen="")


@get("/produits", opt={"tab": "ordonnances", "level": "read"})
@in_reader
def product_list(request: Request[Any, Any, Any], q: str = "", visite: int = 0, ligne: int = 0) -> Response[bytes]:
    """Products that fit what is typed, with stock and price for this person."""
    with state_of(request).opened.reading() as db:
        held = visits.get(db, visite) if visite else None
        found = product_choices(db, held.patient if held else None, today_of(request), q)
        return page(request, "visits/products.html", db, found=found, line=ligne)


def product_choices(db: Database, patient: int | None, today: date, text: str) -> list[ProductChoice]:
    """Products that fit a text, with what is on the shelf and what they cost a person."""
    stock = ledger.usable_by_product(db, today)
    line = patients.get(db, patient) if patient else None
    age = completed_months(line.born_on, today) if line else None
    pregnant = prescriptions.is_pregnant(db, patient, today) if patient else False
    found = []
    for product in catalogue.listed(db, text, limit=12):
        rule = exemption(product.programmes, product.price_regime, age, pregnant)
        price = unit_price(db, product.id, today)
        said = "gratuit" if rule else "sans prix" if price is None else f"{price} F"
        found.append(
            ProductChoice(
                code=product.code,
                label=product.label,
                unit=product.base_unit,
                stock=stock.get(product.id, 0),
                price=said,
            )
        )
    return found


HANDLERS = [diagnosis_list, product_list]
