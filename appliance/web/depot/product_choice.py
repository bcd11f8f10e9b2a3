"""Finding a product by typing, and the lines of a form that grow and shrink with or without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ledger import repository as ledger
from appliance.storage import Database
from appliance.web.depot.scanning import scanned
from appliance.web.forms import Form

SHOWN_MAX = 8
CODE_MIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A product that fits what was typed, with what lies on the shelf."""

    id: int
    label: str
    form: str
    unit: str
    held: int


def choices(db: Database, text: str, today: date, *, on_shelf: bool = False) -> list[Choice]:
    """Products that fit a text, or the one whose box bears the code typed; with `on_shelf`, only those of which something may be given today."""
    held = ledger.usable_by_product(db, today)
    coded = scanned(db, text, today).product if len(text) >= CODE_MIN and any(c.isdecimal() for c in text) else None
    found = [
        Choice(id=p.id, label=p.label, form=p.form, unit=p.base_unit, held=held.get(p.id, 0))
        for p in ([coded] if coded else catalogue.listed(db, text))
        if not on_shelf or held.get(p.id, 0)
    ]
    return found[:SHOWN_MAX]


def keep_lines(db: Database, form: Form, prefix: str, fresh: dict[str, str]) -> None:
    """Take away the line that `retire` names, and add one for the product that `ajoute` names.

    A product that stands in a line already is not added twice when `fresh` says what a line begins with.
    """
    gone = form.raw("retire")
    for name in [n for n in form.typed if gone.isdecimal() and n.startswith(f"{prefix}-{gone}-")]:
        del form.typed[name]
    added = form.raw("ajoute")
    product = catalogue.by_id(db, int(added)) if added.isdecimal() and len(added) < 10 else None
    rows = form.rows(prefix)
    if product is None:
        return
    if fresh and any(form.raw(f"{prefix}-{row}-produit") == added for row in rows):
        return
    row = max(rows, default=-1) + 1
    form.typed[f"{prefix}-{row}-produit"] = [str(product.id)]
    form.typed["cherche"] = [""]
    for name, value in fresh.items():
        form.typed[f"{prefix}-{row}-{name}"] = [value]
