"""`appliance orders list|show|confirm|receive`: orders and receptions, through the resident process when it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from appliance.cli.asks import asked
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA
from appliance.core.datafile import load_json

FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
BY = click.option("--by", required=True, help="Whose signature: the name of a member of staff.")


@click.group()
def orders() -> None:
    """Orders to the suppliers and what they delivered. Quantities are base units."""


@orders.command("list")
@click.option("--state", help="Only orders in this state: proposed, confirmed, countersigned, sent, …")
@DATA
@AS_JSON
def list_orders(state: str | None, data: Path, as_json: bool) -> None:
    """With --json: `orders`, each with `number`, `reference`, `supplier`, `programme`, `kind`, `model`, `ordered_on`,
    `expected_on`, `state`, `state_on`; `tasks`, each with `do`, `name`, `supplier`, `order`, `shipment`, `days`."""
    facts = asked(data, "orders.list", state=state)
    if as_json:
        show(facts)
        return
    for order in facts["orders"]:
        click.echo(
            f"{order['number']} {order['reference'] or '-'} {order['supplier']}: {order['state']} {order['state_on']}"
        )


@orders.command("show")
@click.argument("number")
@DATA
@AS_JSON
def show_order(number: str, data: Path, as_json: bool) -> None:
    """NUMBER is ours (BC-2026-0001) or the supplier's reference. With --json: the keys of `list`, and `lines`, `timeline`,
    `shipments`, `proofs`."""
    _tell(asked(data, "orders.show", number=number), as_json)


@orders.command("confirm")
@click.argument("number")
@FILE
@BY
@DATA
@AS_JSON
def confirm_order(number: str, file: Path, by: str, data: Path, as_json: bool) -> None:
    """FILE is JSON: {"lines": [{"product": "MLS001", "quantity": 300, "reason": "stockout", "note": null}, …]}. A line that is
    not named is confirmed as proposed. The second signature is given on a page, with its PIN."""
    given = load_json(file)
    lines = given.need(("lines",), list)
    for index in range(len(lines)):
        given.need(("lines", index), dict)
        given.need(("lines", index, "product"), str)
    _tell(asked(data, "orders.confirm", number=number, lines=lines, by=by), as_json)


@orders.command("receive")
@FILE
@BY
@DATA
@AS_JSON
def receive(file: Path, by: str, data: Path, as_json: bool) -> None:
    """FILE is JSON: {"order": "BC-2026-0001" or null, "supplier": "DRC", "slip": "BL-7", "received_on": "2026-11-20",
    "signed_by": {"dtc": …, "gerant": …, "asaco": …}, "lines": [{"product": "MLS001", "lot": "A1", "expires": "2028-06",
    "counted": 300, "refused": 0, "refusal": null, "vvm": null, "temperature_tenths": null, "unit_cost_fcfa": null}, …]}.

    With --json: `proof` (its number), `revision`, `received_on`, `order`, and `lines` with `ordered`, `announced`,
    `counted`, `accepted`, `refused`, `surplus`.
    """
    given = load_json(file)
    given.need(("lines",), list)
    for index in range(len(given.content["lines"])):
        given.need(("lines", index, "product"), str)
        given.need(("lines", index, "counted"), int)
    facts = asked(data, "orders.receive", given=given.content, by=by)
    if as_json:
        show(facts)
        return
    click.echo(
        f"{facts['proof']}: {sum(line['accepted'] for line in facts['lines'])} accepted in {len(facts['lines'])} lines"
    )


def _tell(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show(facts)
        return
    click.echo(f"{facts['number']} {facts['supplier']}: {facts['state']}")
    for line in facts["lines"]:
        told = json.dumps({name: line[name] for name in ("theirs", "ours", "confirmed", "received")})
        click.echo(f"  {line['product'] or '?'} {line['label']}: {told}")
