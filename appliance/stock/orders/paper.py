"""The bon de commande on paper and as a table: a neutral description of it, with the fields that the DRC asks for.

Fields after the national procedure: facility, supplier, period, kind, product, unit, stock, CMM, maximum, proposed, asked,
approved, price, amount, three signatures. The national template itself is to be confirmed, and the paper says so.
"""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import Any

from appliance.core.french import date_short, month_fr, number_fr
from appliance.core.periods import Month
from appliance.records.facility.services import facility
from appliance.stock.orders import repository
from appliance.stock.orders.model import Model, Order, OrderKind, OrderLine, State
from appliance.storage import Database

COLUMNS = (
    "Code", "Produit", "Unité", "Stock", "CMM", "Maximum", "Proposé", "Demandé", "Accordé", "Prix de la boîte", "Montant",
)  # fmt: skip
CSV_COLUMNS = (
    "commande", "code", "produit", "conditionnement", "unites_par_conditionnement", "stock", "cmm", "maximum", "propose",
    "demande", "accorde", "prix_conditionnement_fcfa", "montant_fcfa",
)  # fmt: skip
SIGNATURES = ("Le DTC", "Le gérant du dépôt", "L'ASACO")
_NEEDS_ALL = (State.PROPOSED, State.CONFIRMED)


def order_paper(db: Database, key: int) -> dict[str, Any]:
    """The description of an order's paper: masthead, table, notes, signatures."""
    order = repository.order(db, key)
    held, lines = facility(db), repository.lines(db, key)
    steps = {step.state: step for step in repository.timeline(db, key)}
    signed = [
        ("DTC", steps.get(State.COUNTERSIGNED)), ("Gérant", steps.get(State.CONFIRMED)),
    ]  # fmt: skip
    rows = [[_shown(value) for value in _cells(order, line)] for line in lines]
    amounts = [_amount(line) for line in lines]
    total = sum(amount for amount in amounts if amount is not None)
    return {
        "title": "Bon de commande", "number": order.number,
        "masthead": [
            [("Centre", held.name if held else ""), ("Code", held.code if held else ""), ("District", held.district if held else "")],
            [("Fournisseur", order.supplier), ("Période", month_fr(Month.of(order.ordered_on))), ("Programme", order.programme or "tous")],
            [
                ("N°", order.number + (f" ({order.reference})" if order.reference else "")),
                ("Commande", "Urgence" if order.kind is OrderKind.EMERGENCY else "Normale"), ("Du", date_short(order.ordered_on)),
            ],
        ],
        "heads": list(COLUMNS), "rows": rows, "total": number_fr(total) if total and None not in amounts else "",
        "notes": [
            "Stock et CMM en unités ; proposé, demandé et accordé en boîtes ; montants en F CFA.",
            *(["BROUILLON : pas encore signé des deux."] if order.state in _NEEDS_ALL else []),
            "Modèle national à confirmer par la DRC.",
        ],
        "signatures": [
            *(f"{who} : {step.by}, le {date_short(step.occurred_on)}" if step else f"Le {who.lower()}" for who, step in signed),
            SIGNATURES[2],
        ],
        "foot": f"{held.name if held else ''} · bon de commande {order.number} · {order.supplier}",
    }  # fmt: skip


def order_csv(db: Database, key: int) -> str:
    """The order as a table for a machine: semicolons, one line a product, quantities in packs, stock and CMM in units."""
    order = repository.order(db, key)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for line in repository.lines(db, key):
        code, label, _, stock, cmm, maximum, *rest = _cells(order, line)
        exact = [_plain(value) for value in (stock, cmm, maximum, *rest)]
        writer.writerow([order.number, code, label, line.pack_label, line.pack_units, *exact])
    return out.getvalue()


def _cells(order: Order, line: OrderLine) -> list[str | int | Fraction | None]:
    working = line.working or {}
    cmm = Fraction(working["cmm"]) if working.get("cmm") is not None else None
    held = working.get("held")
    proposed = line.theirs if order.model is Model.PUSH else line.ours
    return [
        line.product_code or line.code_written, line.label or line.label_written, line.pack_label,
        Fraction(str(held)) if held is not None else None, cmm, Fraction(working["target"]) if working.get("target") else None,
        line.packs(proposed), line.packs(line.confirmed), line.packs(line.approved), line.pack_price_fcfa, _amount(line),
    ]  # fmt: skip


def _amount(line: OrderLine) -> int | None:
    packs = line.packs(line.asked)
    return None if packs is None or line.pack_price_fcfa is None else packs * line.pack_price_fcfa


def _shown(value: str | int | Fraction | None) -> str:
    return value if isinstance(value, str) else "" if value is None else number_fr(value)


def _plain(value: str | int | Fraction | None) -> str:
    """A number as machines read it: no spaces between thousands, a point, two decimals at most."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{int(value * 100 + Fraction(1, 2)) / 100:.2f}"
    return "" if value is None else str(value)
