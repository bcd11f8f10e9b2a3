"""Reading a reception as people type it: lots in packs or units, what is refused and why, every fault at once.

The empty form is made of what is expected: the lots of a delivery note, or what an order still awaits. Counts are left
blank, so that they are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appliance.access import staff
from appliance.core.actors import Role
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.orders import repository as orders
from appliance.stock.reception import repository
from appliance.stock.reception.model import LINES_MAX, CountedLine
from appliance.stock.reception.reasons import refusals, states
from appliance.storage import Database
from appliance.web.depot.lot_lines import expiry_in, last_day_of
from appliance.web.forms import Form
from appliance.web.words import _

QUANTITY_MAX = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One lot as typed; `units` counted and `accepted` in base units once they can be told, `warning` what to look at."""

    row: int
    product: Product
    ordered: int | None
    announced: int | None
    units: int | None
    accepted: int | None
    warning: str
    has_more: bool


def expected(db: Database, order: int | None, shipment: int | None) -> dict[str, list[str]]:
    """The fields of a form that nobody has typed in yet: a lot for each line announced, or still awaited of the order."""
    fields: dict[str, list[str]] = {}
    row = 0
    if shipment is not None:
        held = repository.shipment(db, shipment)
        fields |= {"numero": [held.number], "fournisseur": [held.supplier], "transporteur": [held.carrier or ""]}
        for told in repository.shipment_lines(db, shipment):
            if told.product is not None:
                lot = {"numero": told.lot_number, "peremption": _printed(told.expires_on, told.expiry_precision)}
                lot |= {
                    "ligne": str(told.order_line or ""),
                    "annonce": str(told.id),
                    "cout": str(told.unit_cost_fcfa or ""),
                }
                fields |= _row(row, told.product, lot)
                row += 1
    elif order is not None:
        fields["fournisseur"] = [orders.order(db, order).supplier]
        for line in orders.lines(db, order):
            if line.product is not None and line.missing:
                fields |= _row(row, line.product, {"ligne": str(line.id)})
                row += 1
    return fields


def unrecognised(db: Database, shipment: int | None) -> list[str]:
    """What a delivery note announces of products that nobody has told yet: they are added by hand."""
    found = repository.shipment_lines(db, shipment) if shipment is not None else []
    return [line.label or line.code_written for line in found if line.product is None]


def names(db: Database, keeper: str, today: date) -> dict[str, str]:
    """Who probably signs: the head of the centre, who holds the tablet, and who signed for the ASACO last."""
    heads = [m.name for m in staff.members(db, today) if Role.HEAD in m.roles]
    last = repository.latest_proofs(db, 1)
    return {"dtc": heads[0] if heads else "", "gerant": keeper, "asaco": last[0].asaco_name if last else ""}


def lines_of(db: Database, form: Form, today: date) -> list[DeliveryLine]:
    """The lots as the page shows them; what is wrong is said when the delivery is signed, not while it is typed."""
    ordered, told = _said(db, form)
    found = []
    for row in form.rows("lot", LINES_MAX):
        product = product_of(db, form, row)
        if product is None:
            continue
        quiet = Form(form.typed)
        units, expiry = _units(quiet, row, product), expiry_in(quiet, f"lot-{row}-peremption")
        refused = _refused(quiet, row, product, units) or 0
        last = last_day_of(expiry) if expiry else None
        warning = _("Ce lot est périmé : comptez-le, puis refusez-le.") if last and last < today else ""
        announced = told.get(form.raw(f"lot-{row}-annonce"))
        if not warning and units is not None and announced is not None and units != announced:
            warning = _("%(n)s annoncés") % {"n": announced}
        found.append(
            DeliveryLine(
                row=row, product=product, ordered=ordered.get(form.raw(f"lot-{row}-ligne")), announced=announced, units=units,
                accepted=units - refused if units is not None else None, warning=warning, has_more=_has_more(form, row),
            )
        )  # fmt: skip
    return found


def counted_lines(db: Database, form: Form, on: date) -> list[CountedLine]:
    """The lots to sign for; every fault of every one in `form.errors`. A lot left blank was not in the boxes."""
    found = []
    for row in form.rows("lot", LINES_MAX):
        product = product_of(db, form, row)
        if product is None:
            form.errors[f"lot-{row}-produit"] = _("Choisissez le produit dans la liste.")
            continue
        before = len(form.errors)
        units = _units(form, row, product)
        if units is None and len(form.errors) == before:
            if form.raw(f"lot-{row}-annonce") or form.raw(f"lot-{row}-ligne"):
                units = 0
            else:
                form.errors[f"lot-{row}-quantite"] = _("À remplir : unités, ou boîtes.")
        refused = _refused(form, row, product, units) or 0
        expiry = expiry_in(form, f"lot-{row}-peremption")
        _check_expiry(form, row, expiry, on, is_accepted=units is None or units > refused)
        refusal = form.choice(f"lot-{row}-motif", list(refusals()))
        if refused and refusal is None:
            form.errors.setdefault(f"lot-{row}-motif", _("Dites pourquoi."))
        state = form.choice(f"lot-{row}-etat", list(states()), default="good")
        vvm = form.integer(f"lot-{row}-vvm", low=1, high=4)
        heat = _temperature(form, f"lot-{row}-temperature")
        cost = form.integer(f"lot-{row}-cout", high=QUANTITY_MAX)
        if len(form.errors) == before and units is not None:
            year, month, day = expiry or (None, None, None)
            found.append(
                CountedLine(
                    product=product.id, counted=units, accepted=units - refused, refused=refused,
                    lot_number=form.raw(f"lot-{row}-numero")[:40], expires_year=year, expires_month=month, expires_day=day,
                    refusal=refusal, state=state or "good", vvm=vvm, temperature_tenths=heat, unit_cost_fcfa=cost,
                    remark=form.text(f"lot-{row}-remarque", limit=200), order_line=_key(form, f"lot-{row}-ligne"),
                    shipment_line=_key(form, f"lot-{row}-annonce"),
                )
            )  # fmt: skip
    return found


def product_of(db: Database, form: Form, row: int) -> Product | None:
    """The product of a lot as chosen."""
    key = _key(form, f"lot-{row}-produit")
    return catalogue.by_id(db, key) if key is not None else None


def _said(db: Database, form: Form) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """What was ordered and not come, by order line, and announced, by line of the note; keys as the form carries them."""
    order, shipment = _key(form, "commande"), _key(form, "bordereau")
    ordered = {str(line.id): line.missing for line in orders.lines(db, order)} if order is not None else {}
    told = (
        {str(line.id): line.announced for line in repository.shipment_lines(db, shipment)}
        if shipment is not None
        else {}
    )
    return ordered, told


def _has_more(form: Form, row: int) -> bool:
    """Whether something stands in the part of a lot that is folded away, or is wrong there."""
    names_ = [f"lot-{row}-{name}" for name in ("refuse", "motif", "vvm", "temperature", "remarque")]
    state = form.raw(f"lot-{row}-etat")
    return any(form.raw(name) or name in form.errors for name in names_) or state not in ("", "good")


def _units(form: Form, row: int, product: Product) -> int | None:
    """The quantity in base units: typed so, or as packs; both may stand only when they agree."""
    units = form.integer(f"lot-{row}-quantite", high=QUANTITY_MAX)
    packs = form.integer(f"lot-{row}-boites", high=QUANTITY_MAX // product.pack_units)
    if packs is None:
        return units
    if units is not None and units != packs * product.pack_units:
        form.errors[f"lot-{row}-boites"] = _("%(packs)d × %(size)d ne font pas %(units)d : videz une des deux cases.") % {
            "packs": packs, "size": product.pack_units, "units": units,
        }  # fmt: skip
        return None
    return packs * product.pack_units


def _refused(form: Form, row: int, product: Product, units: int | None) -> int | None:
    """What is refused of it, in base units, never more than was counted."""
    refused = form.integer(f"lot-{row}-refuse", high=QUANTITY_MAX)
    if refused is not None and units is not None and refused > units:
        form.errors[f"lot-{row}-refuse"] = _("Refusé plus que compté : %(n)s %(unit)s comptés.") % {
            "n": units, "unit": product.base_unit,
        }  # fmt: skip
        return None
    return refused


def _check_expiry(
    form: Form, row: int, expiry: tuple[int, int, int | None] | None, on: date, *, is_accepted: bool
) -> None:
    name = f"lot-{row}-peremption"
    if expiry is None:
        if is_accepted:
            form.errors.setdefault(name, _("À remplir."))
        return
    last = last_day_of(expiry)
    if last is None:
        form.errors[name] = _("Cette date n'existe pas. Vérifiez la boîte.")
    elif last < on and is_accepted:
        form.errors[name] = _("Ce lot est périmé : comptez-le, puis refusez-le.")


def _temperature(form: Form, name: str) -> int | None:
    """Degrees as read on arrival, to a tenth; below zero for frozen boxes."""
    text = form.raw(name)
    if not text:
        return None
    below = text.startswith(("-", "−"))
    held = Form({name: [text.lstrip("-−").replace("°C", "").replace("°", "").strip()]})
    tenths = held.scaled(name, 10, high=40 if below else 60)
    if tenths is None:
        form.errors[name] = held.errors.get(name, _("Écrivez un nombre, par exemple 39,4."))
        return None
    return -tenths if below else tenths


def expiry_of(form: Form, name: str) -> tuple[date, str] | None:
    """The last usable day as printed on a paper, and whether it is known to the "day" or the "month"."""
    parts = expiry_in(form, name)
    last = last_day_of(parts) if parts else None
    if parts and last is None:
        form.errors[name] = _("Cette date n'existe pas. Vérifiez la boîte.")
    return (last, "day" if parts[2] else "month") if parts and last else None


def _row(row: int, product: int, cells: dict[str, str]) -> dict[str, list[str]]:
    return {f"lot-{row}-produit": [str(product)]} | {
        f"lot-{row}-{name}": [value] for name, value in cells.items() if value
    }


def _printed(day: date | None, precision: str | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}" if precision == "day" else f"{day:%m/%Y}"


def _key(form: Form, name: str) -> int | None:
    text = form.raw(name)
    return int(text) if text.isdecimal() and len(text) < 12 else None
