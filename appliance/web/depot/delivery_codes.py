"""A code read at a delivery: which line it belongs to, what of it is filled in, and the pack it lets us learn."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.barcodes import services
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database, Unit
from appliance.web.depot.scanning import Scan, expiry_typed, fill, scanned
from appliance.web.forms import Form
from appliance.web.words import _


def take_code(db: Database, form: Form, code: str, today: date) -> list[str]:
    """Fill the line that a code belongs to, or add one; returns what to tell the person. Nothing typed is changed.

    A code whose product nobody has told yet goes to the last line, which then offers to remember it; without a line it
    waits in its field.
    """
    found = scanned(db, code, today)
    if found.reading.fault:
        return found.said
    row = _row_of(form, found)
    if row is None and found.product is None:
        return [*found.said, _("Produit pas encore connu par ce code : ajoutez-le ci-dessous, le code attend.")]
    if row is None and found.product is not None:
        row = max(form.rows("lot"), default=-1) + 1
        form.typed[f"lot-{row}-produit"] = [str(found.product.id)]
    said = found.said + fill(form, {
        f"lot-{row}-numero": (_("N° de lot"), found.reading.lot or ""),
        f"lot-{row}-peremption": (_("Péremption"), expiry_typed(found.reading.expiry) if found.reading.expiry else ""),
    })  # fmt: skip
    if found.product is None and found.reading.gtin and not form.raw(f"lot-{row}-gtin"):
        form.typed[f"lot-{row}-gtin"] = [found.reading.gtin]
    form.typed["code"] = [""]
    return said


def keep_packs(unit: Unit, form: Form) -> None:
    """Learn the packs that the person ticked at this delivery."""
    for row in form.rows("lot"):
        key, gtin = form.raw(f"lot-{row}-produit"), form.raw(f"lot-{row}-gtin")
        product = catalogue.by_id(unit, int(key)) if key.isdecimal() and len(key) < 10 else None
        if product and gtin and form.ticked(f"lot-{row}-retenir"):
            # Someone told otherwise since the page was opened: the delivery is not held up for a code.
            with suppress(Refused):
                services.learn(unit, product.id, product.pack_label or product.base_unit, product.pack_units, gtin)


def _row_of(form: Form, found: Scan) -> int | None:
    """The line that a code speaks of: of its product the one with its lot, else one without a lot; else the last line."""
    rows = form.rows("lot")
    if found.product is None:
        return rows[-1] if rows else None
    same = [row for row in rows if form.raw(f"lot-{row}-produit") == str(found.product.id)]
    lot = (found.reading.lot or "").upper()
    named = [row for row in same if lot and form.raw(f"lot-{row}-numero").upper() == lot]
    blank = [row for row in same if not form.raw(f"lot-{row}-numero")]
    return next(iter([*named, *blank]), None) if lot else next(iter(same), None)
