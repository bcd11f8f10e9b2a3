"""One product's card as facts, the loading of a product list, and the people who received a lot."""

from __future__ import annotations

from typing import Any

import msgspec

from appliance.cli.rules import consumption_facts, rounded, working_facts
from appliance.core.actors import MACHINE
from appliance.core.errors import Refused
from appliance.storage import Store, Unit


def show_facts(store: Store, code: str) -> dict[str, Any]:
    """Balance by lot, consumption with its working, months of stock, band, proposed order."""
    from appliance.stock.cards import stock_card

    with store.reading() as db:
        card = stock_card(db, code, store.clock.today())
    return {
        "code": card.product.code, "product": card.product.label, "unit": card.product.base_unit,
        "as_of": card.as_of.isoformat(), "usable": card.usable,
        "lots": [
            {
                "lot": lot.number, "expires_on": lot.expires_on.isoformat(), "quantity": lot.quantity,
                "usable": lot.is_usable and lot.expires_on >= card.as_of,
            }
            for lot in card.lots
        ],
        "cmm": rounded(card.consumption.cmm), "consumption": consumption_facts(card.consumption),
        "months_of_stock": rounded(card.months), "band": card.band.value, "order": working_facts(card.working),
    }  # fmt: skip


def import_facts(store: Store, products: list[dict[str, Any]], is_sure: bool) -> dict[str, Any]:
    """What a list read before changes of the catalogue; loaded, whole, when `is_sure`."""
    from appliance.stock.catalogue.csv_file import ProductLine
    from appliance.stock.catalogue.services import changes, load_list

    lines = msgspec.convert(products, list[ProductLine], strict=False)
    with store.reading() as db:
        wanted = changes(db, lines)
    if is_sure and wanted:
        store.act_now("load-products", MACHINE, lambda unit: {"products": load_list(unit, lines)})
    return {
        "products": len(lines), "new": [c.code for c in wanted if c.is_new], "loaded": is_sure,
        "changed": {c.code: {n: [a, b] for n, a, b in c.fields} for c in wanted if not c.is_new},
        "labels": {c.code: c.label for c in wanted},
    }  # fmt: skip


def recall_facts(store: Store, number: str) -> dict[str, Any]:
    """Everybody and everything that the lots of a number went to. It names patients: that it was asked is an act.

    Raises `Refused("no-such-lot")`.
    """
    from appliance.stock.recalls.repository import lots_numbered, reach

    with store.reading() as db:
        found = [reach(db, lot) for lot in lots_numbered(db, number)]
    if not found:
        raise Refused("no-such-lot", lot=number)

    def noted(unit: Unit) -> dict[str, Any]:
        unit.note(lots=[one.lot.id for one in found], patients=sum(len(one.people) for one in found))
        return {}

    store.act_now("recall-list", MACHINE, noted)
    return {
        "lot": found[0].lot.number,
        "lots": [
            {
                "product": one.lot.code, "label": one.lot.label, "unit": one.lot.unit,
                "expires_on": one.lot.expires_on.isoformat(), "status": one.lot.status, "held": one.lot.held,
                "reason": one.lot.reason,
                "to_find": sum(1 for person in one.people if not person.is_returned),
                "people": [
                    {
                        "number": person.number, "name": person.name, "village": person.village, "phone": person.phone,
                        "first_on": person.first_on.isoformat(), "last_on": person.last_on.isoformat(),
                        "quantity": person.quantity, "given": person.given, "doses": list(person.doses),
                        "returned": person.is_returned, "outcome": person.contact.outcome if person.contact else None,
                    }
                    for person in one.people
                ],
                "unnamed": {"handings_over": one.unnamed, "quantity": one.unnamed_quantity}, "used_here": one.used_here,
                "neighbours": [{"on": d.isoformat(), "name": n, "quantity": q} for d, n, q in one.neighbours],
            }
            for one in found
        ],
    }  # fmt: skip
