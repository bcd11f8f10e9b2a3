"""`appliance stock CODE`: one product's balance, consumption and months of stock."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.cli.rules import consumption_facts, order_facts, rounded


@click.command()
@click.argument("code")
@DATA
@AS_JSON
def stock(code: str, data: Path, as_json: bool) -> None:
    """CODE is the catalogue's code, e.g. MLS001."""
    from appliance.stock.cards import stock_card

    with open_store(data) as store, store.reading() as db:
        card = stock_card(db, code, store.clock.today())
    facts = {
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
        "months_of_stock": rounded(card.months), "band": card.band.value, "order": order_facts(card.proposal),
    }  # fmt: skip
    if as_json:
        show(facts)
        return
    click.echo(f"{card.product.label}: {card.usable} {card.product.base_unit}, CMM {facts['cmm']}, {card.band.value}")
    for lot in card.lots:
        click.echo(f"  {lot.number} {lot.expires_on}: {lot.quantity}")
