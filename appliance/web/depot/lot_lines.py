"""The lines of a form that brings lots in: product, number, expiry as printed, packs or units, cost."""

from __future__ import annotations

from datetime import date

from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.ledger.fefo import last_usable_day
from appliance.stock.ledger.model import LOT_UNKNOWN
from appliance.stock.ledger.services import ReceivedLot
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.words import _

QUANTITY_MAX = 10_000_000


def lots_in(db: Database, form: Form, on: date) -> list[ReceivedLot]:
    """The lots as typed, what is wrong with each said on the form; expired ones are left out."""
    found = []
    for row in form.rows("lot"):
        product = product_in(db, form, row)
        if product is None:
            form.errors[f"lot-{row}-produit"] = _("Choisissez le produit dans la liste.")
            continue
        units, expiry = units_in(form, row, product), expiry_in(form, f"lot-{row}-peremption")
        cost = form.integer(f"lot-{row}-cout", high=QUANTITY_MAX)
        last = last_day_of(expiry) if expiry else None
        if units is None:
            form.errors.setdefault(f"lot-{row}-quantite", _("À remplir : unités, ou boîtes."))
        if expiry is None:
            form.errors.setdefault(f"lot-{row}-peremption", _("À remplir."))
        elif last is None:
            form.errors[f"lot-{row}-peremption"] = _("Cette date n'existe pas. Vérifiez la boîte.")
        elif last < on:
            form.errors[f"lot-{row}-peremption"] = _("Ce lot est périmé : il n'entre pas en rayon.")
        if units and expiry and last and last >= on:
            found.append(
                ReceivedLot(
                    product=product.id, lot_number=form.raw(f"lot-{row}-numero")[:40] or LOT_UNKNOWN,
                    expires_year=expiry[0], expires_month=expiry[1], expires_day=expiry[2], quantity=units,
                    unit_cost_fcfa=cost,
                )
            )  # fmt: skip
    return found


def product_in(db: Database, form: Form, row: int) -> Product | None:
    """The product of a line."""
    key = form.raw(f"lot-{row}-produit")
    return catalogue.by_id(db, int(key)) if key.isdecimal() and len(key) < 10 else None


def units_in(form: Form, row: int, product: Product) -> int | None:
    """The quantity in base units: typed so, or as packs; both may stand only when they agree."""
    units = form.integer(f"lot-{row}-quantite", low=1, high=QUANTITY_MAX)
    packs = form.integer(f"lot-{row}-boites", low=1, high=QUANTITY_MAX // product.pack_units)
    if packs is None:
        return units
    if units is not None and units != packs * product.pack_units:
        form.errors[f"lot-{row}-boites"] = _("%(packs)d × %(size)d ne font pas %(units)d : videz une des deux cases.") % {
            "packs": packs, "size": product.pack_units, "units": units,
        }  # fmt: skip
        return None
    return packs * product.pack_units


def last_day_of(expiry: tuple[int, int, int | None]) -> date | None:
    """The last usable day; None for a date that does not exist."""
    try:
        return last_usable_day(*expiry)
    except ValueError:
        return None


def expiry_in(form: Form, name: str) -> tuple[int, int, int | None] | None:
    """As printed on a box: 03/2027 (usable to the month's end) or 15/03/2027."""
    parts = [p for p in form.raw(name).replace("-", "/").replace(".", "/").replace(" ", "/").split("/") if p]
    if not parts:
        return None
    numbers = [int(p) for p in parts if p.isdecimal() and len(p) < 5]
    if len(numbers) == len(parts) and len(numbers) in (2, 3):
        numbers = numbers[::-1] if numbers[-1] > 1000 else numbers
        year, month, day = numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else None
        if 2000 <= year <= 2100 and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            return year, month, day
    form.errors[name] = _("Écrivez mois/année, par exemple 03/2027.")
    return None
